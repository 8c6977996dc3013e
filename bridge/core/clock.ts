/** Time and timers, handed in: the real one is made in `host/clock.ts`, tests turn their own. */
export interface Clock {
  /** whole milliseconds since the epoch */
  now(): number;
  /** calls back once after `delayMs`; the returned function cancels */
  after(delayMs: number, callback: () => void): () => void;
}
