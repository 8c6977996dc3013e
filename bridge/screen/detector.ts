import { createHash } from 'node:crypto';
import { type Detection, normaliseWords } from '../core/detection.ts';
import type { DetectedTurn, DetectorEvent } from '../core/events.ts';
import type { Snapshot } from '../core/pane.ts';
import type { Reading } from '../core/reading.ts';
import { type FoundBlock, findRequests, findResponses, openTail } from './blocks.ts';
import { stitch } from './stitch.ts';
import { firstTurn, noteInput, stepTurn, type TurnSeen, type TurnState, withInstants } from './turns.ts';

/**
 * From readings to requests, each exactly once.
 *
 *   END is drawn ─► request-seen ─► (a later capture shows the same block) ─► request-confirmed
 *
 * Identity is the turn and the words between the delimiters, whatever their wrapping. `turn-began` comes with the second
 * look that agrees; a request drawn together with its turn's input may be seen one look earlier, never confirmed earlier.
 */
export interface DetectorState {
  readonly turns: TurnState;
  readonly raised: readonly Raised[];
  /** the words of turn `wordsOfTurn`, as far as they were ever on a screen */
  readonly words: readonly string[];
  readonly wordsOfTurn: number;
  /** blocks that stood on the screen when a turn began without an echo: they are the old turn's, as often as counted */
  readonly stale: Readonly<Record<string, number>>;
  readonly lastAt: number;
  /** new blocks made of lines that stood there before, as a half-drawn shift shows: a second look in a believed turn decides */
  readonly glimpsed: readonly string[];
}

interface Raised {
  readonly turn: number;
  readonly key: string;
  /** the last letters of its text: what shows nothing but a block's end may be this one. Absent in older memories */
  readonly tail?: string;
  readonly at: number;
  readonly confirmed: boolean;
}

export interface DetectorInput {
  readonly reading: Reading;
  readonly snapshot: Snapshot;
  /** `Signals.workedAt` */
  readonly workedAt?: number | undefined;
}

/** What the journal keeps of a detector: JSON, small. */
export interface DetectorMemory {
  readonly version: 1;
  readonly turns: TurnState;
  readonly raised: readonly Raised[];
  readonly stale: Readonly<Record<string, number>>;
  /** the beginning of a block whose END was not seen yet */
  readonly open: readonly string[];
}

/** New blocks come at a turn's end: of more than so many, the upper ones are old news. */
const blocksLookedAt = 96;
const rememberedDetections = 128;
const rememberedOpenLines = 400;

export const firstState: DetectorState = {
  turns: firstTurn,
  raised: [],
  words: [],
  wordsOfTurn: 0,
  stale: {},
  lastAt: 0,
  glimpsed: [],
};

export function step(before: DetectorState, input: DetectorInput): { state: DetectorState; events: DetectorEvent[] } {
  let state = before;
  const events: DetectorEvent[] = [];
  for (const next of steps(before, input)) {
    state = next.state;
    if (next.event) events.push(next.event);
  }
  return { state, events };
}

/** One event at a time, each with the state that holds it and none of the later ones: what may be journaled with it. */
export function* steps(
  before: DetectorState,
  input: DetectorInput,
): Generator<{ state: DetectorState; event: DetectorEvent | null }> {
  const { reading, snapshot } = input;
  if (reading.state === 'exited') return;
  const { turns, turn } = stepTurns(before, input);
  const isCommitted = turn.number === turns.number;
  const known = before.wordsOfTurn === turn.number && !turn.began ? before.words : [];
  const isShown = !turn.isBack;
  const words = isShown ? stitch(known, reading.turn.words, reading.turn.cut === true) : reading.turn.words;
  let state: DetectorState = { ...before, turns, lastAt: snapshot.takenAtMs };
  if (isCommitted && isShown)
    state = { ...state, words, wordsOfTurn: turn.number, stale: turn.began ? {} : before.stale };
  const blocks = (['request', 'response'] as const).flatMap((kind) =>
    blocksOf(kind, words, state, turn, reading).slice(-blocksLookedAt),
  );
  if (turn.withoutEcho) state = { ...state, stale: countOf(blocks) };
  const detected: DetectedTurn = { number: turn.number, began: turn.began, anchor: turn.anchor };
  yield { state, event: turn.began ? { type: 'turn-began', turn: detected } : null };

  const { fresh, stale } = withoutStale(blocks, unraised(state, turn.number));
  const isNewLook = snapshot.takenAtMs > before.lastAt;
  const isRearranged = rearrangement(before, turn.number);
  const glimpsed = fresh.filter(isRearranged).map(({ key }) => key);
  state = { ...state, stale, glimpsed: isNewLook ? glimpsed : before.glimpsed };
  for (const block of fresh) {
    const raised = state.raised.find(({ turn: at, key }) => key === block.key && (at === turn.number || turn.isBack));
    const isSecondGlimpse = isNewLook && isCommitted && before.glimpsed.includes(block.key);
    if (!raised && glimpsed.includes(block.key) && !isSecondGlimpse) continue;
    if (raised && !isCommitted) continue;
    if (raised?.confirmed || (raised && snapshot.takenAtMs <= raised.at)) continue;
    const entry: Raised = {
      turn: turn.number,
      key: block.key,
      tail: tailOf(block.text),
      at: raised?.at ?? snapshot.takenAtMs,
      confirmed: raised !== undefined,
    };
    const others = state.raised.filter((other) => other !== raised);
    state = { ...state, raised: [...others, entry].slice(-rememberedDetections) };
    yield { state, event: eventOf(block, raised !== undefined, detected) };
  }
  yield { state, event: null };
}

/** A delivery of this text was accepted by the agent: the turn it opens is a new one, whatever the screen looks like. */
export function noteDelivery(
  state: DetectorState,
  text: string,
  when: { readonly typedAt: number; readonly at: number; readonly echoed: boolean },
): DetectorState {
  return { ...state, turns: noteInput(state.turns, text, when) };
}

export function memoryOf({ turns, raised, stale, words }: DetectorState): DetectorMemory {
  return { version: 1, turns, raised, stale, open: openTail(words).slice(0, rememberedOpenLines) };
}

export function clockSet(state: DetectorState, byMs: number): DetectorState {
  const to = (at: number) => at + byMs;
  const raised = state.raised.map((entry) => ({ ...entry, at: to(entry.at) }));
  return { ...state, turns: withInstants(state.turns, to), raised, lastAt: to(state.lastAt) };
}

/**
 * A memory of another version, or none, begins anew.
 * @param now what is still to come was written by a clock that has been set back since: it counts as now
 */
export function restore(memory: DetectorMemory | null, now = Number.POSITIVE_INFINITY): DetectorState {
  if (memory?.version !== 1) return firstState;
  const { turns, raised, stale, open } = memory;
  const to = (at: number) => Math.min(at, now);
  return {
    turns: { ...withInstants(turns, to), isRestored: true, candidate: null },
    raised: raised.map((entry) => ({ ...entry, at: to(entry.at) })),
    stale,
    words: open,
    wordsOfTurn: turns.number,
    lastAt: 0,
    glimpsed: [],
  };
}

function stepTurns(
  { turns, lastAt }: DetectorState,
  { reading, snapshot, workedAt }: DetectorInput,
): { turns: TurnState; turn: TurnSeen } {
  const { state, turn } = stepTurn(turns, {
    at: snapshot.takenAtMs,
    state: activityOf(reading),
    inputs: reading.turn.inputs,
    words: reading.turn.words,
    cut: reading.turn.cut === true,
    worked: workedAt !== undefined && lastAt > 0 && workedAt > lastAt,
  });
  return { turns: state, turn };
}

function activityOf({ state, why }: Reading): 'idle' | 'busy' | 'moving' | 'other' {
  if (state === 'busy') return why.some(({ rule }) => rule === 'drawing') ? 'moving' : 'busy';
  return state === 'idle' ? 'idle' : 'other';
}

interface Block extends FoundBlock {
  readonly kind: 'request' | 'response';
  readonly key: string;
}

function blocksOf(
  kind: Block['kind'],
  words: readonly string[],
  { raised }: DetectorState,
  turn: TurnSeen,
  { state, turn: { inputs, cut } }: Reading,
): Block[] {
  const found = kind === 'request' ? findRequests(words) : findResponses(words);
  // An END whose START nobody saw is believed only where the turn's beginning is known to have scrolled away, and only
  // if nothing of this turn was raised before that ends in the same words: else it may be the end of that. Where no input stands on the screen
  // either, the upper half of the frame may be missing: that ends with the drawing.
  const isEndOfOther = ({ key, text }: Block) =>
    raised.some((entry) => entry.turn === turn.number && entry.key !== key && endsAlike(entry.tail, tailOf(text)));
  const mayLackStart = cut === true && (inputs.length > 0 || state === 'idle');
  return found
    .filter((block) => block.text !== '')
    .map((block) => ({ ...block, kind, key: keyOf(kind, block) }))
    .filter((block) => block.complete || (mayLackStart && !isEndOfOther(block)));
}

const tailLetters = 48;

function tailOf(text: string): string {
  return text.replace(/\s+/g, '').slice(-tailLetters);
}

/** Of either only the end may be known. */
function endsAlike(one: string | undefined, other: string): boolean {
  return one === undefined || one.endsWith(other) || other.endsWith(one);
}

function keyOf(kind: Block['kind'], { text, attributes }: FoundBlock): string {
  const id = kind === 'response' ? (attributes.id ?? '') : '';
  return createHash('sha256')
    .update(`${kind}|${id}|${normaliseWords(text)}`)
    .digest('hex')
    .slice(0, 16);
}

function countOf(blocks: readonly Block[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { key } of blocks) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
}

/**
 * Tells of a block whether its every line was on the screen one look ago, where something was raised already; and not as
 * the open end of the words, to which nothing but END was missing.
 */
function rearrangement({ words, raised, turns }: DetectorState, turn: number): (block: Block) => boolean {
  const lastBefore = Math.min(turns.number, turn - 1);
  const recent = raised.filter((entry) => entry.turn >= lastBefore);
  if (recent.length === 0) return () => false;
  const raisedNow = new Set(recent.filter((entry) => entry.turn === turn).map(({ key }) => key));
  let known: Set<string> | null = null;
  let tail = '';
  return ({ key, text }) => {
    if (raisedNow.has(key)) return false;
    known ??= new Set(words.map(barely));
    tail ||= bareLines(openTail(words).slice(1)).join('\n');
    const lines = bareLines(text.split('\n'));
    return lines.join('\n') !== tail && lines.every((line) => known!.has(line));
  };
}

function bareLines(lines: readonly string[]): string[] {
  return lines.map(barely).filter(Boolean);
}

function barely(line: string): string {
  return line.replace(/^\s*[-*+•]\s/, '').replace(/\s+/g, '');
}

/** What was raised in this turn is no longer in question, however many copies of it are visible. */
function unraised({ stale, raised }: DetectorState, turn: number): DetectorState['stale'] {
  return Object.fromEntries(
    Object.entries(stale).filter(([key]) => !raised.some((entry) => entry.key === key && entry.turn === turn)),
  );
}

/** Leaves out the old turn's blocks, the upper ones, and forgets those that have scrolled away. */
function withoutStale(
  blocks: readonly Block[],
  stale: DetectorState['stale'],
): { fresh: Block[]; stale: DetectorState['stale'] } {
  const counts = countOf(blocks);
  const left: Record<string, number> = {};
  for (const [key, count] of Object.entries(stale)) {
    const now = Math.min(count, counts[key] ?? 0);
    if (now > 0) left[key] = now;
  }
  const skip = { ...left };
  const fresh = blocks.filter(({ key }) => {
    if (!skip[key]) return true;
    skip[key]--;
    return false;
  });
  return { fresh, stale: left };
}

function eventOf(block: Block, isConfirmed: boolean, turn: DetectedTurn): DetectorEvent {
  const { key, text, attributes, truncated } = block;
  if (block.kind === 'response') {
    return { type: isConfirmed ? 'response-confirmed' : 'response-seen', key, attributes, text, truncated, turn };
  }
  const detection: Detection = { kind: 'request', text, attributes, truncated };
  return { type: isConfirmed ? 'request-confirmed' : 'request-seen', key, detection, turn };
}
