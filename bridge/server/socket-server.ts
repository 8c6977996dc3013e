import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import * as z from 'zod';
import { BridgeError, ExitCode, messageOf } from '../core/failure.ts';
import { packageVersion } from '../host/package-version.ts';
import { protocol, restart } from './protocol.ts';
import { eachLine } from './socket-lines.ts';
import { notOurs, strangerAt } from './socket-path.ts';

/**
 * One JSON object a line, both ways: `{id, verb, args, protocol}` answered by any number of `{id, next}`, then `{id, ok}` or
 * `{id, fault}`. `ping` is understood by every version.
 */
const callSchema = z.object({
  id: z.number(),
  verb: z.string(),
  args: z.record(z.string(), z.unknown()).default({}),
  protocol: z.number().optional(),
});

/** A verb's work. `closed` aborts when the caller hangs up; `emit` hands it something before the end. */
export type Verb = (
  args: Record<string, unknown>,
  closed: AbortSignal,
  emit: (value: unknown) => void,
) => Promise<unknown>;

/** Longest line that the daemon accepts; a text is at most a quarter of it. */
const maxCallBytes = 4 * 1024 * 1024;
/** How much a caller may leave unread, and of how many calls it may wait for the answer, before it is hung up on. */
const maxUnreadBytes = 16 * 1024 * 1024;
const maxCallsAtOnce = 256;
/** A caller that has begun a line, or has not said anything, and does not go on, is hung up on. */
const lineLimitMs = 5_000;
/** Of all lines together that are not whole yet; whoever would bring more is hung up on. */
const maxHalfBytes = 32 * 1024 * 1024;
const maxCallers = 512;
const self = { protocol, version: packageVersion, pid: process.pid };

/**
 * Listens on the home's socket, 0600. The caller holds the home's lock, so that a socket found there is a dead one's.
 * @param about what `ping` says besides
 */
export async function serve(
  path: string,
  verbs: Readonly<Record<string, Verb>>,
  about: Readonly<Record<string, unknown>> = {},
): Promise<{ close(): Promise<void> }> {
  rmSync(path, { force: true });
  const open = new Set<Socket>();
  const halves = { bytes: 0 };
  const all = { ping: async () => ({ ...about, ...self }), ...verbs };
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
      const next = (id: number, value: unknown) => {
        write({ id, next: value });
        if (socket.writableLength > maxUnreadBytes) socket.destroy();
      };
      underWay++;
      void answer(line, all, hungUp.signal, next).then((reply) => {
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
  verbs: Readonly<Record<string, Verb>>,
  closed: AbortSignal,
  next: (id: number, value: unknown) => void,
): Promise<unknown> {
  const call = callIn(line);
  if (call === null) {
    const message = 'socket: a line: is no call: {"id":1,"verb":"requests","args":{},"protocol":N}';
    return { id: -1, fault: { message, exitCode: ExitCode.wrongUse } };
  }
  const { id } = call;
  try {
    const verb = Object.hasOwn(verbs, call.verb) ? verbs[call.verb] : undefined;
    if (call.verb !== 'ping' && call.protocol !== protocol) {
      const message = `bridge: ${process.pid}: the daemon speaks protocol ${protocol}, this command ${call.protocol ?? 1}`;
      return { id, fault: { message, exitCode: 1, nextStep: restart } };
    }
    if (!verb) return { id, fault: { message: `unknown verb ${call.verb}`, exitCode: 64 } };
    return { id, ok: (await verb(call.args, closed, (value) => next(id, value))) ?? null };
  } catch (fault) {
    const known = fault instanceof BridgeError ? fault : null;
    return { id, fault: { message: messageOf(fault), exitCode: known?.exitCode ?? 1, nextStep: known?.nextStep } };
  }
}

/** Hangs up at the limit after `begin`, unless `end` comes first. */
function limitedBy(socket: Socket, limitMs: number): { begin(): void; end(): void } {
  let timer: NodeJS.Timeout | undefined;
  const end = () => clearTimeout(timer);
  socket.once('close', end);
  return {
    begin: () => {
      end();
      timer = setTimeout(() => socket.destroy(), limitMs);
    },
    end,
  };
}
