import { existsSync, readFileSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { BridgeError, type ExitCode } from '../core/failure.ts';
import { packageVersion } from '../host/package-version.ts';
import { protocolVersion, restart } from './protocol-version.ts';
import { eachLine } from './socket-lines.ts';
import { notOurs, strangerAt } from './socket-path.ts';

/** Longest answer: a few kilobytes for each of all requests that a home has ever had. */
const maxReplyBytes = 512 * 1024 * 1024;

/** A bridge that does not say who it is within this time is stopped or hung: the commands' promise is five seconds. */
const helloLimitMs = 4_000;

export interface Pong {
  readonly protocol: number;
  readonly version: string;
  readonly pid: number;
  readonly session: string | null;
}

/** This process may not speak to it: a sandbox. */
export class Unreachable extends BridgeError {}

/** It hung up before it had answered: it has most likely ended. */
export class DaemonGone extends BridgeError {}

/**
 * Asks the daemon that holds this state directory for one method; `null` when none lives.
 * @param on takes the items of a stream; aborting `stop` hangs up, and gives null
 * @throws BridgeError where the daemon is of another protocol: nothing was done, and nothing must be done beside it
 */
export async function call(
  path: string,
  method: string,
  args: Record<string, unknown>,
  { on, stop }: { on?: (value: unknown) => void; stop?: AbortSignal } = {},
): Promise<{ ok: unknown } | null> {
  const socket = await connected(path);
  if (socket === null) return null;
  const hangUp = () => socket.destroy();
  stop?.addEventListener('abort', hangUp);
  // while it was connected
  if (stop?.aborted) hangUp();
  try {
    const lines = repliesOf(socket, path, on ?? (() => {}));
    const pong = await hello(socket, lines, path);
    if (pong.protocol !== protocolVersion) throw otherVersion(pong);
    return { ok: method === 'ping' ? pong : await lines.ask({ id: 1, verb: method, args, protocol: protocolVersion }) };
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
    return await hello(
      socket,
      repliesOf(socket, path, () => {}),
      path,
    );
  } finally {
    socket.destroy();
  }
}

async function connected(path: string): Promise<Socket | null> {
  if (!existsSync(path)) return null;
  const stranger = strangerAt(path);
  if (stranger !== null) throw notOurs(path, stranger);
  const socket = createConnection(path);
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(socket));
    socket.once('error', (cause: NodeJS.ErrnoException) => {
      const { code } = cause;
      // a bridge that takes no calls any more has a full queue, which is not the same as none
      if (code === 'ECONNREFUSED' || code === 'ENOENT') resolve(null);
      else if (code === 'EPERM' || code === 'EACCES') reject(unreachable(path, code));
      else reject(code === 'EAGAIN' ? silent(path) : notOurs(path, `cannot be reached (${code})`));
    });
  });
}

/** Who listens. @throws BridgeError where nobody answers in time */
async function hello(socket: Socket, lines: Replies, path: string): Promise<Pong> {
  let limit: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    limit = setTimeout(() => {
      reject(silent(path));
      socket.destroy();
    }, helloLimitMs);
  });
  try {
    return pongIn(await Promise.race([lines.ask({ id: 0, verb: 'ping', args: {} }), late]), path);
  } finally {
    clearTimeout(limit);
  }
}

/** Daemons of protocol 1 name neither it nor their version. */
function pongIn(said: unknown, path: string): Pong {
  const { protocol = 1, version = '0.1.0 or older', pid, session = null } = (said ?? {}) as Partial<Pong>;
  const isOne = [protocol, pid].every(Number.isInteger) && typeof version === 'string';
  if (!isOne || pid === undefined) throw noBridge(path);
  return { protocol, version, pid, session };
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
  eachLine(
    socket,
    maxReplyBytes,
    () => {},
    (line) => {
      const reply = JSON.parse(line) as {
        ok?: unknown;
        next?: unknown;
        fault?: RelayedFault;
      };
      if (reply.fault) settle?.reject(relayed(reply.fault));
      else if (reply.next !== undefined) on(reply.next);
      else settle?.resolve(reply.ok);
    },
  );
  return {
    ask: (call) =>
      new Promise((resolve, reject) => {
        settle = { resolve, reject };
        if (socket.destroyed) end();
        else socket.write(`${JSON.stringify(call)}\n`);
      }),
  };
}

function noBridge(path: string): BridgeError {
  return new BridgeError({
    what: 'socket',
    target: path,
    reason: 'does not answer as a bridge does; nothing was done',
    nextStep: 'remove it, or choose another --home',
  });
}

function otherVersion({ protocol: theirs, version, pid }: Pong): BridgeError {
  return new BridgeError({
    what: 'bridge',
    target: `daemon ${pid}`,
    reason: `is ${theirs < protocolVersion ? 'older' : 'newer'} than this command (version ${version}, protocol ${theirs}; this is ${packageVersion}, protocol ${protocolVersion}); nothing was done`,
    nextStep: restart,
  });
}

function silent(path: string): BridgeError {
  const pid = holderOf(path);
  const stopped = pid !== null && isStopped(pid);
  return new BridgeError({
    what: 'bridge',
    target: pid === null ? path : `process ${pid}`,
    reason: stopped
      ? 'is stopped, and answers nothing; nothing was done'
      : `has not answered within ${helloLimitMs / 1000} s: it is hung, or has too much to do; nothing was done`,
    nextStep: `${stopped ? `\`kill -CONT ${pid}\` lets it go on` : 'try again'}; \`kill -9 ${pid ?? 'PID'}\` ends it, and the next \`bridge\` takes up what is open`,
  });
}

/** Who holds the home of this socket, as it said itself; null where that is not known. */
function holderOf(path: string): number | null {
  try {
    const { pid } = JSON.parse(readFileSync(join(dirname(path), 'daemon.json'), 'utf8')) as { pid?: unknown };
    return typeof pid === 'number' ? pid : null;
  } catch {
    return null; // it is about to start or to end, or the home is elsewhere
  }
}

/** Ctrl-Z or SIGSTOP, where the system tells. */
function isStopped(pid: number): boolean {
  try {
    return /^State:\s*[Tt]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

function unreachable(path: string, code: string): Unreachable {
  return new Unreachable({
    what: 'bridge',
    target: path,
    reason: `cannot be reached from here (${code}): a sandbox keeps this command from it; nothing was done`,
    nextStep: 'run it outside of the sandbox; `bridge tell`, `post` and `reply` leave their message for it',
  });
}

function gone(path: string): DaemonGone {
  return new DaemonGone({
    what: 'bridge',
    target: path,
    reason: 'the daemon went away before it answered',
    nextStep: '`bridge log` shows what it had done',
  });
}

interface RelayedFault extends Partial<Pick<BridgeError, 'what' | 'target' | 'reason' | 'nextStep'>> {
  readonly message: string;
  readonly exitCode: ExitCode;
}

/** The daemon's own fault, told again here with its own words; its parts stand beside them, apart from what is no fault of bridge's. */
function relayed(fault: RelayedFault): BridgeError {
  const [what = 'bridge', target = 'daemon', ...reason] = fault.message.split(': ');
  return new BridgeError({
    what: fault.what ?? what,
    target: fault.target ?? target,
    reason: fault.reason ?? reason.join(': '),
    exitCode: fault.exitCode,
    ...(fault.nextStep === undefined ? {} : { nextStep: fault.nextStep }),
  });
}
