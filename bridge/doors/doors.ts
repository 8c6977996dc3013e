import type { Clock } from '../core/clock.ts';
import type { Door } from '../core/door.ts';
import type { Manner } from '../core/manner.ts';
import type { Snapshot } from '../core/pane.ts';
import { codexQueue } from './codex-queue.ts';
import type { Ground } from './ground.ts';
import { opencodePort } from './opencode-port.ts';
import { qwenInputFile } from './qwen-input-file.ts';

export type Found = Door | { readonly refused: string };

/**
 * The doors of running agent programs. A door counts as found only where the processes of the program in that pane
 * themselves show that it is theirs and nobody else's; whatever is less certain is refused, with the reason.
 */
export class AgentDoors {
  readonly #ground: Ground;
  readonly #clock: Clock;

  constructor(parts: { ground: Ground; clock: Clock }) {
    this.#ground = parts.ground;
    this.#clock = parts.clock;
  }

  async find({ identity, foreground }: Snapshot, { door }: Manner): Promise<Found> {
    if (door === undefined) return { refused: 'the program has no door that is known here' };
    const { agentPid, agentStartedAt } = identity;
    if (foreground !== 'agent' || agentPid === null || agentStartedAt === null) {
      return { refused: 'the process of the program is not known' };
    }
    const program = this.#ground.program(agentPid, agentStartedAt);
    if (program.length === 0) return { refused: 'the processes of the program cannot be read' };
    const time = { looksEveryMs: door.looksEveryMs, clock: this.#clock };
    switch (door.name) {
      case 'codex-queue':
        return codexQueue(program, time);
      case 'opencode-port':
        return opencodePort(program, this.#ground.tcp());
      case 'qwen-input-file':
        return qwenInputFile(program, this.#ground.others(), time);
    }
  }
}
