import type { Row, Snapshot } from '../../core/pane.ts';
import type { Composer, DialogOption, DialogSubject, Evidence, Turn } from '../../core/reading.ts';
import { type DialogOnScreen, isElided, makeDialog, readOption, readOptions } from '../dialog.ts';
import { cleanLines, columnsOf, indexOfColumn } from '../frame.ts';
import { evidence, hasDim, isDim, tidy } from '../rows.ts';
import type { DialogFacts, Pattern, ScreenFacts } from './facts.ts';

/** The parts of a screen, read by a profile's facts. */
export interface DeclaredScreen {
  readonly turn: Turn;
  readonly composer: Composer;
  readonly composerRow: number | null;
  readonly cursorInComposer: boolean;
  readonly dialog: DialogOnScreen | null;
  readonly busy: Evidence | null;
  readonly isStarting: Evidence | null;
  readonly ended: Evidence | null;
  readonly restingFooter: Evidence | null;
  /** nothing was sent yet, as far as the screen shows */
  readonly isStartScreen: boolean;
}

interface Line {
  readonly text: string;
  readonly row: Row;
}

const compiled = new Map<Pattern, RegExp>();

/** @throws SyntaxError for what is no regular expression */
export function pattern(source: Pattern): RegExp {
  let known = compiled.get(source);
  if (known === undefined) {
    known = new RegExp(source, 'u');
    compiled.set(source, known);
  }
  return known;
}

export function readDeclaredScreen(snapshot: Snapshot, facts: ScreenFacts): DeclaredScreen {
  const { width } = snapshot.facts;
  const edge = facts.sidebar !== undefined && width >= facts.sidebar.fromWidth ? width - facts.sidebar.columns : width;
  const lines = snapshot.rows.map((row) => ({ text: withoutScrollBar(untilColumn(row.text, edge), edge), row }));
  const dialog = findDialog(lines, facts.dialogs);
  const place = dialog ? null : findComposer(lines, facts.composer);
  // a footer may run on below the sidebar
  const below = place ? snapshot.rows.slice(place.end).map((row) => ({ text: row.text, row })) : [];
  const footer = place ? { from: place.end, lines: lines.slice(place.end) } : { from: lines.length, lines: [] };
  const end = dialog?.rows[0] ?? place?.start ?? lines.length;
  const status = findStatus(lines, end, facts);
  const cells = readCells(lines, status.from, facts);
  const { turn, from } = readTurn(cells, facts, snapshot);
  const last = cells.findLast(({ kind }) => kind !== 'blank');
  const composer: Composer = place ? readComposer(lines, place, facts, snapshot) : { is: 'absent' };
  const hasScrolled = snapshot.facts.historySize > 0 && !snapshot.facts.alternateScreen;
  return {
    turn,
    composer,
    composerRow: place?.first ?? null,
    cursorInComposer: place !== null && snapshot.cursorRow >= place.first && snapshot.cursorRow < place.last,
    dialog,
    busy:
      findRow({ from: footer.from, lines: below }, facts.busy?.footer, 'footer') ??
      status.busy ??
      findRow({ from, lines: lines.slice(from, status.from) }, facts.busy?.turn, 'turn'),
    isStarting: findRow({ from: 0, lines }, facts.starting, 'starting'),
    ended:
      facts.rest?.ended !== undefined && last?.kind === 'ended'
        ? evidence('turn-end', `the turn has ended: "${last.lines[0]!.text.trim()}"`, last.first)
        : null,
    restingFooter: findRow(
      footer,
      facts.rest?.footer === undefined ? undefined : [facts.rest.footer],
      'resting-footer',
    ),
    isStartScreen:
      composer.is === 'empty' &&
      !hasScrolled &&
      turn.inputs.length === 0 &&
      turn.cut !== true &&
      cells.every(({ kind }) => kind !== 'own' && kind !== 'tool'),
  };
}

function untilColumn(text: string, edge: number): string {
  return columnsOf(text) <= edge ? text : text.slice(0, indexOfColumn(text, edge)).trimEnd();
}

/** A scroll bar stands in the last column, alone. */
function withoutScrollBar(text: string, width: number): string {
  if (/ {4}[█▄▀▐]$/.test(text)) return text.slice(0, -1).trimEnd();
  if (!/[│┃█▄▀▐]$/.test(text) || columnsOf(text) < width || /[│┃█▄▀▐─]{2}$/.test(text)) return text;
  return text.slice(0, -1).trimEnd();
}

function findRow(
  where: { from: number; lines: readonly Line[] },
  patterns: readonly Pattern[] | undefined,
  rule: string,
): Evidence | null {
  for (const source of patterns ?? []) {
    const at = where.lines.findLastIndex(({ text }) => pattern(source).test(text));
    if (at >= 0) return evidence(rule, `the screen says "${where.lines[at]!.text.trim()}"`, where.from + at);
  }
  return null;
}

function filledFromEnd(lines: readonly Line[], count: number): number[] {
  const found: number[] = [];
  for (let at = lines.length - 1; at >= 0 && found.length < count; at--) {
    if (lines[at]!.text.trim() !== '') found.push(at);
  }
  return found;
}

/** `start` is its top row, `first` and `last` (exclusive) hold its text, `end` is the first row below it. */
interface ComposerPlace {
  readonly start: number;
  readonly first: number;
  readonly last: number;
  readonly end: number;
}

function findComposer(lines: readonly Line[], facts: ScreenFacts['composer']): ComposerPlace | null {
  const place = facts.top === undefined ? findByRows(lines, facts) : findByRules(lines, facts);
  if (place === null) return null;
  const below = lines.slice(place.end).filter(({ text }) => text.trim() !== '');
  if (below.length > facts.below) return null;
  if (facts.footer !== undefined && !below.some(({ text }) => pattern(facts.footer!).test(text))) return null;
  return place;
}

function findByRules(
  lines: readonly Line[],
  { top, bottom, prompt, below }: ScreenFacts['composer'],
): ComposerPlace | null {
  const near = filledFromEnd(lines, below + 1);
  for (const end of near) {
    if (!pattern(bottom!).test(lines[end]!.text)) continue;
    for (let start = end - 1; start >= 0; start--) {
      if (!pattern(top!).test(lines[start]!.text)) continue;
      const first = lines[start + 1];
      if (start + 1 < end && pattern(prompt).test(`${first!.text} `))
        return { start, first: start + 1, last: end, end: end + 1 };
      break;
    }
  }
  return null;
}

function findByRows(
  lines: readonly Line[],
  { row, bottom, prompt, below }: ScreenFacts['composer'],
): ComposerPlace | null {
  const isRow = (at: number) => at >= 0 && pattern(row ?? prompt).test(lines[at]!.text);
  const near = filledFromEnd(lines, below + 1);
  const at = near.find((index) => (bottom === undefined ? isRow(index) : pattern(bottom).test(lines[index]!.text)));
  if (at === undefined) return null;
  const last = bottom === undefined ? at + 1 : at;
  let first = last;
  while (isRow(first - 1)) first--;
  if (first === last) return null;
  return { start: first, first, last, end: bottom === undefined ? last : at + 1 };
}

/** What a program may draw for a cursor of its own: an inverse blank, a zero-width space. */
const cursorMarks = /[\u200b\u2588\u00a0]/gu;

function readComposer(
  lines: readonly Line[],
  { first, last }: ComposerPlace,
  { composer: facts }: ScreenFacts,
  { rows, cursorRow, facts: pane }: Snapshot,
): Composer {
  const inside = lines
    .slice(first, last)
    .filter(({ text }) => facts.chrome === undefined || !pattern(facts.chrome).test(text));
  const texts = inside.map(({ text }, at) => {
    const source = at > 0 && facts.indent !== undefined ? facts.indent : facts.prompt;
    return `${text} `.replace(pattern(source), '').replace(cursorMarks, '').trimEnd();
  });
  const text = tidy(texts).join('\n').trim();
  if (text === '') return { is: 'empty' };
  const starts = (inside[0]?.text.length ?? 0) - (texts[0]?.length ?? 0);
  const isAtStart =
    facts.cursor === 'drawn' || cursorRow !== first || !pane.cursorVisible || pane.cursorX <= starts + 1;
  if (isAtStart && facts.placeholders?.some((source) => pattern(source).test(text))) return { is: 'empty' };
  const isGhost =
    hasDim(rows) &&
    inside.every(
      ({ row }, at) => texts[at]!.trim() === '' || isDim(row, row.text.length - texts[at]!.trimStart().length),
    );
  return isGhost ? { is: 'empty' } : { is: 'draft', text };
}

/**
 * The rows between the transcript and the composer, from the composer upwards: a status, and inputs that wait. Whatever
 * else comes first ends it, for an agent may quote its own status line.
 */
function findStatus(
  lines: readonly Line[],
  end: number,
  { busy, queue }: ScreenFacts,
): { from: number; busy: Evidence | null } {
  let from = end;
  let found: Evidence | null = null;
  let isQueue = false;
  const inks = lines.some(({ row }) => row.inked);
  for (const at of filledFromEnd(lines.slice(0, end), statusRows)) {
    const { text, row } = lines[at]!;
    const isProse = busy?.isStatusInked === true && inks && row.inked !== true;
    if (!isProse && busy?.status?.some((source) => pattern(source).test(text))) {
      found = evidence('status', `the screen says "${text.trim()}"`, at);
      from = at;
    } else if (queue !== undefined && pattern(queue).test(text)) {
      found ??= evidence('queued', `inputs are queued: "${text.trim()}"`, at);
      from = at;
      isQueue = true;
    } else if (!isQueue) break;
  }
  return { from, busy: found };
}

const statusRows = 6;

interface Cell {
  readonly kind: 'input' | 'own' | 'tool' | 'notice' | 'ended' | 'blank';
  readonly first: number;
  readonly lines: Line[];
}

function readCells(lines: readonly Line[], end: number, facts: ScreenFacts): Cell[] {
  const { transcript, rest } = facts;
  const cells: Cell[] = [];
  const isBlock = blockOf(lines, transcript.block ?? 'line');
  const dims = hasDim(lines.map(({ row }) => row));
  let inBlock = false;
  for (let at = 0; at < end; at++) {
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
  const matches = (source: Pattern | undefined) => source !== undefined && pattern(source).test(text);
  if (matches(ended)) return 'ended';
  if (matches(tool)) return 'tool';
  if (matches(notice) || matches(transcript.error)) return 'notice';
  if (block === 'line' && matches(input) && (!isInputDim || !dims || endsDim(line))) return 'input';
  if (matches(own)) return 'own';
  const isBlank = text.trim() === '';
  const isIndented = text.slice(0, gutter).trim() === '';
  if (above === undefined) return isBlank ? 'blank' : isIndented ? 'own' : 'notice';
  if (isBlank) return isAfterBlock || above.kind === 'input' ? 'blank' : null;
  // the rest of an input stands under its text
  if (above.kind === 'input' && /^\S/.test(text)) return own === undefined ? 'own' : 'notice';
  if (own !== undefined)
    return above.kind === 'blank' || above.kind === 'ended' ? (isIndented ? 'own' : 'notice') : null;
  const isApart = isAfterBlock || above.kind === 'blank' || above.kind === 'ended';
  const isNextParagraph = above.kind !== 'own' && above.lines.at(-1)!.text.trim() === '';
  return isApart || isNextParagraph ? 'own' : null;
}

function endsDim({ row }: Line): boolean {
  const last = row.text.trimEnd().length;
  return isDim(row, last - 1, last);
}

function readTurn(
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
  const isCut =
    opener < 0 && top !== undefined && (top.kind === 'own' || facts.historySize > firstVisible) && words.length > 0;
  const from = opener < 0 ? 0 : cells[opener]!.first + 1;
  const end = cells.findLast(({ kind }) => kind !== 'blank');
  const isError = end !== undefined && end.first >= from && matchesAny(end, transcript.error);
  const error = isError ? { error: tidy(end.lines.map(({ text }) => text.trim())).join('\n') } : {};
  return { turn: { inputs, words: tidy(words), ...(isCut ? { cut: true } : {}), ...error }, from };
}

function matchesAny({ lines }: Cell, source: Pattern | undefined): boolean {
  return source !== undefined && pattern(source).test(lines[0]!.text);
}

function inputText({ lines }: Cell, { input, block = 'line' }: ScreenFacts['transcript']): string {
  const filled =
    block === 'line' ? lines : lines.map((line) => ({ ...line, text: line.text.replace(/^\s*┃ {0,2}/, '') }));
  const mark = block === 'line' ? pattern(input).exec(filled[0]!.text) : null;
  const indent = mark ? mark[0].length - (mark[1]?.length ?? 0) : 0;
  const texts = filled.map(({ text }, at) => (at === 0 && mark ? (mark[1] ?? text.slice(indent)) : text.slice(indent)));
  return tidy(block === 'line' ? texts : texts.map((text) => text.replace(/^ {1,2}/, ''))).join('\n');
}

function ownWords({ lines }: Cell, { own, gutter }: ScreenFacts['transcript'], width: number): string[] {
  const texts = lines.map(({ text }, at) => {
    const mark = at === 0 && own !== undefined ? pattern(own).exec(text)?.[0] : undefined;
    if (mark !== undefined) return text.slice(mark.length);
    return text.slice(0, gutter).trim() === '' ? text.slice(gutter) : text.trimStart();
  });
  return cleanLines(texts, width - gutter);
}

/** Looked for from the bottom: the last rows must say so, and what is above is only prose. */
function findDialog(lines: readonly Line[], dialogs: readonly DialogFacts[]): DialogOnScreen | null {
  for (const facts of dialogs) {
    const last = filledFromEnd(lines, facts.tail ?? 1).find((at) => pattern(facts.last).test(lines[at]!.text));
    if (last === undefined) continue;
    for (let first = last; first >= 0 && last - first < tallestDialog; first--) {
      if (!pattern(facts.top).test(lines[first]!.text)) continue;
      return readDialog(lines, facts, first, last);
    }
  }
  return null;
}

const tallestDialog = 80;

function readDialog(lines: readonly Line[], facts: DialogFacts, first: number, last: number): DialogOnScreen {
  const inside = lines.slice(first, last + 1).map(({ text }) => withoutBar(text));
  const asked = facts.question === undefined ? inside[0] : inside.find((text) => pattern(facts.question!).test(text));
  const begin = facts.subjectFrom === undefined ? first : beginOf(lines, facts.subjectFrom, first);
  const subject = subjectIn(
    lines.slice(begin, last + 1).map(({ text }) => withoutBar(text)),
    facts,
  );
  const buttons =
    facts.buttons === undefined ? undefined : inside.findLast((text) => pattern(facts.buttons!).test(text));
  const options = buttons === undefined ? readOptions(inside) : buttonsOf(buttons);
  const question = (asked ?? inside[0] ?? '').trim();
  return { dialog: makeDialog({ kind: facts.kind, question, subject, options }), rows: [begin, last] };
}

function withoutBar(text: string): string {
  return text.replace(/^\s*[┃│║]\s?/, '').replace(/\s*[│║]$/, '');
}

function beginOf(lines: readonly Line[], source: Pattern, first: number): number {
  for (let at = first; at >= 0 && first - at < tallestDialog; at--)
    if (pattern(source).test(lines[at]!.text)) return at;
  return first;
}

/** Whole is what stands on one row, with nothing below it that may belong to it. */
function subjectIn(inside: readonly string[], facts: DialogFacts): DialogSubject | null {
  const { subject } = facts;
  if (subject === undefined) return null;
  const at = inside.findIndex((text) => pattern(subject.row).test(text));
  if (at < 0) return null;
  const texts = [pattern(subject.row).exec(inside[at]!)![1] ?? ''];
  for (const text of inside.slice(at + 1)) {
    if (subject.more === undefined || !pattern(subject.more).test(text)) break;
    texts.push(text.trim());
  }
  const text = texts.join('\n').trim();
  const next = inside[at + texts.length] ?? '';
  const isEnd = next.trim() === '' || readOption(next) !== null || asks(next, facts);
  const isCut = isElided(text) || (subject.is === 'file' && inside.some(isElided));
  return { is: subject.is, text, isWhole: texts.length === 1 && isEnd && !isCut };
}

function asks(text: string, { question, buttons }: DialogFacts): boolean {
  return [question, buttons].some((source) => source !== undefined && pattern(source).test(text));
}

/** `[y] Approve   [n] Deny`, or `Allow once   Allow always   Reject`, where keys must first move the highlight. */
function buttonsOf(row: string): DialogOption[] {
  return row
    .trim()
    .split(/\s{2,}/)
    .filter((text) => !/^(?:ctrl|alt|shift|esc|enter|tab|[⇆↑↓←→])\S*\s/i.test(text))
    .map((text) => readOption(text) ?? { label: text, key: null, isHighlighted: false });
}
