import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { offered } from '../../bridge/agent-programs/index.ts';

const program = resolve(import.meta.dirname, '../../dist/cli/main.js');

let folder: string;
let watching: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridge-distributed-'));
  watching = join(folder, 'watching.cjs');
  writeFileSync(
    watching,
    `const vm = require('node:vm');
    vm.Script = class extends vm.Script {
      constructor(source, options) {
        super(source, options);
        process._rawDebug(options.cachedData === undefined ? 'absent' : this.cachedDataRejected ? 'refused' : 'taken');
      }
    };`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(flags: readonly string[], ...words: string[]) {
  const env = { HOME: folder, PATH: process.env.PATH, BRIDGE_DEBUG: '1' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, program, ...words], {
    env,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

test('what was compiled with dist/ is taken by V8, refused under other flags, and what is printed is the same', () => {
  const plain = run([], 'version');
  expect(plain).toMatchObject({ status: 0, stderr: '' });
  const seen = (...flags: string[]) => {
    const { stdout, stderr } = run(['--require', watching, ...flags], 'version');
    return { stdout, compiled: new Set(stderr.trim().split('\n')) };
  };
  expect(seen()).toEqual({ stdout: plain.stdout, compiled: new Set(['taken']) });
  expect(seen('--max-old-space-size=300')).toEqual({ stdout: plain.stdout, compiled: new Set(['refused']) });
});

test('a fault is traced to its source where Node is asked for that', () => {
  const breaking = join(folder, 'breaking.cjs');
  writeFileSync(breaking, `process.cwd = () => { throw new Error('no folder'); };`);
  const { stderr } = run(['--enable-source-maps', '--require', breaking], 'list', '--home', folder);
  expect(stderr).toMatch(/no folder[\s\S]*\bbridge\/cli\/context\.ts:\d+:\d+/);
});

test('the names that were worked out for dist/ are those of the catalogue', () => {
  const { status, stderr } = run([], 'list', '--home', folder, '--agent', 'no-such-agent');
  expect({ status, stderr }).toEqual({
    status: 64,
    stderr: expect.stringContaining(`expected one of ${offered.map(({ name }) => name).join(', ')}\n`),
  });
});
