/**
 * How long looks have shown the same: what lasts has been drawn, what flashes up may be half a frame. Counted from when the
 * first look had come to when the last one was asked for: on a busy machine a look is late, and the screen it shows is not.
 */
export class StabilityTimer {
  readonly #needMs: number;
  #shown: string | null = null;
  #since = 0;
  #lastAt = 0;

  constructor(needMs: number) {
    this.#needMs = needMs;
  }

  saw(shown: string | null, on: { readonly askedAtMs: number; readonly takenAtMs: number }): void {
    if (shown !== this.#shown) this.#since = on.takenAtMs;
    this.#shown = shown;
    this.#lastAt = on.askedAtMs;
  }

  /** Until a look that is asked for then, and shows the same, ends it. */
  leftMs(now: number): number {
    return this.#shown === null ? Number.POSITIVE_INFINITY : this.#since + this.#needMs - now;
  }

  get isOver(): boolean {
    return this.#shown !== null && this.#lastAt - this.#since >= this.#needMs;
  }
}
