import { type Line, written } from './line.ts';

/** Terminals take whole frames between these, where they know them. */
const [frameBegins, frameEnds] = ['\x1b[?2026h', '\x1b[?2026l'];
const [otherScreen, backAgain] = ['\x1b[?1049h\x1b[?25l', '\x1b[?25h\x1b[?1049l'];

/** A terminal that is drawn whole, of which only what has changed is written. */
export class Screen {
  readonly #write: (text: string) => void;
  readonly #isPainted: boolean;
  #rows: readonly string[] = [];
  #columns = 0;

  constructor(write: (text: string) => void, isPainted: boolean) {
    this.#write = write;
    this.#isPainted = isPainted;
    write(otherScreen);
  }

  draw(lines: readonly Line[], columns: number): void {
    if (columns !== this.#columns || lines.length !== this.#rows.length) this.#rows = [];
    this.#columns = columns;
    const rows = lines.map((line) => written(line, columns, this.#isPainted));
    const changed = rows.flatMap((row, index) =>
      row === this.#rows[index] ? [] : [`\x1b[${index + 1};1H${row}\x1b[K`],
    );
    if (changed.length > 0) {
      const erased = this.#rows.length === 0 ? '\x1b[2J' : '';
      this.#write(`${frameBegins}${erased}${changed.join('')}${frameEnds}`);
    }
    this.#rows = rows;
  }

  close(): void {
    this.#write(backAgain);
  }
}
