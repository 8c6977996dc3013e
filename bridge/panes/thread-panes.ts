import { join } from 'node:path';
import type { HeldThread, ThreadRecord } from '../agent-programs/thread-record.ts';
import type { PaneFacts, PaneIdentity } from '../core/pane.ts';
import type { ProcessInfo, ProcessTable } from '../core/process-info.ts';
import { isHere } from '../core/way.ts';
import { lastLines } from '../host/file-tail.ts';
import { ProcessFiles } from '../host/process-files.ts';

/** Of the file of names: it grows by a line with each name. */
const mostBytes = 1024 * 1024;

/** A pane of the program whose record is asked. */
export interface ProgramPane {
  readonly facts: PaneFacts;
  readonly identity: PaneIdentity;
}

/**
 * In which pane a thread is drawn that a server of the program runs: the one pane that shows its name, where no other thread that is open
 * could be the one shown.
 */
export class ThreadPanes {
  readonly #processes: Pick<ProcessTable, 'program' | 'ours'>;

  constructor(processes: Pick<ProcessTable, 'program' | 'ours'> = new ProcessFiles()) {
    this.#processes = processes;
  }

  /**
   * @param above pids of the processes above the thread's MCP server: one of them has the thread open
   * @param panes those in which the program runs
   * @returns null where nothing shows it, or more than one pane may be it
   */
  find(
    record: ThreadRecord,
    thread: string,
    above: readonly number[],
    panes: readonly ProgramPane[],
  ): ProgramPane | null {
    const holders = this.#processes
      .ours((process) => record.isItsOwn(process))
      .flatMap((process) => heldBy(process, record).map((held) => ({ ...held, pid: process.pid })));
    const own = holders.find((held) => held.thread === thread && above.includes(held.pid));
    if (own === undefined) return null;
    const names = record.names(lastLines(join(own.folder, record.namesFile), mostBytes) ?? []);
    const nameOf = (one: string) => names.get(one) ?? null;
    const name = nameOf(thread);
    if (name === null) return null;
    const showing = panes.filter(
      ({ facts, identity }) =>
        isHere(facts) && record.isShown(name, facts) && this.#isClient(identity, record, own.folder),
    );
    const [only] = showing;
    if (only === undefined || showing.length > 1) return null;
    const others = holders.filter((held) => held.folder === own.folder && held.thread !== thread);
    const isAnother = others.some((held) => {
      const another = nameOf(held.thread);
      return another !== null && record.isShown(another, only.facts);
    });
    return isAnother ? null : only;
  }

  /** It draws threads of this folder, and has none of its own open. */
  #isClient({ agentPid, agentStartedAt }: PaneIdentity, record: ThreadRecord, folder: string): boolean {
    if (agentPid === null || agentStartedAt === null) return false;
    // a server that it has started is below it, and none of what draws there
    const drawing = this.#processes.program(agentPid, agentStartedAt).filter((one) => record.isItsOwn(one));
    const isOfFolder = drawing.some(({ open }) => open.some((path) => path.startsWith(`${folder}/`)));
    return isOfFolder && !drawing.some((one) => !record.isServer(one) && heldBy(one, record).length > 0);
  }
}

function heldBy(process: ProcessInfo, record: ThreadRecord): HeldThread[] {
  return process.open.flatMap((path) => record.held(path) ?? []);
}
