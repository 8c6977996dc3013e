import { isChanges, isOwn } from './closing/changes.ts';
import { progressOf } from './closing/completions.ts';
import { reasons, whyOverruled } from './closing/overruled.ts';
import { passagesOf } from './closing/passages.ts';
import { wishOf } from './closing/questions.ts';
import { isWish, type Said } from './closing/said.ts';
import { sentencesOf } from './closing/sentences.ts';

/**
 * How a turn's last words leave the user: asked, told that the task is done, or neither.
 *
 *   question     somebody must answer: put to the user, with or without a mark, and not answered or concluded below it
 *   completion   the task is concluded, and nothing below takes that back
 *   none         information, plans, progress, failures that ask nothing
 *
 * Read from the end: below a question may stand its options, a short reason, waiting and courtesy. An offer or a
 * courteous closer ("Anything else?") never asks; a soft one ("Let me know if this looks right") asks only where no
 * task was concluded.
 */
export interface Closing {
  readonly kind: 'question' | 'completion' | 'none';
  readonly rule: string;
  readonly detail: string;
  /** what decided: a question with its options, or the sentence that concludes */
  readonly text: string;
  /** indices into the words */
  readonly rows: readonly number[];
  readonly rejected: readonly Rejected[];
}

/** What looked like a question or a completion and is none. */
export interface Rejected {
  readonly rule: string;
  readonly detail: string;
  readonly row: number;
}

/** `words`: the agent's own logical lines of an ended turn. `lines`: how many non-blank ones are judged, from the end. */
export function judgeClosing(words: readonly string[], options: { readonly lines: number } = { lines: 20 }): Closing {
  const said = sentencesOf(passagesOf(words, Math.min(options.lines, mostLines))).map(
    (sentence): Said => ({ ...sentence, wish: wishOf(sentence), progress: progressOf(sentence) }),
  );
  const rejected: Rejected[] = said.flatMap((one) => lookAlike(one));
  const completion = findCompletion(said, rejected);
  const question = findQuestion(said, completion !== null, rejected);
  const found = question ?? completion;
  const close = { rejected: rejected.sort((a, b) => a.row - b.row) };
  return found
    ? { ...found, ...close }
    : { kind: 'none', rule: 'none', detail: 'neither asks nor concludes', text: '', rows: [], ...close };
}

type Found = Omit<Closing, 'rejected'>;

/** More lines than this are no closing; it also bounds the time a turn of questions takes. */
const mostLines = 400;

function findQuestion(said: readonly Said[], isConcluded: boolean, rejected: Rejected[]): Found | null {
  for (let at = said.length - 1; at >= 0; at--) {
    const { is, rule } = said[at]!.wish;
    if (is === 'no' || is === 'closer') continue;
    const against = is === 'soft' && isConcluded ? 'optional' : whyOverruled(said, at);
    if (against === null) return questionAt(said, at, rule);
    rejected.push({ rule: against, detail: reasons[against]!, row: said[at]!.rows[0]! });
  }
  return null;
}

function questionAt(said: readonly Said[], at: number, rule: string): Found {
  const one = said[at]!;
  const deciding = [...siblings(said, at), one];
  for (const next of said.slice(at + 1)) {
    if (next.kind !== 'item' && !/^\(?[a-h1-9][.)] /.test(next.bare)) break;
    deciding.push(next);
  }
  return found('question', rule, `the agent asks, and nothing below answers: ${clip(one.text)}`, deciding);
}

/** The questions right above belong to it. */
function siblings(said: readonly Said[], at: number): Said[] {
  const above: Said[] = [];
  for (let before = at - 1; before >= 0 && isWish(said[before]!.wish); before--) above.unshift(said[before]!);
  return above;
}

function findCompletion(said: readonly Said[], rejected: Rejected[]): Found | null {
  const last = said.findLastIndex((one, at) => one.progress.is === 'done' && isOwn(said, at));
  const changes = said.findLastIndex((_, at) => isChanges(said, at));
  const at = Math.max(last, changes);
  if (at < 0) return null;
  const below = said.slice(at + 1);
  const against = below.find(
    ({ progress, wish, kind }) =>
      (progress.is === 'failed' || (progress.is === 'ongoing' && kind === 'prose')) && wish.is === 'no',
  );
  if (against) {
    rejected.push({ rule: 'taken-back', detail: `taken back below: ${clip(against.text)}`, row: said[at]!.rows[0]! });
    return null;
  }
  if (changes > last) {
    const items = said.slice(at + 1).filter(({ list }) => list === said[at + 1]!.list);
    return found('completion', 'changes', `a list of changes: ${clip(said[at]!.text)}`, [said[at]!, ...items]);
  }
  const one = said[at]!;
  return found('completion', one.progress.rule, `concludes: ${clip(one.text)}`, [one]);
}

function found(kind: Found['kind'], rule: string, detail: string, sentences: readonly Said[]): Found {
  const rows = [...new Set(sentences.flatMap((sentence) => sentence.rows))].sort((a, b) => a - b);
  return { kind, rule, detail, text: sentences.map(({ text }) => text).join('\n'), rows };
}

/** What a reader may have taken for a question or a completion, told by the rule that says no. */
function lookAlike({ wish, progress, asks, quotes, rows, kind }: Said): Rejected[] {
  const row = rows[0]!;
  if (quotes)
    return [
      { rule: kind === 'code' ? 'code' : 'quoted', detail: 'its question mark is code, quotation or an address', row },
    ];
  if (wish.is === 'closer') return [{ rule: wish.rule, detail: 'courtesy; an answer is optional', row }];
  if (wish.is === 'no' && (asks || ['reported', 'conditional'].includes(wish.rule)))
    return [{ rule: wish.rule, detail: 'tells of a question, asks none', row }];
  if (progress.rule === 'not-concluded' || progress.is === 'failed')
    return [{ rule: progress.rule, detail: 'tells of work that is not concluded', row }];
  return [];
}

function clip(text: string): string {
  return text.length > 100 ? `${text.slice(0, 99)}…` : text;
}
