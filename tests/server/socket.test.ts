import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { call } from '../../bridge/server/socket.ts';
import { serve } from '../../bridge/server/socket-server.ts';

let folder: string;
let server: { close(): Promise<void> };
const socket = () => join(folder, 'bridge.sock');

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bridge-socket-'));
  server = await serve(socket(), {
    count: async ({ text }) => String(text).length,
    say: async ({ length }) => 'ä'.repeat(Number(length)),
  });
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

test('an answer may be as long as all requests of a home together', async () => {
  const reply = await call(socket(), 'say', { length: 5_000_000 });
  expect(reply?.ok).toHaveLength(5_000_000);
});

test('a call longer than any text is not taken, and the next one is', async () => {
  await expect(call(socket(), 'count', { text: 'x'.repeat(5_000_000) })).rejects.toThrow(/went away/);
  expect(await call(socket(), 'count', { text: 'x'.repeat(1_000_000) })).toEqual({ ok: 1_000_000 });
});

test('calls that come in pieces, and several in one piece, are each answered', async () => {
  const texts = ['', 'a', 'ab\nc', 'ü'.repeat(70_000)];
  const replies = await Promise.all(texts.map((text) => call(socket(), 'count', { text })));
  expect(replies.map((reply) => reply?.ok)).toEqual(texts.map((text) => text.length));
});

test('a caller of another protocol is told so, and its verb is not done', async () => {
  const counted: string[] = [];
  const path = join(folder, 'other.sock');
  const other = await serve(path, {
    count: async ({ text }) => counted.push(String(text)),
  });
  const socket = createConnection(path);
  const replied = new Promise<string>((resolve) => socket.once('data', (data) => resolve(String(data))));
  socket.write('{"id":1,"verb":"count","args":{"text":"x"}}\n');
  expect(JSON.parse(await replied)).toMatchObject({
    id: 1,
    fault: { message: expect.stringMatching(/the daemon speaks protocol \d+, this command 1/), exitCode: 1 },
  });
  socket.destroy();
  expect(counted).toEqual([]);
  expect(await call(path, 'count', { text: 'y' })).toEqual({ ok: 1 });
  await other.close();
});

test('what a verb hands over before its end is heard in order, until the caller hangs up', async () => {
  const path = join(folder, 'stream.sock');
  let hangUp: () => void = () => {};
  const hungUp = new Promise<void>((resolve) => {
    hangUp = resolve;
  });
  const stream = await serve(path, {
    async *follow(_args, closed) {
      for (const cursor of [1, 2, 3]) yield { cursor, event: { number: cursor } };
      await new Promise<void>((resolve) => closed.addEventListener('abort', () => resolve()));
      hangUp();
      return 'done' as const;
    },
  });
  const heard: unknown[] = [];
  const stop = new AbortController();
  const ended = call(path, 'follow', {}, { on: (value) => heard.push(value) === 3 && stop.abort(), stop: stop.signal });
  expect(await ended).toBeNull();
  expect(heard).toEqual([1, 2, 3].map((cursor) => ({ cursor, event: { number: cursor } })));
  await hungUp;
  await stream.close();
});

test('what is cut by the end of the server leaves no timer behind, for which its process would go on', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((what) => what === 'Timeout').length;
  const path = join(folder, 'cut.sock');
  const ends: Array<() => void> = [];
  const ended = ['stream', 'call'].map(() => new Promise<void>((resolve) => ends.push(resolve)));
  const hungUp = (closed: AbortSignal) =>
    new Promise<void>((resolve) => closed.addEventListener('abort', () => resolve()));
  let areUnderWay: () => void = () => {};
  const underWay = new Promise<void>((resolve) => {
    areUnderWay = resolve;
  });
  const cut = await serve(path, {
    async *follow(_args, closed) {
      yield { cursor: 1, event: {} };
      await hungUp(closed);
      ends[0]!();
      return 'done' as const;
    },
    wait: async (_args, closed) => {
      areUnderWay();
      await hungUp(closed);
      ends[1]!();
    },
  });
  const before = timers();
  const gone = () => null;
  const following = new Promise<void>((resolve) => {
    void call(path, 'follow', {}, { on: () => resolve() }).catch(gone);
  });
  const waiting = call(path, 'wait', {}).catch(gone);
  await Promise.all([following, underWay]);
  await cut.close();
  await Promise.all([waiting, ...ended]);
  // what ends behind a caller that has hung up has done so by the next turns of the loop
  for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
  // of others one may have come to its end
  expect(timers()).toBeLessThanOrEqual(before);
});
