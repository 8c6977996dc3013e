import type { Clock } from '../core/clock.ts';
import { BridgeError } from '../core/failure.ts';
import { Locks } from './locks.ts';

/** How long one waits for its turn. Whoever has it needs a few hundredths of a second, unless the machine is very busy. */
const waitLimitMs = 20_000;
const lookAgainMs = 10;

/**
 * Whoever comes to a tmux server as a control client, or makes it tell of windows and sessions, does so in turn: what tmux
 * 3.3a has to tell while a client is just coming can end it (docs/measurements/fault-injection.md).
 */
export function attachLockFor(socketPath: string, clock: Clock, locks = new Locks()): AttachLock {
  return new AttachLock({ key: `clients of ${socketPath}`, clock, locks });
}

/** One piece of work at a time, among all processes of one user. */
export class AttachLock {
  readonly #locks: Locks;
  readonly #key: string;
  readonly #clock: Clock;

  /** @param parts.key what is locked: work of another key does not wait */
  constructor(parts: { key: string; clock: Clock; locks: Locks }) {
    this.#locks = parts.locks;
    this.#key = parts.key;
    this.#clock = parts.clock;
  }

  /** Works while nobody else does; without the lock where it is not had in time, for no work may wait for ever on a process that hangs. */
  async exclusive<T>(work: () => Promise<T>): Promise<T> {
    const held = await this.#acquire();
    try {
      return await work();
    } finally {
      held?.release();
    }
  }

  async #acquire(): Promise<{ release(): void } | null> {
    const giveUpAt = this.#clock.now() + waitLimitMs;
    while (this.#clock.now() < giveUpAt) {
      try {
        const held = this.#locks.tryAcquire(this.#key);
        if (held !== null) return held;
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
