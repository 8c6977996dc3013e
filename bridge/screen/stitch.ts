import { unseenLines } from './blocks.ts';

/** Lines kept of one turn. A turn that is longer is known by its end. */
const maxLines = 2000;

/**
 * The words of a turn, put together from what successive screens showed of it.
 * @param known what was put together so far
 * @param shown the words on the screen
 * @param isCut the screen shows the turn's end only; its own beginning is then a part of a line
 */
export function stitch(known: readonly string[], shown: readonly string[], isCut: boolean): readonly string[] {
  if (!isCut || known.length === 0) return shown;
  if (shown.length === 0) return known;
  const place = overlap(known, shown);
  if (place === null) return keep([...known, unseenLines, ...shown]);
  const { line, from, isInside } = place;
  return isInside ? known : keep([...known.slice(0, line), ...shown.slice(from)]);
}

function keep(lines: string[]): string[] {
  return lines.slice(-maxLines);
}

/** Letters compared at most: a probe is the first of them, the rest tells which of several places it is. */
const probeLength = 48;

/**
 * Where the shown words begin in the known ones. Compared by letters, not lines, so that another width does not matter;
 * the first shown line is passed over because it may be the rest of a wrapped one.
 */
function overlap(
  known: readonly string[],
  shown: readonly string[],
): { line: number; from: number; isInside: boolean } | null {
  const starts: number[] = [];
  let letters = '';
  for (const line of known) {
    starts.push(letters.length);
    letters += lettersOf(line);
  }
  for (const from of shown.length > 1 ? [1, 0] : [0]) {
    const rest = shown.slice(from).map(lettersOf).join('');
    const probe = rest.slice(0, probeLength);
    if (probe.length < 4) continue;
    const best = longestAgreement(letters, rest, probe) ?? growing(letters, rest);
    if (best === null) continue;
    const { at, agrees } = best;
    const line = starts.findLastIndex((start) => start <= at);
    const isInside = agrees === rest.length && at + agrees < letters.length;
    // a line that begins above the screen keeps its known beginning
    return { line: starts[line] === at ? line : line + 1, from, isInside };
  }
  return null;
}

/**
 * Of the places where the probe stands, the one from which most letters agree with the rest; of equal ones the later, for
 * the screen follows the end. No letter is compared again for a place inside an agreement that is known (the Z algorithm):
 * rows of one repeated sign agree everywhere.
 */
function longestAgreement(letters: string, rest: string, probe: string): { at: number; agrees: number } | null {
  const first = letters.indexOf(probe);
  if (first < 0) return null;
  if (letters.indexOf(probe, first + 1) < 0) return { at: first, agrees: agreement(letters, first, rest, 0) };
  const within = selfAgreements(rest);
  let best = { at: first, agrees: 0 };
  let [knownFrom, knownTo] = [first, first];
  for (let at = first; at < letters.length; at++) {
    const known = at < knownTo ? Math.min(knownTo - at, within[at - knownFrom]!) : 0;
    const agrees = agreement(letters, at, rest, known);
    if (at + agrees > knownTo) [knownFrom, knownTo] = [at, at + agrees];
    if (agrees >= probe.length && agrees >= best.agrees) best = { at, agrees };
  }
  return best;
}

/** For each place in the text, how many letters from there agree with its beginning. */
function selfAgreements(text: string): Int32Array {
  const agreements = new Int32Array(text.length);
  agreements[0] = text.length;
  let [knownFrom, knownTo] = [0, 0];
  for (let at = 1; at < text.length; at++) {
    const known = at < knownTo ? Math.min(knownTo - at, agreements[at - knownFrom]!) : 0;
    agreements[at] = agreement(text, at, text, known);
    if (at + agreements[at]! > knownTo) [knownFrom, knownTo] = [at, at + agreements[at]!];
  }
  return agreements;
}

function agreement(letters: string, at: number, rest: string, known: number): number {
  let count = known;
  while (count < rest.length && at + count < letters.length && letters[at + count] === rest[count]) count++;
  return count;
}

/** Fewer known letters than a probe is long, at their very end: the words grew by more than that. */
function growing(letters: string, rest: string): { at: number; agrees: number } | null {
  for (let at = Math.max(0, letters.length - probeLength); at <= letters.length - 8; at++) {
    if (rest.startsWith(letters.slice(at))) return { at, agrees: letters.length - at };
  }
  return null;
}

function lettersOf(line: string): string {
  return line === unseenLines ? '\u0000' : line.replace(/\s+/g, '');
}
