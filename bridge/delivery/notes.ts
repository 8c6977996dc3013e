import type { TypedNote, Writer, Written } from '../core/typed-note.ts';

/**
 * What this writer has its tmux server note of each act that a state names: a note of its own for each, which stands there
 * until the next one, whoever types that.
 */
export class Notes {
  readonly #writer: Writer;
  /** what stands there now; null where that is not known to be seen */
  #stands: string | null;
  /** of the act that is committed and not done yet */
  #next: TypedNote | null = null;
  #count = 0;

  constructor(writer: Writer) {
    this.#writer = writer;
    this.#stands = writer.found;
  }

  /** What stood there before this writer came. */
  get found(): string | null {
    return this.#writer.found;
  }

  /** The note of one more act; undefined where the server could not be believed afterwards. */
  next(): TypedNote | undefined {
    this.#next = null;
    if (this.#stands === null) return undefined;
    this.#count++;
    this.#next = { before: this.#stands, after: `${this.#writer.name}.${this.#count}` };
    return this.#next;
  }

  /** @param isCommitted it is the act whose note is due */
  written(isCommitted: boolean): Written {
    const { claim } = this.#writer;
    return isCommitted && this.#next !== null ? { claim, note: this.#next } : { claim };
  }

  /** The act was done, and its note stands there. */
  done(): void {
    if (this.#next === null) return;
    this.#stands = this.#next.after;
    this.#next = null;
  }
}
