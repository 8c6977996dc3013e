import type { DialogOption, DialogSubject } from '../../core/reading.ts';
import { type DialogOnScreen, isElided, makeDialog, readOption, readOptions } from '../dialog.ts';
import { fillsScreen, type SubjectRow, subjectOf } from '../dialog-subject.ts';
import { columnsOf } from '../frame.ts';
import type { DialogFacts, OptionFacts, Pattern } from './facts.ts';
import { filledFromEnd, type Line, pattern } from './lines.ts';

/** How much of a terminal a dialog may take. */
export interface DialogRoom {
  readonly firstVisible: number;
  readonly height: number;
  /** columns that the program could use */
  readonly columns: number;
}

/** Looked for from the bottom: the last rows must say so, and what is above is only prose. */
export function findDialog(
  lines: readonly Line[],
  dialogs: readonly DialogFacts[],
  room: DialogRoom,
): DialogOnScreen | null {
  for (const facts of dialogs) {
    const last = filledFromEnd(lines, facts.tail ?? 1).find((at) => pattern(facts.last).test(lines[at]!.text));
    if (last === undefined) continue;
    const first = firstRow(lines, facts, last);
    if (first !== null && isAsked(lines.slice(first, last), facts))
      return readDialog(lines, facts, [first, last], room);
  }
  return null;
}

/** False where the lowest row that asks does so for another dialog. */
function isAsked(rows: readonly Line[], { asking, question }: DialogFacts): boolean {
  if (asking === undefined || question === undefined) return true;
  const asked = rows.map(({ text }) => bare(text, true)).findLast((text) => pattern(asking).test(text));
  return asked !== undefined && pattern(question).test(asked);
}

const tallestDialog = 80;

/** Below the nearest `edge` the dialog begins with its `top`; without one, the nearest `top` begins it. */
function firstRow(lines: readonly Line[], { edge, top }: DialogFacts, last: number): number | null {
  const above = lastMatch(lines, edge ?? top, last - (edge === undefined ? 0 : 1));
  if (above === null || edge === undefined) return above;
  for (let at = above + 1; at <= last; at++) {
    if (bare(lines[at]!.text, true).trim() !== '') return pattern(top).test(lines[at]!.text) ? at : null;
  }
  return null;
}

function lastMatch(lines: readonly Line[], source: Pattern, from: number): number | null {
  for (let at = from; at >= 0 && from - at < tallestDialog; at--) if (pattern(source).test(lines[at]!.text)) return at;
  return null;
}

function readDialog(
  lines: readonly Line[],
  facts: DialogFacts,
  [first, last]: readonly [number, number],
  room: DialogRoom,
): DialogOnScreen {
  const { buttons, subjectFrom } = facts;
  const begin = subjectFrom === undefined ? first : (lastMatch(lines, subjectFrom, first) ?? first);
  const dialog: Row[] = lines
    .slice(begin, last + 1)
    .map(({ text }, at) => ({ text: bare(text, true), whole: text, isBelowTop: begin + at >= first }));
  const inside = dialog.filter(({ isBelowTop }) => isBelowTop);
  const matches = (source: Pattern | undefined) => (row: Row) => source !== undefined && pattern(source).test(row.text);
  // where its options are below what it asks, the last row that asks is its own: nothing the model wrote is further down
  const asked = buttons === undefined ? inside.findLast(matches(facts.question)) : inside.find(matches(facts.question));
  const chosen = buttons === undefined ? undefined : inside.findLast(matches(buttons));
  const end = chosen ?? asked ?? (subjectFrom === undefined ? firstOptionOf(inside) : inside[0]);
  const below = inside.slice(Math.max(0, inside.indexOf(asked ?? end ?? inside[0]!))).map(({ text }) => text);
  const shown =
    facts.options !== undefined
      ? knownOptions(below, facts.options)
      : chosen === undefined
        ? readOptions(below)
        : buttonsOf(chosen.text);
  // a key only marks one of them, once more unmarks it, and the row that sends them has none (Claude Code 2.1.332)
  const options = shown.some(({ label }) => /^\[[ xX✔✓]\] /.test(label)) ? [] : shown;
  const isFramed = frame.test(lines[first]!.text);
  const isAlone = isOnlyTop(lines, facts, first, room) && !fillsScreen([begin, last], room);
  const until = end === undefined ? dialog.length : dialog.indexOf(end);
  const hidesContent = facts.subject?.is === 'file' && dialog.slice(0, until).some(({ text }) => isElided(text));
  const question = (asked ?? inside[0])?.text.trim() ?? '';
  const subject = subjectIn(
    dialog.slice(0, until).map(({ whole }) => ({
      text: bare(whole, isFramed),
      endsAt: columnsOf(isFramed ? whole.replace(/\s*[│║]$/, '') : whole),
    })),
    facts,
    {
      // an offer to remember it shows characters that the terminal does not draw (Claude Code 2.1.332)
      isAccounted:
        isAlone && !hidesContent && end !== undefined && !shown.some(({ label }) => label.includes('\ufffd')),
      columns: room.columns,
      asked: question,
      echo: echoAbove(lines, facts, first),
    },
  );
  return { dialog: makeDialog({ kind: facts.kind, question, subject, options }), rows: [begin, last] };
}

/** What the row above the edge says that it is about; undefined where it need not say it. */
function echoAbove(lines: readonly Line[], { edge, subject }: DialogFacts, first: number): string | null | undefined {
  if (subject?.echo === undefined || edge === undefined) return undefined;
  const above = lines.slice(0, lastMatch(lines, edge, first - 1) ?? 0).findLast(({ text }) => text.trim() !== '');
  return pattern(subject.echo).exec(above?.text ?? '')?.[1] ?? null;
}

/** The lowest that is numbered 1: those above it are rows of what the dialog is about. */
function firstOptionOf(inside: readonly Row[]): Row | undefined {
  return inside.findLast(({ text }) => readOption(text) !== null && /^\W*1[.)] /.test(text));
}

interface Row {
  /** without the frame around the dialog */
  readonly text: string;
  readonly whole: string;
  readonly isBelowTop: boolean;
}

const frame = /^\s*[┃│║]/;

function bare(text: string, isFramed: boolean): string {
  if (!isFramed) return text;
  const inner = text.replace(/^\s*[┃│║]\s?/, '');
  return /^\s*[│║]/.test(text) || inner === text ? inner.replace(/\s*[│║]$/, '') : inner;
}

/** Without an edge nothing but its words tells the dialog's beginning, and a command may imitate them further down. */
function isOnlyTop(lines: readonly Line[], facts: DialogFacts, first: number, room: DialogRoom): boolean {
  if (facts.edge !== undefined) return true;
  const above = lines.slice(room.firstVisible, first);
  if (above.some(({ text }) => pattern(facts.top).test(text))) return false;
  if (facts.isTinted !== true || lines[first]!.row.tinted !== true) return true;
  const nearest = above.findLast(({ text }) => text.trim() !== '');
  return nearest !== undefined && nearest.row.tinted !== true;
}

/**
 * Every row from the one that begins the subject down to what follows the subject belongs to it. What stands above it
 * must be known as the dialog's own, and nothing else may look like its beginning: titles, descriptions and reasons are
 * the model's words.
 */
function subjectIn(
  dialog: readonly SubjectRow[],
  facts: DialogFacts,
  room: {
    readonly isAccounted: boolean;
    readonly columns: number;
    readonly asked: string;
    readonly echo: string | null | undefined;
  },
): DialogSubject | null {
  const { subject } = facts;
  if (subject === undefined || (subject.asked !== undefined && !pattern(subject.asked).test(room.asked))) return null;
  const isFrom = ({ text }: SubjectRow) => subject.from !== undefined && pattern(subject.from).test(text);
  const begins = subject.isLowest === true ? dialog.findLastIndex(isFrom) : dialog.findIndex(isFrom);
  const from = subject.from === undefined ? 0 : 1 + begins;
  if (subject.from !== undefined && from === 0) return null;
  const to =
    subject.to === undefined ? -1 : dialog.findIndex(({ text }, at) => at >= from && pattern(subject.to!).test(text));
  if (subject.to !== undefined && to < 0) return null;
  const body = dialog.slice(from, to < 0 ? dialog.length : to);
  const isFirst = ({ text }: SubjectRow) => pattern(subject.row).test(text);
  const at = body.findIndex(isFirst);
  if (at < 0) return null;
  let end = body.length;
  while (end > at + 1 && body[end - 1]!.text.trim() === '') end--;
  // the `top` row is known
  const own = facts.subjectFrom === undefined ? 1 : 0;
  const above = dialog.slice(0, from + at).filter(({ text }, index) => index >= own && text.trim() !== '');
  const [least, most] = subject.blanksBelow ?? [0, 2];
  const blanks = body.length - end;
  const isAccounted =
    room.isAccounted &&
    blanks >= least &&
    blanks <= most &&
    end - at <= (subject.mostRows ?? Number.POSITIVE_INFINITY) &&
    above.every(({ text }) => subject.above?.some((source) => pattern(source).test(text))) &&
    (subject.isMarked === false || !body.slice(at + 1).some(isFirst));
  const indent = subject.indent === undefined ? null : pattern(subject.indent);
  const rows = body.slice(at, end).map(({ text, endsAt }, index) => {
    if (index === 0) return { text: pattern(subject.row).exec(text)?.[1] ?? '', endsAt };
    return { text: indent === null ? text : text.replace(indent, ''), endsAt };
  });
  const isIndented = indent === null || body.slice(at + 1, end).every(({ text }) => indent.test(text));
  const isEchoed = room.echo === undefined || room.echo === rows.map(({ text }) => text).join('\n');
  return subjectOf(subject.is, rows, { isAccounted: isAccounted && isIndented && isEchoed, columns: room.columns });
}

function knownOptions(rows: readonly string[], { row, highlighted, key }: OptionFacts): DialogOption[] {
  return rows.flatMap((text) => {
    const label = pattern(row).exec(text)?.[1];
    const isHighlighted = highlighted !== undefined && pattern(highlighted).test(text);
    return label === undefined ? [] : [{ label, key: key ?? null, isHighlighted }];
  });
}

/** `[y] Approve   [n] Deny`, or `Allow once   Allow always   Reject`, where keys must first move the highlight. */
function buttonsOf(row: string): DialogOption[] {
  return row
    .trim()
    .split(/\s{2,}/)
    .filter((text) => !/^(?:ctrl|alt|shift|esc|enter|tab|[⇆↑↓←→])\S*\s/i.test(text))
    .map((text) => readOption(text) ?? { label: text, key: null, isHighlighted: false });
}
