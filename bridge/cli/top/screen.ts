import { type Line, written } from './line.ts';

/** Terminals take whole frames between these, where they know them. */
const [frameBegins, frameEnds] = ['\x1b[?2026h', '\x1b[?2026l'];
/**
 * The other screen, without a cursor; a row that the terminal counts as wider than we do stays one row; and a paste comes as one,
 * so that no letter of it is a key.
 */
const [otherScreen, backAgain] = ['\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[?2004h', '\x1b[?2004l\x1b[?7h\x1b[?25h\x1b[?1049l'];

/** A terminal that is drawn whole, of which only what has changed is written. */
export class Screen {
  readonly #write: (text: string) => void;
  readonly #isPainted: boolean;
  #rows: readonly string[] = [];
  #columns = 0;
  #isClosed = false;

  constructor(write: (text: string) => void, isPainted: boolean) {
    this.#write = write;
    this.#isPainted = isPainted;
    write(otherScreen);
  }

  draw(lines: readonly Line[], columns: number): void {
    if (columns !== this.#columns || lines.length !== this.#rows.length) this.#rows = [];
    this.#columns = columns;
    const rows = lines.map((line) => written(line, columns, this.#isPainted));
    // erased first: behind a full row some terminals stand on its last character
    const changed = rows.flatMap((row, index) =>
      row === this.#rows[index] ? [] : [`\x1b[${index + 1};1H\x1b[K${row}`],
    );
    if (changed.length > 0) {
      const erased = this.#rows.length === 0 ? '\x1b[2J' : '';
      this.#write(`${frameBegins}${erased}${changed.join('')}${frameEnds}`);
    }
    this.#rows = rows;
  }

  /** The next frame is written whole: something else may have written there. */
  forget(): void {
    this.#rows = [];
  }

  /** Leaves the terminal as it was found, once. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#write(backAgain);
  }
}
