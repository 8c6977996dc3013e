import { isChanges } from './changes.ts';
import { answer, reason, side, taught, waiting } from './questions.ts';
import { isWish, type Said } from './said.ts';

export const reasons: Readonly<Record<string, string>> = {
  optional: 'an answer is optional once the task is concluded',
  listed: 'a question in a list is that list’s content',
  heading: 'a heading, answered below it',
  faq: 'one of several questions, each answered below it',
  answered: 'the agent answers it itself',
  concluded: 'the turn goes on and is concluded below it',
  'passed-over': 'too much is said below it',
};

/** Why a question asks nothing, by what stands around it; null where it stays open. A key of `reasons`. */
export function whyOverruled(said: readonly Said[], at: number): string | null {
  return whyContent(said, at) ?? whyPassed(said, at, said[at]!.wish.is === 'open');
}

/** Plain words a question may have below it before it counts as passed over. */
const reasonLimit = 60;

/** And those of options that are told at length, in paragraphs of their own. */
const optionsLimit = 250;

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
  if (
    isIntroAsking &&
    intro &&
    /\b(?:answers?|covers?|addresses|faq|asks|prompts|resolved|raised|interviews?|survey\w*|customers (?:\w+ )?(?:ask|asked|raise|want)|came up)\b/.test(
      intro.bare,
    )
  )
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
  const isGround = (bare: string) => reason.test(bare) || (isChoice.test(one.bare) && side.test(bare));
  const isAwaited = below.some(({ bare }) => waiting.test(bare));
  let plain = 0;
  let isOptional = false;
  for (const [step, sentence] of below.entries()) {
    if (isWish(sentence.wish) || sentence.wish.is === 'closer' || waiting.test(sentence.bare)) continue;
    if (sentence.kind === 'code' || sentence.kind === 'table' || sentence.kind === 'quote') continue;
    const isLater = sentence.passage !== one.passage;
    if (sentence.progress.is === 'done' && isLater && sentence.kind !== 'item') {
      if (isNext(one) && states.has(sentence.progress.rule)) continue;
      return 'concluded';
    }
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
      !isGrounded(one, sentence) &&
      plain === 0 &&
      !isOptional &&
      !optionLabel.test(sentence.bare) &&
      !isGround(sentence.bare)
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

/**
 * A question that wants a yes, a no or a pick is answered by one of these; anything else below it is its ground. Any
 * other question is answered by what stands below it, unless that tells of not knowing.
 */
function isGrounded(question: Said, sentence: Said): boolean {
  if (question.kind === 'heading' || !question.asks || taught.test(question.bare)) return false;
  if (/^(?:after that|then|next)\b/.test(sentence.bare)) return false;
  if (wantsNumber.test(question.bare) && obliging.test(sentence.bare)) return true;
  return (
    (wantsPick.test(question.bare) && !wantsFact.test(question.bare) && sentence.progress.is !== 'done') ||
    unknowing.test(sentence.bare)
  );
}

const wantsPick =
  /^(?!.*\bwhy\b)(?:.*(?:[,;:—–-]|\b(?:and|so|but)) )?(?:is|are|was|were|does|do|did|has|have|can|could|will|would|may|might|must|which|who (?:owns|decides|approves|should|may|gets|maintains|pays|is (?:responsible|in charge|allowed))|how about)\b|\bor\b/;

/** What a date, a place or a number is needed for. */
const wantsNumber = /^(?:when|where|whose|how (?:many|much|long|often|large|big))\b/;
const obliging = /^(?!.*\d).*\b(?:has to|have to|must|needs? to|can't|cannot|won't) \w+/;

/** "Is it the cache?", "Which commit introduced it?": asked in passing by somebody who looked. */
const wantsFact =
  /^(?:(?:and|so|but|then)[,]? )?(?:(?:is|are|was|were|does|do|did|has|have|can|could|will|would) (?:it|this|that|they)(?: [^\s?]+){0,3}\?|(?:which|who)\b.*\b(?:introduced|caused|triggered|broke|changed|happened|produced|calls?|called|sets|writes|wrote|reads|holds|sends|sent)\b)/;

/** Nothing that could be looked at tells. */
const unknowing =
  /^(?:nothing|none|neither|nobody|no one)\b|\b(?:placeholder|dummy|guess(?:ed)?|assumed)\b|\b(?:i|we) (?:can't|cannot|couldn't|could not|don't|didn't) (?:tell|find|see|know|say|infer|derive|work out|guess)\b|\b(?:doesn't|don't|does not|do not|didn't|isn't|aren't|never|no|neither|nor|nothing|none|both|conflicting|contradict\w*|differ\w*|disagree\w*|two|silent)\b.*\b(?:say|says|tell|tells|mention|mentions|mentioned|settle|settles|specif\w+|define[sd]?|cover|covers|documented|clear|state|states|show|shows|agree|reveal|hint|answer|values?|versions?|places|candidates)\b/;

/** Asks what the agent shall do next: how things stand is no answer to it. */
function isNext({ bare, asks }: Said): boolean {
  return (
    asks &&
    /\b(?:should i|shall (?:i|we)|may i|can i go|want me to|do you want|would you (?:like|prefer|rather))\b/.test(bare)
  );
}

/** Rules of conclusions that tell how things stand, not what was done. */
const states = new Set(['tests-pass', 'verified', 'is-done', 'all-done', 'as-before', 'works', 'label']);

/** The label of an option that is written as a paragraph. */
const optionLabel =
  /^(?:option|variant|approach|choice|alternative|variante|opción|opção|opzione|вариант|plan) ?(?:[a-h1-9]|one|two)\b|^方案|^案/;

const isChoice =
  /\b(?:which|prefer|choose|pick|option|either|or|who should)\b|哪|どちら|どの|어느|어떤|welche|quel|cuál|qual|quale|как(?:ой|ую|ое|ие)/;

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
