import type { Row } from './pane.ts';

/**
 * Lines of one `capture-pane -e`, in order: text without escapes, right-trimmed, with its dim ranges. tmux 3.3a writes
 * an attribute once and lets it run on over line ends, so a row's look depends on the rows above it.
 */
export function parseRows(lines: readonly string[]): Row[] {
  const pen: Pen = { dim: false, bold: false, ink: false, background: false, lineDrawing: false };
  return lines.map((line) => readRow(line, pen));
}

/** The line without its escapes, trailing spaces kept: as long as the cells it came from. */
export function plainText(line: string): string {
  return line.replace(sequences, '');
}

interface Pen {
  dim: boolean;
  bold: boolean;
  ink: boolean;
  background: boolean;
  /** between SO and SI a program draws boxes with letters */
  lineDrawing: boolean;
}

// CSI, then OSC (hyperlinks from tmux 3.4 on) with either ending, then any other escape or control character.
const sequences = /\x1b\[([\d;:]*)([@-~])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-~]|[\x00-\x08\x0a-\x1f\x7f]/g;

function readRow(line: string, pen: Pen): Row {
  let text = '';
  let tinted: boolean | null = null;
  let bold: boolean | null = null;
  const dim: Ranges = [];
  const ink: Ranges = [];
  const write = (piece: string) => {
    if (piece === '') return;
    tinted ??= pen.background;
    if (piece.trim() !== '') bold ??= pen.bold;
    const start = text.length;
    text += pen.lineDrawing ? piece.replace(/[`a-~]/g, (letter) => boxes.get(letter) ?? letter) : piece;
    if (pen.dim) extend(dim, start, text.length);
    if (pen.ink) extend(ink, start, text.length);
  };
  let from = 0;
  for (const match of line.matchAll(sequences)) {
    write(line.slice(from, match.index));
    from = match.index + match[0].length;
    if (match[2] === 'm') applySgr(match[1]!, pen);
    else if (match[0] === '\x0e') pen.lineDrawing = true;
    else if (match[0] === '\x0f') pen.lineDrawing = false;
  }
  write(line.slice(from));
  const trimmed = text.trimEnd();
  return {
    text: trimmed,
    dim: within(dim, trimmed.length),
    ink: within(ink, trimmed.length),
    tinted: tinted ?? false,
    bold: bold ?? false,
  };
}

export type Ranges = Array<[start: number, end: number]>;

export function extend(ranges: Ranges, start: number, end: number): void {
  const last = ranges.at(-1);
  if (last !== undefined && last[1] === start) last[1] = end;
  else ranges.push([start, end]);
}

export function within(ranges: Row['dim'], length: number): Ranges {
  return ranges.filter(([start]) => start < length).map(([start, end]) => [start, Math.min(end, length)]);
}

/** Only what a reader asks of a cell: is it dim, has it a background of its own. */
function applySgr(parameters: string, pen: Pen): void {
  const list = parameters.split(';');
  for (let at = 0; at < list.length; at++) {
    // `38:2::1:2:3` and `4:3` are one parameter; `38;5;208` and `38;2;1;2;3` are several
    const [code, kind] = list[at]!.split(':').map(Number) as [number, number?];
    if (code === 0) {
      pen.dim = false;
      pen.bold = false;
      pen.ink = false;
      pen.background = false;
    } else if (code === 1) pen.bold = true;
    else if (code === 2) pen.dim = true;
    else if (code === 22) {
      pen.dim = false;
      pen.bold = false;
    } else if (code === 39) pen.ink = false;
    else if ((code >= 30 && code <= 38) || (code >= 90 && code <= 97)) pen.ink = true;
    else if (code === 49) pen.background = false;
    else if ((code >= 40 && code <= 48) || (code >= 100 && code <= 107)) pen.background = true;
    if ((code === 38 || code === 48 || code === 58) && kind === undefined) at += list[at + 1] === '5' ? 2 : 4;
  }
}

/** The DEC special graphics set, for the letters that TUIs draw frames with. */
const letters = '`afghijklmnopqrstuvwxyz{|}~';
const graphics = '◆▒°±␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·';
const boxes = new Map(Array.from(letters, (letter, at) => [letter, graphics[at]!]));
