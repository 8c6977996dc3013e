import { ownCopy } from './own-copy.ts';

/** An input as it can be recognised again: letters and digits only, so that wrapping and markdown do not matter. */
export interface InputMark {
  /** first 120 of them; null when the beginning was never seen */
  readonly head: string | null;
  /** last 120; null when the end was never seen */
  readonly tail: string | null;
  /** the first 120 of the turn's words; empty when never seen */
  readonly words: string;
}

/** Letters kept of either end. */
const markLength = 120;
/** Letters of the end by which a torn input is known: about a row's. */
const tornEnd = 24;
/** Characters of an input in which its first or last letters are looked for. */
const markedLength = 2000;

export function markOf(text: string): InputMark {
  const clean = text.replace(/^…|\s?…$/g, '');
  return {
    head: text.startsWith('…') ? null : ownCopy(lettersOf(clean.slice(0, markedLength)).slice(0, markLength)),
    tail: text.endsWith('…') ? null : ownCopy(lettersOf(clean.slice(-markedLength)).slice(-markLength)),
    words: '',
  };
}

/** Can both be the same input? Parts that were never seen do not speak against it. */
export function same(a: InputMark, b: InputMark): boolean {
  const isOpen = a.tail === null || b.tail === null;
  if (a.head !== null && b.head !== null) {
    const fits = isOpen ? a.head.startsWith(b.head) || b.head.startsWith(a.head) : a.head === b.head;
    if (!fits) return false;
  }
  if (a.tail !== null && b.tail !== null) {
    const isHeadless = a.head === null || b.head === null;
    return isHeadless ? a.tail.endsWith(b.tail) || b.tail.endsWith(a.tail) : a.tail === b.tail;
  }
  return true;
}

/**
 * Can one be the other as a half-drawn screen shows it, with rows in its middle twice, or missing? Both ends stand as they
 * were. For a look beside another input that is known for certain.
 */
export function sameButTorn(a: InputMark, b: InputMark): boolean {
  if (a.head !== null && b.head !== null && a.head !== b.head) return false;
  if (a.tail === null || b.tail === null || Math.min(a.tail.length, b.tail.length) < markLength) return false;
  return a.tail.slice(-tornEnd) === b.tail.slice(-tornEnd);
}

/** Does the first end in the middle of the second? */
export function goesOn(first: InputMark, whole: InputMark): boolean {
  const { head, tail } = first;
  if (head === null || tail === null || whole.head === null || whole.head === head) return false;
  return head.length < markLength && whole.head.startsWith(head);
}

export function wordsMark(words: readonly string[]): string {
  return ownCopy(lettersOf(words.slice(0, 40).join(' ')).slice(0, markLength));
}

export function lettersOf(text: string): string {
  const letters = text.replace(/[^\p{L}\p{N}]+/gu, '');
  return letters === '' ? text.replace(/\s+/g, '') : letters;
}
