import type { Reading } from '../core/reading.ts';

/** An agent that is seen to read may take so many times as long as one that shows no sign of it. */
const mostRounds = 4;

/**
 * How long an agent has to show a text: the limit counts anew from each sign that it reads. On a loaded machine
 * qwen 0.24.4 takes ten thousand characters in over half a minute, piece by piece.
 */
export class Deadline {
  readonly #roundMs: number;
  readonly #lastEndAt: number;
  readonly #before: Reading;
  #draft: string | null = null;
  #endAt: number;

  /** @param before a reading from before the paste: an agent that was at work then says nothing by being so */
  constructor(before: Reading, startedAt: number, endAt: number) {
    this.#before = before;
    this.#roundMs = endAt - startedAt;
    this.#lastEndAt = startedAt + mostRounds * this.#roundMs;
    this.#endAt = endAt;
  }

  saw({ state, composer }: Reading, now: number): void {
    const draft = composer.is === 'draft' ? composer.text : null;
    const isMore = draft !== null && draft !== this.#draft;
    this.#draft = draft;
    const isAtWork = state === 'busy' && this.#before.state !== 'busy';
    if (isMore || isAtWork) this.#endAt = Math.min(now + this.#roundMs, this.#lastEndAt);
  }

  isOver(now: number): boolean {
    return now >= this.#endAt;
  }

  leftMs(now: number): number {
    return this.#endAt - now;
  }
}
