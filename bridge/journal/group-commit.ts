interface Due {
  readonly work: () => unknown;
  readonly resolve: (result: never) => void;
  readonly reject: (fault: unknown) => void;
}

type Outcome = { readonly result: unknown } | { readonly fault: unknown };

/**
 * A commit takes as long as the disk, and stops the whole process: what many ask for in one turn of the event loop is one.
 * Each work stays all or nothing by itself: one that throws is undone and rejected, and the others are committed.
 */
export class GroupCommit {
  readonly #transact: <T>(work: () => T) => T;
  readonly #atEndOfTurn: (flush: () => void) => void;
  #due: Due[] = [];

  /** @param atEndOfTurn calls back once everything that is due in this turn has asked */
  constructor(memory: { transact<T>(work: () => T): T }, atEndOfTurn: (flush: () => void) => void = setImmediate) {
    this.#transact = (work) => memory.transact(work);
    this.#atEndOfTurn = atEndOfTurn;
  }

  /** Resolves once what `work` wrote is on the disk; rejects where nothing of it is. */
  commit<T>(work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#due.push({ work, resolve, reject });
      if (this.#due.length === 1) this.#atEndOfTurn(() => this.#flush());
    });
  }

  #flush(): void {
    const due = this.#due;
    this.#due = [];
    let outcomes: Outcome[];
    try {
      // one by itself needs no transaction of its own within that of all
      outcomes =
        due.length === 1
          ? [{ result: this.#transact(due[0]!.work) }]
          : this.#transact(() => due.map(({ work }) => this.#attempt(work)));
    } catch (fault) {
      outcomes = due.map(() => ({ fault }));
    }
    for (const [index, { resolve, reject }] of due.entries()) {
      const outcome = outcomes[index]!;
      if ('fault' in outcome) reject(outcome.fault);
      else resolve(outcome.result as never);
    }
  }

  /** A transaction within the transaction: undone alone. */
  #attempt(work: () => unknown): Outcome {
    try {
      return { result: this.#transact(work) };
    } catch (fault) {
      return { fault };
    }
  }
}
