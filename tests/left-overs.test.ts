import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');

let clone: string;
beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'bridge-clone-'));
});
afterEach(() => rmSync(clone, { recursive: true, force: true }));

function put(file: string, text = '{ "a":1 }\n'): void {
  mkdirSync(dirname(join(clone, file)), { recursive: true });
  writeFileSync(join(clone, file), text);
}

/** What bridges, agents and people leave in a clone in which they worked. */
function leaveThings(): void {
  const folders = '.bridge .codex .claude .gemini .qwen inbox outbox archive threads bridge-screens'.split(' ');
  for (const folder of folders) {
    put(join(folder, 'settings.json'));
    put(join(folder, 'left.ts'), 'var x = 1\n');
  }
  for (const file of ['bridge.db', 'bridge.db-wal', 'bridge.sock', 'daemon.json', 'deliveries.jsonl']) put(file);
}

test('what is left in a clone is not read by the check', () => {
  leaveThings();
  put('bridge/own.ts', 'export const own = 1;\n');
  for (const file of ['biome.json', '.gitignore']) copyFileSync(join(root, file), join(clone, file));
  execFileSync('git', ['init', '-q', clone]);
  const biome = join(root, 'node_modules/.bin/biome');
  const { status, stdout, stderr } = spawnSync(biome, ['check', '.'], { cwd: clone, encoding: 'utf8' });
  expect({ status, said: `${stdout}${stderr}` }).toMatchObject({
    status: 0,
    said: expect.stringMatching(/^Checked 2 files/),
  });
});

test('what bridges leave in a clone does not stand in git status', () => {
  for (const file of ['.gitignore', ...['inbox', 'outbox', 'archive'].map((folder) => join(folder, '.gitignore'))]) {
    put(file, readFileSync(join(root, file), 'utf8'));
  }
  execFileSync('git', ['init', '-q', clone]);
  const status = () => execFileSync('git', ['status', '--porcelain', '-uall'], { cwd: clone, encoding: 'utf8' });
  const before = status();
  for (const folder of ['.bridge', '.codex', '.claude', 'inbox', 'outbox', 'archive', 'bridge-screens']) {
    put(join(folder, 'left.md'));
  }
  for (const file of ['bridge.db', 'bridge.db-wal', 'bridge.sock', 'bridge.sock.path', 'daemon.lock', 'daemon.json'])
    put(file);
  put('tmux-clients-0123456789ab.4711');
  expect(status()).toBe(before);
});

test('tests run in an empty folder, with nothing of ours above it or in the environment', () => {
  expect(readdirSync(process.cwd())).toEqual([]);
  for (let folder = process.cwd(); dirname(folder) !== folder; folder = dirname(folder)) {
    expect(['.git', '.codex', 'bridge.yaml'].filter((name) => existsSync(join(folder, name)))).toEqual([]);
  }
  expect(Object.keys(process.env).filter((name) => /^(BRIDGE_HOME|TMUX|MACS_)/.test(name))).toEqual([]);
});
