import type { ComposerFacts } from '../core/composer.ts';
import type { Snapshot } from '../core/pane.ts';
import { markerOf } from './paste-marker.ts';
import { drawnFor, visibleTextFor } from './visible-text.ts';

/**
 * What an input shows of our text: all of it; or a part that no other text has in all likelihood, which counts only
 * together with what else is known of the moment: its beginning or end, the program's own marker for it, lines that are
 * clipped at the right, or all of it with something else below.
 */
export type Echo = 'whole' | 'part';

/** What stands so far to the right is no input: an emoji that tmux draws wider than the program moves another row there. */
const wideGap = / {8,}\S.*$/su;

/** A beginning or end that says that it was cut, by `…`, is known by so many visible characters. */
const leastMarked = 20;
/** One that does not say so needs as many as this, or nearly all of a shorter text. */
const leastUnmarked = 60;
const leastShort = 12;
const leastShare = 2 / 3;

export function echoOf(
  input: string,
  text: string,
  { longPasteMarkers }: Pick<ComposerFacts, 'longPasteMarkers'>,
): Echo | null {
  const visible = visibleTextFor(text);
  if (visible(input) === visible(text)) return 'whole';
  const marker = markerOf(input, text, longPasteMarkers);
  if (marker !== null && visible(marker) === visible(input)) return 'part';
  const drawn = drawnFor(text);
  const [shown, ours] = [drawn(input), drawn(text)];
  if (shown === ours || drawn(input.replace(wideGap, '')) === ours) return 'whole';
  if (isMarkedPart(shown, ours) || isMostOf(shown, ours) || isClipped(input, text) || isGarbled(shown, ours))
    return 'part';
  return isAbove(input, ours, drawn) ? 'part' : null;
}

/**
 * The reading did not see where the input ends: ours is all that stands above a blank row, or, where it is long enough,
 * above any row. Words behind it in its own row were submitted with it.
 */
function isAbove(input: string, ours: string, drawn: (text: string) => string): boolean {
  const ends = [...input.matchAll(ours.length >= leastShort ? /\n/g : /\n\s*\n/g)];
  return ends.some(({ index }) => drawn(input.slice(0, index)) === ours);
}

function isMarkedPart(shown: string, ours: string): boolean {
  const [, above, words, below] = /^(…|\.\.\.)?(.*?)(…|\.\.\.)?$/s.exec(shown)!;
  if (words === undefined || words.length < leastMarked) return false;
  if (above !== undefined && below !== undefined) return words.length >= leastUnmarked && ours.includes(words);
  return above !== undefined ? ours.endsWith(words) : below !== undefined && ours.startsWith(words);
}

function isMostOf(shown: string, ours: string): boolean {
  if (!ours.startsWith(shown) && !ours.endsWith(shown)) return false;
  return shown.length >= leastUnmarked || (shown.length >= leastShort && shown.length >= ours.length * leastShare);
}

/** Each line a beginning of ours: continue 1.5.47 counts a tab as one column, and cuts what is then too wide. */
function isClipped(input: string, text: string): boolean {
  const drawn = drawnFor(text);
  const lines = (of: string) => of.split('\n').map(drawn).filter(Boolean);
  const [shown, ours] = [lines(input), lines(text)];
  if (shown.length !== ours.length || !shown.every((line, at) => ours[at]!.startsWith(line))) return false;
  const length = (of: readonly string[]) => of.join('').length;
  return length(shown) >= leastShort && length(shown) >= length(ours) * leastShare;
}

/** All of ours with a few signs in it that are not: left there by emoji that are drawn wider than they count (cline 3.0.65). */
function isGarbled(shown: string, ours: string): boolean {
  const more = shown.length - ours.length;
  if (ours.length < leastShort || more <= 0 || more > mostGarbage) return false;
  let same = 0;
  while (same < ours.length && shown[same] === ours[same]) same++;
  return shown.slice(same + more) === ours.slice(same);
}

const mostGarbage = 8;

/**
 * How often the text stands on the screen, by its end where it is long: its beginning may have scrolled out of sight.
 * None of a text that is too short to be told from other words.
 */
export function copiesOf(text: string, snapshot: Snapshot): number {
  return aroundCopies(text, snapshot).length - 1;
}

/** What stands below the last of them, as `drawnFor` has it; all of the screen where there is none. */
export function belowLastCopy(text: string, snapshot: Snapshot): string {
  return aroundCopies(text, snapshot).at(-1)!;
}

/** The end by which a copy is known; empty where the text is too short for that. */
export function endOf(text: string): string {
  const end = drawnFor(text)(text).slice(-leastUnmarked);
  return end.length < leastMarked ? '' : end;
}

function aroundCopies(text: string, { rows, firstVisible }: Snapshot): readonly string[] {
  const drawn = drawnFor(text);
  const visible = rows.slice(firstVisible).map((row) => row.text);
  const screen = drawn(visible.join('\n'));
  const end = endOf(text);
  return end === '' ? [screen] : screen.split(end);
}
