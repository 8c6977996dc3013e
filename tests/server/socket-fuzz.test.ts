import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { protocolVersion } from '../../bridge/server/protocol-version.ts';
import { call } from '../../bridge/server/socket.ts';
import { serve } from '../../bridge/server/socket-server.ts';
import { fuzz } from '../fixtures/fuzz.ts';
import { waitFor } from '../fixtures/private-tmux.ts';

let folder: string;
let path: string;
let server: { close(): Promise<void> };
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bridge-socket-'));
  path = join(folder, 's');
  server = await serve(path, { echo: async (args) => args });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function connected(): Promise<{ socket: Socket; lines: () => string[] }> {
  const socket = createConnection(path);
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  return { socket, lines: () => text.split('\n').slice(0, -1) };
}

const json = fc.json({ maxDepth: 3 });
const line = fc.oneof(
  json,
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(
    '{"id":1,"verb":"__proto__"}',
    '{"id":1,"verb":"constructor"}',
    '{"id":"x"}',
    '[',
    '{}',
    'null',
    '\r',
  ),
  fc.constantFrom('{"id":1e999,"verb":"echo"}', '{"id":2,"verb":"echo","args":{"__proto__":{"x":1}}}', '\u0000'),
);

test('whatever is written to the socket, in whatever pieces: a fault a line, and the next caller is served', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 12 }),
      fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 20 }),
      async (given, sizes) => {
        const { socket, lines } = await connected();
        const said = given.map((text) => text.replaceAll('\n', ' '));
        const bytes = Buffer.from(
          `${said.join('\n')}\n{"id":77,"verb":"echo","args":{"last":true},"protocol":${protocolVersion}}\n`,
        );
        let from = 0;
        for (const size of [...sizes, bytes.length]) {
          socket.write(bytes.subarray(from, from + size));
          from += size;
          await new Promise((resolve) => setImmediate(resolve));
        }
        const asked = said.filter((text) => Buffer.from(text).toString().trim() !== '').length + 1;
        await waitFor('every line is answered', () => lines().length >= asked, { everyMs: 1 });
        const replies = lines().map((text) => JSON.parse(text) as { id: number; ok?: unknown; fault?: unknown });
        expect(replies).toHaveLength(asked);
        expect(replies.filter(({ id }) => id === 77)).toEqual([{ id: 77, ok: { last: true } }]);
        for (const reply of replies) expect('ok' in reply).not.toBe('fault' in reply);
        socket.destroy();
        expect(await call(path, 'echo', { a: 1 })).toEqual({ ok: { a: 1 } });
      },
    ),
    fuzz(60),
  );
});

test('a line without an end is cut off, and the others are served', async () => {
  const { socket } = await connected();
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.on('error', () => {});
  const piece = Buffer.alloc(64 * 1024, 'x');
  for (let sent = 0; sent <= 5 * 1024 * 1024 && !socket.destroyed; sent += piece.length) socket.write(piece);
  await closed;
  expect(await call(path, 'echo', { a: 1 })).toEqual({ ok: { a: 1 } });
});
