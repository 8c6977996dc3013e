import { isQuestion, type Said } from './said.ts';

/** Why a question asks nothing, by what stands around it. */
export const reasons = {
  optional: 'an answer is optional once the task is concluded',
  listed: 'a question in a list is that list’s content',
  heading: 'a heading, answered below it',
  answered: 'the agent answers it itself',
  concluded: 'the turn goes on and is concluded below it',
};

/** Null where the question stays open: options, more questions and courtesy below it leave it so. */
export function whyOverruled(said: readonly Said[], at: number): keyof typeof reasons | null {
  const one = said[at]!;
  const below = said.slice(at + 1);
  const next = below[0];
  if (isContent(said, at)) return 'listed';
  if (next?.isAnswer && (next.kind === 'item') === (one.kind === 'item')) return 'answered';
  if (next !== undefined && isHeading(one, next)) return 'heading';
  const plain = below.filter((other) => other.kind !== 'item' && other.bare !== '' && !isQuestion(other));
  if (plain.some(({ working, passage }) => working?.says === 'did' && passage !== one.passage)) return 'concluded';
  return plain.length > 0 && one.asking?.says === 'muses' ? 'answered' : null;
}

/** Part of something that tells of questions, or one of a list's steps: "Choose a region". */
function isContent(said: readonly Said[], at: number): boolean {
  const { kind, asking, bare, passage } = said[at]!;
  const isItem = kind === 'item';
  const intro = said.slice(0, at).findLast((other) => (isItem ? other.kind !== 'item' : !isQuestion(other)));
  if (isItem) return intro?.asking?.says === 'tells' || asking?.name === 'say';
  return bare.endsWith('?') && intro?.passage === passage && intro.asking?.says === 'tells';
}

/** "Why not a trigger?" as a heading, or "What changed?" above the list of changes. */
function isHeading({ kind, asking }: Said, next: Said): boolean {
  if (kind === 'heading') return next.kind === 'prose' && next.asking === undefined;
  return asking?.says === 'muses' && next.kind === 'item' && kind !== 'item';
}
