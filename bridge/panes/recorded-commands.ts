import { type CommandRecord, compared, type Recorded } from '../agent-programs/command-record.ts';
import type { PaneIdentity } from '../core/pane.ts';
import type { ProcessInfo, ProcessTable } from '../core/process-info.ts';
import { isHere } from '../core/way.ts';
import { lastLines } from '../host/file-tail.ts';
import { ProcessFiles } from '../host/process-files.ts';

/** A call stands near the end: at most this much is read of a record. */
const mostBytes = 4 * 1024 * 1024;

/** What an agent program has noted of the command that its dialog shows; `no record` where its files cannot be found here. */
export class RecordedCommands {
  readonly #processes: Pick<ProcessTable, 'program' | 'ours'>;

  constructor(processes: Pick<ProcessTable, 'program' | 'ours'> = new ProcessFiles()) {
    this.#processes = processes;
  }

  compare(shown: string, identity: PaneIdentity, record: CommandRecord): RecordedHere {
    const { agentPid, agentStartedAt } = identity;
    // the files of another machine are not looked at
    if (agentPid === null || agentStartedAt === null || !isHere(identity)) return { is: 'no record' };
    const own = filesOf(this.#processes.program(agentPid, agentStartedAt), record);
    const files =
      own.length > 0
        ? own
        : filesOf(
            this.#processes.ours((process) => record.isShared(process)),
            record,
          );
    const read = files.map((file) => lastLines(file, mostBytes));
    // one that cannot be read may be the one that tells otherwise
    if (read.length === 0 || read.includes(null)) return { is: 'no record' };
    return compared(
      shown,
      read.flatMap((lines) => record.pending(lines!)),
    );
  }
}

export type RecordedHere = Recorded | { readonly is: 'no record' };

function filesOf(processes: readonly ProcessInfo[], record: CommandRecord): string[] {
  const open = processes.flatMap((process) => process.open.filter((path) => record.isFile(path)));
  return [...new Set(open)];
}
