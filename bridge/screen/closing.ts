import { answeringRows, askingRows } from './closing/asking.ts';
import { lineRows } from './closing/lines.ts';
import { reasons, whyOverruled } from './closing/overruled.ts';
import { passagesOf } from './closing/passages.ts';
import { isConclusion, isQuestion, type Rows, type Said, saidOf } from './closing/said.ts';
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
 * `working.ts`. What stands around a sentence is judged here and in `overruled.ts`.
 */
export interface Closing {
  readonly kind: 'question' | 'completion' | 'none';
  /** the row that decided */
  readonly rule: string;
  readonly detail: string;
  /** what decided: a question with its options, or the sentence that concludes */
  readonly text: string;
  readonly rejected: readonly Rejected[];
}

/** What looked like a question or a completion and is none. */
export interface Rejected {
  readonly rule: string;
  readonly detail: string;
  /** the sentence */
  readonly text: string;
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
  const rejected: Array<Rejected | undefined> = said.map(lookAlike);
  const completion = findCompletion(said, rejected);
  const found = findQuestion(said, completion !== null, rejected) ?? completion ?? neither;
  return { ...found, rejected: rejected.filter((one) => one !== undefined) };
}

const neither: Found = { kind: 'none', rule: 'none', detail: 'neither asks nor concludes', text: '' };

function findQuestion(
  said: readonly Said[],
  isConcluded: boolean,
  rejected: Array<Rejected | undefined>,
): Found | null {
  for (let at = said.length - 1; at >= 0; at--) {
    const one = said[at]!;
    if (!isQuestion(one)) continue;
    const against = one.asking?.says === 'hopes' && isConcluded ? 'optional' : whyOverruled(said, at);
    if (against === null) return questionAt(said, at);
    rejected[at] = { rule: against, detail: reasons[against], text: one.text };
  }
  return null;
}

/** A question with the questions right above it and the options right below. */
function questionAt(said: readonly Said[], at: number): Found {
  const one = said[at]!;
  const first = said.findLastIndex((above, before) => before < at && !isQuestion(above)) + 1;
  const end = said.findIndex(({ kind, bare }, below) => below > at && kind !== 'item' && !/^\(?[a-h][.)] /.test(bare));
  const text = said.slice(first, end < 0 ? undefined : end).map((sentence) => sentence.text);
  const detail = `the agent asks, and nothing below answers: ${clip(one.text)}`;
  return { kind: 'question', rule: one.asking!.name, detail, text: text.join('\n') };
}

function findCompletion(said: readonly Said[], rejected: Array<Rejected | undefined>): Found | null {
  const at = said.findLastIndex(isConclusion);
  if (at < 0) return null;
  const { working, text } = said[at]!;
  const against = said.slice(at + 1).find(({ working, asking }) => working?.says === 'open' && asking === undefined);
  if (against === undefined)
    return { kind: 'completion', rule: working!.name, detail: `concludes: ${clip(text)}`, text };
  rejected[at] = { rule: 'taken-back', detail: `taken back below: ${clip(against.text)}`, text };
  return null;
}

/** What a reader may have taken for a question or a completion, with the row that says no. */
function lookAlike({ asking, working, text, bare, kind }: Said): Rejected | undefined {
  const rejected = (rule: string, detail: string) => ({ rule, detail, text });
  if (/[?？]/.test(text) && !bare.endsWith('?'))
    return rejected(kind === 'code' ? 'code' : 'quoted', 'its question mark is code, quotation or an address');
  if (asking?.says === 'courtesy') return rejected('polite-closer', 'courtesy; an answer is optional');
  if (asking?.says === 'tells') return rejected(asking.name, 'tells of a question, asks none');
  if (working?.says === 'open' || working?.says === 'unfinished')
    return rejected('not-concluded', 'tells of work that is not concluded');
  return undefined;
}

function clip(text: string): string {
  return text.length > 100 ? `${text.slice(0, 99)}…` : text;
}
