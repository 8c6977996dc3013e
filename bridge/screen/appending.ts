import type { Snapshot } from '../core/pane.ts';
import { columnsOf } from './frame.ts';

/** What adds behind the cursor, or changes nothing that stands: line ends, tabs, bells, colours, character sets, titles, and modes that only keyboard and cursor have. */
const adding =
  /\r*\n|[\t\x07]|\x1b\[[\d;:]*m|\x1b[=>]|\x1b[()][0A-Z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[\?(?:1|12|25|100[0-6]|1015|2004|2026)[hl]/g;
/** A sequence, or a line's end, whose rest comes in the next chunk. */
const unfinished = /(?:\x1b(?:[[(][^@-~]*|\][^\x07\x1b]*\x1b?)?|\r+)$/;
const longestSequence = 4_096;

/**
 * How often a pane did anything but go on writing behind its cursor, as `cat` does. Where it did not since a look that showed
 * the cursor at the end of all that stands there, a block whose END is there is there whole. A program that draws moves its
 * cursor, or erases, and then only another look tells.
 */
export class Appending {
  #tail = '';
  #moves = 0;

  /** Bytes that the pane drew, in any chunking. */
  push(bytes: Uint8Array): void {
    const text = this.#tail + Buffer.from(bytes).toString('latin1');
    const tail = unfinished.exec(text)?.[0] ?? '';
    this.#tail = tail.length <= longestSequence ? tail : '';
    const rest = text.slice(0, text.length - this.#tail.length).replace(adding, '');
    if (/[\x00-\x1f\x7f]/.test(rest)) this.#moves++;
  }

  /** Bytes may have gone by unheard. */
  missed(): void {
    this.#tail = '';
    this.#moves++;
  }

  /** Null in the middle of a sequence, of which nobody knows yet what it does. */
  get moves(): number | null {
    return this.#tail === '' ? this.#moves : null;
  }
}

/** Nothing stands behind the cursor, nor below it. */
export function isAtEnd({ rows, cursorRow, facts }: Snapshot): boolean {
  const [row, ...below] = rows.slice(cursorRow);
  if (below.some(({ text }) => text.trim() !== '')) return false;
  return columnsOf(row?.text.trimEnd() ?? '') <= facts.cursorX;
}
