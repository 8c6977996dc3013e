import type { Row, Snapshot } from '../../core/pane.ts';
import type { Composer, Evidence } from '../../core/reading.ts';
import { columnsOf } from '../frame.ts';
import { evidence, hasDim, isDim, isInkedAt, tidy } from '../rows.ts';
import type { Pattern, ScreenFacts } from './facts.ts';
import { filledFromEnd, type Line, pattern } from './lines.ts';

/** `start` is its top row, `first` and `last` (exclusive) hold its text, `end` is the first row below it. */
export interface ComposerPlace {
  readonly start: number;
  readonly first: number;
  readonly last: number;
  readonly end: number;
}

/** @param width columns that a rule over the whole width has */
export function findComposer(
  lines: readonly Line[],
  facts: ScreenFacts['composer'],
  width: number,
): ComposerPlace | null {
  const place = facts.top === undefined ? findByRows(lines, facts) : findByRules(lines, facts, width);
  if (place === null) return null;
  const below = lines.slice(place.end).filter(({ text }) => text.trim() !== '');
  if (below.length > facts.below) return null;
  const hasFooter = facts.footer === undefined || below.some(({ text }) => pattern(facts.footer!).test(text));
  if (!hasFooter && !isBrokenEdge(lines[place.last - 1]!, facts)) return null;
  const hasAbove = facts.above !== undefined && pattern(facts.above).test(lines[place.start - 1]?.text ?? '');
  return hasAbove ? { ...place, start: place.start - 1 } : place;
}

/** A second lower edge has pushed the footer's last row out of sight. */
function isBrokenEdge({ text }: Line, { chrome, footer }: ScreenFacts['composer']): boolean {
  return chrome !== undefined && footer !== undefined && (pattern(chrome).test(text) || joinedRule(text) !== '');
}

function findByRules(
  lines: readonly Line[],
  { top, bottom, prompt, below, isRuledAcross }: ScreenFacts['composer'],
  width: number,
): ComposerPlace | null {
  const near = filledFromEnd(lines, below + 1);
  const isLong = (text: string) => isRuledAcross !== true || columnsOf(text) >= width;
  for (const end of near) {
    const { text } = lines[end]!;
    const rule = joinedRule(text);
    if (!pattern(bottom!).test(rule || text) || !(rule || isLong(text))) continue;
    const last = rule ? end + 1 : end;
    for (let start = end - 1; start >= 0; start--) {
      if (!pattern(top!).test(lines[start]!.text) || !isLong(lines[start]!.text)) continue;
      const first = lines[start + 1];
      if (start + 1 < last && pattern(prompt).test(`${first!.text} `))
        return { start, first: start + 1, last, end: end + 1 };
      break;
    }
  }
  return null;
}

/**
 * Where tmux draws joined emoji wider than the program counts them, the blanks that fill their row run into the rule
 * below, and both are captured as one row (pi 0.73.1 in tmux 3.3a); of a box its right edge too (Kimi Code 2.1.0).
 */
function joinedRule(text: string): string {
  const rule = /(?<= {4})(?:│╰)?─{10,}╯?$/u.exec(text);
  return rule !== null && text.slice(0, rule.index).trim() !== '' ? rule[0] : '';
}

function findByRows(
  lines: readonly Line[],
  { row, bottom, prompt, indent, below }: ScreenFacts['composer'],
): ComposerPlace | null {
  const isRow = (at: number) => at >= 0 && pattern(row ?? prompt).test(lines[at]!.text);
  const near = filledFromEnd(lines, below + 1);
  const at = near.find((index) => (bottom === undefined ? isRow(index) : pattern(bottom).test(lines[index]!.text)));
  if (at === undefined) return null;
  const last = bottom === undefined ? at + 1 : at;
  let first = last;
  while (isRow(first - 1)) first--;
  if (first === last) return null;
  // where only its first row has a prompt, what stands above that is an older one (tmux keeps a prompt that was drawn anew at the top)
  if (indent !== undefined) {
    const begins = lines.slice(first, last).findLastIndex(({ text }) => pattern(prompt).test(`${text} `));
    if (begins > 0) first += begins;
  }
  return { start: first, first, last, end: bottom === undefined ? last : at + 1 };
}

/** What a program may draw for a cursor of its own: an inverse blank, a zero-width space. */
const cursorMarks = /[\u200b\u2588\u00a0]/gu;

export function readComposer(
  lines: readonly Line[],
  { start, first, last }: ComposerPlace,
  { composer: facts }: ScreenFacts,
  { rows, cursorRow, facts: pane }: Snapshot,
): Composer {
  const inside = lines
    .slice(first, last)
    .filter(({ text }) => facts.chrome === undefined || !pattern(facts.chrome).test(text));
  const texts = inside.map(({ text, row }, at) => {
    const source = at > 0 && facts.indent !== undefined ? facts.indent : facts.prompt;
    // the frame's own bar is not to be taken for a scroll bar, and then one of the text's for the frame's
    const unframed = facts.edge === undefined ? text : row.text.replace(pattern(facts.edge), '');
    const own = unframed.slice(0, unframed.length - joinedRule(unframed).length);
    return `${own} `.replace(pattern(source), '').replace(cursorMarks, '').trimEnd();
  });
  const text = tidy(texts).join('\n').trim();
  if (text === '') return { is: 'empty' };
  const starts = (inside[0]?.text.length ?? 0) - (texts[0]?.length ?? 0);
  const isAtStart =
    facts.cursor === 'drawn' || cursorRow !== first || !pane.cursorVisible || pane.cursorX <= starts + 1;
  if (isAtStart && facts.placeholders?.some((source) => pattern(source).test(text))) return { is: 'empty' };
  const isGhost =
    facts.isDimText !== true &&
    hasDim(rows) &&
    inside.every(
      ({ row }, at) => texts[at]!.trim() === '' || isDim(row, row.text.length - texts[at]!.trimStart().length),
    );
  const isSuggestion =
    facts.isSuggestionInked === true &&
    cursorRow === first &&
    pane.cursorX <= starts &&
    inside.every(({ row }, at) => isInkedBut(row, row.text.length - texts[at]!.trimStart().length, at === 0));
  if (isGhost || isSuggestion) return { is: 'empty' };
  const mayBeCut =
    (facts.mostRows !== undefined && inside.length >= facts.mostRows) ||
    (facts.scrolled !== undefined && pattern(facts.scrolled).test(lines[start]!.text));
  return { is: 'draft', text, ...(mayBeCut ? { cut: true } : {}) };
}

export function promptOf(text: string, { prompt }: ScreenFacts['composer']): string {
  return pattern(prompt).exec(`${text} `)?.[0] ?? '';
}

/** The first of the rows above the composer that belong to it: a list that is open there, or a notice. */
export function ownFrom(
  lines: readonly Line[],
  end: number,
  composer: Composer,
  { composer: { list }, hasNoticeRow }: ScreenFacts,
): number {
  let from = end;
  if (list !== undefined && composer.is === 'draft')
    while (from > 0 && pattern(list).test(lines[from - 1]!.text)) from--;
  return from === end && hasNoticeRow === true ? Math.max(0, end - 1) : from;
}

/** Every visible character from `from` on has a colour of its own; but for the first, which stands under the cursor. */
function isInkedBut(row: Row, from: number, isFirst: boolean): boolean {
  if (isFirst && isInkedAt(row, from)) return false;
  const cells = Array.from(row.text.slice(from), (_, at) => from + at).filter((at) => row.text[at]!.trim() !== '');
  const rest = isFirst ? cells.slice(1) : cells;
  return rest.length >= (isFirst ? 2 : 0) && rest.every((at) => isInkedAt(row, at));
}

/**
 * The rows between the transcript and the composer, from the composer upwards: a notice, a status with what belongs to it,
 * and inputs that wait. Whatever else comes first ends it, for an agent may quote its own status line.
 */
export function findStatus(
  lines: readonly Line[],
  end: number,
  facts: ScreenFacts,
): { from: number; busy: Evidence | null } {
  const { busy, queue, queued, transcript } = facts;
  const isOne = (source: Pattern | undefined, text: string) => source !== undefined && pattern(source).test(text);
  const inks = lines.some(({ row }) => (row.ink?.length ?? 0) > 0);
  let from = end;
  let found: Evidence | null = null;
  let isQueue = false;
  for (const at of filledFromEnd(lines.slice(0, end), busy?.details === undefined ? statusRows : detailedRows)) {
    if (at >= from) continue;
    const { text, row } = lines[at]!;
    const isProse = busy?.isStatusInked === true && inks && !isInkedAt(row, row.text.search(/\S/));
    if (!isProse && busy?.status?.some((source) => pattern(source).test(text))) {
      found = evidence('status', `the screen says "${text.trim()}"`, at);
      from = at;
    } else if (isOne(queue, text)) {
      found ??= evidence('queued', `inputs are queued: "${text.trim()}"`, at);
      from = at;
      isQueue = true;
    } else if (isOne(queued, text)) {
      found ??= evidence('queued', `an input is queued: "${text.trim()}"`, at);
      from = lines.slice(0, at).findLastIndex((line) => pattern(transcript.input).test(line.text));
      if (from < 0) from = at;
    } else if (!isQueue && !isOne(busy?.details, text)) break;
  }
  return { from, busy: found };
}

/** looked at, from the composer upwards */
const statusRows = 6;
/** the same where a tip or a list of tasks may stand below a status */
const detailedRows = 24;
