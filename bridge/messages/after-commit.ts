/**
 * News that waits for the transaction under way: it is told in the next microtask. A listener that throws must not end
 * the attempt it hears of; its fault surfaces where `tell` is called, and the news is told again then.
 */
export class AfterCommit<Event> {
  readonly #on: (event: Event) => void;
  #untold: Array<() => Event | null> = [];
  #isDue = false;
  #closed = false;

  constructor(on: (event: Event) => void) {
    this.#on = on;
  }

  /** @param news made when it is told; null when there is nothing to tell after all */
  later(news: () => Event | null): void {
    this.#untold.push(news);
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => this.tell());
  }

  /** Tells what has not been told. @returns what listeners threw; that news stays */
  tell(): unknown[] {
    this.#isDue = false;
    const faults: unknown[] = [];
    const again: Array<() => Event | null> = [];
    for (const news of this.#untold.splice(0)) {
      if (this.#closed) break;
      try {
        const event = news();
        if (event !== null) this.#on(event);
      } catch (fault) {
        faults.push(fault);
        again.push(news);
      }
    }
    this.#untold.unshift(...again);
    return faults;
  }

  /** Nothing more is told. */
  close(): void {
    this.#closed = true;
  }
}
