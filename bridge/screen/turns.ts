import { align, knownWhole } from '../core/alignment.ts';
import { type InputMark, markOf, same, wordsMark } from '../core/input-mark.ts';

/**
 * Which turn is on the screen. The echoed inputs of a pane are one endless list; a screen shows a window of it. The
 * window is aligned with the remembered end of the list:
 *
 *   it is the end                    the same turn
 *   it lies further up               somebody scrolled back: not the current turn
 *   it begins with the end, goes on  a new turn, believed once two looks agree (torn frames exist); several: once they stand
 *   it has nothing of the list       new turns too, once they stand; right after a restart the anchor is lost
 *
 * The same input again, its predecessor scrolled off, leaves the window as it was. Then only other evidence tells: the
 * agent was idle, is busy, and the old turn's words are gone; or a delivery was acknowledged (`noteInput`).
 */
export interface TurnState {
  readonly number: number;
  /** the end of the list of inputs, oldest first */
  readonly inputs: readonly InputMark[];
  readonly beganAt: number;
  /** the input that opened the current turn was announced by `noteInput` */
  readonly isClaimed: boolean;
  /** the agent was seen idle in this turn; and then busy */
  readonly rested: 'no' | 'idle' | 'busy-again';
  /** a new window that one look has shown, as text, to be believed at the second */
  readonly candidate: { readonly window: string; readonly at: number } | null;
  readonly noted: {
    readonly text: string;
    readonly at: number;
    readonly echoed: boolean;
    readonly rested: boolean;
  } | null;
  readonly anchor: 'none' | 'kept' | 'lost';
  /** restored from memory, and nothing seen since */
  readonly isRestored: boolean;
}

export interface Observation {
  readonly at: number;
  /** `moving`: it draws, which is all that is known of a program that tells nothing */
  readonly state: 'idle' | 'busy' | 'moving' | 'other';
  /** as in core/reading.ts `Turn`: `…` at an input's beginning or end stands for what is not on the screen */
  readonly inputs: readonly string[];
  readonly words: readonly string[];
  readonly cut: boolean;
  /** the agent has said, outside the screen, that it worked since the look before */
  readonly worked?: boolean;
}

export interface TurnStep {
  readonly state: TurnState;
  readonly turn: TurnSeen;
}

export interface TurnSeen {
  readonly number: number;
  /** true at the one step that commits the new turn */
  readonly began: boolean;
  /** `lost`: after a restart nothing on the screen was known; what stands there may be old. The human decides. */
  readonly anchor: 'none' | 'kept' | 'lost';
  /** the screen shows an older part of the transcript: its words are not this turn's */
  readonly isBack: boolean;
  /** the turn began without an echo to mark the place: words already on the screen are the old turn's */
  readonly withoutEcho: boolean;
}

const rememberedInputs = 24;
/**
 * Several turns at once, or inputs that have nothing of the known ones, are mostly a program that was stopped in the middle
 * of drawing: on a busy machine such a frame stands for many looks.
 */
const tornMs = 600;

export const firstTurn: TurnState = {
  number: 0,
  inputs: [],
  beganAt: 0,
  isClaimed: false,
  rested: 'no',
  candidate: null,
  noted: null,
  anchor: 'none',
  isRestored: false,
};

export function stepTurn(before: TurnState, seen: Observation): TurnStep {
  const window = seen.inputs.map(markOf);
  const rest = watchRest(before, seen);
  const state = { ...rest, inputs: knownWhole(rest.inputs, window) };
  if (before.number === 0)
    return settled({ ...state, number: 1, inputs: window.slice(-rememberedInputs), beganAt: seen.at }, seen);
  const hasWorked = state.rested === 'busy-again';
  const hasMoved = isAtWork(seen) || hasWorked || areWordsGone(state, seen);
  const place = align(state.inputs, window, { hasWorked, hasMoved });
  switch (place.is) {
    case 'end':
      return sameInputs(state, window, seen);
    case 'back':
      return { state: { ...state, candidate: null }, turn: turnOf(state, { isBack: true }) };
    case 'new': {
      const candidate = JSON.stringify(window.slice(-place.fresh).map(({ head, tail }) => [head, tail]));
      const number = state.number + place.fresh;
      const anchor = state.isRestored && !place.overlaps ? ('lost' as const) : ('kept' as const);
      const standsMs = place.overlaps && place.fresh === 1 ? 0 : tornMs;
      if (!isSecondLook(state, candidate, seen, standsMs)) return tentative(state, candidate, number, anchor, seen);
      return begin(state, [...state.inputs, ...window.slice(-place.fresh)], number, anchor, seen, false);
    }
  }
}

/** The caller typed this and saw it accepted: the turn it opens is new, even where the screen looks the same. */
export function noteInput(
  state: TurnState,
  text: string,
  when: { readonly typedAt: number; readonly at: number; readonly echoed: boolean },
): TurnState {
  const isSeenAlready = state.beganAt >= when.typedAt && state.number > 0 && !state.isClaimed;
  if (isSeenAlready) return { ...state, isClaimed: true };
  return { ...state, noted: { text, at: when.at, echoed: when.echoed, rested: false } };
}

/** The same with each of its instants as `to` makes it: for a clock that was set. */
export function withInstants(state: TurnState, to: (at: number) => number): TurnState {
  const { beganAt, candidate, noted } = state;
  return {
    ...state,
    beganAt: to(beganAt),
    candidate: candidate && { ...candidate, at: to(candidate.at) },
    noted: noted && { ...noted, at: to(noted.at) },
  };
}

function watchRest(state: TurnState, { state: agent, at, worked }: Observation): TurnState {
  const rested = restedAfter(state.rested, agent, worked === true);
  const { noted } = state;
  if (noted === null || at <= noted.at || noted.rested || agent !== 'idle') return { ...state, rested };
  return { ...state, rested, noted: { ...noted, rested: at - noted.at >= 1000 || state.rested === 'busy-again' } };
}

function restedAfter(before: TurnState['rested'], agent: Observation['state'], worked: boolean): TurnState['rested'] {
  if (before === 'idle') return agent === 'busy' || agent === 'moving' || worked ? 'busy-again' : 'idle';
  return before === 'no' && agent === 'idle' ? 'idle' : before;
}

/** The window shows the inputs we know. Is it nevertheless a new turn? */
function sameInputs(state: TurnState, window: readonly InputMark[], seen: Observation): TurnStep {
  const last = state.inputs.at(-1);
  const shown = window.at(-1);
  const words = wordsMark(seen.words);
  const wordsGone = areWordsGone(state, seen);
  const { noted } = state;
  if (noted !== null && seen.at > noted.at) {
    const isThat = shown !== undefined && same(markOf(noted.text), shown);
    if (isThat && (noted.echoed || wordsGone || noted.rested)) {
      return begin(
        { ...state, noted: null },
        [...state.inputs, shown],
        state.number + 1,
        state.anchor,
        seen,
        false,
        true,
      );
    }
    if (shown === undefined && state.inputs.length === 0) {
      return begin({ ...state, noted: null }, [], state.number + 1, state.anchor, seen, true, true);
    }
  }
  const isAgain = state.rested === 'busy-again' && (isAtWork(seen) || words.length >= 8);
  const isAfterGap = state.isRestored && words.length >= 8 && !last?.words.startsWith(words);
  // An agent that says it works, over an emptied turn, has begun another, though its answer may be the same at the next
  // look; one that merely draws must show it twice, because a screen drawn anew is empty for a moment too.
  const wasEmptied = state.candidate?.window === emptied && seen.at > state.candidate.at;
  if (shown !== undefined && ((wordsGone && (isAgain || isAfterGap)) || wasEmptied)) {
    const anchor = isAfterGap ? ('lost' as const) : state.anchor;
    const candidate = wordsGone && seen.state === 'busy' && !isAfterGap ? emptied : 'again';
    if (!wasEmptied && !isSecondLook(state, candidate, seen)) {
      return tentative(state, candidate, state.number + 1, anchor, seen);
    }
    return begin(state, [...state.inputs, shown], state.number + 1, anchor, seen, false);
  }
  // it worked on, rested again, and stands where it stood: that was the same turn
  const rested = state.rested === 'busy-again' && seen.state === 'idle' && !wordsGone ? 'idle' : state.rested;
  return settled({ ...state, candidate: null, rested }, seen, window);
}

const emptied = 'emptied';

function isAtWork({ state }: Observation): boolean {
  return state === 'busy' || state === 'moving';
}

/** The current turn's words no longer begin as they did. */
function areWordsGone({ inputs }: TurnState, seen: Observation): boolean {
  const known = inputs.at(-1)?.words ?? '';
  return !seen.cut && known !== '' && !wordsMark(seen.words).startsWith(known.slice(0, 24));
}

/** @param standsMs how much later than the first it must be */
function isSecondLook({ candidate }: TurnState, window: string, seen: Observation, standsMs = 0): boolean {
  return candidate?.window === window && seen.at > candidate.at + standsMs;
}

/** One look says that a turn began; until a second agrees, nothing is remembered of it but that. */
function tentative(
  state: TurnState,
  window: string,
  number: number,
  anchor: TurnState['anchor'],
  { at }: Observation,
): TurnStep {
  const candidate = state.candidate?.window === window ? state.candidate : { window, at };
  return { state: { ...state, candidate }, turn: { ...turnOf(state), number, anchor } };
}

function begin(
  state: TurnState,
  inputs: readonly InputMark[],
  number: number,
  anchor: TurnState['anchor'],
  seen: Observation,
  withoutEcho: boolean,
  isClaimed = false,
): TurnStep {
  const { noted } = state;
  const claims = isClaimed || (noted !== null && seen.at >= noted.at);
  const next: TurnState = {
    number,
    inputs: inputs.slice(-rememberedInputs),
    beganAt: seen.at,
    isClaimed: claims,
    rested: 'no',
    candidate: null,
    noted: claims ? null : noted,
    anchor,
    isRestored: false,
  };
  const step = settled(next, seen);
  return { state: step.state, turn: { ...step.turn, began: true, withoutEcho } };
}

/** Keeps the longest view of each visible input, and the beginning of the current turn's words. */
function settled(state: TurnState, seen: Observation, window: readonly InputMark[] = []): TurnStep {
  const inputs = [...state.inputs];
  for (const [at, mark] of window.entries()) {
    const index = inputs.length - window.length + at;
    const known = inputs[index];
    if (known) inputs[index] = { head: known.head ?? mark.head, tail: known.tail ?? mark.tail, words: known.words };
  }
  const words = wordsMark(seen.words);
  const last = inputs.at(-1);
  // words of a screen without inputs are not known to begin this turn; other words than before may begin the next
  const mayLearn = state.rested === 'no' || words.startsWith(last?.words.slice(0, 24) ?? '');
  if (last && mayLearn && !seen.cut && seen.inputs.length > 0 && words !== '') {
    inputs[inputs.length - 1] = { ...last, words };
  }
  // after a restart, a screen without inputs has not told yet where it stands
  const isRestored = state.isRestored && seen.inputs.length === 0 && inputs.length > 0;
  const next = { ...state, inputs, isRestored };
  return { state: next, turn: turnOf(next) };
}

function turnOf(state: TurnState, seen: { isBack?: boolean } = {}): TurnSeen {
  return { number: state.number, began: false, anchor: state.anchor, isBack: seen.isBack ?? false, withoutEcho: false };
}
