import { readFileSync, readlinkSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute } from 'node:path';
import * as z from 'zod';
import type { Served } from '../../api/method.ts';
import { BridgeError, messageOf } from '../../core/failure.ts';
import { visible } from '../../core/visible.ts';
import { findHome } from '../../host/home.ts';
import { pidNamespace, systemSource } from '../../host/process-source.ts';
import type { Serving } from '../../server/daemon.ts';
import { ExecCommands } from '../../tmux/exec.ts';
import { inUsersWords } from '../argument-words.ts';
import { evidenceOf } from '../mail-lines.ts';
import { commsPaths } from './agent-comms/files.ts';
import { placeOf } from './agent-comms/index.ts';
import { registryIn } from './agent-comms/place.ts';
import { relayer } from './agent-comms/relay.ts';
import type { Run, Sender } from './run.ts';
import { isPlainTell } from './tell.ts';
import { runWrapper, wrapperNames } from './wrapper.ts';

/** One run of a wrapper as `scripts/wrapper.pl` hands it over: what the process was called with, and which it is. */
const callSchema = z.object({
  name: z.enum(wrapperNames),
  argv: z.array(z.string()).max(10_000),
  cwd: z.string().max(4096),
  /** those that wrappers read */
  env: z.record(z.string().max(256), z.string().max(65_536)),
  pid: z.number().int().positive(),
  pidNamespace: z.string().max(64),
});
type Call = z.output<typeof callSchema>;

/**
 * What the daemon does for a wrapper that needs no process of its own: the same, without the time that Node takes to start.
 * Answered by `{exitCode, said}`, or by `{elsewhere}`, and then nothing was done: the caller runs it itself.
 * @param home the state directory of this bridge
 * @returns `said` is words of `o` or `e`, for stdout and stderr, with what was said there in hexadecimal
 */
export function wrapperCalls(home: string, serving: Serving): Served {
  return async (given, closed) => {
    const call = callSchema.safeParse(given).data;
    const why = call === undefined ? 'it is no call of a wrapper' : whyElsewhere(call, home);
    if (call === undefined || why !== null) return { elsewhere: why };
    const said: string[] = [];
    const say = (mark: 'o' | 'e') => (text: string) => {
      said.push(mark + Buffer.from(`${visible(text)}\n`).toString('hex'));
    };
    const parent = systemSource().read(call.pid)?.parent ?? 0;
    const { env } = call;
    // as it is while its caller waits: a bell may ring when that is gone
    const sender = evidenceOf({ env, parent });
    const process = { env, userFolder: env.HOME!, parent, sender, say: say('o'), warn: say('e') };
    const run = runBy(serving, process, closed);
    const exitCode = await runWrapper(call.name, call.argv, run);
    return { exitCode, said: said.join(' ') };
  };
}

/** What a run uses of a process, where another one does the work. */
type Process = Pick<Run, 'env' | 'userFolder' | 'parent' | 'say' | 'warn'> & { readonly sender: Sender };

function runBy({ methods, tmuxAt }: Serving, { sender, ...process }: Process, closed: AbortSignal): Run {
  return {
    ...process,
    sender: async () => sender,
    isOwnProcess: false,
    closed,
    tmux: (socketPath) => tmuxAt(socketPath) ?? new ExecCommands({ socketPath }),
    ask: async (_, name, args, hungUp = closed) => {
      // what its caller has given up is not begun
      if (hungUp.aborted) throw new BridgeError({ what: name, target: 'the caller', reason: 'is gone' });
      try {
        return (await methods[name](args, hungUp)) as never;
      } catch (fault) {
        throw inUsersWords(fault, name, args);
      }
    },
  };
}

/**
 * One look into the spool of this user's agent_comms: what senders left that reach no tmux is typed by the bridge, as letters are.
 * @param socketPath of the tmux server whose sessions are meant
 */
export function spoolRelay(socketPath: string, serving: Serving): (closed: AbortSignal) => Promise<void> {
  const { env } = process;
  // each record says who left it
  const nobody = {
    caller: { is: 'nobody', pidNamespace: null },
    above: [],
    tmuxSocket: null,
    paneHint: null,
    token: null,
  } as const;
  const own = { env, userFolder: homedir(), parent: 0, sender: nobody, say: () => {}, warn: serving.warn };
  return relayer((closed) => placeOf(runBy(serving, own, closed), socketPath));
}

/** Why a call needs a process of its own, in words; null where it needs none. */
function whyElsewhere(call: Call, home: string): string | null {
  const { env, cwd } = call;
  if (!env.HOME || !isAbsolute(env.HOME)) return 'it has no home';
  if (!isAsFree(call.pid, call.pidNamespace)) return 'it is held back by what this bridge is not';
  const found = findHome({ flag: null, env: env.BRIDGE_HOME, cwd, userFolder: env.HOME });
  if (found.folder !== home || found.passedOver.length > 0) return 'it is of another state directory';
  const isRelative = (name: string) => pathNames.test(name) && env[name] !== '' && !isAbsolute(env[name]!);
  if (Object.keys(env).some(isRelative)) return 'a path counts from its folder';
  return whyOwnProcess[call.name](call);
}

const pathNames =
  /^(?:AGENT_COMMS_(?:REGISTRY|PROJECTS|THREADS|LOG|JOIN_DOC|SPOOL)|TMUX_(?:SOCKET|BRIDGE_SOCKET|TMPDIR))$/;

const whyOwnProcess: Readonly<Record<Call['name'], (call: Call) => string | null>> = {
  // it diagnoses what is found from there
  'tmux-bridge': ({ argv }) => (argv[0] === 'doctor' ? 'it looks at its own surroundings' : null),
  'agent-send': ofText,
  'send-message': ofText,
  'agent-comms': ofComms,
  bridge: ({ argv }) => (isPlainTell(argv) ? null : 'it says more than a name and a text'),
};

/** A text on stdin or in a file, and another machine. */
function ofText({ argv }: Call): string | null {
  return argv.includes('-m') && !argv.includes('-f') && !argv.includes('-H') ? null : 'it reads what it sends itself';
}

function ofComms({ env, argv: [command = ''] }: Call): string | null {
  if (env.AGENT_COMMS_TMUX) return 'it has a tmux of its own';
  if (command === 'init-join') return 'it looks at its own surroundings';
  const paths = commsPaths({ env, userFolder: env.HOME! });
  const strange = Object.values(paths).find((path) => !isPlain(path));
  if (strange !== undefined) return `${strange} is neither file nor folder`;
  try {
    const { agents } = registryIn({ paths });
    // which the daemon does for nobody
    if (Object.values(agents).some(({ revive_cmd }) => revive_cmd))
      return 'it may have to run a command of its registry';
  } catch (fault) {
    return messageOf(fault);
  }
  return null;
}

/** A file, a folder, or nothing yet; and no name for what another process has open. */
function isPlain(path: string): boolean {
  if (/^\/(?:dev|proc)\//.test(path)) return false;
  const facts = statSync(path, { throwIfNoEntry: false });
  return facts === undefined || facts.isFile() || facts.isDirectory();
}

/**
 * A process sees the files and processes that this one sees, and nothing keeps it from any of them: what it may do by this one it
 * may do itself. A sandbox of Linux has namespaces of its own, or its processes can gain no privileges (seccomp, Landlock). Of another
 * system nothing is known.
 */
function isAsFree(pid: number, namespace: string): boolean {
  const link = (of: number | 'self', name: string) => readlinkSync(`/proc/${of}/${name}`);
  const isShared = (name: string) => link(pid, name) === link('self', name);
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const isUnbound =
      /^NoNewPrivs:\t0$/m.test(status) && ownIds(status) === ownIds(readFileSync('/proc/self/status', 'utf8'));
    return namespace === pidNamespace() && isUnbound && ['ns/mnt', 'ns/user', 'ns/pid', 'root'].every(isShared);
  } catch {
    return false; // it is gone, another user's, or the system has no such files
  }
}

/** As whom it runs, and what it may do as nobody else may. */
function ownIds(status: string): string {
  return (status.match(/^(?:Uid|Gid|Groups|CapEff):.*$/gm) ?? []).join('\n');
}
