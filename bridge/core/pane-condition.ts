import type { ServerId } from './ids.ts';
import type { SessionActivity } from './pane.ts';

/** What must hold of a pane in the same server step in which it is typed into. Patterns are extended regular expressions. */
export interface PaneCondition {
  /** another server may have come to the socket: it holds a pane of that id as well */
  readonly server?: ServerId;
  readonly panePid: number;
  /** the foreground program's name, as tmux tells it; null does not ask */
  readonly command: string | null;
  /** the pane's title matches none of these */
  readonly notTitles: readonly string[];
  /** no physical row of the screen matches any of these */
  readonly notOnScreen: readonly string[];
  /** physical rows that stand on the screen to the letter, each the first of its text, counted from 1 at the top */
  readonly onScreen?: ReadonlyArray<{ readonly row: number; readonly text: string }>;
  /** where the cursor stands, counted from 0, and whether it shows */
  readonly cursor?: { readonly x: number; readonly y: number; readonly visible: boolean };
  /** `FreshSnapshot.sessionActivity`: nobody has pressed a key in the pane's session since the look */
  readonly sessionActivity?: SessionActivity;
}
