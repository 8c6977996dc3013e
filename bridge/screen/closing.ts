import { changesHeading, isChange, type Progress, progressOf } from './closing/completions.ts';
import { passagesOf } from './closing/passages.ts';
import { answer, reason, type Wish, waiting, wishOf } from './closing/questions.ts';
import { type Sentence, sentencesOf } from './closing/sentences.ts';

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

type Said = Sentence & { readonly wish: Wish; readonly progress: Progress };
type Found = Omit<Closing, 'rejected'>;

/** More lines than this are no closing; it also bounds the time a turn of questions takes. */
const mostLines = 400;

/** Plain words a question may have below it before it counts as passed over. */
const reasonLimit = 60;

/** And those of options that are told at length, in paragraphs of their own. */
const optionsLimit = 250;

function findQuestion(said: readonly Said[], isConcluded: boolean, rejected: Rejected[]): Found | null {
  for (let at = said.length - 1; at >= 0; at--) {
    const { is, rule } = said[at]!.wish;
    if (is === 'no' || is === 'closer') continue;
    const against =
      is === 'soft' && isConcluded ? 'optional' : (whyContent(said, at) ?? whyPassed(said, at, is === 'open'));
    if (against === null) return questionAt(said, at, rule);
    rejected.push({ rule: against, detail: reasons[against]!, row: said[at]!.rows[0]! });
  }
  return null;
}

const reasons: Readonly<Record<string, string>> = {
  optional: 'an answer is optional once the task is concluded',
  listed: 'a question in a list is that list’s content',
  heading: 'a heading, answered below it',
  faq: 'one of several questions, each answered below it',
  answered: 'the agent answers it itself',
  concluded: 'the turn goes on and is concluded below it',
  'passed-over': 'too much is said below it',
};

/** A question among the items of a list that tells of something else. */
function whyContent(said: readonly Said[], at: number): string | null {
  const one = said[at]!;
  if (one.kind !== 'item') {
    const first = said.findLastIndex((other, before) => before <= at && !(other.asks && said[before - 1]?.asks));
    return one.asks && first < at && said[first]!.wish.rule === 'reported' ? 'listed' : null;
  }
  if (one.wish.rule === 'say') return 'listed';
  const items = said.filter(({ list }) => list === one.list);
  const first = said.indexOf(items[0]!);
  const intro = said[first - 1];
  const asking = new Set(items.filter(({ wish }) => isWish(wish)).map(({ passage }) => passage)).size;
  const isIntroAsking =
    intro !== undefined &&
    (isWish(intro.wish) ||
      /\bquestions?\b|clarif|confirm|decid|decision|need|\binput\b|unclear|before|options?\b|know|frage|pregunta|pergunta|domande|вопрос|问题|質問|질문/.test(
        intro.bare,
      ));
  if (
    intro !== undefined &&
    !isIntroAsking &&
    /:$/.test(intro.bare) &&
    (intro.progress.is === 'done' || tellsOf.test(intro.bare))
  )
    return 'listed';
  if (isIntroAsking && intro && /\b(?:answers?|covers?|addresses|faq|asks|prompts|resolved)\b/.test(intro.bare))
    return 'listed';
  const isLast = items.at(-1)!.passage === one.passage;
  const isMany = asking * 2 >= new Set(items.map(({ passage }) => passage)).size;
  return isLast || isMany || isIntroAsking || one.wish.is === 'ask' ? null : 'listed';
}

const tellsOf =
  /\b(?:asks|answers|covers|checks|checked|prompts|interview|survey|faq|checklist|considered|cases|wizard|form|script|documents|explains|consists|contains|includes|looked at|headings?|sections?|titles?|strings?|messages?|examples?)\b/;

/** What stands below a question, and why that takes it back; null where the question stays open. */
function whyPassed(said: readonly Said[], at: number, isOpen: boolean): string | null {
  const one = said[at]!;
  const below = said.slice(at + 1);
  const next = below[0];
  if (next === undefined) return null;
  const isAlone = said.filter(({ passage }) => passage === one.passage).length === 1;
  if (one.asks && isAlone && isAnsweredInTurns(said)) return 'faq';
  if (below.some(({ bare, passage }) => passage === one.passage && followed.test(bare))) return 'answered';
  if (answer.test(next.bare) && !isWish(next.wish) && next.list === one.list) return 'answered';
  const isIntro =
    (next.list > 0 && next.list !== one.list) || (isOpen && (next.kind === 'code' || next.kind === 'table'));
  if (isIntro && isOpen && !isChoice.test(one.bare)) return 'heading';
  if (one.kind === 'heading' && next.kind === 'prose' && next.wish.is === 'no') return 'heading';
  const limit = below.some(({ bare }) => optionLabel.test(bare)) ? optionsLimit : reasonLimit;
  const isAwaited = below.some(({ bare }) => waiting.test(bare));
  let plain = 0;
  let isOptional = false;
  for (const [step, sentence] of below.entries()) {
    if (isWish(sentence.wish) || sentence.wish.is === 'closer' || waiting.test(sentence.bare)) continue;
    if (sentence.kind === 'code' || sentence.kind === 'table' || sentence.kind === 'quote') continue;
    const isLater = sentence.passage !== one.passage;
    if (sentence.progress.is === 'done' && isLater && sentence.kind !== 'item') return 'concluded';
    if (isChanges(below, step)) return 'concluded';
    if (
      sentence.kind === 'item' &&
      (sentence.list === one.list ||
        step === 0 ||
        isOptional ||
        below[step - 1]?.kind === 'item' ||
        /:$/.test(below[step - 1]?.bare ?? ''))
    ) {
      isOptional = true;
      continue;
    }
    if (/^\(?[a-h1-9][.):] /.test(sentence.bare)) continue;
    if (
      isOpen &&
      !isAwaited &&
      plain === 0 &&
      !isOptional &&
      !optionLabel.test(sentence.bare) &&
      !reason.test(sentence.bare)
    )
      return 'answered';
    plain += sentence.bare.split(' ').length + (sentence.bare.match(/[\u3040-\u9fff]/g)?.length ?? 0) / 2;
    if (plain > limit) return 'passed-over';
  }
  return null;
}

/** The agent found its own answer and acted on it. */
const followed =
  /\bso i(?:'ve| have)? (?!need|can|will|could|would|don't|want|ask|thought|wonder|was|am|haven't|didn't|stopped|paused)\w+/;

/** The label of an option that is written as a paragraph. */
const optionLabel =
  /^(?:option|variant|approach|choice|alternative|variante|opción|opção|opzione|вариант|plan) ?(?:[a-h1-9]|one|two)\b|^方案|^案/;

const isChoice =
  /\b(?:which|prefer|choose|pick|option|either|or|who should)\b|哪|どちら|どの|어느|어떤|welche|quel|cuál|qual|quale|как(?:ой|ую|ое|ие)/;

function isWish({ is }: Wish): boolean {
  return is === 'ask' || is === 'open' || is === 'soft';
}

/** Questions that stand alone and paragraphs that do not ask, by turns, the last word an answer. */
function isAnsweredInTurns(said: readonly Said[]): boolean {
  const passages = [...new Set(said.map(({ passage }) => passage))].map((at) =>
    said.filter(({ passage }) => passage === at),
  );
  const asking = passages.map((sentences) => sentences.every(({ asks }) => asks) && sentences[0]!.kind !== 'item');
  const count = asking.filter(
    (asks, at) => asks && at + 1 < asking.length && !asking[at + 1] && passages[at + 1]![0]!.kind === 'prose',
  ).length;
  return count >= 2 && asking.at(-1) === false;
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

/** An item tells of the agent's work only as part of a list that does. */
function isOwn(said: readonly Said[], at: number): boolean {
  const one = said[at]!;
  if (one.kind !== 'item') return true;
  const items = said.filter(({ list }) => list === one.list);
  const intro = said[said.indexOf(items[0]!) - 1];
  if (intro && (plans.test(intro.bare) || intro.progress.is === 'ongoing')) return false;
  const telling = items.filter((item) => isChange(item) || item.progress.is === 'done').length;
  return telling * 2 >= new Set(items.map(({ passage }) => passage)).size;
}

const plans =
  /\b(?:plan|steps?|would|will|todo|to do|release notes|changelog|version|v\d|history|checklist|progress|status|tickets?|issues?|bugs?|findings?|proposal|suggest\w*|recommend\w*|options?|so far|remaining|commits?|means|log)\b/;

/** A heading such as "Changes:", over a list that names them. */
function isChanges(said: readonly Said[], at: number): boolean {
  const [heading, first] = [said[at]!, said[at + 1]];
  if (first === undefined || first.list === 0 || first.list === heading.list) return false;
  if (!changesHeading.test(heading.bare)) return false;
  const items = said.filter(({ list }) => list === first.list);
  return (
    items.some((item) => isChange(item)) ||
    /^(?:(?:key |main )?changes|files? (?:changed|modified|updated|created)|what i)/.test(heading.bare)
  );
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
