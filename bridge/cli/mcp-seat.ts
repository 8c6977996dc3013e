import { basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { processNames } from '../agent-programs/names.ts';
import type { InputOf, ResultOf, Single } from '../api/index.ts';
import { BridgeError } from '../core/failure.ts';
import type { Caller } from '../host/caller.ts';
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

/**
 * The agent above this program, as its MCP server speaks for it: shown by the processes above it as they are now, and later by the
 * token that it is given, whatever becomes of those.
 */
export function seatHere(context: Context, env: SeatEnvironment): Seat & { key(): Promise<string> } {
  const shown = { ...aboveHere(), tmuxSocket: env.TMUX?.split(',')[0] || null };
  const itself = systemSource().read(process.pid);
  const program = { pid: process.pid, startedAt: itself?.startedAt ?? '' };
  let token: string | null = null;
  let enrolled: Promise<ResultOf<'enrol'>> | null = null;

  const enrolAs = (name: string | null, groups: readonly string[]) => {
    const otherwise = nameFor(typeOf(env, shown.caller), process.cwd());
    const asked = ask(context, 'enrol', { ...shown, name, otherwise, groups: [...groups], process: program, token });
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
