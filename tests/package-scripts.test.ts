import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { helpOf } from '../scripts/tasks.mjs';
import { agentNames } from './agents/programs/index.ts';
import { states } from './agents/states.ts';

const root = resolve(import.meta.dirname, '..');
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };

/** A checkout with nothing installed and nothing built: whatever help needs beyond these files, it does not get. */
let bare: string;
beforeAll(() => {
  bare = mkdtempSync(join(tmpdir(), 'bridge-scripts-'));
  copyFileSync(join(root, 'package.json'), join(bare, 'package.json'));
  cpSync(join(root, 'scripts'), join(bare, 'scripts'), { recursive: true });
});
afterAll(() => rmSync(bare, { recursive: true, force: true }));

const npmRun = (name: string, ...words: string[]) =>
  spawnSync('npm', ['run', '--silent', name, '--', ...words], { cwd: bare, encoding: 'utf8' });

test.each(Object.keys(scripts))('npm run %s -- --help teaches, and neither builds nor runs anything', (name) => {
  const { status, stdout, stderr } = npmRun(name, '--help');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const [usage, , what] = stdout.split('\n');
  expect(usage).toMatch(new RegExp(`^Usage: npm run ${name}\\b`));
  expect(what).toMatch(/^[A-Z].*[.:]$/);
  expect(stdout).toMatch(/^Options:\n(?: {2}\S.*\n)+/m);
  expect(stdout).toMatch(new RegExp(`^Examples:\\n(?: {2}.*\\bnpm (?:run )?${name}.*\\n)+`, 'm'));
  expect(npmRun(name, '-h').stdout).toBe(stdout);
  expect(readdirSync(bare).sort()).toEqual(['package.json', 'scripts']);
});

test('a script does its steps in order, gives its words to the last, and ends as the first that fails', () => {
  const folder = join(bare, 'installed');
  mkdirSync(join(folder, 'node_modules/.bin'), { recursive: true });
  copyFileSync(join(root, 'package.json'), join(folder, 'package.json'));
  cpSync(join(root, 'scripts'), join(folder, 'scripts'), { recursive: true });
  const tool = (name: string, code: number) =>
    writeFileSync(join(folder, 'node_modules/.bin', name), `#!/bin/sh\necho ${name} "$@"\nexit ${code}\n`, {
      mode: 0o755,
    });
  const checked = () => {
    const { status, stdout } = spawnSync('npm', ['run', '--silent', 'check', '--', '--write', 'a b'], {
      cwd: folder,
      encoding: 'utf8',
    });
    return { status, stdout };
  };
  tool('tsc', 0);
  tool('biome', 3);
  expect(checked()).toEqual({
    status: 3,
    stdout: 'tsc -p tsconfig.json\ntsc -p bridge/dashboard/tsconfig.json --noEmit\nbiome check . --write a b\n',
  });
  tool('tsc', 2);
  expect(checked()).toEqual({ status: 2, stdout: 'tsc -p tsconfig.json\n' });
  rmSync(folder, { recursive: true });
});

test('the agents that help names are those that there are, and so are the states', () => {
  for (const name of ['record', 'deliveries', 'test:agents']) expect(helpOf(name)).toContain(agentNames.join(', '));
  for (const state of Object.keys(states)) expect(helpOf('deliveries')).toContain(state);
});
