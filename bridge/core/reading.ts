/** What a screen says about the agent that drew it. `unknown` is an answer, and nothing is ever typed on it. */
export type AgentState = 'starting' | 'idle' | 'busy' | 'dialog' | 'exited' | 'unknown';

/** The agent's input line. A suggestion or placeholder is dim text and counts as empty. */
export type Composer =
  | { readonly is: 'absent' }
  | { readonly is: 'empty' }
  /** `cut`: its beginning has scrolled out of the composer, which says so itself or shows no more rows than these */
  | { readonly is: 'draft'; readonly text: string; readonly cut?: boolean };

/** One reason for a reading: which rule decided, on which rows, in words a user can check against the screen. */
export interface Evidence {
  readonly rule: string;
  readonly detail: string;
  /** indices into `Snapshot.rows` */
  readonly rows?: readonly number[];
}

export type DialogKind = 'approval' | 'edit' | 'trust' | 'login' | 'update' | 'choice' | 'plan' | 'other';

export interface DialogOption {
  /** its words, without number, key and mark */
  readonly label: string;
  /** the key that chooses it at once, as tmux names keys; null where it must be highlighted first */
  readonly key: string | null;
  readonly isHighlighted: boolean;
}

/** What a dialog is about, to the letter: the command that would run, the file that would change. */
export interface DialogSubject {
  readonly is: 'command' | 'file';
  /** the command's text, or the file's path */
  readonly text: string;
  /** false where the dialog elides some of it, or some of it has scrolled out of sight */
  readonly isWhole: boolean;
}

export interface Dialog {
  /** `approval` a tool or command, `edit` a change of a file */
  readonly kind: DialogKind;
  readonly question: string;
  readonly subject: DialogSubject | null;
  readonly options: readonly DialogOption[];
  /** the same for the same dialog drawn again, whatever option is highlighted */
  readonly fingerprint: string;
}

/** The current turn: from the last echoed input to the composer. */
export interface Turn {
  /** every echoed input still visible, top to bottom, clean; the last one opened the current turn */
  readonly inputs: readonly string[];
  /** the agent's own words since that input: logical lines, borders, gutters, spinners and tool output taken off */
  readonly words: readonly string[];
  /** the beginning of `words` has scrolled out of sight: they start in the middle of the turn */
  readonly cut?: boolean;
  /** the turn ended with an error that the agent shows: its words */
  readonly error?: string;
}

export interface Reading {
  readonly state: AgentState;
  /** the agent program as whose screen it was read, `unknown` where it is none we know */
  readonly agent: string;
  readonly why: readonly Evidence[];
  /** what looked like a reason for another reading, and why it was none; left out where its reader does not say */
  readonly rejected?: readonly Evidence[];
  readonly composer: Composer;
  readonly dialog: Dialog | null;
  readonly turn: Turn;
}

/** Safe to type is idle by positive evidence, and an empty composer. Nothing else is. */
export function isReady(reading: Reading): boolean {
  return reading.state === 'idle' && reading.composer.is === 'empty';
}

/**
 * A first look cannot tell yet: the same screen may read otherwise once nothing was drawn for a while. Of a program that says
 * nothing of itself, that it has just been looked at is all that makes it busy.
 */
export function mayComeToRest({ state, why }: Reading): boolean {
  return (
    state === 'unknown' || state === 'starting' || (state === 'busy' && why.every(({ rule }) => rule === 'drawing'))
  );
}

/** The reading's reasons as one line. */
export function because(reading: Reading): string {
  return reading.why.map((evidence) => evidence.detail).join('; ') || 'nothing on the screen tells';
}
