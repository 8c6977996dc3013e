/** A terminal shows what was drawn no later than so long after an update began, whether it ended or not. */
const limitMs = 1_000;
const marks = /\x1b\[\?2026([hl])/g;
/** The longest beginning of a mark that a chunk may end in. */
const markLength = '\x1b[?2026h'.length;

/** Whether a pane is inside a synchronized update (DEC mode 2026): half of what it draws then was never meant to show. */
export class Updates {
  #tail = '';
  #beganAt: number | null = null;
  #isWhole = false;

  /** Bytes that the pane drew, in any chunking. */
  push(bytes: Uint8Array, now: number): void {
    const text = this.#tail + Buffer.from(bytes).toString('latin1');
    const last = [...text.matchAll(marks)].at(-1);
    if (last?.[1] === 'h') this.#beganAt = now;
    else if (last?.[1] === 'l') this.#beganAt = null;
    this.#isWhole = last?.[1] === 'l' && last.index + markLength === text.length;
    this.#tail = text.slice(
      last === undefined ? 1 - markLength : Math.max(last.index + markLength, text.length - markLength + 1),
    );
  }

  /** Bytes may have gone by unheard: its end, too. */
  missed(): void {
    this.#beganAt = null;
    this.#isWhole = false;
    this.#tail = '';
  }

  /** The last that was heard is the end of an update: what stands there now is all of what the program meant to show. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  isOpen(now: number): boolean {
    return this.#beganAt !== null && now - this.#beganAt < limitMs;
  }

  clockSet(byMs: number): void {
    if (this.#beganAt !== null) this.#beganAt += byMs;
  }
}
