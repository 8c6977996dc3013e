import { visibleLine } from '../../core/visible.ts';
import { columnsOf } from '../../screen/frame.ts';

/** How a piece of a line is painted, where anything is. */
export type Style = 'bold' | 'dim' | 'inverse' | 'red' | 'green' | 'yellow' | 'cyan';

export interface Piece {
  readonly text: string;
  readonly style?: Style;
}
export type Line = ReadonlyArray<Piece | string>;

const codes: Readonly<Record<Style, number>> = {
  bold: 1,
  dim: 2,
  inverse: 7,
  red: 31,
  green: 32,
  yellow: 33,
  cyan: 36,
};

/**
 * One row of the screen: whatever others wrote is made visible, and what does not fit is cut. Whole where it is inverse, so that a
 * bar is a bar.
 * @param isPainted false: no colours, and a bar is plain text
 */
export function written(line: Line, columns: number, isPainted: boolean): string {
  let left = columns;
  const pieces: string[] = [];
  let last: Style | undefined;
  for (const given of line) {
    const { text, style } = typeof given === 'string' ? { text: given, style: undefined } : given;
    const shown = cutTo(visibleLine(text), left);
    left -= columnsOf(shown);
    last = style;
    pieces.push(painted(shown, style, isPainted));
    if (left <= 0) break;
  }
  if (last === 'inverse' && left > 0) pieces.push(painted(' '.repeat(left), 'inverse', isPainted));
  return pieces.join('');
}

function painted(text: string, style: Style | undefined, isPainted: boolean): string {
  return style === undefined || !isPainted || text === '' ? text : `\x1b[${codes[style]}m${text}\x1b[0m`;
}

/** The beginning of a text that has been made visible, in so many columns at most. */
export function cutTo(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  let cut = '';
  let width = 0;
  for (const { segment } of graphemes.segment(text)) {
    width += columnsOf(segment);
    if (width > columns - 1) break;
    cut += segment;
  }
  return columns > 0 ? `${cut}…` : '';
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** A text of several lines, broken where a line is full. */
export function folded(text: string, columns: number): string[] {
  return text.split('\n').flatMap((line) => foldedLine(visibleLine(line.replace(/\t/g, '    ')), Math.max(1, columns)));
}

function foldedLine(line: string, columns: number): string[] {
  const lines: string[] = [];
  let at = '';
  let width = 0;
  for (const { segment } of graphemes.segment(line)) {
    const more = columnsOf(segment);
    if (width + more > columns) {
      lines.push(at);
      [at, width] = ['', 0];
    }
    at += segment;
    width += more;
  }
  return [...lines, at];
}

/** In so many columns: cut, or filled with blanks. */
export function cell(text: string, columns: number): string {
  const shown = cutTo(visibleLine(text), columns);
  return shown + ' '.repeat(Math.max(0, columns - columnsOf(shown)));
}
