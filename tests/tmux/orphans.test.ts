import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readClients, reapClients, writeClients } from '../../bridge/tmux/orphans.ts';

const marker = 'bridge-0123456789abcdef';
let folder: string;
let file: string;
let children: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridge-orphans-'));
  file = join(folder, 'clients');
  children = [];
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

/** A process whose command line is like a control client's. */
async function pretend(
  ...words: string[]
): Promise<{ pid: number; ended: Promise<string | null>; child: ChildProcess }> {
  const script = 'process.stdout.write("up"); setInterval(() => {}, 1000)';
  const child = spawn(process.execPath, ['-e', script, ...words], { stdio: ['ignore', 'pipe', 'ignore'] });
  children.push(child);
  const ended = new Promise<string | null>((resolve) => child.on('exit', (_code, signal) => resolve(signal)));
  await new Promise((resolve) => child.stdout!.once('data', resolve));
  return { pid: child.pid!, ended, child };
}

test('what is written is read again, and only we can read it', () => {
  writeClients(file, [{ pid: 12, marker }]);
  expect(readClients(file)).toEqual([{ pid: 12, marker }]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(existsSync(`${file}.new`)).toBe(false);
  writeClients(file, []);
  expect(readClients(file)).toEqual([]);
});

test('an absent file is nobody, and lines that are no records are nobody', () => {
  expect(readClients(file)).toEqual([]);
  writeFileSync(file, `x\n1 bridge-zz\n-1 ${marker}\n12 ${marker} more\n99999999999 ${marker}\n\0\n`);
  expect(readClients(file)).toEqual([]);
});

test('a client that a killed predecessor left is ended', async () => {
  const orphan = await pretend('tmux', '-L', marker, '-C');
  writeClients(file, [{ pid: orphan.pid, marker }]);
  expect(await reapClients(file)).toBe(1);
  expect(await orphan.ended).toBe('SIGTERM');
  expect(readClients(file)).toEqual([]);
});

test('a process that got the pid of an ended client is left alone', async () => {
  const other = await pretend('tmux', '-L', 'bridge-ffffffffffffffff', '-C');
  writeClients(file, [
    { pid: other.pid, marker },
    { pid: 2 ** 22 + 1, marker },
  ]);
  expect(await reapClients(file)).toBe(0);
  expect(other.child.exitCode ?? other.child.signalCode).toBe(null);
});
