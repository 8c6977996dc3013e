import type { Manner } from '../core/manner.ts';
import type { Snapshot } from '../core/pane.ts';
import type { Reading } from '../core/reading.ts';
import { type Skeleton, skeletonFor } from './skeleton.ts';

/**
 * What the composer shows of our text: all of it, its end while the rest has scrolled out of sight, its marker for a
 * long paste, a part, all of it and something else besides, something else only, or nothing.
 */
export type Holding = 'all' | 'tail' | 'marker' | 'part' | 'more' | 'other' | 'no';

/** The composer holds the text and nothing else, as far as it shows. */
export function isWhole(holding: Holding): boolean {
  return holding === 'all' || holding === 'tail' || holding === 'marker';
}

export function composerHolds(
  reading: Pick<Reading, 'composer'>,
  snapshot: Snapshot,
  text: string,
  manner: Pick<Manner, 'longPasteMarkers'>,
): Holding {
  const { composer } = reading;
  if (composer.is === 'empty') return 'no';
  return composer.is === 'draft' ? draftHolds(composer, text, manner) : rowHolds(snapshot, text);
}

type Draft = Extract<Reading['composer'], { is: 'draft' }>;

/** A composer that scrolls shows at least this much of a text's end; less could be a coincidence. */
const leastTail = 60;

function draftHolds(
  { text: draft, cut }: Draft,
  text: string,
  { longPasteMarkers }: Pick<Manner, 'longPasteMarkers'>,
): Holding {
  const skeleton = skeletonFor(text);
  const [shown, ours] = [skeleton(draft), skeleton(text)];
  if (shown === '') return 'no';
  if (shown === ours) return 'all';
  const marker = markerOf(draft, text, longPasteMarkers);
  if (marker !== null) return skeleton(marker) === shown ? 'marker' : 'more';
  if (shown.includes(ours)) return 'more';
  // The end of a text whose beginning has scrolled out of the composer. Not while the beginning is to be seen as well:
  // in a text that repeats itself, a paste that is still being drawn looks like its end.
  const mayBeTail = shown.length >= leastTail && ours.endsWith(shown);
  if (mayBeTail && (cut === true || !ours.startsWith(shown.slice(0, leastTail)))) return 'tail';
  return ours.includes(shown) ? 'part' : 'other';
}

/** The composer's own words for a long paste, where they name the size that ours has; of one line some name none. */
function markerOf(draft: string, text: string, patterns: readonly string[]): string | null {
  const oneRow = draft.replace(/\s+/g, ' ');
  for (const pattern of patterns) {
    const match = new RegExp(pattern).exec(oneRow);
    if (match === null) continue;
    if (match[1] === undefined ? isLongLine(text) : sizesOf(text).has(Number(match[1]))) return match[0];
  }
  return null;
}

/** A marker that names no size can only mean a text like this: no program shortens what fits a few rows. */
function isLongLine(text: string): boolean {
  return !text.includes('\n') && text.length >= leastUnnamed;
}

const leastUnnamed = 400;

/** Programs count differently: UTF-16 units (gemini), code points (codex), bytes, lines, line breaks. */
function sizesOf(text: string): ReadonlySet<number> {
  const breaks = text.split('\n').length - 1;
  return new Set([text.length, [...text].length, Buffer.byteLength(text), breaks + 1, breaks]);
}

/** Without a composer there is the row with the cursor: the text's end stands before the cursor, and nothing after it. */
export function rowHolds(snapshot: Snapshot, text: string): Holding {
  const skeleton = skeletonFor(text);
  const ours = skeleton(text);
  const { rows, cursorRow, firstVisible, facts } = snapshot;
  const above = rows.slice(firstVisible, cursorRow).map((row) => row.text);
  const row = rows[cursorRow]?.text ?? '';
  // some shells write to the right of what is typed: what counts then ends at the cursor
  for (const end of new Set([row, row.slice(0, facts.cursorX)])) {
    if (skeleton([...above, end].join('')).endsWith(ours)) return 'all';
  }
  return 'no';
}

/** The words of a receipt. */
export type SubmittedBy = 'composer-emptied-and-echoed' | 'busy-began' | 'turn-changed' | 'echoed-on-screen';

/** One look, with what it says. */
export interface Look {
  readonly snapshot: Snapshot;
  readonly reading: Reading;
}

/**
 * Whether the text has left the composer as an input: a transition that was seen, or null. A screen that only looks idle
 * is no evidence; nor is a composer that was merely emptied, for a person can do that.
 * @param before a look at which the composer held the text
 */
export function submitted(
  before: Look,
  after: Look,
  text: string,
  manner: Pick<Manner, 'longPasteMarkers'>,
): SubmittedBy | null {
  if (before.reading.composer.is === 'absent') return leftTheRow(before, after, text);
  const holding = composerHolds(after.reading, after.snapshot, text, manner);
  const draft = after.reading.composer.is === 'draft';
  if (draft && holding !== 'other') return null;

  const change = turnChange(before.reading, after.reading);
  if (change === 'new-input' && isEcho(after.reading.turn.inputs.at(-1)!, text, manner)) {
    return 'composer-emptied-and-echoed';
  }
  // a draft that is not ours tells that ours is gone, and no more; an absent composer may only be hidden
  if (draft) return null;
  if (before.reading.state !== 'busy' && after.reading.state === 'busy') return 'busy-began';
  if (after.reading.composer.is !== 'empty') return null;
  if (change === 'new-input') return 'turn-changed';
  const noInputsKnown = before.reading.turn.inputs.length === 0 && after.reading.turn.inputs.length === 0;
  return noInputsKnown && stillOnScreen(before, after, text) ? 'echoed-on-screen' : null;
}

/**
 * Whether another input opened the turn now. More of the past coming into view is no change (a composer that empties
 * makes room for it), and neither is some of it leaving: then the one list of inputs ends as the other does. Equal inputs
 * in a row are told apart by what was said since.
 */
function turnChange(before: Reading, after: Reading): 'new-input' | null {
  const [old, now] = [before.turn.inputs, after.turn.inputs];
  if (now.length === 0) return null;
  const [said, says] = [before.turn.words, after.turn.words];
  if (old.length === 0) return said.length > 0 && says.includes(said.at(-1)!) ? null : 'new-input';
  const common = Math.min(old.length, now.length);
  const sameEnd = old.slice(old.length - common).every((input, index) => input === now[now.length - common + index]);
  if (!sameEnd) return 'new-input';
  const told = said.length > 0 && !before.turn.cut && !after.turn.cut;
  return told && says[0] !== said[0] ? 'new-input' : null;
}

/** An echo may be cut short, and say so; a long paste may be echoed by its marker. What only begins alike is another text. */
const leastHead = 20;

export function isEcho(input: string, text: string, { longPasteMarkers }: Pick<Manner, 'longPasteMarkers'>): boolean {
  const skeleton = skeletonFor(text);
  const ours = skeleton(text);
  const shown = skeleton(input);
  if (shown === ours) return true;
  const head = /^(.*)(?:…|\.\.\.)$/s.exec(shown)?.[1] ?? '';
  if (head.length >= leastHead && ours.startsWith(head)) return true;
  return markerOf(input, text, longPasteMarkers) !== null;
}

/** Without a composer: the cursor has left the text, and the text is still on the screen. Or another program runs now. */
function leftTheRow(before: Look, after: Look, text: string): SubmittedBy | null {
  if (rowHolds(after.snapshot, text) === 'all') return null;
  if (before.snapshot.facts.command !== after.snapshot.facts.command) return 'busy-began';
  return stillOnScreen(before, after, text) ? 'echoed-on-screen' : null;
}

/** The text's first line ends as many rows as it did while it was the draft: it went up, it was not taken away. */
function stillOnScreen(before: Look, after: Look, text: string): boolean {
  const first = firstLine(text);
  const skeleton = skeletonFor(first);
  const ours = skeleton(first);
  const shown = rowsEndingWith(before.snapshot, ours, skeleton);
  return shown > 0 && rowsEndingWith(after.snapshot, ours, skeleton) >= shown;
}

function rowsEndingWith({ rows, firstVisible }: Snapshot, ours: string, skeleton: Skeleton): number {
  return rows.slice(firstVisible).filter((row) => skeleton(row.text).endsWith(ours)).length;
}

function firstLine(text: string): string {
  return text.split('\n').find((line) => line.trim() !== '') ?? text;
}

/** The end of a long text stands on the screen and did not before: an echo whose beginning has scrolled out of sight. */
export function endCameIntoSight(before: Look, after: Look, text: string): boolean {
  const skeleton = skeletonFor(text);
  const end = skeleton(text).slice(-leastTail);
  const visible = ({ snapshot: { rows, firstVisible } }: Look) => rows.slice(firstVisible).map((row) => row.text);
  const shows = (look: Look) => skeleton(visible(look).join('')).includes(end);
  return end.length === leastTail && shows(after) && !shows(before);
}

/** The rows a person would point at, at most three. */
export function linesShowing({ snapshot, reading }: Look, text: string): string[] {
  const first = firstLine(text);
  const skeleton = skeletonFor(first);
  const head = skeleton(first).slice(0, 40);
  const visible = snapshot.rows.slice(snapshot.firstVisible).map((row) => row.text);
  const echoed = visible.filter((row) => head !== '' && skeleton(row).includes(head));
  const told = reading.why.flatMap((evidence) => evidence.rows ?? []).map((index) => snapshot.rows[index]?.text ?? '');
  return [...new Set([...echoed, ...told])].filter(Boolean).slice(0, 3);
}

/** Nothing at all moved between the two: not a row, the title, nor the cursor. */
export function sameScreen(a: Snapshot, b: Snapshot): boolean {
  const seen = ({ rows, firstVisible, facts }: Snapshot) =>
    JSON.stringify([facts.title, facts.cursorX, facts.cursorY, rows.slice(firstVisible).map((row) => row.text)]);
  return seen(a) === seen(b);
}

/**
 * The row with the cursor begins as the row of the draft did: its program stands where it was. One that has ended leaves
 * its draft above an empty line, or a shell's prompt, which looks like an echo until the shell itself is seen.
 */
export function hasPromptAgain(before: Look, after: Look, text: string): boolean {
  const { facts, rows, cursorRow } = after.snapshot;
  if (!facts.cursorVisible) return true;
  const head = firstLine(text).trim().slice(0, 20);
  const drafted = before.snapshot.rows.findLast((row) => row.text.includes(head))?.text ?? head;
  const prompt = drafted.slice(0, drafted.indexOf(head)).trim();
  return prompt !== '' && (rows[cursorRow]?.text.trim() ?? '').startsWith(prompt);
}
