import type { Clock } from '../core/clock.ts';
import { BridgeError } from '../core/failure.ts';
import { Locks } from './locks.ts';

/** How long one waits for its turn. Whoever has it needs a few hundredths of a second, unless the machine is very busy. */
const patienceMs = 20_000;
const lookAgainMs = 10;

/**
 * Whoever comes to a tmux server as a control client, or makes it tell of windows and sessions, does so in turn: what tmux
 * 3.3a has to tell while a client is just coming can end it (docs/torture.md).
 */
export function attachLockFor(socketPath: string, clock: Clock, locks = new Locks()): AttachLock {
  return new AttachLock({ key: `clients of ${socketPath}`, clock, locks });
}

/** One at a time passes, among all processes of one user. */
export class AttachLock {
  readonly #locks: Locks;
  readonly #key: string;
  readonly #clock: Clock;

  /** @param parts.key what is passed: those of another key go their own way */
  constructor(parts: { key: string; clock: Clock; locks: Locks }) {
    this.#locks = parts.locks;
    this.#key = parts.key;
    this.#clock = parts.clock;
  }

  /** Works in its turn; out of turn where that does not come, for no work may wait for ever on somebody who hangs. */
  async pass<T>(work: () => Promise<T>): Promise<T> {
    const turn = await this.#turn();
    try {
      return await work();
    } finally {
      turn?.release();
    }
  }

  async #turn(): Promise<{ release(): void } | null> {
    const giveUpAt = this.#clock.now() + patienceMs;
    while (this.#clock.now() < giveUpAt) {
      try {
        const turn = this.#locks.tryAcquire(this.#key);
        if (turn !== null) return turn;
      } catch (fault) {
        // a folder that cannot be used is told of by the first delivery, which needs its lock
        if (fault instanceof BridgeError) return null;
        throw fault;
      }
      await new Promise<void>((resolve) => void this.#clock.after(lookAgainMs, resolve));
    }
    return null;
  }
}
