import type { Process, ProcessSource } from './process-source.ts';
import { type AgentNames, programName } from './program-names.ts';

/** A process by its pid and its start: together they name it for good. */
export interface ProcessId {
  readonly pid: number;
  readonly startedAt: string;
}

/** Which agent program called us, as far as the process tree proves it. */
export type Caller =
  /** `at` is the agent's process, then its parents, as long as they belong to the same job of the same terminal */
  | { readonly is: 'agent'; readonly program: string; readonly at: readonly ProcessId[] }
  /** an agent program above us that reads no terminal: codex's shared server, `codex exec` in a pipe */
  | { readonly is: 'apart'; readonly program: string; readonly reason: string }
  | { readonly is: 'nobody' };

/** Programs that start another with processes of its own only: what runs in there does not see who called. */
const sandboxPrograms: readonly string[] = ['bwrap', 'firejail', 'nsjail', 'minijail0'];

/** Nobody nests deeper. */
const walkLimit = 32;

/**
 * Walks up from a process to the nearest agent program. Only one that holds the foreground of its terminal is told as
 * the caller: codex 0.169.0's shared server is a child of the TUI that happened to start it, has no terminal, and runs
 * the hooks of every TUI with the environment of that first one.
 */
export function callerAbove(source: ProcessSource, pid: number, names: AgentNames): Caller {
  const above = walkUp(source, pid);
  const nameOf = (process: Process) => programName(source.commandLine(process), process.comm, names);
  const nearest = above.findIndex((process) => nameOf(process).kind === 'agent');
  if (nearest < 0) {
    const sandbox = above.find(({ pid, comm }) => pid === 1 && sandboxPrograms.includes(comm));
    return sandbox === undefined ? { is: 'nobody' } : apart(sandbox.comm);
  }
  const agent = above[nearest]!;
  const program = nameOf(agent).name;
  if (agent.foregroundGroup <= 0) return { is: 'apart', program, reason: 'it has no terminal, and may serve several' };
  if (agent.group !== agent.foregroundGroup)
    return { is: 'apart', program, reason: 'it does not hold the foreground of its terminal' };
  const job = above.slice(nearest);
  const end = job.findIndex(({ group, foregroundGroup }) => group !== agent.group || foregroundGroup !== agent.group);
  const at = job.slice(0, end < 0 ? job.length : end).map(({ pid, startedAt }) => ({ pid, startedAt }));
  return { is: 'agent', program, at };
}

/**
 * The same as it is seen from a process that may be in another PID namespace: of who calls from there, nothing is known.
 * @param theirs as `pidNamespace` tells it there, and `here` as it tells it here; null where the system has none
 */
export function seenFrom(here: string | null, caller: Caller, theirs: string | null): Caller {
  return caller.is !== 'nobody' || theirs === null || theirs === here ? caller : apart('a sandbox');
}

function apart(program: string): Caller {
  return { is: 'apart', program, reason: 'who is above it is not seen from here' };
}

/** A process and all above it, nearest first, as far as they can be read. */
export function ancestorsOf(source: ProcessSource, pid: number): ProcessId[] {
  return walkUp(source, pid).map(({ pid, startedAt }) => ({ pid, startedAt }));
}

function walkUp(source: ProcessSource, pid: number): Process[] {
  const above: Process[] = [];
  for (let at: number | undefined = pid; at !== undefined && at > 0 && above.length < walkLimit; ) {
    const process = source.read(at);
    if (process !== null) above.push(process);
    at = process?.parent;
  }
  return above;
}
