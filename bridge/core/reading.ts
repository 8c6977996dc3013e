/** What a screen says about the agent that drew it. `unknown` is an answer, and nothing is ever typed on it. */
export type AgentState = 'starting' | 'idle' | 'busy' | 'dialog' | 'exited' | 'unknown';

/** The agent's input line. A suggestion or placeholder is dim text and counts as empty. */
export type Composer =
  | { readonly is: 'absent' }
  | { readonly is: 'empty' }
  /** `cut`: its beginning has scrolled out of the composer, which says so itself */
  | { readonly is: 'draft'; readonly text: string; readonly cut?: boolean };

/** One reason for a reading: which rule decided, on which rows, in words a user can check against the screen. */
export interface Evidence {
  readonly rule: string;
  readonly detail: string;
  /** indices into `Snapshot.rows` */
  readonly rows?: readonly number[];
}

/** The open dialog, as data. */
export interface Dialog {
  readonly kind: 'approval' | 'trust' | 'login' | 'update' | 'choice' | 'other';
  readonly question: string;
  readonly options: readonly string[];
}

/** The current turn: from the last echoed input to the composer. */
export interface Turn {
  /** every echoed input still visible, top to bottom, clean; the last one opened the current turn */
  readonly inputs: readonly string[];
  /** the agent's own words since that input: logical lines, borders, gutters, spinners and tool output taken off */
  readonly words: readonly string[];
  /** the beginning of `words` has scrolled out of sight: they start in the middle of the turn */
  readonly cut?: boolean;
}

export interface Reading {
  readonly state: AgentState;
  /** the profile that read the screen, `unknown` where none knows the program */
  readonly agent: string;
  readonly why: readonly Evidence[];
  readonly composer: Composer;
  readonly dialog: Dialog | null;
  readonly turn: Turn;
}

/** Safe to type is idle by positive evidence, and an empty composer. Nothing else is. */
export function isReady(reading: Reading): boolean {
  return reading.state === 'idle' && reading.composer.is === 'empty';
}

/** The reading's reasons as one line. */
export function because(reading: Reading): string {
  return reading.why.map((evidence) => evidence.detail).join('; ') || 'nothing on the screen tells';
}
