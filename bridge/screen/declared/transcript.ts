import type { Snapshot } from '../../core/pane.ts';
import type { Turn } from '../../core/reading.ts';
import { cleanLines, columnsOf } from '../frame.ts';
import { hasDim, isDim, tidy } from '../rows.ts';
import type { Pattern, ScreenFacts } from './facts.ts';
import { type Line, pattern } from './lines.ts';
import { withErasedMark } from './requests.ts';

export interface Cell {
  readonly kind: 'input' | 'own' | 'tool' | 'notice' | 'ended' | 'blank';
  readonly first: number;
  readonly lines: Line[];
}

export function readCells(lines: readonly Line[], end: number, facts: ScreenFacts): Cell[] {
  const { transcript, rest } = facts;
  const cells: Cell[] = [];
  const isBlock = blockOf(lines, transcript.block ?? 'line');
  const dims = hasDim(lines.map(({ row }) => row));
  let inBlock = false;
  for (let at = lastEntryOf(lines, end, transcript) ?? startOf(lines, facts); at < end; at++) {
    const line = lines[at]!;
    const above = cells.at(-1);
    if (isBlock(at)) {
      if (inBlock) above!.lines.push(line);
      else cells.push({ kind: kindOfBlock(lines, at, end, isBlock, transcript), first: at, lines: [line] });
      inBlock = true;
      continue;
    }
    const kind = kindOfLine(line, above, inBlock, { transcript, ended: rest?.ended, dims });
    inBlock = false;
    if (kind === null) above!.lines.push(line);
    else cells.push({ kind, first: at, lines: [line] });
  }
  return cells;
}

/** The first row of the transcript, below a header and what is blank below that. */
function startOf(lines: readonly Line[], { header }: ScreenFacts): number {
  if (header === undefined || !pattern(header).test(lines[0]?.text ?? '')) return 0;
  const filled = lines.findIndex(({ text }, at) => at > 0 && text.trim() !== '');
  return filled < 0 ? lines.length : filled;
}

/** Where the last entry begins, on a screen on which no colour tells inputs; null where one does, or no gap is in sight. */
function lastEntryOf(lines: readonly Line[], end: number, { parted }: ScreenFacts['transcript']): number | null {
  if (parted === undefined || lines.some(({ row }) => row.tinted === true)) return null;
  const isBlank = (at: number) => lines[at]!.text.trim() === '';
  let at = end - 1;
  while (at >= 0 && isBlank(at)) at--;
  for (let blanks = 0; at >= 0; at--) {
    blanks = isBlank(at) ? blanks + 1 : 0;
    if (blanks >= parted) return at + blanks;
  }
  return null;
}

/** Which rows stand in a block that is one entry: tinted, or behind a bar. */
function blockOf(lines: readonly Line[], block: 'line' | 'tinted' | 'bar'): (at: number) => boolean {
  if (block === 'tinted') return (at) => lines[at]!.row.tinted === true;
  if (block === 'bar') return (at) => /^\s*┃/.test(lines[at]!.text);
  return () => false;
}

function kindOfBlock(
  lines: readonly Line[],
  from: number,
  end: number,
  isBlock: (at: number) => boolean,
  { input, tool }: ScreenFacts['transcript'],
): Cell['kind'] {
  for (let at = from; at < end && isBlock(at); at++) {
    const { text, row } = lines[at]!;
    if (text.replace(/^\s*┃/, '').trim() === '') continue;
    if ((tool !== undefined && pattern(tool).test(text)) || row.bold === true) return 'tool';
    return pattern(input).test(text) ? 'input' : 'tool';
  }
  return 'blank';
}

/** The kind of entry that a line begins, or null when it goes on with the one above. */
function kindOfLine(
  line: Line,
  above: Cell | undefined,
  isAfterBlock: boolean,
  { transcript, ended, dims }: { transcript: ScreenFacts['transcript']; ended: Pattern | undefined; dims: boolean },
): Cell['kind'] | null {
  const { text } = line;
  const { input, own, tool, notice, gutter, block = 'line', isInputDim = false } = transcript;
  if (matches(ended, text)) return 'ended';
  if (matches(tool, text)) return 'tool';
  if (matches(notice, text) || matches(transcript.error, text)) return 'notice';
  if (block === 'line' && matches(input, text) && (!isInputDim || !dims || endsDim(line))) return 'input';
  if (matches(own, text)) return 'own';
  const isBlank = text.trim() === '';
  const isIndented = text.slice(0, gutter).trim() === '';
  if (above === undefined) return isBlank ? 'blank' : isIndented ? 'own' : 'notice';
  // where a sign begins the agent's words, what has none is the rest of the input, also behind an empty line of it
  if (isBlank) return isAfterBlock || (above.kind === 'input' && own === undefined) ? 'blank' : null;
  if (above.kind === 'input' && isBelowInput(line, above, transcript)) return own === undefined ? 'own' : 'notice';
  if (own !== undefined)
    return above.kind === 'blank' || above.kind === 'ended' ? (isIndented ? 'own' : 'notice') : null;
  const isApart = isAfterBlock || above.kind === 'blank' || above.kind === 'ended';
  const isNextParagraph = above.kind !== 'own' && above.lines.at(-1)!.text.trim() === '';
  return isApart || isNextParagraph ? 'own' : null;
}

function matches(source: Pattern | undefined, text: string): boolean {
  return source !== undefined && pattern(source).test(text);
}

/**
 * A row that does not go on with the input above it: one without the input's colour, or one that begins left of its text.
 * A program's own rows may lack their sign while that blinks, or always (Claude Code 2.1.332).
 */
function isBelowInput({ text, row }: Line, { lines }: Cell, { input, wrapsLeft = false }: ScreenFacts['transcript']) {
  const first = lines[0]!;
  if (first.row.tinted === true && row.tinted !== true) return true;
  const left = wrapsLeft ? 1 : indentOf(first.text, input);
  return text.slice(0, left).trim() !== '';
}

function endsDim({ row }: Line): boolean {
  const last = row.text.trimEnd().length;
  return isDim(row, last - 1, last);
}

/** The inputs on the screen, the agent's words since the last of them, and the row on which that begins. */
export function readTurn(
  cells: readonly Cell[],
  { transcript }: ScreenFacts,
  { facts, firstVisible }: Snapshot,
): { turn: Turn; from: number } {
  const inputs: string[] = [];
  let opener = -1;
  for (const [at, cell] of cells.entries()) {
    if (cell.kind !== 'input') continue;
    inputs.push(inputText(cell, transcript));
    opener = at;
  }
  const words = cells
    .slice(opener + 1)
    .flatMap((cell) => (cell.kind === 'own' ? [...ownWords(cell, transcript, facts.width), ''] : []));
  const top = cells[0];
  // below a gap the last entry begins, and all of it is in sight
  const isParted = transcript.parted !== undefined && (top?.first ?? 0) > 0;
  const isCut =
    !isParted &&
    opener < 0 &&
    top !== undefined &&
    (top.kind === 'own' || facts.historySize > firstVisible) &&
    words.length > 0;
  const from = opener < 0 ? 0 : cells[opener]!.first + 1;
  const end = cells.findLast(({ kind }) => kind !== 'blank');
  const isError = end !== undefined && end.first >= from && matches(transcript.error, end.lines[0]!.text);
  const error = isError ? { error: tidy(end.lines.map(({ text }) => text.trim())).join('\n') } : {};
  return { turn: { inputs, words: tidy(words), ...(isCut ? { cut: true } : {}), ...error }, from };
}

function inputText({ lines }: Cell, { input, block = 'line' }: ScreenFacts['transcript']): string {
  const filled =
    block === 'line' ? lines : lines.map((line) => ({ ...line, text: line.text.replace(/^\s*┃ {0,2}/, '') }));
  const mark = block === 'line' ? pattern(input).exec(filled[0]!.text) : null;
  const indent = mark ? mark[0].length - (mark[1]?.length ?? 0) : 0;
  const below = block === 'line' ? indentOf(filled[0]!.text, input) : 0;
  const texts = filled.map(({ text }, at) => {
    if (at === 0 && mark) return mark[1] ?? text.slice(indent);
    return text.slice(0, below).trim() === '' ? text.slice(below) : text.trimStart();
  });
  return tidy(block === 'line' ? texts : texts.map((text) => text.replace(/^ {1,2}/, ''))).join('\n');
}

/** Columns before an input's text. A sign may take two (Kimi Code 2.1.0), and what stands below it begins with blanks. */
function indentOf(text: string, input: Pattern): number {
  const mark = pattern(input).exec(text);
  return mark === null ? 0 : columnsOf(mark[0].slice(0, mark[0].length - (mark[1]?.length ?? 0)));
}

function ownWords({ lines }: Cell, { own, gutter, erasedMark }: ScreenFacts['transcript'], width: number): string[] {
  const texts = lines.map(({ text }, at) => {
    const mark = at === 0 && own !== undefined ? pattern(own).exec(text)?.[0] : undefined;
    if (mark !== undefined) return text.slice(mark.length);
    return text.slice(0, gutter).trim() === '' ? text.slice(gutter) : text.trimStart();
  });
  return cleanLines(
    texts.map((text) => withErasedMark(text, erasedMark)),
    width - gutter,
  );
}
