import type { Clock } from '../core/clock.ts';

/**
 * Waiting for what the bridge will do: a change of a request or a delivery wakes everybody who waits, and they look again. They
 * look once the step that made the change is done: in the middle of it what is on its way can seem to wait.
 */
export class Changes {
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();
  #isWaking = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  wake(): void {
    if (this.#isWaking) return;
    this.#isWaking = true;
    queueMicrotask(() => {
      this.#isWaking = false;
      for (const look of [...this.#waiting]) look();
    });
  }

  /** The first value that `condition` gives other than null; null when `limitMs` have passed (null: never) or `closed` aborts. */
  until<T>(condition: () => T | null, closed: AbortSignal, limitMs: number | null): Promise<T | null> {
    return new Promise((resolve) => {
      const end = (value: T | null) => {
        this.#waiting.delete(look);
        closed.removeEventListener('abort', stop);
        cancel();
        resolve(value);
      };
      const look = () => {
        const value = condition();
        if (value !== null) end(value);
      };
      const stop = () => end(null);
      const cancel = limitMs === null ? () => {} : this.#clock.after(limitMs, stop);
      this.#waiting.add(look);
      if (closed.aborted) stop();
      else {
        closed.addEventListener('abort', stop);
        look();
      }
    });
  }
}
