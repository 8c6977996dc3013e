import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly libc?: readonly string[];
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
}

const lock = JSON.parse(readFileSync(join(resolve(import.meta.dirname, '..'), 'package-lock.json'), 'utf8')) as {
  readonly packages: Readonly<Record<string, Locked>>;
};

/** Where Node and npm look for a package that stands in `place`: there, and in every folder above. */
function found(place: string, name: string): Locked | undefined {
  for (let folder = place; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))) {
    const at = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (at in lock.packages) return lock.packages[at];
    if (folder === '') return undefined;
  }
}

test('the lock holds every package of every platform, with its hash and without a registry’s address', () => {
  const missing = Object.entries(lock.packages).flatMap(
    ([place, { dependencies, devDependencies, optionalDependencies }]) =>
      Object.keys({ ...dependencies, ...(place === '' ? devDependencies : {}), ...optionalDependencies })
        .filter((name) => found(place, name) === undefined)
        .map((name) => `${place || 'package.json'} → ${name}`),
  );
  expect(missing).toEqual([]);
  const packages = Object.entries(lock.packages).filter(([place]) => place !== '');
  expect(packages.filter(([, { integrity }]) => integrity === undefined).map(([place]) => place)).toEqual([]);
  expect(packages.filter(([, { resolved }]) => resolved !== undefined).map(([place]) => place)).toEqual([]);
});

test.each(['@biomejs/biome', 'esbuild', 'rollup', 'typescript'])(
  '%s can be installed on linux, macOS and Windows',
  (name) => {
    const builds = Object.keys(lock.packages[`node_modules/${name}`]?.optionalDependencies ?? {});
    for (const system of ['linux', 'darwin', 'win32']) {
      expect(builds.some((build) => build.includes(system) && found(`node_modules/${name}`, build) !== undefined)).toBe(
        true,
      );
    }
  },
);

test('npm 10 and npm 11 leave the lock as it is: it has no field that one of them takes out', () => {
  expect(Object.entries(lock.packages).filter(([, { libc }]) => libc !== undefined)).toEqual([]);
});
