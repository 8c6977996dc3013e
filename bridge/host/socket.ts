import { chmodSync, existsSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { z } from 'zod';
import { BridgeError, type ExitCode, messageOf } from '../core/failure.ts';

import { packageVersion } from './package-version.ts';
import { protocol } from './protocol.ts';

export { socketPath } from './socket-path.ts';

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
/** Longest answer: a few kilobytes for each of all requests that a home has ever had. */
const maxReplyBytes = 512 * 1024 * 1024;

/** How much of a stream a caller may leave unread before it is hung up on. */
const maxUnreadBytes = 16 * 1024 * 1024;

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
  const server: Server = createServer((socket) => {
    open.add(socket);
    const hungUp = new AbortController();
    socket.on('close', () => {
      open.delete(socket);
      hungUp.abort();
    });
    socket.on('error', () => socket.destroy());
    eachLine(socket, maxCallBytes, (line) => {
      const write = (reply: unknown) => {
        if (!socket.destroyed) socket.write(`${JSON.stringify(reply)}\n`);
      };
      const next = (id: number, value: unknown) => {
        write({ id, next: value });
        // one that does not read what it asked for must not cost the bridge its memory
        if (socket.writableLength > maxUnreadBytes) socket.destroy();
      };
      void answer(line, { ping: async () => ({ ...about, ...self }), ...verbs }, hungUp.signal, next).then(write);
    });
  });
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
  return {
    close: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

async function answer(
  line: string,
  verbs: Readonly<Record<string, Verb>>,
  closed: AbortSignal,
  next: (id: number, value: unknown) => void,
): Promise<unknown> {
  let id = -1;
  try {
    const call = callSchema.parse(JSON.parse(line));
    id = call.id;
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

const restart = 'start the daemon again with the same version: `bridge stop`, then `bridge`';

/** What every daemon says of itself; those of protocol 1 name neither it nor their version. */
const pongSchema = z.object({
  protocol: z.number().default(1),
  version: z.string().default('0.1.0 or older'),
  pid: z.number(),
  session: z.string().nullable().default(null),
});
export type Pong = z.infer<typeof pongSchema>;

/**
 * Calls one verb of the daemon that holds this state directory; `null` when none lives.
 * @param on hears what comes before the end; aborting `stop` hangs up, and gives null
 * @throws BridgeError where the daemon is of another protocol: the verb was not done, and must not be done beside it
 */
export async function call(
  path: string,
  verb: string,
  args: Record<string, unknown>,
  { on, stop }: { on?: (value: unknown) => void; stop?: AbortSignal } = {},
): Promise<{ ok: unknown } | null> {
  const socket = await connected(path);
  if (socket === null) return null;
  const hangUp = () => socket.destroy();
  stop?.addEventListener('abort', hangUp);
  try {
    const lines = repliesOf(socket, path, on ?? (() => {}));
    const pong = pongSchema.parse(await lines.ask({ id: 0, verb: 'ping', args: {} }));
    if (pong.protocol !== protocol) throw otherVersion(pong);
    return { ok: verb === 'ping' ? pong : await lines.ask({ id: 1, verb, args, protocol }) };
  } catch (fault) {
    if (stop?.aborted) return null;
    throw fault;
  } finally {
    stop?.removeEventListener('abort', hangUp);
    socket.destroy();
  }
}

/** What the daemon of this state directory says of itself, whatever its version; null when none lives. */
export async function pingDaemon(path: string): Promise<Pong | null> {
  const socket = await connected(path);
  if (socket === null) return null;
  try {
    return pongSchema.parse(await repliesOf(socket, path, () => {}).ask({ id: 0, verb: 'ping', args: {} }));
  } finally {
    socket.destroy();
  }
}

async function connected(path: string): Promise<Socket | null> {
  if (!existsSync(path)) return null;
  const socket = createConnection(path);
  const isConnected = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
  });
  return isConnected ? socket : null;
}

interface Replies {
  ask(call: { id: number; verb: string; args: Record<string, unknown>; protocol?: number }): Promise<unknown>;
}

/** One question at a time over one connection. */
function repliesOf(socket: Socket, path: string, on: (value: unknown) => void): Replies {
  let settle: { resolve(value: unknown): void; reject(fault: unknown): void } | null = null;
  const end = () => settle?.reject(gone(path));
  socket.on('close', end);
  socket.on('error', end);
  eachLine(socket, maxReplyBytes, (line) => {
    const reply = JSON.parse(line) as {
      ok?: unknown;
      next?: unknown;
      fault?: { message: string; exitCode: ExitCode; nextStep?: string };
    };
    if (reply.fault) settle?.reject(relayed(reply.fault));
    else if (reply.next !== undefined) on(reply.next);
    else settle?.resolve(reply.ok);
  });
  return {
    ask: (call) =>
      new Promise((resolve, reject) => {
        settle = { resolve, reject };
        if (socket.destroyed) end();
        else socket.write(`${JSON.stringify(call)}\n`);
      }),
  };
}

function otherVersion({ protocol: theirs, version, pid }: Pong): BridgeError {
  return new BridgeError({
    what: 'bridge',
    target: `daemon ${pid}`,
    reason: `is ${theirs < protocol ? 'older' : 'newer'} than this command (version ${version}, protocol ${theirs}; this is ${packageVersion}, protocol ${protocol}); nothing was done`,
    nextStep: restart,
  });
}

function gone(path: string): BridgeError {
  return new BridgeError({
    what: 'bridge',
    target: path,
    reason: 'the daemon went away before it answered',
    nextStep: '`bridge requests` shows what it had done',
  });
}

/** The daemon's own fault, told again here with its own words. */
function relayed(fault: { message: string; exitCode: ExitCode; nextStep?: string }): BridgeError {
  const [what = 'bridge', target = 'daemon', ...reason] = fault.message.split(': ');
  return new BridgeError({
    what,
    target,
    reason: reason.join(': '),
    exitCode: fault.exitCode,
    ...(fault.nextStep === undefined ? {} : { nextStep: fault.nextStep }),
  });
}

/** A long line comes in many pieces, which are joined once. */
function eachLine(socket: Socket, maxBytes: number, take: (line: string) => void): void {
  let pieces: Buffer[] = [];
  let length = 0;
  socket.on('data', (chunk) => {
    let rest = chunk as Buffer;
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      const line = Buffer.concat([...pieces, rest.subarray(0, end)]).toString('utf8');
      rest = rest.subarray(end + 1);
      pieces = [];
      length = 0;
      if (line.trim() !== '') take(line);
    }
    pieces.push(rest);
    length += rest.length;
    if (length > maxBytes) socket.destroy();
  });
}
