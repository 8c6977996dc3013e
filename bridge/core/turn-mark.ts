import { align, knownWhole } from './alignment.ts';
import { goesOn, type InputMark, lettersOf, markOf, same, wordsMark } from './input-mark.ts';
import { ownCopy } from './own-copy.ts';
import type { Reading } from './reading.ts';

/** The turn, or the dialog, that asked: by this any process can tell from a screen whether the worker has gone on since. */
export interface TurnMark {
  /** the end of the list of inputs, oldest first; the last one opened the turn. Empty where none was ever seen */
  readonly inputs: readonly InputMark[];
  /** the end of the question's letters, where it was whole among the agent's words */
  readonly question?: string;
  /** of a dialog: the end of the letters that the agent had said in the turn when it opened */
  readonly said?: string;
}

type Shown = Pick<Reading, 'state' | 'composer' | 'dialog' | 'turn'>;

/** Letters kept of a question, and of what was said before a dialog. */
const keptLetters = 120;
/** Letters by which the beginning of a turn's words is known. */
const headLetters = 24;

/**
 * Marks the turn that a screen shows.
 * @param known the pane's inputs as far as somebody who watches it remembers them; none without one
 * @param question the text that was asked for, where all of it stands among the agent's words
 */
export function markTurn(known: readonly InputMark[], reading: Shown, question?: string): TurnMark {
  const { turn, dialog } = reading;
  const asked = question === undefined ? '' : endOf(lettersOf(question));
  return {
    inputs: inputsAt(known, reading),
    ...(asked === '' ? {} : { question: asked }),
    ...(dialog === null ? {} : { said: endOf(lettersOf(turn.words.join(' '))) }),
  };
}

/** A watcher believes a new input at the second look; what opens in its turn may be seen at the first. */
function inputsAt(known: readonly InputMark[], { turn }: Shown): readonly InputMark[] {
  const window = turn.inputs.map(markOf);
  const list = knownWhole(known, window);
  const place = align(list, window, { hasWorked: false, hasMoved: false });
  const fresh = place.is === 'new' ? window.slice(-place.fresh) : [];
  const inputs = place.is === 'new' && !place.overlaps ? window : [...list, ...fresh];
  const last = inputs.at(-1);
  const isSeen = last !== undefined && window.length > 0 && place.is !== 'back' && turn.cut !== true;
  if (!isSeen || (last.words !== '' && fresh.length === 0)) return inputs;
  return [...inputs.slice(0, -1), { ...last, words: wordsMark(turn.words) }];
}

/**
 * Why the turn has certainly passed; null while it has not, or nothing is certain: an input that has scrolled off, a
 * transcript that somebody scrolled back, a screen that is still being drawn. One frame may be torn: it must stand.
 */
export function whyPassed(mark: TurnMark, reading: Shown): string | null {
  const { state, composer, dialog, turn } = reading;
  // what is drawn last stands there: the rest of the screen does too
  if ((composer.is === 'absent' && dialog === null) || state === 'exited' || state === 'starting') return null;
  const letters = lettersOf(turn.words.join(' '));
  const isUnseen = turn.cut === true || (mark.inputs.at(-1)?.words ?? '').startsWith(letters);
  const isAsked = mark.question === undefined || isUnseen || letters.includes(mark.question);
  const hasMoved = !isAsked || isHeadGone(mark, reading);
  const window = turn.inputs.map(markOf);
  const areKnown = isTelling(mark.inputs.at(-1)) && isTelling(window.at(-1));
  const place = areKnown ? align(knownWhole(mark.inputs, window), window, { hasWorked: false, hasMoved }) : null;
  if (place?.is === 'back') return null;
  if (place?.is === 'new') {
    // an older input that is read otherwise now makes the whole window look new
    const isSameEnd = !place.overlaps && !hasMoved && mayBeSame(mark.inputs.at(-1)!, window.at(-1)!);
    return isSameEnd ? null : 'the worker was given another input since';
  }
  if (mark.said !== undefined) return whySaidMore(mark.said, letters, turn.cut === true || place === null);
  if (place === null) return null;
  const isOther = mark.question === undefined ? hasMoved : !isAsked;
  return isOther ? 'the worker was given the same input again since, and says something else' : null;
}

/** An input does not grow or shrink: where one goes on, a row of the program's below it was taken for its rest. */
function mayBeSame(a: InputMark, b: InputMark): boolean {
  return same(a, b) || goesOn(a, b) || goesOn(b, a);
}

/** Of an input whose every letter has scrolled off, nothing can be said. */
function isTelling(input: InputMark | undefined): boolean {
  return !!input && (!!input.head || !!input.tail);
}

/** The turn's words no longer begin as they did; fewer of them are a screen that is being drawn. */
function isHeadGone({ inputs }: TurnMark, { turn }: Shown): boolean {
  const known = inputs.at(-1)?.words ?? '';
  const now = wordsMark(turn.words);
  if (turn.cut === true || known === '' || now === '') return false;
  return !now.startsWith(known.slice(0, headLetters)) && !known.startsWith(now);
}

/** While a dialog is open its agent waits: one before which more was said is another, though it may look the same. */
function whySaidMore(said: string, letters: string, isCut: boolean): string | null {
  const more = 'it is another dialog that looks the same: the agent has said more since';
  if (said === '') return letters !== '' && !isCut ? more : null;
  const at = letters.lastIndexOf(said);
  return at >= 0 && at + said.length < letters.length ? more : null;
}

function endOf(letters: string): string {
  return ownCopy(letters.slice(-keptLetters));
}
