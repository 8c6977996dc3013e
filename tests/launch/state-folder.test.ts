import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { asPaneId, serverId } from '../../bridge/core/ids.ts';
import {
  clearPin,
  launchFolder,
  readPin,
  readState,
  stateFolder,
  writePin,
  writeState,
} from '../../bridge/launch/state-folder.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridge-state-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const paneId = asPaneId('%3')!;

test("the state folder is found in MACS's order", () => {
  mkdirSync(join(folder, 'repo/.git'), { recursive: true });
  mkdirSync(join(folder, 'repo/deep/er'), { recursive: true });
  const cwd = join(folder, 'repo/deep/er');
  expect(stateFolder({ env: { MACS_REPO_ROOT: '/r', CODEX_HOME: '/c' }, cwd })).toBe('/r/.codex');
  expect(stateFolder({ env: { MACS_REPO_ROOT: '', CODEX_HOME: '/c' }, cwd })).toBe('/c');
  expect(stateFolder({ env: {}, cwd })).toBe(join(folder, 'repo/.codex'));
  expect(stateFolder({ env: {}, cwd: folder })).toBe(join(folder, '.codex'));
});

test('a git work tree, where .git is a file, is a top level too', () => {
  writeFileSync(join(folder, '.git'), 'gitdir: elsewhere\n');
  mkdirSync(join(folder, 'sub'));
  expect(stateFolder({ env: {}, cwd: join(folder, 'sub') })).toBe(join(folder, '.codex'));
});

test("an agent's CODEX_HOME does not become the launcher's folder", () => {
  expect(launchFolder({ env: { CODEX_HOME: '/c' }, cwd: folder })).toBe(join(folder, '.codex'));
});

test('a pin names the server it belongs to, and its first line alone is what MACS reads', () => {
  const place = { env: {}, cwd: folder };
  const file = writePin(place, { paneId, socketPath: '/tmp/a b/s', server: serverId(42, 7) });
  expect(file).toBe(join(folder, '.codex/target-pane.txt'));
  expect(readFileSync(file, 'utf8').split('\n')[0]).toBe('%3');
  expect(readPin(place)).toEqual({ paneId: '%3', socketPath: '/tmp/a b/s', serverPid: 42, server: '42@7', file });
  expect(clearPin(place)).toBe(true);
  expect(clearPin(place)).toBe(false);
  expect(readPin(place)).toBeNull();
});

test("MACS's one-line file is read, here and beside its old scripts, and the old one is never written", () => {
  const place = { env: {}, cwd: folder };
  mkdirSync(join(folder, 'tools/tmux_bridge'), { recursive: true });
  const legacy = join(folder, 'tools/tmux_bridge/target_pane.txt');
  writeFileSync(legacy, '%7\n');
  expect(readPin(place)).toEqual({ paneId: '%7', socketPath: null, serverPid: null, server: null, file: legacy });
  mkdirSync(join(folder, '.codex'));
  writeFileSync(join(folder, '.codex/target-pane.txt'), '%9\r\n');
  expect(readPin(place)?.paneId).toBe('%9');
  clearPin(place);
  expect(readFileSync(legacy, 'utf8')).toBe('%7\n');
});

test.each(['', '\n', 'worker\n', '%3; touch x\n', '-t %3\n'])('a pin file with %j pins nothing', (text) => {
  mkdirSync(join(folder, '.codex'));
  writeFileSync(join(folder, '.codex/target-pane.txt'), text);
  expect(readPin({ env: {}, cwd: folder })).toBeNull();
});

test('a pin file that is a link is refused, and so is one too large to be a pin', () => {
  mkdirSync(join(folder, '.codex'));
  writeFileSync(join(folder, 'other'), '%1\n');
  symlinkSync(join(folder, 'other'), join(folder, '.codex/target-pane.txt'));
  expect(() => readPin({ env: {}, cwd: folder })).toThrow(/symbolic link/);
  rmSync(join(folder, '.codex/target-pane.txt'));
  writeFileSync(join(folder, '.codex/target-pane.txt'), '%1\n'.repeat(50_000));
  expect(() => readPin({ env: {}, cwd: folder })).toThrow(/larger/);
});

test('a state file holds one line, and an empty one is no value', () => {
  writeState(folder, 'tmux-session.txt', 'macs');
  expect(readState(folder, 'tmux-session.txt')).toBe('macs');
  writeFileSync(join(folder, 'tmux-session.txt'), '\n');
  expect(readState(folder, 'tmux-session.txt')).toBeNull();
  expect(readState(folder, 'tmux-socket.txt')).toBeNull();
});
