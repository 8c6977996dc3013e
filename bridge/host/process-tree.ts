import type { ForegroundKind, PaneFacts } from '../core/pane.ts';
import { type Process, type ProcessSource, systemSource } from './process-source.ts';
import { type AgentNames, type ProgramName, programName } from './program-names.ts';

/** Who reads a pane's keys. */
export interface FoundProgram {
  /** an agent program's name, `vim`, `my-script`; null for a bare shell and where nothing is known */
  readonly program: string | null;
  /** of that program, with its start: together they name it for good */
  readonly pid: number | null;
  readonly startedAt: string | null;
  readonly foreground: ForegroundKind;
}

/** A look reads at most this many processes; a build below an agent may have thousands. */
const walkLimit = 512;
/** `sudo`, `script` and the like open a terminal of their own; deeper than this nobody nests them. */
const nestingLimit = 4;

const nothing: FoundProgram = { program: null, pid: null, startedAt: null, foreground: 'none' };

/**
 * Finds the program that reads a pane's keys: a member of the foreground process group of the pane's terminal. An agent
 * that was started through npx, a script or a node shim is found once, at its outermost process, which lives as long as it does.
 */
export class ProcessTree {
  readonly #names: AgentNames;
  readonly #source: ProcessSource;
  readonly #agents = new Map<number, { found: FoundProgram; process: Process }>();

  /** @param names of agent programs, as their processes are called */
  constructor(names: AgentNames, source: ProcessSource = systemSource()) {
    this.#names = names;
    this.#source = source;
  }

  findProgram(pane: Pick<PaneFacts, 'panePid' | 'command'>): FoundProgram {
    const remembered = this.#remembered(pane.panePid);
    if (remembered !== null) return remembered;
    const root = this.#source.read(pane.panePid);
    return root === null ? nothing : this.#look(root, pane.command);
  }

  /**
   * An agent stays the answer while it is the same process, under the same name, in the foreground of its terminal: one
   * small read. A terminal that was taken away has no foreground any more.
   */
  #remembered(panePid: number): FoundProgram | null {
    const known = this.#agents.get(panePid);
    if (known === undefined) return null;
    const now = this.#source.read(known.process.pid);
    const stands =
      now !== null &&
      now.startedAt === known.process.startedAt &&
      now.comm === known.process.comm &&
      now.group === known.process.group &&
      now.foregroundGroup === known.process.foregroundGroup &&
      !now.stopped;
    if (stands) return known.found;
    this.#agents.delete(panePid);
    return null;
  }

  #look(root: Process, command: string): FoundProgram {
    const found = this.#atTerminalOf(root, nestingLimit) ?? byCommand(command, this.#names);
    // only what sits directly at this terminal can be checked again by looking at it alone
    if (found.foreground === 'agent' && found.pid !== null) {
      const process = this.#source.read(found.pid);
      if (process?.startedAt === found.startedAt && process?.group === root.foregroundGroup) {
        this.#agents.set(root.pid, { found, process });
      }
    }
    return found;
  }

  #atTerminalOf(root: Process, nestingLeft: number): FoundProgram | null {
    const family = this.#family(root);
    const foreground = family.filter((process) => process.group === root.foregroundGroup);
    const named = foreground.map((process) => ({ process, name: this.#name(process) }));
    const readers = named.filter(({ process }) => this.#source.readsTerminal(process.pid));

    const agent = readers.find(({ name }) => name.kind === 'agent');
    if (agent) return describe(agent.process, agent.name, 'agent');

    const nest = readers.find(({ name }) => name.nests);
    const inner = nest ? this.#nested(nest.process) : undefined;
    if (inner !== undefined && nestingLeft > 0) {
      return this.#atTerminalOf(inner, nestingLeft - 1);
    }
    for (const kind of ['remote', 'repl'] as const) {
      const reader = readers.find(({ name }) => name.kind === kind);
      if (reader) return describe(reader.process, reader.name, kind);
    }
    if (readers.some(({ name }) => name.kind === 'shell')) return this.#atShell(family, root.foregroundGroup);

    const leader = named.find(({ process }) => process.pid === process.group) ?? named[0];
    return leader ? describe(leader.process, leader.name, 'program') : null;
  }

  /**
   * An agent stopped with Ctrl-Z is still the pane's agent, but what is typed now the shell would execute. The shell takes
   * the terminal as soon as the job's first process has stopped; the agent itself may stop a moment later.
   */
  #atShell(family: readonly Process[], foregroundGroup: number): FoundProgram {
    const stopped = new Set(family.filter((process) => process.stopped).map((process) => process.group));
    for (const process of family) {
      if (!stopped.has(process.group) || process.group === foregroundGroup) continue;
      const name = this.#name(process);
      if (name.kind === 'agent') return describe(process, name, 'shell');
    }
    return { ...nothing, foreground: 'shell' };
  }

  /** The child that a nesting program put on another terminal, if it did. */
  #nested(outer: Process): Process | undefined {
    return this.#family(outer).find(
      (process) => process.foregroundGroup > 0 && process.foregroundGroup !== outer.foregroundGroup,
    );
  }

  /** The process and its descendants, parents before children. */
  #family(root: Process): Process[] {
    const family = [root];
    for (let index = 0; index < family.length && family.length < walkLimit; index++) {
      for (const pid of this.#source.children(family[index]!.pid)) {
        const child = this.#source.read(pid);
        if (child !== null && family.length < walkLimit) family.push(child);
      }
    }
    // one that lost its parent is no descendant, and may still lead the foreground
    const group = root.foregroundGroup;
    if (group > 0 && !family.some((process) => process.pid === group)) {
      const leader = this.#source.read(group);
      if (leader?.group === group && leader.foregroundGroup === group) family.push(leader);
    }
    return family;
  }

  #name(process: Process): ProgramName {
    return programName(this.#source.commandLine(process), process.comm, this.#names);
  }
}

function describe(process: Process, name: ProgramName, foreground: ForegroundKind): FoundProgram {
  return { program: name.name, pid: process.pid, startedAt: process.startedAt, foreground };
}

/** Where the foreground group cannot be seen, tmux's own word for it is still enough to keep off a shell. */
function byCommand(command: string, names: AgentNames): FoundProgram {
  const { kind } = programName([command], command, names);
  return { ...nothing, foreground: kind === 'agent' ? 'program' : kind };
}
