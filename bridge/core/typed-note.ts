/**
 * What the tmux server itself says of one paste, or of one press of keys. An option of the pane says `before` until then, and
 * `after` from the very step on in which it is done: whoever becomes the pane's writer later, so that it cannot be done any
 * more, reads there whether it was.
 */
export interface TypedNote {
  readonly before: string;
  readonly after: string;
}

/** Who types into a pane just now, as its tmux server has it. */
export interface Writer {
  /** what the pane's option says while we are it: in a step that finds another word there nothing is typed */
  readonly claim: string;
  /** begins the notes of this writer, and of no other */
  readonly name: string;
  /** the note that stood there as we became it; null where none of ours can be trusted to be seen */
  readonly found: string | null;
}

/** How what is typed is bound to its writer, and noted. */
export interface Written {
  readonly claim: string;
  /** left out: what is pressed decides nothing, and the note stays as it is */
  readonly note?: TypedNote;
}
