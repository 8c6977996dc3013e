import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { Journal } from '../../bridge/journal/journal.ts';
import { buildChild, type Line, run } from './children.ts';
import { happened, now } from './samples.ts';

let child: Awaited<ReturnType<typeof buildChild>>;
let folder: string;
let path: string;

beforeAll(async () => {
  child = await buildChild();
});
afterAll(() => child.remove());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridge-crash-'));
  path = join(folder, 'bridge.db');
});
afterEach(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true });
});

const asProcess = (what: string, count: number) => [process.execPath, child.script, what, path, String(count)];
const committed = (lines: readonly Line[]) => lines.flatMap((line) => line.committed ?? []);

function waitsFor(pid: number, file: string): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`) === file);
  } catch {
    return false; // it has ended, or closed that descriptor just now
  }
}

test('a writer killed at any moment leaves a sound journal with everything it had reported', async () => {
  const reported: string[] = [];
  for (const killAfter of [1, 7, 41]) {
    const lines = await run(asProcess(`kill${killAfter}`, 100_000), {
      seen: (line, kill) => {
        if (line.committed?.endsWith(`-${killAfter}`)) kill();
      },
    });
    expect(committed(lines).length).toBeGreaterThan(killAfter);
    reported.push(...committed(lines));
  }
  const { journal, setAside } = Journal.open(path, { now });
  expect(setAside).toBeNull();
  const requests = journal.requests().map((request) => request.id);
  expect(requests).toEqual(expect.arrayContaining(reported));
  // Nothing half-written: each request has its delivery and both have their events.
  expect(journal.deliveries().map((delivery) => delivery.id)).toEqual(requests);
  expect(journal.events().map((event) => `${event.kind} ${event.subject}`)).toEqual(
    requests.flatMap((id) => [`request-opened ${id}`, `delivery-queued ${id}`]),
  );
  journal.close();
});

test('three processes write at once and nothing is lost, mixed or numbered twice', async () => {
  const all = await Promise.all(['a', 'b', 'c'].map((what) => run(asProcess(what, 100))));
  const { journal } = Journal.open(path, { now });
  expect(all.flatMap(committed)).toHaveLength(300);
  expect(journal.requests()).toHaveLength(300);
  // What a transaction read was still true when it wrote.
  expect(journal.memory('count')).toBe(300);
  const events = journal.events();
  expect(new Set(events.map((event) => event.seq)).size).toBe(600);
  for (let index = 0; index < events.length; index += 2) {
    expect(events[index + 1]?.subject).toBe(events[index]?.subject);
  }
  journal.close();
});

test('processes that find the same damage at once set it aside once and share the fresh journal', async () => {
  writeFileSync(path, 'damage '.repeat(1000));
  // Until all three have seen the damage, none of them may do anything about it.
  const lock = new DatabaseSync(`${path}.lock`);
  lock.exec('BEGIN EXCLUSIVE');
  const pids: number[] = [];
  const running = ['a', 'b', 'c'].map((what) => run(asProcess(what, 5), { started: (pid) => pids.push(pid) }));
  if (existsSync('/proc/self/fd')) {
    const deadline = Date.now() + 20_000;
    while (!pids.every((pid) => waitsFor(pid, `${path}.lock`))) {
      if (Date.now() > deadline) throw new Error('not all of them wait for the lock');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
  lock.close();
  const all = await Promise.all(running);
  expect(all.flatMap(committed)).toHaveLength(15);
  expect(all.flat().filter((line) => line.setAside)).toHaveLength(1);
  expect(readdirSync(folder).filter((name) => name.includes('.corrupt-'))).toHaveLength(1);
  const { journal } = Journal.open(path, { now });
  expect(journal.requests()).toHaveLength(15);
  journal.close();
});

test('processes that begin a journal at once share it', async () => {
  const all = await Promise.all(['a', 'b', 'c', 'd'].map((what) => run(asProcess(what, 3))));
  expect(all.flatMap((lines) => lines.flatMap((line) => line.refused ?? []))).toEqual([]);
  const { journal } = Journal.open(path, { now });
  expect(journal.requests()).toHaveLength(12);
  journal.close();
});

test('a disk that fills up refuses with a next step, keeps what was committed and goes on once there is room', async () => {
  // `ulimit -f` counts KiB in bash; beyond it every write fails as it does on a full disk.
  const lines = await run(['bash', '-c', 'ulimit -f 800; exec "$@"', 'bash', ...asProcess('full', 100_000)]);
  expect(committed(lines).length).toBeGreaterThan(5);
  expect(lines.at(-1)?.refused).toMatch(/nothing was written/);
  expect(lines.at(-1)?.nextStep).toMatch(/space/);
  const { journal, setAside } = Journal.open(path, { now });
  expect(setAside).toBeNull();
  expect(journal.requests().map((request) => request.id)).toEqual(committed(lines));
  expect(journal.events()).toHaveLength(2 * committed(lines).length);
  journal.record(happened('bridge-started', 'bridge'));
  journal.close();
});

test('a disk that is full from the beginning refuses to open', async () => {
  const lines = await run(['bash', '-c', 'ulimit -f 0; exec "$@"', 'bash', ...asProcess('full', 1)]);
  expect(lines).toEqual([{ refused: expect.stringMatching(/nothing was written/), nextStep: expect.any(String) }]);
});

test('a folder that cannot be written to is refused, whether the journal exists or not', async () => {
  const expected = [{ refused: 'the folder cannot be written to', nextStep: expect.stringContaining('--home') }];
  chmodSync(folder, 0o555);
  expect(await run(asProcess('nobody', 1), { env: { AS_NOBODY: '1' } })).toEqual(expected);
  chmodSync(folder, 0o755);
  const { journal } = Journal.open(path, { now });
  journal.close();
  if (process.getuid?.() === 0) chownSync(path, 65534, 65534);
  chmodSync(folder, 0o555);
  expect(await run(asProcess('nobody', 1), { env: { AS_NOBODY: '1' } })).toEqual(expected);
});

test("another user's journal is refused", async () => {
  if (process.getuid?.() !== 0) return;
  mkdirSync(join(folder, 'home'));
  const { journal } = Journal.open(path, { now });
  journal.close();
  chmodSync(folder, 0o777);
  const lines = await run(asProcess('nobody', 1), { env: { AS_NOBODY: '1' } });
  expect(lines[0]?.refused).toBe('it belongs to another user');
});
