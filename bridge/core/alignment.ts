import { goesOn, type InputMark, same, sameButTorn } from './input-mark.ts';

/** Where a window of echoed inputs lies in the list of all that are known; `screen/turns.ts` has what follows of it. */
export type Place = { is: 'end' } | { is: 'back' } | { is: 'new'; fresh: number; overlaps: boolean };

/**
 * @param known the end of the list, oldest first
 * @param agent.hasWorked it rested and works again, so it has been given an input: a window that looks like an older one is new
 * @param agent.hasMoved it works, did, or its words are others: the last input may have been typed again
 */
export function align(
  known: readonly InputMark[],
  window: readonly InputMark[],
  { hasWorked, hasMoved }: { readonly hasWorked: boolean; readonly hasMoved: boolean },
): Place {
  if (window.length === 0) return { is: 'end' };
  if (known.length === 0) return { is: 'new', fresh: window.length, overlaps: true };
  const matchesAt = (from: number, count: number) =>
    from >= 0 &&
    window.slice(0, count).every((mark, at) => known[from + at] !== undefined && same(known[from + at]!, mark));
  const count = window.length;
  if (matchesAt(known.length - count, count)) return { is: 'end' };
  // the window may reach further up than memory does; or the last input was typed again
  if (count > known.length && known.every((mark, at) => same(mark, window[count - known.length + at]!))) {
    const isAgain =
      window.slice(0, known.length).every((mark, at) => same(known[at]!, mark)) && count === known.length + 1;
    return isAgain && hasMoved ? { is: 'new', fresh: 1, overlaps: true } : { is: 'end' };
  }
  for (let from = known.length - count - 1; from >= 0 && !hasWorked; from--) {
    if (matchesAt(from, count)) return { is: 'back' };
  }
  // A window cut short from below, as a half-drawn or scrolled screen shows it, was found above. What remains goes on.
  for (let fresh = 1; fresh < count; fresh++) {
    const overlap = count - fresh;
    if (matchesAt(known.length - overlap, overlap)) return { is: 'new', fresh, overlaps: true };
    if (overlap > known.length && known.every((mark, at) => same(mark, window[overlap - known.length + at]!)))
      return { is: 'new', fresh, overlaps: true };
  }
  const torn = tornOverlap(known, window);
  if (torn > 0) return torn === count ? { is: 'end' } : { is: 'new', fresh: count - torn, overlaps: true };
  return { is: 'new', fresh: count, overlaps: false };
}

/**
 * How many of the window's inputs are the end of the list where a program was stopped in the middle of drawing, for as long
 * as two looks: an input of many rows is read with some of them twice. One beside it must be known as it stands.
 */
function tornOverlap(known: readonly InputMark[], window: readonly InputMark[]): number {
  for (let overlap = Math.min(window.length, known.length); overlap >= 2; overlap--) {
    const pairs = window.slice(0, overlap).map((mark, at) => [known[known.length - overlap + at]!, mark] as const);
    const areSame = pairs.map(([a, b]) => same(a, b));
    if (areSame.some(Boolean) && pairs.every(([a, b], at) => areSame[at] || sameButTorn(a, b))) return overlap;
  }
  return 0;
}

/**
 * The last input that is known may have been read while its echo was half drawn, for as long as two looks: nothing had
 * followed it, and now it stands in the same place and goes on. It is known whole from then on, and no other.
 */
export function knownWhole(known: readonly InputMark[], window: readonly InputMark[]): readonly InputMark[] {
  const [last, shown] = [known.at(-1), window.at(-1)];
  if (last === undefined || shown === undefined || last.words !== '' || !goesOn(last, shown)) return known;
  const above = window.slice(0, -1);
  const knownAbove = known.slice(0, -1).slice(-above.length);
  const isSamePlace =
    above.length > 0 && knownAbove.length === above.length && above.every((mark, at) => same(knownAbove[at]!, mark));
  return isSamePlace ? [...known.slice(0, -1), shown] : known;
}
