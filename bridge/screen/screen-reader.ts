import type { Snapshot } from '../core/pane.ts';
import type { Reading } from '../core/reading.ts';
import type { ScreenFacts } from './declared/facts.ts';
import type { HookStateNow } from './hook-state.ts';

export interface ScreenReader {
  /** lengths of quiet, ascending, at which an unchanged screen may read differently */
  readonly quietStepsMs: readonly number[];
  /** it takes the alternate screen, as far as a recording that does not say is concerned */
  readonly isAlternate?: true;
  /** what all stands in the bytes it draws, and in no other program's: regular expressions */
  readonly logMarks?: readonly string[];
  /** characters of a command that its dialogs do not draw, and that hide nothing else: a regular expression */
  readonly undrawn?: string;
  /** what ends each frame that it draws, and nothing within one: matched against the last 64 bytes that it drew, as latin1 */
  readonly frameEnd?: RegExp;
  /** the facts by which it is read; absent where code reads it */
  readonly facts?: ScreenFacts;
  /** pure: the same snapshot and motion read the same */
  read(snapshot: Snapshot, motion: Motion): Reading;
}

/** What one look cannot show. */
export interface Motion {
  /** since the screen last changed; Infinity for a single recorded screen, whose motion nobody measured */
  readonly quietForMs: number;
  readonly signals: Signals;
}

/** What the agent said of itself outside the screen. */
export interface Signals {
  /** the last OSC 7501 (codex 0.169.0): `idle` follows `done` at the first key; `blocked` is an open approval */
  readonly state?: 'idle' | 'working' | 'done' | 'blocked' | 'error';
  /** when it came, milliseconds since the epoch */
  readonly at?: number;
  /** when the agent last said that it works, by OSC 7501 or a spinner in its title */
  readonly workedAt?: number;
  /** when it last called its user, by a notification (OSC 9, OSC 777): a turn has ended, or a dialog is open */
  readonly calledAt?: number;
  /** a progress bar that it drew in the terminal's own place (OSC 9;4) is still there */
  readonly isInProgress?: boolean;
  /** the title the program itself last set after one with a spinner: its resting title, whatever words it uses */
  readonly restingTitle?: string;
  /** what it said last through its own hooks (`bridge signal`) */
  readonly hookState?: HookStateNow;
}
