import { nativeInputNamed } from '../agent-programs/index.ts';
import type { NativeInputIo } from '../agent-programs/native-input.ts';
import type { Clock } from '../core/clock.ts';
import type { ComposerFacts } from '../core/composer.ts';
import type { OpenInput } from '../core/native-input.ts';
import type { Snapshot } from '../core/pane.ts';
import type { ProcessTable } from '../core/process-info.ts';
import { isHere } from '../core/way.ts';

export type Found = OpenInput | { readonly refused: string };

/**
 * The native inputs of running agent programs. One counts as found only where the processes of the program in that pane
 * themselves show that it is theirs and nobody else's; whatever is less certain is refused, with the reason.
 */
export class NativeInputs {
  readonly #processes: ProcessTable;
  readonly #clock: Clock;
  readonly #io: NativeInputIo;

  constructor(parts: { processes: ProcessTable; clock: Clock; io: NativeInputIo }) {
    this.#processes = parts.processes;
    this.#clock = parts.clock;
    this.#io = parts.io;
  }

  async find({ identity, foreground }: Snapshot, { nativeInput }: ComposerFacts): Promise<Found> {
    const input = nativeInput === undefined ? undefined : nativeInputNamed(nativeInput.name);
    if (input === undefined) return { refused: 'the program has no native input that is known here' };
    const { agentPid, agentStartedAt } = identity;
    if (!isHere(identity)) return { refused: 'it runs on another machine' };
    if (foreground !== 'agent' || agentPid === null || agentStartedAt === null) {
      return { refused: 'the process of the program is not known' };
    }
    const program = this.#processes.program(agentPid, agentStartedAt);
    if (program.length === 0) return { refused: 'the processes of the program cannot be read' };
    const processes = this.#processes;
    return input.find({
      program,
      others: () => processes.others(),
      tcp: () => processes.tcp(),
      clock: this.#clock,
      io: this.#io,
    });
  }
}
