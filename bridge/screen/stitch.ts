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
    let best: { at: number; agrees: number } | null = null;
    for (let at = letters.indexOf(probe); at >= 0; at = letters.indexOf(probe, at + 1)) {
      const agrees = agreement(letters, at, rest);
      // of equal places the later one: the screen follows the end
      if (best === null || agrees >= best.agrees) best = { at, agrees };
    }
    best ??= growing(letters, rest);
    if (best === null) continue;
    const { at, agrees } = best;
    const line = starts.findLastIndex((start) => start <= at);
    const isInside = agrees === rest.length && at + agrees < letters.length;
    // a line that begins above the screen keeps its known beginning
    return { line: starts[line] === at ? line : line + 1, from, isInside };
  }
  return null;
}

function agreement(letters: string, at: number, rest: string): number {
  let count = 0;
  while (count < rest.length && letters[at + count] === rest[count]) count++;
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
