import type { DialogKind } from '../../core/reading.ts';

/** A regular expression as text, matched with the `u` flag against one row whose scroll bar and trailing blanks are off. */
export type Pattern = string;

/**
 * How one agent program's screen looks, as data. Everything is anchored to the bottom of the screen:
 *
 *     transcript   inputs, the agent's own words, tools, notices
 *     status       a line that only a working agent draws
 *     composer     between `top` and `bottom`, or the last rows that match `row`; a dialog takes its place
 *     footer       a few rows
 */
export interface ScreenFacts {
  /** What the program puts into the terminal's title. A title that somebody else set matches none of them. */
  readonly title?: { readonly busy?: Pattern; readonly dialog?: Pattern; readonly rest?: Pattern };
  readonly composer: {
    /** the row above the text and the row below it */
    readonly top?: Pattern;
    readonly bottom?: Pattern;
    /** a row right above the `top` that belongs to it: the folder */
    readonly above?: Pattern;
    /** both run over the whole width: a row of rules in a draft is shorter */
    readonly isRuledAcross?: boolean;
    /** where there is no `top`: what every row of it matches */
    readonly row?: Pattern;
    /** what stands before the text on its first row, and on the rows below where that differs */
    readonly prompt: Pattern;
    readonly indent?: Pattern;
    /** what stands behind the text on each of its rows */
    readonly edge?: Pattern;
    /** rows inside it that are no text */
    readonly chrome?: Pattern;
    /** it shows so many rows at most: a draft that fills them may have scrolled */
    readonly mostRows?: number;
    /** the row above its text where a draft's beginning is out of sight */
    readonly scrolled?: Pattern;
    /** what stands in an empty one; dim text counts as empty too */
    readonly placeholders?: readonly Pattern[];
    /** nothing stands in an empty one: dim text is a draft, or belongs to a list that stands in its place */
    readonly isDimText?: boolean;
    /** a suggestion is no dim text: all but its first character, under the cursor, has a colour, and typed text has none */
    readonly isSuggestionInked?: boolean;
    /** at most so many filled rows stand below it */
    readonly below: number;
    /** one of the rows below must match: a ruled text in the transcript has no such footer */
    readonly footer?: Pattern;
    /** rows of a list that opens right above it while something is typed: no transcript */
    readonly list?: Pattern;
    /**
     * `shown`: an agent that takes keys shows the terminal's cursor in it; `drawn`: it draws its own; `placed`: it draws
     * its own, and the terminal's, shown or not, stands there too, right behind the prompt while nothing was typed
     */
    readonly cursor: 'shown' | 'drawn' | 'placed';
  };
  readonly busy?: {
    /** rows right above the composer */
    readonly status?: readonly Pattern[];
    /** rows that may stand below a status row and belong to it: a tip, a list of tasks */
    readonly details?: Pattern;
    /** the first character of a status row has a colour of its own; the same words in the agent's prose have none */
    readonly isStatusInked?: boolean;
    /** the row above the composer's text */
    readonly rule?: readonly Pattern[];
    /** rows anywhere in the current turn */
    readonly turn?: readonly Pattern[];
    readonly footer?: readonly Pattern[];
  };
  /** as `ScreenReader.frameEnd`, of a program that draws no synchronized updates */
  readonly frameEnd?: Pattern;
  /** a panel of so many columns at the right edge, in a pane that is at least so wide: no part of what is read */
  readonly sidebar?: { readonly columns: number; readonly fromWidth: number };
  /** one of the last three rows above the composer while somebody has scrolled the transcript back: nothing on the screen is of now */
  readonly scrolledBack?: Pattern;
  /** the row right above the composer holds a notice or nothing, and no transcript */
  readonly hasNoticeRow?: true;
  /** the row below an input that waits for the turn's end: neither is transcript */
  readonly queued?: Pattern;
  /** inputs that wait for the turn's end, listed right above the composer: they and what follows are no transcript */
  readonly queue?: Pattern;
  /** the row at the top of the screen that is no part of the transcript: what stands below it may have begun above */
  readonly header?: Pattern;
  /** characters of a command that its dialogs do not draw, and that hide nothing else */
  readonly undrawn?: Pattern;
  /** the first screen, before it takes keys */
  readonly starting?: readonly Pattern[];
  /** a row that it shows until something is sent: it is known as the first screen also where a cleared one stands in its history */
  readonly firstScreen?: Pattern;
  /** it takes keys as soon as its composer is there; of others nobody knows, until it has been quiet for a while */
  readonly takesKeysAtOnce?: boolean;
  readonly rest?: {
    /** the last row of a turn that has ended */
    readonly ended?: Pattern;
    /** a footer that only an agent at rest shows */
    readonly footer?: Pattern;
    /** every turn ends in the agent's own words: one that ends in an input or a tool may go on without a sign of it */
    readonly inWords?: true;
    /**
     * a footer that is shown at rest and may be at work too: it is rest only where the turn's end stands above the
     * composer, or none has begun. Where this is given, no rest is known without one of the two footers, and a draft,
     * which hides them, is at rest under the same condition
     */
    readonly bareFooter?: Pattern;
  };
  /** nothing may have been drawn for so long; a little more where only one source says that it rests */
  readonly quietMs: number;
  readonly quietAloneMs: number;
  readonly dialogs: readonly DialogFacts[];
  readonly transcript: {
    /** a row that begins an echoed input; group 1 is its text. With `block: tinted` and `bar` the whole block is one entry. */
    readonly input: Pattern;
    /** the text of an input is dim, and nothing else that matches `input` is */
    readonly isInputDim?: boolean;
    /** what was wrapped of an input may begin left of its text; elsewhere such a row is not the input's */
    readonly wrapsLeft?: boolean;
    readonly block?: 'line' | 'tinted' | 'bar';
    /** where nothing on the screen is tinted, so many blank rows part its entries: only the last one is the agent's for certain */
    readonly parted?: number;
    /** a row that begins the agent's own words; left out where nothing marks them */
    readonly own?: Pattern;
    readonly tool?: Pattern;
    readonly notice?: Pattern;
    /** a notice that tells of an error; it ends the turn where it stands last */
    readonly error?: Pattern;
    /** columns before the agent's words */
    readonly gutter: number;
    /** what the program leaves of a mark of a request block, alone in its row: it takes `<<CONTROLLER_REQUEST>>` for HTML */
    readonly erasedMark?: Pattern;
  };
}

/** A dialog stands at the bottom of the screen, from a row that matches `top` down to one that matches `last`. */
export interface DialogFacts {
  readonly kind: DialogKind;
  readonly top: Pattern;
  /** the row right below which `top` stands, drawn where nothing that the model wrote can be */
  readonly edge?: Pattern;
  /** its rows have a background, and what it stands below has none: a command that imitates its top has the command above it */
  readonly isTinted?: boolean;
  /** one of the last `tail` filled rows */
  readonly last: Pattern;
  readonly tail?: number;
  /** the row that asks; the `top` row where left out. Without `buttons` its options stand below it */
  readonly question?: Pattern;
  /** the rows that ask, in this dialog and in others whose `top` may be the model's own words: the last one must match `question` */
  readonly asking?: Pattern;
  readonly subject?: SubjectFacts;
  /** rows further up than `top` count, down from the nearest that matches */
  readonly subjectFrom?: Pattern;
  /** the row of its buttons, parted by two blanks or more; without it each option has a row */
  readonly buttons?: Pattern;
  /** the rows of its options, where those have neither number nor key */
  readonly options?: OptionFacts;
}

/** Options that are known by their words. Rows are matched without the frame around the dialog. */
export interface OptionFacts {
  /** one row of each; group 1 is its label */
  readonly row: Pattern;
  /** the row of the one that is highlighted */
  readonly highlighted?: Pattern;
  /** the key that chooses it, as tmux names keys; without one it must be highlighted */
  readonly key?: string;
}

/**
 * What a dialog is about: the rows from the first that matches `row` down to what asks, or the buttons. Only what is
 * accounted for row by row is ever matched by a policy rule.
 */
export interface SubjectFacts {
  readonly is: 'command' | 'file';
  /** the question that is asked about it: where the same frame may ask another, that has no such subject */
  readonly asked?: Pattern;
  /** its first row (group 1 its text) */
  readonly row: Pattern;
  /** what stands before the text of its further rows */
  readonly indent?: Pattern;
  /** it stands below the first row that matches `from`, and above the next one that matches `to` */
  readonly from?: Pattern;
  readonly to?: Pattern;
  /** the last row that matches `from` counts: what stands further up may be the model's own drawing of such a row */
  readonly isLowest?: true;
  /** the nearest filled row above the dialog's edge, whose group 1 is the subject once more: where it is not, nobody knows it to the letter */
  readonly echo?: Pattern;
  /** filled rows above the subject, after the `top` row or from the `subjectFrom` row on; any other makes it not whole */
  readonly above?: readonly Pattern[];
  /** the dialog has room for so many rows of it: one that is taller may be cut; 0: what it shows may always be cut */
  readonly mostRows?: number;
  /** blank rows below it, least and most (0 to 2): fewer show that the program had no room, more that rows are out of sight */
  readonly blanksBelow?: readonly [least: number, most: number];
  /** false where `row` matches the further rows too */
  readonly isMarked?: boolean;
}
