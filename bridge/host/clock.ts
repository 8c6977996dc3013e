import type { Clock } from '../core/clock.ts';

/**
 * Wall time for records, of which differences are true: it goes on with the machine's monotonic clock, whatever becomes of
 * the system's. Once that was set (by a person, by NTP, while the machine slept), `aheadMs` says so; only `follow` takes it over.
 */
export class FollowingClock implements Clock {
  readonly #monotonic: () => number;
  readonly #system: () => number;
  #base: number;

  /** @param parts.monotonic milliseconds from anywhere, never set; @param parts.system milliseconds since the epoch */
  constructor(parts: { monotonic: () => number; system: () => number }) {
    this.#monotonic = parts.monotonic;
    this.#system = parts.system;
    this.#base = parts.system() - parts.monotonic();
  }

  now(): number {
    return Math.floor(this.#base + this.#monotonic());
  }

  /** How far the system's clock is ahead of this one; negative where it was set back. */
  get aheadMs(): number {
    return this.#system() - this.now();
  }

  /** From now on it tells what the system's clock tells. */
  follow(): void {
    this.#base = this.#system() - this.#monotonic();
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  }
}

const machine = { monotonic: () => performance.now(), system: () => Date.now() };

/** For records and deadlines: what is stored, shown, or compared with what is. */
export const systemClock = new FollowingClock(machine);

/** For what is measured and forgotten: it never follows, so that a wait lasts as long as it was meant to. */
export const steadyClock: Clock = new FollowingClock(machine);
