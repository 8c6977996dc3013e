import { introOf, isQuestion, type Said } from './said.ts';

/** Why a question asks nothing, by what stands around it. */
export const reasons = {
  optional: 'an answer is optional once the task is concluded',
  listed: 'a question in a list is that list’s content',
  heading: 'a heading, answered below it',
  answered: 'the agent answers it itself',
  concluded: 'the turn goes on and is concluded below it',
  'passed-over': 'too much is said below it',
};

/** More plain words than this below a question pass over it. */
const mostWords = 100;

/** Null where the question stays open. */
export function whyOverruled(said: readonly Said[], at: number): keyof typeof reasons | null {
  const one = said[at]!;
  const below = said.slice(at + 1);
  if (isContent(said, at)) return 'listed';
  if (isAnswered(one, below)) return 'answered';
  if (isHeading(one, below[0])) return 'heading';
  return whyPassed(one, below);
}

/** Part of something that tells of questions, or one of a list's steps: "Choose a region". */
function isContent(said: readonly Said[], at: number): boolean {
  const one = said[at]!;
  if (one.kind === 'item') return introOf(said, one)?.asking?.says === 'tells' || one.asking?.name === 'say';
  const above = said.slice(0, at).findLast((other) => !isQuestion(other));
  return one.bare.endsWith('?') && above?.passage === one.passage && above.asking?.says === 'tells';
}

function isAnswered(one: Said, below: readonly Said[]): boolean {
  const next = below[0];
  if (below.some(({ passage, answering }) => passage === one.passage && answering?.says === 'acts')) return true;
  return next?.answering?.says === 'answers' && next.list === one.list;
}

/** "What changed?" above the list of changes. */
function isHeading({ kind, list, asking }: Said, next: Said | undefined): boolean {
  if (next === undefined) return false;
  if (kind === 'heading') return next.kind === 'prose' && next.asking === undefined;
  return (asking?.says === 'muses' || asking?.says === 'wonders') && next.list > 0 && next.list !== list;
}

/** What stands below the question; options, more questions and courtesy leave it open. */
function whyPassed({ asking, passage }: Said, below: readonly Said[]): 'answered' | 'concluded' | 'passed-over' | null {
  const plain = below.filter((next) => next.kind !== 'item' && next.bare !== '' && !isQuestion(next));
  if (plain.some(({ working, passage: at }) => working?.says === 'did' && at !== passage)) return 'concluded';
  if (plain.length > 0 && asking?.says === 'muses') return 'answered';
  if (plain.length > 0 && asking?.says === 'wonders' && plain[0]!.answering?.says !== 'ignores') return 'answered';
  return plain.reduce((sum, { bare }) => sum + bare.split(' ').length, 0) > mostWords ? 'passed-over' : null;
}
