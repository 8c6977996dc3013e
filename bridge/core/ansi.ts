import type { Row } from './pane.ts';
import { followLine, newPen, type Pen, sequences } from './pen.ts';

/**
 * Lines of one `capture-pane -e`, in order: text without escapes, right-trimmed, with its dim ranges. A row's look depends on
 * the rows above it.
 */
export function parseRows(lines: readonly string[]): Row[] {
  const pen = newPen();
  return lines.map((line) => readRow(line, pen));
}

/** The line without its escapes, trailing spaces kept: as long as the cells it came from. */
export function plainText(line: string): string {
  return line.replace(sequences, '');
}

/** Only what a reader asks of a cell: is it dim, has it a colour or a background of its own. */
function readRow(line: string, pen: Pen): Row {
  let text = '';
  let tinted: boolean | null = null;
  let bold: boolean | null = null;
  const dim: Ranges = [];
  const ink: Ranges = [];
  followLine(line, pen, (piece) => {
    tinted ??= pen.bg !== null;
    if (piece.trim() !== '') bold ??= pen.bold;
    const start = text.length;
    text += piece;
    if (pen.dim) extend(dim, start, text.length);
    if (pen.fg !== null) extend(ink, start, text.length);
  });
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
