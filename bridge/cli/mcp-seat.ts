import { basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { processNames } from '../agent-programs/names.ts';
import { threadRecords } from '../agent-programs/thread-records.ts';
import type { InputOf, ResultOf, Single } from '../api/index.ts';
import { BridgeError } from '../core/failure.ts';
import type { Caller } from '../host/caller.ts';
import { steadyClock } from '../host/clock.ts';
import { systemSource } from '../host/process-source.ts';
import { repositoryOf } from '../host/repository.ts';
import type { Asked, Asking } from '../server/asking.ts';
import type { Registration, Seat } from '../server/mcp/seat.ts';
import { DaemonGone } from '../server/socket.ts';
import { aboveHere } from './caller.ts';
import type { Context } from './context.ts';
import { invoke } from './invoke.ts';

/** Nothing is asked twice by asking these once more: they read, or the bridge knows the same again by its mark. */
const repeatable: ReadonlySet<Single> = new Set<Single>([
  ...(['inbox', 'members', 'groups', 'thread', 'search', 'show', 'requests', 'ticket', 'enrol', 'sayStatus'] as const),
]);

/** How an agent is called and found, where its client says so. */
export interface SeatEnvironment {
  readonly AGENT_NAME?: string | undefined;
  readonly AGENT_TYPE?: string | undefined;
  readonly AGENT_GROUPS?: string | undefined;
  /** `SOCKET,…`, as tmux sets it */
  readonly TMUX?: string | undefined;
}

/** An agent's seat, and under which name its mail is kept. */
export type SeatHere = Seat & { key(): Promise<string> };

/**
 * The agent above this program, as its MCP server speaks for it. A server of the agent program that runs several threads names one in each
 * call: the first is the agent that was here all along, each further one is another.
 */
export function seatHere(context: Context, env: SeatEnvironment): SeatHere {
  const shown = { ...aboveHere(), tmuxSocket: env.TMUX?.split(',')[0] || null };
  const { caller } = shown;
  // of one that sits in a pane all threads are that pane's
  const record = caller.is === 'apart' ? threadRecords.get(caller.program) : undefined;
  const first = seatOf(context, env, shown);
  const byThread = new Map<string, ThreadSeat>();
  return {
    ...first,
    forCall(meta) {
      const thread = record?.named(meta) ?? null;
      if (thread === null) return first;
      const seat = byThread.get(thread) ?? (byThread.size === 0 ? first : seatOf(context, env, shown));
      if (byThread.size < mostThreads) byThread.set(thread, seat);
      seat.calledFrom(thread);
      return seat;
    },
  };
}

/** Nobody has more open; what calls beyond them speaks for itself once. */
const mostThreads = 200;
/** A pane that shows nothing of its thread yet is looked for again, but not at every call. */
const lookAgainMs = 5_000;

type ThreadSeat = SeatHere & {
  /** the client says that it is this thread: by that its pane may be found */
  calledFrom(thread: string): void;
};

/**
 * One agent: shown by the processes above this program as they are now, and later by the token that it is given, whatever becomes of those.
 */
function seatOf(
  context: Context,
  env: SeatEnvironment,
  shown: ReturnType<typeof aboveHere> & { readonly tmuxSocket: string | null },
): ThreadSeat {
  const itself = systemSource().read(process.pid);
  const program = { pid: process.pid, startedAt: itself?.startedAt ?? '' };
  let thread: string | null = null;
  let lookAt = Number.NEGATIVE_INFINITY;
  let token: string | null = null;
  let enrolled: Promise<ResultOf<'enrol'>> | null = null;

  const enrolAs = (name: string | null, groups: readonly string[]) => {
    const otherwise = nameFor(typeOf(env, shown.caller), process.cwd());
    const speaking = thread === null ? program : { ...program, thread };
    const asked = ask(context, 'enrol', { ...shown, name, otherwise, groups: [...groups], process: speaking, token });
    enrolled = asked.then((found) => {
      token = found.token;
      return found;
    });
    enrolled.catch(() => {
      enrolled = null; // the next call tries again
    });
    return enrolled;
  };
  const known = () => enrolled ?? enrolAs(env.AGENT_NAME || null, groupsIn(env.AGENT_GROUPS));

  const evidence = () => ({ ...shown, caller: neverPerson(shown.caller), paneHint: null, token, by: 'mcp' });
  const call = async <Name extends Single>(name: Name, args: Asked<Name>, closed?: AbortSignal) => {
    await known();
    const given = () => ({ ...args, ...evidence() }) as unknown as InputOf<Name>;
    try {
      return await ask(context, name, given(), closed);
    } catch (fault) {
      if (!isUnknownToken(fault)) throw fault;
      // its time was over, or somebody revoked it
      token = null;
      enrolled = null;
      await known();
      return ask(context, name, given(), closed);
    }
  };
  const asking: Asking = {
    call,
    stream() {
      throw new Error('no tool reads a stream');
    },
  };
  return {
    asking,
    seesOwnOnly: false,
    member: async () => (await known()).name,
    key: async () => (await known()).key,
    async register({ name, groups }): Promise<Registration> {
      await known();
      const { name: called, groups: all, pane, isTaken, unread } = await enrolAs(name, groups);
      return { name: called, groups: all, pane, isTaken, unread };
    },
    calledFrom(named) {
      thread = named;
      const before = enrolled;
      if (before === null || steadyClock.now() < lookAt) return;
      lookAt = steadyClock.now() + lookAgainMs;
      const looked = before.then((found) => (found.pane === null ? enrolAs(null, groupsIn(env.AGENT_GROUPS)) : found));
      looked.catch(() => {}); // whoever calls hears of it
      enrolled = looked;
    },
  };
}

/** A daemon that ends hangs up on several callers, and may be there again at once. */
const again = { mostTimes: 20, everyMs: 100 };

/** Once more where the daemon ended meanwhile and the same again does no harm. */
async function ask<Name extends Single>(context: Context, name: Name, args: InputOf<Name>, closed?: AbortSignal) {
  const isHarmless = repeatable.has(name) || 'idempotencyKey' in (args as object) || 'key' in (args as object);
  for (let times = 1; ; times++) {
    try {
      return await invoke(context, name, args as Parameters<typeof invoke<Name>>[2], closed);
    } catch (fault) {
      const isAgain = fault instanceof DaemonGone && closed?.aborted !== true && times < again.mostTimes;
      if (!isAgain || !isHarmless) throw fault;
      await delay(again.everyMs);
    }
  }
}

/** An MCP client is a program, whoever started it: what it asks is no person's word. */
function neverPerson(caller: ReturnType<typeof aboveHere>['caller']): ReturnType<typeof aboveHere>['caller'] {
  if (caller.is !== 'nobody') return caller;
  const { pidNamespace } = caller;
  return { is: 'apart', program: 'an MCP client', reason: 'nothing shows which agent it is', pidNamespace };
}

function typeOf({ AGENT_TYPE: given }: SeatEnvironment, caller: Caller): string {
  if (given) return given;
  return caller.is !== 'nobody' && processNames.has(caller.program) ? caller.program : 'agent';
}

/** `claude-shop`: the agent's type and the folder of its project, in letters that a name may have. */
export function nameFor(type: string, folder: string): string {
  const project = basename(repositoryOf(folder) ?? folder);
  const name = `${type}-${project}`.normalize('NFC').replace(/[^\p{L}\p{M}\p{N}._-]+/gu, '-');
  return [...name.replace(/^[^\p{L}\p{N}]+/u, '').replace(/-+$/, '')].slice(0, 60).join('') || 'agent';
}

function groupsIn(given: string | undefined): string[] {
  return (given ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean);
}

function isUnknownToken(fault: unknown): boolean {
  return fault instanceof BridgeError && fault.reason === 'is unknown, expired or revoked';
}
