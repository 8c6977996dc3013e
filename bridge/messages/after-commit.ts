/**
 * News that waits for the transaction under way: it is emitted in the next microtask. A listener that throws must not end
 * the attempt it hears of; its fault surfaces where `tell` is called, and the news is told again then.
 */
export class AfterCommit<Event> {
  readonly #on: (event: Event) => void;
  #pending: Array<() => Event | null> = [];
  #isDue = false;
  #closed = false;

  constructor(on: (event: Event) => void) {
    this.#on = on;
  }

  /** @param news made when it is emitted; null when there is nothing to emit after all */
  later(news: () => Event | null): void {
    this.#pending.push(news);
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => this.emit());
  }

  /** Emits what is pending. @returns what listeners threw; that news stays */
  emit(): unknown[] {
    this.#isDue = false;
    const faults: unknown[] = [];
    const again: Array<() => Event | null> = [];
    for (const news of this.#pending.splice(0)) {
      if (this.#closed) break;
      try {
        const event = news();
        if (event !== null) this.#on(event);
      } catch (fault) {
        faults.push(fault);
        again.push(news);
      }
    }
    this.#pending.unshift(...again);
    return faults;
  }

  /** Nothing more is emitted. */
  close(): void {
    this.#closed = true;
  }
}
