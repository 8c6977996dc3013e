import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { setImmediate as othersTurn } from 'node:timers/promises';
import * as z from 'zod';
import type { Cursor, Served, Stream, StreamEnd, StreamItem } from '../api/method.ts';
import { BridgeError, ExitCode, messageOf } from '../core/failure.ts';
import { packageVersion } from '../host/package-version.ts';
import { protocolVersion, restart } from './protocol-version.ts';
import { eachLine } from './socket-lines.ts';
import { notOurs, strangerAt } from './socket-path.ts';

/**
 * One JSON object a line, both ways: `{id, verb, args, protocol}`, where `verb` names a method, answered by `{id, ok}` or
 * `{id, fault}`; by a stream, with any number of `{id, next: {cursor, event}}` before `{id, ok: {ended, cursor}}`. `ping` is
 * understood by every version, which is why the field keeps its name.
 */
const callSchema = z.object({
  id: z.number(),
  verb: z.string(),
  args: z.record(z.string(), z.unknown()).default({}),
  protocol: z.number().optional(),
});

/** Longest line that the daemon accepts; a text is at most a quarter of it. */
const maxCallBytes = 4 * 1024 * 1024;
/** How much a caller may leave unread, and of how many calls it may wait for the answer, before it is hung up on. */
const maxUnreadBytes = 16 * 1024 * 1024;
const maxCallsAtOnce = 256;
/** What a reader of a stream may leave unread; one that reads nothing of it for so long is ended as too slow. */
const slowAt = { bytes: 4 * 1024 * 1024, afterMs: 5_000 };
/** So many items of a stream are written before the rest of the bridge has its turn. */
const itemsAtOnce = 20;
/** A caller that has begun a line, or has not said anything, and does not go on, is hung up on. */
const lineLimitMs = 5_000;
/** Of all lines together that are not whole yet; whoever would bring more is hung up on. */
const maxHalfBytes = 32 * 1024 * 1024;
const maxCallers = 512;
const self = { protocol: protocolVersion, version: packageVersion, pid: process.pid };

/**
 * Listens on the home's socket, 0600. The caller holds the home's lock, so that a socket found there is a dead one's.
 * @param about what `ping` says besides
 * @param slow when a reader of a stream is too slow
 */
export async function serve(
  path: string,
  methods: Readonly<Record<string, Served>>,
  about: Readonly<Record<string, unknown>> = {},
  slow: { readonly bytes: number; readonly afterMs: number } = slowAt,
): Promise<{ close(): Promise<void> }> {
  rmSync(path, { force: true });
  const open = new Set<Socket>();
  const halves = { bytes: 0 };
  const all = { ping: async () => ({ ...about, ...self }), ...methods };
  const server: Server = createServer((socket) => {
    open.add(socket);
    const hungUp = new AbortController();
    socket.on('close', () => {
      open.delete(socket);
      hungUp.abort();
    });
    socket.on('error', () => socket.destroy());
    let underWay = 0;
    const stalled = limitedBy(socket, lineLimitMs);
    stalled.begin();
    const half = (bytes: number, before: number) => {
      halves.bytes += bytes - before;
      if (halves.bytes > maxHalfBytes) socket.destroy();
      else if (bytes > 0 && before === 0) stalled.begin();
    };
    eachLine(socket, maxCallBytes, half, (line) => {
      if (socket.destroyed) return;
      stalled.end();
      // one that does not read what it asked for must not cost the bridge its memory
      if (socket.writableLength > maxUnreadBytes || underWay >= maxCallsAtOnce) return void socket.destroy();
      const write = (reply: unknown) => {
        if (!socket.destroyed) socket.write(`${JSON.stringify(reply)}\n`);
      };
      const writeAll = async (id: number, stream: Stream) => {
        const hasRoom = () => socket.writableLength < slow.bytes || drained(socket, slow.afterMs);
        return toEnd(stream, hasRoom, (item) => write({ id, next: item }));
      };
      underWay++;
      void answer(line, all, hungUp.signal, writeAll).then((reply) => {
        underWay--;
        write(reply);
        if (underWay === 0) stalled.begin();
      });
    });
  });
  server.maxConnections = maxCallers;
  const mask = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, resolve);
    });
  } finally {
    process.umask(mask);
  }
  chmodSync(path, 0o600);
  const stranger = strangerAt(path);
  if (stranger !== null) {
    server.close();
    throw notOurs(path, stranger);
  }
  return {
    close: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

function callIn(line: string): z.infer<typeof callSchema> | null {
  try {
    return callSchema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null; // not even JSON
  }
}

async function answer(
  line: string,
  methods: Readonly<Record<string, Served>>,
  closed: AbortSignal,
  writeAll: (id: number, stream: Stream) => Promise<unknown>,
): Promise<unknown> {
  const call = callIn(line);
  if (call === null) {
    const message = 'socket: a line: is no call: {"id":1,"verb":"requests","args":{},"protocol":N}';
    return { id: -1, fault: { message, exitCode: ExitCode.usageError } };
  }
  const { id } = call;
  try {
    const method = Object.hasOwn(methods, call.verb) ? methods[call.verb] : undefined;
    if (call.verb !== 'ping' && call.protocol !== protocolVersion) {
      const message = `bridge: ${process.pid}: the daemon speaks protocol ${protocolVersion}, this command ${call.protocol ?? 1}`;
      return { id, fault: { message, exitCode: 1, nextStep: restart } };
    }
    if (!method) return { id, fault: { message: `unknown method ${call.verb}`, exitCode: ExitCode.usageError } };
    const work = method(call.args, closed);
    return { id, ok: (await ('next' in work ? writeAll(id, work) : work)) ?? null };
  } catch (fault) {
    const known = fault instanceof BridgeError ? fault : null;
    const { what, target, reason, nextStep, exitCode = 1 } = known ?? {};
    return { id, fault: { message: messageOf(fault), exitCode, nextStep, what, target, reason } };
  }
}

/** Writes a stream to its end, or until its reader has no room for more: that has all up to `cursor`, in order. */
async function toEnd(
  stream: Stream,
  hasRoom: () => boolean | Promise<boolean>,
  write: (item: StreamItem) => void,
): Promise<{ ended: StreamEnd; cursor: Cursor | null }> {
  let cursor: Cursor | null = null;
  try {
    for (let count = 1; ; count++) {
      const next = await stream.next();
      if (next.done) return { ended: next.value, cursor };
      if (!(await hasRoom())) return { ended: 'slow', cursor };
      write(next.value);
      cursor = next.value.cursor;
      if (count % itemsAtOnce === 0) await othersTurn();
    }
  } finally {
    await stream.return('done');
  }
}

/** True when all that was written has been read; false at the limit, or when the caller hangs up. */
function drained(socket: Socket, limitMs: number): Promise<boolean> {
  if (socket.destroyed) return Promise.resolve(false);
  return new Promise((resolve) => {
    const end = (isDrained: boolean) => {
      clearTimeout(limit);
      socket.off('drain', drain);
      socket.off('close', close);
      resolve(isDrained);
    };
    const drain = () => end(true);
    const close = () => end(false);
    const limit = setTimeout(close, limitMs);
    socket.once('drain', drain);
    socket.once('close', close);
  });
}

/** Hangs up at the limit after `begin`, unless `end` comes first. One that has hung up is waited for no more: a stream ends behind it. */
function limitedBy(socket: Socket, limitMs: number): { begin(): void; end(): void } {
  let timer: NodeJS.Timeout | undefined;
  const end = () => clearTimeout(timer);
  socket.once('close', end);
  return {
    begin: () => {
      end();
      if (!socket.destroyed) timer = setTimeout(() => socket.destroy(), limitMs);
    },
    end,
  };
}
