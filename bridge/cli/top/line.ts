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
    const shown = cutTo(visibleLine(headOf(text, left)), left);
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
  let cut = '';
  let width = 0;
  let isLonger = false;
  let fits = '';
  for (const glyph of glyphsOf(text)) {
    const more = columnsOf(glyph);
    if (width + more > columns) {
      isLonger = true;
      break;
    }
    cut += glyph;
    width += more;
    if (width < columns) fits = cut;
  }
  if (!isLonger) return cut;
  return columns > 0 ? `${fits}…` : '';
}

/** A text of several lines, broken where a line is full. */
export function folded(text: string, columns: number): string[] {
  return text.split('\n').flatMap((line) => foldedLine(visibleLine(line.replace(/\t/g, '    ')), Math.max(1, columns)));
}

function foldedLine(line: string, columns: number): string[] {
  const lines: string[] = [];
  let at = '';
  let width = 0;
  for (const glyph of glyphsOf(line)) {
    const more = columnsOf(glyph);
    if (width + more > columns) {
      lines.push(at);
      [at, width] = ['', 0];
    }
    at += glyph;
    width += more;
  }
  return [...lines, at];
}

/** In so many columns: cut, or filled with blanks. */
export function cell(text: string, columns: number): string {
  const shown = cutTo(visibleLine(headOf(text, columns)), columns);
  return shown + ' '.repeat(Math.max(0, columns - columnsOf(shown)));
}

/** The end of a text, in so many columns at most. */
export function tailTo(text: string, columns: number): string {
  const end = text.slice(-columns * mostUnits);
  let tail = '';
  let width = 0;
  for (const glyph of [...glyphsOf(visibleLine(/^[\udc00-\udfff]/.test(end) ? end.slice(1) : end))].reverse()) {
    width += columnsOf(glyph);
    if (width > columns) break;
    tail = glyph + tail;
  }
  return tail;
}

/** A text without its last character. */
export function withoutLast(text: string): string {
  const end = [...glyphsOf(text.slice(-windowUnits))].at(-1) ?? '';
  return text.slice(0, text.length - end.length);
}

/** So many UTF-16 units of one character are written: an emoji of four persons has eleven. Marks beyond that are left out. */
const mostUnits = 16;

/** As much of a text as can stand in so many columns: what others wrote may be a word of a megabyte. */
function headOf(text: string, columns: number): string {
  const most = (columns + 1) * mostUnits;
  return text.length <= most ? text : wholeCharacters(text, most);
}

/**
 * What is drawn in one place, one after the other. `Intl.Segmenter` takes time with the square of a text's length (Node 20 and 22),
 * so it gets a few characters at a time, and none where there are no marks.
 */
function* glyphsOf(text: string): Generator<string> {
  let at = 0;
  while (at < text.length) {
    if (standsAlone(text.charCodeAt(at)) && (at + 1 === text.length || standsAlone(text.charCodeAt(at + 1)))) {
      yield text.charAt(at++);
      continue;
    }
    const window = text.slice(at, at + windowUnits);
    let begins = 0;
    for (const { segment } of graphemes.segment(window)) {
      const end = begins + segment.length;
      // the last one may go on behind the window
      if (begins > 0 && end === window.length && at + end < text.length) break;
      yield wholeCharacters(segment, mostUnits);
      begins = end;
    }
    at += begins;
    if (begins < window.length) continue;
    marks.lastIndex = at;
    at += marks.exec(text)?.[0].length ?? 0;
  }
}

const windowUnits = 8 * mostUnits;
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Letters that no letter of these joins: Latin, Greek, Cyrillic, Chinese, kana and Hangul. */
function standsAlone(unit: number): boolean {
  return (
    unit < 0x300 ||
    (unit >= 0x370 && unit < 0x483) ||
    (unit >= 0x3041 && unit < 0x3097) ||
    (unit >= 0x30a1 && unit < 0xa000) ||
    (unit >= 0xac00 && unit < 0xd7a4)
  );
}

const marks = /[\p{M}\u200d]+/uy;

/** The beginning of a text, without half a character at its end. */
function wholeCharacters(text: string, units: number): string {
  const last = text.charCodeAt(units - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? units - 1 : units);
}
