import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { call, serve } from '../../bridge/host/socket.ts';

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
