import type { ComposerFacts } from '../core/composer.ts';
import type { Snapshot } from '../core/pane.ts';
import type { Reading } from '../core/reading.ts';
import { isAppended } from './appended-input.ts';
import { belowLastCopy, copiesOf, echoOf, endOf } from './echo.ts';
import { executes } from './guard.ts';
import { markerOf } from './paste-marker.ts';
import { drawnFor, type VisibleText, visibleTextFor } from './visible-text.ts';

/**
 * What the composer shows of our text: all of it, its end while the rest has scrolled out of sight, its marker for a
 * long paste, all of it with a few signs behind a joined emoji, a part, all of it and something else besides, something else only, or nothing.
 */
export type Holding = 'all' | 'tail' | 'marker' | 'garbled' | 'part' | 'more' | 'other' | 'no';

/** The composer holds the text and nothing else, as far as it shows. */
export function isWhole(holding: Holding): boolean {
  return holding === 'all' || holding === 'tail' || holding === 'marker' || holding === 'garbled';
}

export function composerHolds(
  reading: Pick<Reading, 'composer'>,
  snapshot: Snapshot,
  text: string,
  composerFacts: Pick<ComposerFacts, 'longPasteMarkers'>,
): Holding {
  const { composer } = reading;
  if (composer.is === 'empty') return 'no';
  return composer.is === 'draft' ? draftHolds(composer, text, composerFacts) : rowHolds(snapshot, text);
}

type Draft = Extract<Reading['composer'], { is: 'draft' }>;

/** A composer that scrolls shows at least this much of a text's end; less could be a coincidence. */
const leastTail = 60;

function draftHolds(
  { text: draft, cut }: Draft,
  text: string,
  { longPasteMarkers }: Pick<ComposerFacts, 'longPasteMarkers'>,
): Holding {
  const visible = visibleTextFor(text);
  const [shown, ours] = [visible(draft), visible(text)];
  if (shown === '') return 'no';
  if (shown === ours) return 'all';
  const marker = markerOf(draft, text, longPasteMarkers);
  if (marker !== null) return visible(marker) === shown ? 'marker' : 'more';
  if (shown.includes(ours)) return 'more';
  // The end of a text whose beginning has scrolled out of a composer that says so. Of any other it is all that there is.
  if (cut === true && shown.length >= leastTail && ours.endsWith(shown)) return 'tail';
  if (isGarbledAtEmoji(shown, text, visible)) return 'garbled';
  return ours.includes(shown) ? 'part' : 'other';
}

const joinedEmoji =
  /(?:\p{Extended_Pictographic}[\p{M}\p{Emoji_Modifier}]*\u200d)+\p{Extended_Pictographic}[\p{M}\p{Emoji_Modifier}]*/gu;
/** Signs of what stood there before, behind each emoji. */
const mostLeft = 8;
const leastAround = 12;

/** tmux draws a joined emoji wider than the program counts it: some of what stood there before is left behind it (opencode 1.18.33). */
function isGarbledAtEmoji(shown: string, text: string, visible: VisibleText): boolean {
  const pieces = text.split(joinedEmoji).map(visible);
  if (pieces.length < 2 || pieces.join('').length < leastAround || pieces.at(-1) === '') return false;
  const escaped = pieces.map((piece) => piece.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${escaped.join(`.{0,${mostLeft}}`)}$`, 'u').test(shown);
}

/** Without a composer there is the row with the cursor: the text's end stands before the cursor, and nothing after it. */
export function rowHolds(snapshot: Snapshot, text: string): Holding {
  const visible = visibleTextFor(text);
  const ours = visible(text);
  const { rows, cursorRow, firstVisible, facts } = snapshot;
  const above = rows.slice(firstVisible, cursorRow).map((row) => row.text);
  const row = rows[cursorRow]?.text ?? '';
  // some shells write to the right of what is typed: what counts then ends at the cursor
  for (const end of new Set([row, row.slice(0, facts.cursorX)])) {
    if (visible([...above, end].join('')).endsWith(ours)) return 'all';
  }
  return 'no';
}

/**
 * The words of a receipt. Older journals also have `busy-began` for work that began without an echo, and `turn-changed`
 * for an input in other words: either may have another cause.
 */
export type SubmittedBy = 'composer-emptied-and-echoed' | 'partly-echoed' | 'echoed-on-screen' | 'command-began';

export interface Look {
  readonly snapshot: Snapshot;
  readonly reading: Reading;
}

/** What is known of the moment in which the text was submitted, if it was. */
export interface Moment {
  /** from before the paste; null where a bridge took over from one that died */
  readonly before: Look | null;
  /** a look at which the composer held the text */
  readonly ready: Look;
  /** tmux itself saw rows of the text in the step that pressed Enter, and nobody has pressed a key since */
  readonly isOurs: boolean;
  /** the program was seen to begin to work since */
  readonly worked: boolean;
}

/**
 * Whether the text has left the composer as an input: a transition that it alone explains, or null. That is its echo, or,
 * where it stood in the composer as Enter was pressed, a part of its echo. A screen that only looks idle is no evidence;
 * nor is a composer that was merely emptied, which a person and the program itself can do; nor work that began, for which
 * the program may have a reason of its own.
 */
export function submitted(
  { before, ready, isOurs, worked }: Moment,
  after: Look,
  text: string,
  composerFacts: Pick<ComposerFacts, 'longPasteMarkers'>,
): SubmittedBy | null {
  if (ready.reading.composer.is === 'absent') return leftTheRow(ready, after, text);
  const holding = composerHolds(after.reading, after.snapshot, text, composerFacts);
  const draft = after.reading.composer.is === 'draft';
  if (draft && holding !== 'other') return null;

  const earlier = before === null ? [ready] : [before, ready];
  const isOther = earlier.every((look) => isNewInput(look.reading, after.reading));
  const isNew = isOther || (isOurs && before !== null && cameBelow(before, ready, after, text));
  const echo = isNew ? echoOf(after.reading.turn.inputs.at(-1)!, text, composerFacts) : null;
  // a program that hides its composer shows the echo; of one that draws its screen anew the history keeps the draft
  const isSeen = after.reading.composer.is !== 'absent' || after.reading.state === 'dialog' || isInSight(after, text);
  if (echo === 'whole' && isSeen) return 'composer-emptied-and-echoed';
  // a draft that is not ours tells that ours is gone, and no more; an absent composer may only be hidden
  if (after.reading.composer.is !== 'empty') return null;
  if (isOurs && echo === 'part') return 'partly-echoed';
  if (isOurs && before !== null && wentUp(before, after, text, isNew || worked)) return 'partly-echoed';
  const noInputsKnown = ready.reading.turn.inputs.length === 0 && after.reading.turn.inputs.length === 0;
  return noInputsKnown && stillOnScreen(ready, after, text) ? 'echoed-on-screen' : null;
}

/**
 * Whether another input opened the turn now. More of the past coming into view is no change (a composer that empties
 * makes room for it), and neither is some of it leaving: then the one list of inputs ends as the other does. Equal inputs
 * in a row are told apart by what was said since.
 */
function isNewInput(before: Reading, after: Reading): boolean {
  const [old, now] = [before.turn.inputs, after.turn.inputs];
  if (now.length === 0) return false;
  const [said, says] = [before.turn.words, after.turn.words].map((words) => words.join('').replace(/\s+/g, ''));
  if (old.length === 0) return said === '' || !says!.includes(said!.slice(0, leastTail));
  const common = Math.min(old.length, now.length);
  const sameEnd = old.slice(old.length - common).every((input, index) => input === now[now.length - common + index]);
  if (!sameEnd) return true;
  const told = said !== '' && !before.turn.cut && !after.turn.cut;
  // a screen that is half drawn shows no words, and no composer below them
  if (says === '') return told && after.composer.is !== 'absent';
  // words that are wrapped otherwise, or go on, are the same words
  const length = Math.min(said!.length, says!.length, leastTail);
  return told && says!.slice(0, length) !== said!.slice(0, length);
}

/** An equal input came below the one that had opened the turn, after Enter and not before. */
function cameBelow(before: Look, ready: Look, after: Look, text: string): boolean {
  const [old, drafted] = [before, ready].map(({ reading }) => reading.turn.inputs.length) as [number, number];
  const snapshots = { before: before.snapshot, ready: ready.snapshot, after: after.snapshot };
  return old > 0 && drafted === old && isAppended(snapshots, text);
}

function isInSight({ snapshot }: Look, text: string): boolean {
  const first = firstLine(text);
  const visible = visibleTextFor(first);
  return copiesOf(text, snapshot) > 0 || rowsEndingWith(snapshot, visible(first), visible) > 0;
}

export function beganToWork(before: Look, after: Look): boolean {
  return before.reading.state !== 'busy' && after.reading.state === 'busy';
}

/**
 * Of a text that left the composer: it came on the screen, and an input or work began; or it stands below all that was said
 * before the paste, or where an older one would have been in sight. Of one that stood there before, and fills the screen as it
 * did, this tells only while it is worked on; of one that was not seen to be worked on, something must have been said below it
 * since: a short turn is over at once.
 */
function wentUp(before: Look, after: Look, text: string, began: boolean): boolean {
  const [old, now] = [copiesOf(text, before.snapshot), copiesOf(text, after.snapshot)];
  if (now > old && began) return true;
  if (says(belowNewCopy(before, after, text), after, text)) return true;
  const saysBelow = (look: Look, said: Look) => says(belowLastCopy(text, look.snapshot), said, text);
  if (now === 0 || now < old || !saysBelow(before, before) || saysBelow(after, before)) return false;
  return began || (now > old && saysBelow(after, after));
}

/**
 * What stands below the first copy that is new, an answer with the text in it, too: in as many letters of the conversation's
 * end as the screen before showed of it there are more copies than there were; in all of it where none had begun. Nothing
 * where none is certainly new.
 */
function belowNewCopy(before: Look, after: Look, text: string): string {
  const end = endOf(text);
  const [old, now] = [before, after].map((look) => conversationOf(look, text)) as [string, string];
  const parts = (hasBegun(before) ? now.slice(Math.max(0, now.length - old.length)) : now).split(end);
  const fresh = parts.length - old.split(end).length;
  return end === '' || fresh <= 0 ? '' : parts.slice(-fresh).join(end);
}

/** Something was said to the agent, or by it, that is in sight or has scrolled out of it. */
function hasBegun({ snapshot, reading: { turn } }: Look): boolean {
  return turn.inputs.length > 0 || whatIsSaid(turn).length > 0 || turn.cut === true || snapshot.firstVisible > 0;
}

/** The screen as it is drawn, down to the last row of what is said: what stands below may come and go. */
function conversationOf({ snapshot, reading }: Look, text: string): string {
  const drawn = drawnFor(text);
  const rows = snapshot.rows.slice(snapshot.firstVisible).map((row) => drawn(row.text));
  const lines = whatIsSaid(reading.turn).map(drawn);
  const isSaid = (row: string) => lines.some((line) => line === row || (row.length >= leastSaid && line.includes(row)));
  return rows.slice(0, rows.findLastIndex((row) => row !== '' && isSaid(row)) + 1).join('');
}

/** A line that `said` says stands there, as it is drawn. */
function says(drawn: string, said: Look, text: string): boolean {
  const lines = whatIsSaid(said.reading.turn).map(drawnFor(text));
  return lines.some((line) => line.length >= leastSaid && drawn.includes(line));
}

/** The lines of the agent's words, and of the error with which its turn ended. */
function whatIsSaid({ words, error }: Reading['turn']): string[] {
  return [...words, error ?? ''].filter(Boolean).flatMap((said) => said.split('\n'));
}

/** A line of fewer letters may stand anywhere. */
const leastSaid = 8;

/** The text, or the end of a long one, stands on the screen, and did not before. Not while a composer may hold it. */
export function cameOnScreen(before: Look, after: Look, text: string): boolean {
  return copiesOf(text, after.snapshot) > copiesOf(text, before.snapshot);
}

/** Without a composer: the cursor has left the text, and the text is still on the screen. Or the shell runs what it names. */
function leftTheRow(before: Look, after: Look, text: string): SubmittedBy | null {
  if (rowHolds(after.snapshot, text) === 'all') return null;
  if (stillOnScreen(before, after, text)) return 'echoed-on-screen';
  const { command } = after.snapshot.facts;
  const isOther = executes(before.snapshot) && command !== before.snapshot.facts.command;
  return isOther && text.split(/[\s/;|&]+/).includes(command) ? 'command-began' : null;
}

/** The text's first line ends as many rows as it did while it was the draft: it went up, it was not taken away. */
function stillOnScreen(before: Look, after: Look, text: string): boolean {
  const first = firstLine(text);
  const visible = visibleTextFor(first);
  const ours = visible(first);
  const shown = rowsEndingWith(before.snapshot, ours, visible);
  return shown > 0 && rowsEndingWith(after.snapshot, ours, visible) >= shown;
}

function rowsEndingWith({ rows, firstVisible }: Snapshot, ours: string, visible: VisibleText): number {
  return rows.slice(firstVisible).filter((row) => visible(row.text).endsWith(ours)).length;
}

function firstLine(text: string): string {
  return text.split('\n').find((line) => line.trim() !== '') ?? text;
}

/** The rows a person would point at, at most three. */
export function linesShowing({ snapshot, reading }: Look, text: string): string[] {
  const first = firstLine(text);
  const drawn = visibleTextFor(first);
  const head = drawn(first).slice(0, 40);
  const visible = snapshot.rows.slice(snapshot.firstVisible).map((row) => row.text);
  const echoed = visible.filter((row) => head !== '' && drawn(row).includes(head));
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
  const { composer } = before.reading;
  // of a long paste the draft shows a marker, or the end
  const head = firstLine(composer.is === 'draft' ? composer.text : text)
    .trim()
    .slice(0, 20);
  const prompts = before.snapshot.rows.map((row) => row.text.slice(0, Math.max(0, row.text.indexOf(head))).trim());
  // a text that repeats itself has what looks so before it, too
  const prompt = prompts.filter(Boolean).sort((a, b) => a.length - b.length)[0] ?? '';
  return prompt !== '' && (rows[cursorRow]?.text.trim() ?? '').startsWith(prompt);
}
