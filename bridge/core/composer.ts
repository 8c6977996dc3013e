/**
 * How one agent program's composer treats text: the courier's facts, as data. Every pattern is an extended regular
 * expression that both JavaScript and tmux's own `#{m/r:}` and `#{C/r:}` understand.
 */
export interface ComposerFacts {
  readonly agent: string;
  /** the program takes bracketed paste; without it a text is one line of at most `maxLineBytes` */
  readonly bracketed: boolean;
  readonly maxLineBytes: number;
  readonly submitKey: string;
  /** pressed once while the program works it ends the running turn; absent where one press does not, or leaves a draft */
  readonly interruptKey?: string;
  /** what a submission does while the program works, in words, where it harms the running turn: `--force` does not permit it then */
  readonly whileBusy?: string;
  /** least time between the composer showing the text and Enter; gemini 0.61.0 ignores an Enter within 150 ms of a paste */
  readonly settleMs: number;
  /** how long a text that stands there whole must have stood before Enter, milliseconds; left out: 30. A part of one always has to stand so long */
  readonly stillMs?: number;
  /** what the composer shows instead of a long text; a group captures the number of characters or lines, where it tells */
  readonly longPasteMarkers: readonly string[];
  /** openings this agent would take for a command of its own, and what is put before them; `null` refuses the text */
  readonly commandOpenings: ReadonlyArray<{ readonly pattern: string; readonly prefix: string | null }>;
  /** words this agent would replace wherever they stand (`@file` by the file), and what is put before each; `null` refuses */
  readonly references: ReadonlyArray<{ readonly pattern: string; readonly prefix: string | null }>;
  /**
   * endings at which Enter would do something else (after a backslash break the line, after `@name` choose from a list),
   * and what is appended; `null` refuses the text
   */
  readonly commandEndings: ReadonlyArray<{ readonly pattern: string; readonly append: string | null }>;
  /** what the program itself makes of a text on its way to the model, as the model's log showed it */
  readonly changes: {
    /** white space at both ends goes */
    readonly trims?: boolean;
    /** each tab becomes this */
    readonly tab?: string;
    /** characters that are composed of several are joined */
    readonly form?: 'NFC';
    /** what it puts round a paste: the whole of what the model is told, with the text as the group `text` */
    readonly wrapped?: string;
    /** what failed and what is submitted next may come to the model as one message, with this between them */
    readonly joinsFailed?: string;
    /** this is appended to some texts */
    readonly mayAppend?: string;
  };
  /** titles and screen words that mean a dialog: checked by tmux itself in the same step as the paste and the Enter */
  readonly dialogTitles: readonly string[];
  readonly dialogWords: readonly string[];
  /** further Enters allowed while the text is still in the composer and nothing was drawn since; 0 to 3 */
  readonly rescueEnters: number;
  /** how it takes a slash command of its own; absent where nobody measured it, and then none is sent */
  readonly commands?: CommandFacts;
  /** the program's own way in beside its keyboard, where it has one that was measured */
  readonly nativeInput?: NativeInputFacts;
}

/** What becomes of a slash command that is pasted into the composer. A list of commands must not choose another one. */
export interface CommandFacts {
  /** typed behind it: with this no list is open, and Enter takes the name as it stands */
  readonly append?: string;
  /** a row of the list that opens below its composer, from whose first row Enter chooses: a group captures the name there */
  readonly listed?: string;
  /** with words behind its name it is prose for the model */
  readonly isAlone?: true;
  /** keys that empty a line, wherever in it the cursor stands, and choose nothing anywhere: a command that was not run is taken away with them */
  readonly erase?: 'C-e C-u';
  /** false where a command leaves no echo among the inputs: one that does was taken for prose */
  readonly echoes: boolean;
}

/** How a program's native input treats text, where that differs from its composer. */
export interface NativeInputFacts {
  /** as receipts name it */
  readonly name: string;
  /** the program has looked at what was handed to it after this time, if it looks at all */
  readonly looksEveryMs: number;
  readonly commandOpenings: ComposerFacts['commandOpenings'];
  readonly commandEndings: ComposerFacts['commandEndings'];
}
