import { chmodSync, existsSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { z } from 'zod';
import { BridgeError, type ExitCode, messageOf } from '../core/failure.ts';

export { socketPath } from './socket-path.ts';

/** One JSON object a line, both ways: `{id, verb, args}` answered by `{id, ok}` or `{id, fault}`. */
const callSchema = z.object({ id: z.number(), verb: z.string(), args: z.record(z.string(), z.unknown()).default({}) });

/** A verb's work. `closed` aborts when the caller hangs up. */
export type Verb = (args: Record<string, unknown>, closed: AbortSignal) => Promise<unknown>;

/** Longest line that the daemon accepts; a text is at most a quarter of it. */
const maxCallBytes = 4 * 1024 * 1024;
/** Longest answer: a few kilobytes for each of all requests that a home has ever had. */
const maxReplyBytes = 512 * 1024 * 1024;

/** Listens on the home's socket, 0600. The caller holds the home's lock, so that a socket found there is a dead one's. */
export async function serve(path: string, verbs: Readonly<Record<string, Verb>>): Promise<{ close(): Promise<void> }> {
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
      void answer(line, verbs, hungUp.signal).then((reply) => {
        if (!socket.destroyed) socket.write(`${JSON.stringify(reply)}\n`);
      });
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

async function answer(line: string, verbs: Readonly<Record<string, Verb>>, closed: AbortSignal): Promise<unknown> {
  let id = -1;
  try {
    const call = callSchema.parse(JSON.parse(line));
    id = call.id;
    const verb = Object.hasOwn(verbs, call.verb) ? verbs[call.verb] : undefined;
    if (!verb) return { id, fault: { message: `unknown verb ${call.verb}`, exitCode: 64 } };
    return { id, ok: (await verb(call.args, closed)) ?? null };
  } catch (fault) {
    const known = fault instanceof BridgeError ? fault : null;
    return { id, fault: { message: messageOf(fault), exitCode: known?.exitCode ?? 1, nextStep: known?.nextStep } };
  }
}

/** Calls one verb of the daemon that holds this home; `null` when none lives. */
export async function call(path: string, verb: string, args: Record<string, unknown>): Promise<{ ok: unknown } | null> {
  if (!existsSync(path)) return null;
  const socket = createConnection(path);
  const connected = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
  });
  if (!connected) return null;
  try {
    return await new Promise((resolve, reject) => {
      socket.once('close', () => reject(gone(path)));
      socket.once('error', () => reject(gone(path)));
      eachLine(socket, maxReplyBytes, (line) => {
        const reply = JSON.parse(line) as {
          ok?: unknown;
          fault?: { message: string; exitCode: ExitCode; nextStep?: string };
        };
        if (reply.fault) reject(relayed(reply.fault));
        else resolve({ ok: reply.ok });
      });
      socket.write(`${JSON.stringify({ id: 1, verb, args })}\n`);
    });
  } finally {
    socket.destroy();
  }
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
