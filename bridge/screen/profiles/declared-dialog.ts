import type { DialogOption, DialogSubject } from '../../core/reading.ts';
import { type DialogOnScreen, isElided, makeDialog, readOption, readOptions } from '../dialog.ts';
import type { DialogFacts, Pattern } from './facts.ts';
import { filledFromEnd, type Line, pattern } from './lines.ts';

/** Looked for from the bottom: the last rows must say so, and what is above is only prose. */
export function findDialog(lines: readonly Line[], dialogs: readonly DialogFacts[]): DialogOnScreen | null {
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
