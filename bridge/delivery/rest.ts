/** How long looks have shown the same: what lasts has been drawn, what flashes up may be half a frame. */
export class Rest {
  readonly #needMs: number;
  #shown: string | null = null;
  #since = 0;

  constructor(needMs: number) {
    this.#needMs = needMs;
  }

  saw(shown: string | null, now: number): void {
    if (shown !== this.#shown) this.#since = now;
    this.#shown = shown;
  }

  leftMs(now: number): number {
    return this.#shown === null ? Number.POSITIVE_INFINITY : this.#since + this.#needMs - now;
  }

  isOver(now: number): boolean {
    return this.leftMs(now) <= 0;
  }
}
