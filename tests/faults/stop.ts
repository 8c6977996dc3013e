const signals = ['SIGINT', 'SIGTERM'] as const;

/** When a run is to end: after its minutes, or when somebody ends it, who then gets the report of what was done. */
export class Stop {
  readonly #endAt: number;
  #isAsked = false;
  readonly #ask = () => {
    this.#isAsked = true;
  };

  /** @param minutes null: none */
  constructor(minutes: number | null) {
    this.#endAt = minutes === null ? Number.POSITIVE_INFINITY : Date.now() + minutes * 60_000;
    for (const signal of signals) process.once(signal, this.#ask);
  }

  get isDue(): boolean {
    return this.#isAsked || Date.now() >= this.#endAt;
  }

  now(): void {
    this.#ask();
  }

  forget(): void {
    for (const signal of signals) process.off(signal, this.#ask);
  }
}
