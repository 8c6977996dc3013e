import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { packageRoot } from '../../bridge/launch/package-root.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridge-prerequisites-'));
  mkdirSync(join(folder, 'scripts'));
  mkdirSync(join(folder, 'bin'));
  copyFileSync(join(packageRoot, 'scripts/check-prerequisites.mjs'), join(folder, 'scripts/check-prerequisites.mjs'));
  // an npm that writes down that it was asked to build
  program('npm', `echo "$@" >> "${folder}/npm-calls"; mkdir -p dist/cli; echo built > dist/cli/main.js`);
  program('tmux', 'echo tmux 3.3a');
  for (const tool of ['sh', 'mkdir', 'node', 'env']) {
    const found =
      tool === 'node' ? process.execPath : ['/bin', '/usr/bin'].map((bin) => join(bin, tool)).find(existsSync);
    symlinkSync(found!, join(folder, 'bin', tool));
  }
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function program(name: string, body: string) {
  writeFileSync(join(folder, 'bin', name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
}
function source(path: string) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), '');
}
const run = (...flags: string[]) =>
  spawnSync(process.execPath, [...flags, join(folder, 'scripts/check-prerequisites.mjs')], {
    encoding: 'utf8',
    env: { PATH: join(folder, 'bin') },
  });
const builds = () =>
  existsSync(join(folder, 'npm-calls'))
    ? readFileSync(join(folder, 'npm-calls'), 'utf8').split('\n').filter(Boolean).length
    : 0;

test('a ready machine with nothing to build passes without a word', () => {
  expect(run()).toMatchObject({ status: 0, stdout: '', stderr: '' });
  expect(builds()).toBe(0);
});

test('a missing tmux is named with the install line of this machine', () => {
  rmSync(join(folder, 'bin/tmux'));
  expect(run()).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/tmux is missing: 3\.2 or newer.*Install it: /),
  });
  program('apk', '');
  expect(run().stderr).toMatch(/apk add tmux/);
});

test.each(['tmux 3.1c', 'tmux 2.9'])('%s is too old', (version) => {
  program('tmux', `echo ${version}`);
  expect(run()).toMatchObject({ status: 1, stderr: expect.stringContaining(`${version} is too old`) });
});

test.each(['tmux 3.2', 'tmux 3.10', 'tmux next-3.6', 'tmux master', 'tmux openbsd-6.9'])(
  '%s is new enough',
  (version) => {
    program('tmux', `echo ${version}`);
    expect(run().status).toBe(0);
  },
);

test('an old Node and a missing tmux are both named at once', () => {
  rmSync(join(folder, 'bin/tmux'));
  const old = 'data:text/javascript,Object.defineProperty(process.versions,"node",{value:"18.20.4"})';
  const { status, stderr } = run('--import', old);
  expect(status).toBe(1);
  expect(stderr).toMatch(/node 18\.20\.4 is too old: 20\.19 or newer is needed\. Install it: \S/);
  expect(stderr).toMatch(/tmux is missing/);
});

test('dist is built when it is missing, and when a source file is newer, and not otherwise', () => {
  source('bridge/cli/main.ts');
  mkdirSync(join(folder, 'node_modules'));
  expect(run().status).toBe(0);
  expect(builds()).toBe(1);
  run();
  expect(builds()).toBe(1);
  const later = Date.now() / 1000 + 60;
  utimesSync(join(folder, 'bridge/cli/main.ts'), later, later);
  run();
  expect(builds()).toBe(2);
});

test('without the packages it says npm install, and a build that fails is a failure', () => {
  source('bridge/cli/main.ts');
  expect(run()).toMatchObject({ status: 1, stderr: expect.stringContaining('npm install') });
  mkdirSync(join(folder, 'node_modules'));
  program('npm', 'exit 2');
  expect(run()).toMatchObject({ status: 1, stderr: expect.stringContaining('build failed') });
});
