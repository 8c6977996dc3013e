import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { transform } from 'esbuild';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readClients, reapClients, writeClients } from '../../bridge/tmux/orphans.ts';

const run = promisify(execFile);
const dead = spawnSync('true').pid;
const marker = 'bridge-0123456789abcdef';
let folder: string;
let place: string;
let children: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridge-orphans-'));
  place = join(folder, 'clients');
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

/** What a process that is dead now, or lives, left as its list. */
function leave(keeper: number, lines: string): string {
  writeFileSync(`${place}.${keeper}`, lines);
  return `${place}.${keeper}`;
}

test('what is written is read again, only we can read it, and a list of nobody is no file', () => {
  writeClients(place, [{ pid: 12, marker }]);
  expect(readClients(place)).toEqual([{ pid: 12, marker }]);
  expect(readdirSync(folder)).toEqual([`clients.${process.pid}`]);
  expect(statSync(join(folder, `clients.${process.pid}`)).mode & 0o777).toBe(0o600);
  writeClients(place, []);
  expect(readClients(place)).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
});

test('an absent list is nobody, and lines that are no records are nobody', () => {
  expect(readClients(place)).toEqual([]);
  leave(process.pid, `x\n1 bridge-zz\n-1 ${marker}\n12 ${marker} more\n99999999999 ${marker}\n\0\n`);
  expect(readClients(place)).toEqual([]);
});

test('a client that a killed predecessor left is ended, and its list removed with what it was about to write', async () => {
  const orphan = await pretend('tmux', '-L', marker, '-C');
  leave(dead, `${orphan.pid} ${marker}\n`);
  writeFileSync(`${place}.${dead}.new`, '');
  expect(await reapClients(place)).toBe(1);
  expect(await orphan.ended).toBe('SIGTERM');
  expect(readdirSync(folder)).toEqual([]);
});

test('the clients of a process that lives are its own, and so is its list', async () => {
  const client = await pretend('tmux', '-L', marker, '-C');
  const keeper = await pretend('bridge');
  const lists = [leave(keeper.pid, `${client.pid} ${marker}\n`), `${place}.${keeper.pid}.new`];
  writeFileSync(lists[1]!, '');
  expect(await reapClients(place)).toBe(0);
  expect(client.child.exitCode ?? client.child.signalCode).toBe(null);
  for (const list of lists) expect(existsSync(list)).toBe(true);
});

test('processes that keep lists of one server at once never meet at a file', async () => {
  const source = readFileSync(new URL('../../bridge/tmux/orphans.ts', import.meta.url), 'utf8');
  const script = `${(await transform(source, { loader: 'ts', format: 'esm' })).code}
    for (let round = 0; round < 200; round++) {
      writeClients(${JSON.stringify(place)}, [{ pid: 99999999, marker: '${marker}' }]);
      if (round % 50 === 0) await reapClients(${JSON.stringify(place)});
    }
    writeClients(${JSON.stringify(place)}, []);`;
  const keepers = Array.from({ length: 6 }, () => run(process.execPath, ['--input-type=module', '-e', script]));
  expect(await Promise.allSettled(keepers).then((all) => all.filter(({ status }) => status === 'rejected'))).toEqual(
    [],
  );
  expect(readdirSync(folder)).toEqual([]);
});

test('a process that got the pid of an ended client is left alone, and so is a list that only begins like one', async () => {
  const other = await pretend('tmux', '-L', 'bridge-ffffffffffffffff', '-C');
  leave(dead, `${other.pid} ${marker}\n${2 ** 22 + 1} ${marker}\n`);
  writeFileSync(`${place}.${dead}.txt`, '');
  expect(await reapClients(place)).toBe(0);
  expect(other.child.exitCode ?? other.child.signalCode).toBe(null);
  expect(readdirSync(folder)).toEqual([`clients.${dead}.txt`]);
});
