import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

/** A room imports core and itself; only the files directly in bridge/ (the composition root) and the front door join rooms. */
const root = resolve(import.meta.dirname, '../bridge');

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? sources(path) : path.endsWith('.ts') ? [path] : [];
  });
}

const imports = sources(root).flatMap((file) =>
  [...readFileSync(file, 'utf8').matchAll(/^(?:import|export)[^;]*?from '([^']+)'/gms)].map((match) => ({
    file: relative(root, file),
    what: match[1]!,
  })),
);

const roomOf = (path: string) => (path.includes('/') ? path.split('/')[0]! : '');

test('a room imports core and itself, and nothing else of ours', () => {
  const trespasses = imports
    .filter(({ file, what }) => what.startsWith('.') && !['cli', ''].includes(roomOf(file)))
    .map(({ file, what }) => ({ file, to: relative(root, resolve(root, dirname(file), what)) }))
    .filter(({ file, to }) => ![roomOf(file), 'core'].includes(roomOf(to)));
  expect(trespasses).toEqual([]);
});

test('core imports nothing at all: no library, no clock, no input or output', () => {
  const foreign = imports.filter(({ file, what }) => file.startsWith('core/') && !what.startsWith('./'));
  expect(foreign).toEqual([]);
});

test('nobody imports the front door', () => {
  expect(imports.filter(({ what }) => /\/cli\//.test(what) || what.startsWith('../cli'))).toEqual([]);
});

test('only host/clock.ts and the front door read the machine clock outside of tests', () => {
  const readers = sources(root)
    .filter((file) => /\bDate\.now\(\)|new Date\(\)|performance\.now\(\)/.test(readFileSync(file, 'utf8')))
    .map((file) => relative(root, file))
    .filter((file) => file !== 'host/clock.ts' && !file.startsWith('cli/'));
  expect(readers).toEqual([]);
});

test('only cli/output.ts, which makes what others wrote visible, writes to the terminal', () => {
  const talkers = sources(root)
    .filter((file) => relative(root, file) !== 'cli/output.ts')
    .filter((file) => /\bconsole\.|process\.std(?:out|err)\.write/.test(readFileSync(file, 'utf8')))
    .map((file) => relative(root, file));
  expect(talkers).toEqual([]);
});

test('every relative import names a file that exists', () => {
  const files = new Set(sources(root).map((file) => relative(root, file)));
  const lost = imports
    .filter(({ what }) => what.startsWith('.'))
    .filter(({ file, what }) => !files.has(relative(root, resolve(root, dirname(file), what))));
  expect(lost).toEqual([]);
});
