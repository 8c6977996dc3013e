import { answeringRows } from './closing/answering.ts';
import { askingRows } from './closing/asking.ts';
import { lineRows } from './closing/lines.ts';
import { reasons, whyOverruled } from './closing/overruled.ts';
import { passagesOf } from './closing/passages.ts';
import { isConclusion, isOwn, isQuestion, type Rows, type Said, saidOf } from './closing/said.ts';
import { sentencesOf } from './closing/sentences.ts';
import { workingRows } from './closing/working.ts';

/**
 * How a turn's last words leave the user: asked, told that the task is done, or neither.
 *
 *   words ─► lines ─► passages ─► sentences ─► what each says ─► the last question that nothing below overrules,
 *                                                               else the last conclusion that nothing below takes back
 *
 *   question     somebody must answer: put to the user, with or without a mark, and not answered or concluded below it
 *   completion   the task is concluded, and nothing below takes that back
 *   none         information, plans, progress, failures that ask nothing
 *
 * What a line is and what a sentence says is decided by rows, each with an example: `lines.ts`, `asking.ts`,
 * `working.ts`, `answering.ts`. What stands around a sentence is judged here and in `overruled.ts`.
 */
export interface Closing {
  readonly kind: 'question' | 'completion' | 'none';
  /** the row that decided */
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

type Found = Omit<Closing, 'rejected'>;

/** More lines than this are no closing; it also bounds the time a turn of questions takes. */
const mostLines = 400;

export const closingRows: Rows = {
  lines: lineRows,
  asking: askingRows,
  working: workingRows,
  answering: answeringRows,
};

/**
 * @param words the agent's own logical lines of an ended turn
 * @param options.lines how many non-blank ones are judged, from the end
 */
export function judgeClosing(
  words: readonly string[],
  options: { readonly lines: number } = { lines: 20 },
  rows: Rows = closingRows,
): Closing {
  const passages = passagesOf(words, Math.min(options.lines, mostLines), rows.lines);
  const said = sentencesOf(passages).map((sentence) => saidOf(sentence, rows));
  const rejected: Rejected[] = said.flatMap(lookAlike);
  const completion = findCompletion(said, rejected);
  const found = findQuestion(said, completion !== null, rejected) ?? completion ?? neither;
  return { ...found, rejected: rejected.sort((a, b) => a.row - b.row) };
}

const neither: Found = { kind: 'none', rule: 'none', detail: 'neither asks nor concludes', text: '', rows: [] };

function findQuestion(said: readonly Said[], isConcluded: boolean, rejected: Rejected[]): Found | null {
  for (let at = said.length - 1; at >= 0; at--) {
    const one = said[at]!;
    if (!isQuestion(one)) continue;
    const against = one.asking?.says === 'hopes' && isConcluded ? 'optional' : whyOverruled(said, at);
    if (against === null) return questionAt(said, at);
    rejected.push({ rule: against, detail: reasons[against], row: one.rows[0]! });
  }
  return null;
}

/** A question with the questions right above it and the options right below. */
function questionAt(said: readonly Said[], at: number): Found {
  const one = said[at]!;
  const first = said.findLastIndex((above, before) => before < at && !isQuestion(above)) + 1;
  const end = said.findIndex(({ kind, bare }, below) => below > at && kind !== 'item' && !/^\(?[a-h][.)] /.test(bare));
  const detail = `the agent asks, and nothing below answers: ${clip(one.text)}`;
  return found('question', one.asking!.name, detail, said.slice(first, end < 0 ? undefined : end));
}

function findCompletion(said: readonly Said[], rejected: Rejected[]): Found | null {
  const at = said.findLastIndex((one) => isConclusion(one) && isOwn(said, one));
  if (at < 0) return null;
  const one = said[at]!;
  const against = said
    .slice(at + 1)
    .find(({ working, asking }) => (working?.says === 'failed' || working?.says === 'goes-on') && asking === undefined);
  if (against === undefined) return found('completion', one.working!.name, `concludes: ${clip(one.text)}`, [one]);
  rejected.push({ rule: 'taken-back', detail: `taken back below: ${clip(against.text)}`, row: one.rows[0]! });
  return null;
}

function found(kind: Found['kind'], rule: string, detail: string, sentences: readonly Said[]): Found {
  const rows = [...new Set(sentences.flatMap((sentence) => sentence.rows))].sort((a, b) => a - b);
  return { kind, rule, detail, text: sentences.map(({ text }) => text).join('\n'), rows };
}

/** What a reader may have taken for a question or a completion, with the row that says no. */
function lookAlike({ asking, working, quotes, rows, kind }: Said): Rejected[] {
  const rejected = (rule: string, detail: string) => [{ rule, detail, row: rows[0]! }];
  if (quotes)
    return rejected(kind === 'code' ? 'code' : 'quoted', 'its question mark is code, quotation or an address');
  if (asking?.says === 'courtesy') return rejected('polite-closer', 'courtesy; an answer is optional');
  if (asking?.says === 'tells') return rejected(asking.name, 'tells of a question, asks none');
  if (working?.says === 'failed') return rejected('failure', 'tells of work that is not concluded');
  if (working?.says === 'unfinished') return rejected('not-concluded', 'tells of work that is not concluded');
  return [];
}

function clip(text: string): string {
  return text.length > 100 ? `${text.slice(0, 99)}…` : text;
}
