/**
 * How one agent program's composer treats text: the courier's facts, as data. Every pattern is an extended regular
 * expression that both JavaScript and tmux's own `#{m/r:}` and `#{C/r:}` understand.
 */
export interface Manner {
  readonly agent: string;
  /** the program takes bracketed paste; without it a text is one line of at most `maxLineBytes` */
  readonly bracketed: boolean;
  readonly maxLineBytes: number;
  readonly submitKey: string;
  /** least time between the composer showing the text and Enter; gemini 0.61.0 ignores an Enter within 150 ms of a paste */
  readonly settleMs: number;
  /** what the composer shows instead of a long text; one group that captures the number of characters or lines */
  readonly longPasteMarkers: readonly string[];
  /** openings this agent would take for a command of its own, and what is put before them; `null` refuses the text */
  readonly commandOpenings: ReadonlyArray<{ readonly pattern: string; readonly prefix: string | null }>;
  /** a trailing backslash before Enter would be a line break; this is appended, `null` refuses */
  readonly trailingBackslash: { readonly append: string } | null;
  /** titles and screen words that mean a dialog: checked by tmux itself in the same step as the paste and the Enter */
  readonly dialogTitles: readonly string[];
  readonly dialogWords: readonly string[];
  /** further Enters allowed while the text is still in the composer and nothing was drawn since; 0 to 3 */
  readonly rescueEnters: number;
}
