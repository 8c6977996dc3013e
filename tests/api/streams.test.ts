import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { changes } from '../../bridge/api/changes.ts';
import { follow } from '../../bridge/api/follow.ts';
import { log } from '../../bridge/api/log.ts';
import { type Served, type Stream, type StreamItem, served } from '../../bridge/api/method.ts';
import { type Reader, readerOfHome } from '../../bridge/app/reader.ts';
import type { Config } from '../../bridge/config/config-values.ts';
import type { PublicEvent } from '../../bridge/core/events.ts';
import type { JournalEvent } from '../../bridge/core/journal-event.ts';
import { Journal } from '../../bridge/journal/journal.ts';
import { protocolVersion } from '../../bridge/server/protocol-version.ts';
import { serve } from '../../bridge/server/socket-server.ts';

let home: string;
let reader: Reader;
const ends: Array<() => unknown> = [];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'bridge-streams-'));
  reader = readerOfHome({ home, agents: {}, retentionDays: 90 } as unknown as Config);
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  reader.close();
  rmSync(home, { recursive: true });
});

/** A journal with events 1 to `count`, and a way to write more. */
function journalOf(count: number, bytes = 10): (count: number) => void {
  const { journal } = Journal.open(join(home, 'bridge.db'), { now: 1 });
  ends.push(() => journal.close());
  const write = (more: number) =>
    journal.transact(() => {
      for (let n = 0; n < more; n++)
        journal.record({ at: 1, kind: 'agent-signals-flooded', subject: 'bridge', data: 'x'.repeat(bytes) });
    });
  write(count);
  return write;
}

const upTo = (count: number, from = 1) => Array.from({ length: count - from + 1 }, (_, n) => from + n);

/** What a stream tells until it ends, or until `count` have come. */
async function told(method: Served, args: Record<string, unknown>, count = Number.POSITIVE_INFINITY) {
  const stop = new AbortController();
  const items: StreamItem[] = [];
  for await (const item of method(args, stop.signal) as AsyncIterable<StreamItem>) {
    items.push(item);
    if (items.length === count) stop.abort();
  }
  return items;
}

test('changes: every event after a cursor, those to come too, each once and under its own number', async () => {
  const write = journalOf(1_200);
  const more = setTimeout(() => write(300), 50);
  ends.push(() => clearTimeout(more));
  const items = await told(served(changes, reader), { after: 100 }, 1_400);
  expect(items.map(({ cursor }) => cursor)).toEqual(upTo(1_500, 101));
  expect(items.map(({ event }) => (event as JournalEvent).seq)).toEqual(upTo(1_500, 101));
});

test('changes: without a cursor only what happens from now on, in a state directory that is still empty, too', async () => {
  const later = setTimeout(() => journalOf(2), 50);
  ends.push(() => clearTimeout(later));
  expect((await told(served(changes, reader), {}, 2)).map(({ cursor }) => cursor)).toEqual([1, 2]);
  expect(
    (
      await Promise.all([
        told(served(changes, reader), {}, 1),
        new Promise((resolve) => setTimeout(resolve, 50)).then(() => journalOf(1)),
      ])
    )[0].map(({ cursor }) => cursor),
  ).toEqual([3]);
});

test('log: the last so many, or all after a cursor; it ends by itself unless it follows', async () => {
  journalOf(1_000);
  const cursors = async (args: Record<string, unknown>) =>
    (await told(served(log, reader), args)).map(({ cursor }) => cursor);
  expect(await cursors({ last: 3 })).toEqual([998, 999, 1_000]);
  expect(await cursors({ last: 0 })).toEqual([]);
  expect(await cursors({ last: 3, after: 10 })).toEqual(upTo(1_000, 11));
  expect(await cursors({ last: 5, id: 'nobody' })).toEqual([]);
  expect(await cursors({ last: 2, id: 'bridge' })).toEqual([999, 1_000]);
});

test('where no bridge has run a log is empty, and nothing is made by reading it', async () => {
  expect(await told(served(log, reader), {})).toEqual([]);
  expect(reader.pauses()).toEqual({});
  expect(readdirSync(home)).toEqual([]);
});

test.each([
  ['changes', changes],
  ['log', log],
])('%s: one that waits ends within a second of its reader having gone', async (_, method) => {
  journalOf(3);
  const stop = new AbortController();
  const ended = (async () => {
    const stream = served<Reader>(method, reader)({ follow: true }, stop.signal) as AsyncGenerator;
    let last: IteratorResult<unknown>;
    do last = await stream.next();
    while (!last.done);
    return last.value;
  })();
  setTimeout(() => stop.abort(), 50);
  const startedAt = performance.now();
  expect(await ended).toBe('done');
  expect(performance.now() - startedAt).toBeLessThan(1_000);
});

/** A bridge that says so many things at once. */
function talking() {
  const hearing = new Set<(event: PublicEvent) => void>();
  const listen = (hear: (event: PublicEvent) => void) => {
    hearing.add(hear);
    return () => hearing.delete(hear);
  };
  const say = (count: number) => {
    for (let n = 1; n <= count; n++) for (const hear of hearing) hear({ type: 'said', level: 'info', text: `${n}` });
  };
  return { hearing, say, reader: { home, journal: () => null, listen } as unknown as Reader };
}

test('follow: all that happens, in order; its reader leaves, and nobody listens any more', async () => {
  const { hearing, say, reader } = talking();
  setTimeout(() => say(900), 20);
  const items = await told(served<Reader>(follow, reader), {}, 900);
  expect(items.map(({ event }) => (event as { text: string }).text)).toEqual(upTo(900).map(String));
  expect(hearing.size).toBe(0);
});

test('follow: what is not taken in time is not kept for ever: the stream ends as slow', async () => {
  const { hearing, say, reader } = talking();
  const stream = served<Reader>(follow, reader)({}, new AbortController().signal) as AsyncGenerator;
  const first = stream.next();
  await vi.waitFor(() => expect(hearing.size).toBe(1));
  say(5_000);
  expect(await first).toMatchObject({ value: 'slow', done: true });
  expect(hearing.size).toBe(0);
});

test('follow: who comes back is told how much was left out', async () => {
  journalOf(7);
  const { reader: live } = talking();
  const [item] = await told(served<Reader>(follow, { ...live, journal: () => reader.journal() }), { after: 4 }, 1);
  expect(item).toMatchObject({
    cursor: 7,
    event: { level: 'warning', text: expect.stringMatching(/ 3 events .*bridge log/) },
  });
});

test('follow: where no bridge runs nothing is told, and the next step is said', async () => {
  await expect(told(served<Reader>(follow, reader), {})).rejects.toMatchObject({
    message: expect.stringContaining('no bridge runs'),
    nextStep: expect.stringContaining('bridge log -f'),
  });
});

/** Reads one stream to its end, in its own time. */
async function read(path: string, after: number, beforeReading: () => Promise<unknown>) {
  const socket: Socket = createConnection(path).on('error', () => {});
  ends.push(() => socket.destroy());
  await once(socket, 'connect');
  socket.pause();
  socket.write(
    `${JSON.stringify({ id: 1, verb: 'log', args: { after, withSubject: false }, protocol: protocolVersion })}\n`,
  );
  await beforeReading();
  let text = '';
  const lines: Array<{ next?: StreamItem; ok?: { ended: string; cursor: number } }> = [];
  socket.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      lines.push(JSON.parse(text.slice(0, end)));
      text = text.slice(end + 1);
    }
  });
  socket.resume();
  await vi.waitFor(() => expect(lines.at(-1)?.ok).toBeDefined(), { timeout: 10_000 });
  return { cursors: lines.flatMap(({ next }) => (next ? [next.cursor] : [])), end: lines.at(-1)!.ok! };
}

test('a reader of the socket that takes nothing is ended as slow, and goes on after its cursor: none lost, none twice', async () => {
  journalOf(4_000, 1_000);
  const path = join(home, 's');
  const slow = { bytes: 64 * 1024, afterMs: 100 };
  let over = () => {};
  const ended = new Promise<void>((resolve) => {
    over = resolve;
  });
  const told: Served = async function* (args, closed) {
    try {
      return yield* served<Reader>(log, reader)(args, closed) as Stream;
    } finally {
      over();
    }
  };
  const server = await serve(path, { log: told }, {}, slow);
  ends.push(() => server.close());
  // asleep until the bridge has given it up
  const first = await read(path, 0, () => ended);
  expect(first.end.ended).toBe('slow');
  expect(first.cursors).toEqual(upTo(first.end.cursor));
  expect(first.cursors.length).toBeLessThan(4_000);
  const second = await read(path, first.end.cursor, async () => {});
  expect(second).toEqual({ cursors: upTo(4_000, first.end.cursor + 1), end: { ended: 'done', cursor: 4_000 } });
});
