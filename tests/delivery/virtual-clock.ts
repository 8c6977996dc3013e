import type { Clock } from '../../bridge/core/clock.ts';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly call: () => void;
}

/** Time that goes on only when everybody waits. */
export class VirtualClock implements Clock {
  #now: number;
  #order = 0;
  #timers: Timer[] = [];

  constructor(now = 1_800_000_000_000) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  after(delayMs: number, call: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, delayMs), order: this.#order++, call };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Runs timers in order until the promise is settled; a promise that nothing can settle is a fault. */
  async until<Value>(promise: Promise<Value>, limitMs = 600_000): Promise<Value> {
    let settled = false;
    const endAt = this.#now + limitMs;
    const watched = promise.finally(() => {
      settled = true;
    });
    watched.catch(() => {});
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (settled) return watched;
      if (!this.#step() || this.#now > endAt) throw new Error('nothing is left that could end the wait');
    }
  }

  /** Lets everything happen that happens within this time. */
  async pass(forMs: number): Promise<void> {
    await this.until(new Promise<void>((resolve) => void this.after(forMs, resolve)));
  }

  #step(): boolean {
    const next = this.#timers.reduce<Timer | null>(
      (first, timer) =>
        first === null || timer.at < first.at || (timer.at === first.at && timer.order < first.order) ? timer : first,
      null,
    );
    if (next === null) return false;
    this.#timers = this.#timers.filter((timer) => timer !== next);
    this.#now = Math.max(this.#now, next.at);
    next.call();
    return true;
  }
}
