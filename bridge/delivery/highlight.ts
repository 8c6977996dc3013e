import type { Dialog } from '../core/reading.ts';
import type { Look } from './evidence.ts';

/** Which option is highlighted, counted from 0; null where that cannot be seen. */
export function highlighted({ options }: Dialog): number | null {
  const marked = [...options.keys()].filter((index) => options[index]!.isHighlighted);
  return marked.length === 1 ? marked[0]! : null;
}

/**
 * Whether a key has moved the highlight to an option, from another one, and the program has drawn nothing else since. One
 * that chooses at once may draw the highlight first and close the dialog late (gemini 0.61.0 restarts below its trust
 * dialog): then a further key would reach what comes next.
 */
export function hasOnlyMoved(before: Look, after: Look, to: number): boolean {
  const was = before.reading.dialog;
  const is = after.reading.dialog;
  if (was === null || is === null || was.fingerprint !== is.fingerprint) return false;
  const from = highlighted(was);
  return from !== null && from !== to && highlighted(is) === to && wordsOf(before) === wordsOf(after);
}

/** The title and the rows in sight, without marks: only those of the highlight may differ. */
function wordsOf({ snapshot: { rows, firstVisible, facts } }: Look): string {
  const words = rows
    .slice(firstVisible)
    .map(({ text }) => text.replace(/[^\p{L}\p{N}\p{P}]+|[›>●◉▶→*○◯]/gu, ' ').trim());
  return JSON.stringify([facts.title, words]);
}
