import type { Manner } from '../core/manner.ts';

/** What the composers of all known agents take: a bracketed paste of any length, and Enter. */
const composer = { bracketed: true, maxLineBytes: 1_000_000, submitKey: 'Enter' } as const;

/** An `@` that is no word's last sign names a file: its content would be put into the text. A backslash keeps it a sign. */
const fileReferences = [{ pattern: '(?<!\\\\)@(?=[^\\s,;!?()[\\]{}])', prefix: '\\' }];

/** A picture's path and nothing else: the picture would be attached in its place. */
const picture =
  '^\\s*(?:\'[^\'\\n]*|"[^"\\n]*|(?:\\\\.|[^\\s\\\\])*)\\.(?:[Pp][Nn][Gg]|[Jj][Pp][Ee]?[Gg]|[Gg][Ii][Ff]|[Ww][Ee][Bb][Pp])[\'"]?\\s*$';

/** Paths and nothing else: each that exists would become `@path`. */
const paths = '^\\s*[^\\s./@]*[./](?=\\S)\\S*(?:\\s+[^\\s./@]*[./](?=\\S)\\S*)*\\s*$';

/** Seen on codex 0.169.0. */
export const codexManner: Manner = {
  agent: 'codex',
  ...composer,
  settleMs: 60,
  longPasteMarkers: ['\\[Pasted Content ([0-9]+) chars\\]'],
  // codex looks at the first character alone, and trims what it submits: the model gets the text as it was (18 of 18)
  commandOpenings: [
    { pattern: picture, prefix: 'Answer: ' },
    { pattern: '^[!/]', prefix: ' ' },
  ],
  references: [],
  // at its end a list of files or skills would be open, from which Enter chooses
  commandEndings: [{ pattern: '[@$]\\S*$', append: ' ' }],
  // with a blank behind it the list of commands closes, from which Enter took /compact for /comp; what is no command stays
  commands: { append: ' ', isAlone: true, echoes: true },
  changes: { trims: true },
  dialogTitles: ['Action Required'],
  // whole phrases: an agent that writes "Would you like to go on?" must not hold its own answer
  dialogWords: [
    'Would you like to (run|make|grant|allow) th',
    'Press enter to confirm or esc',
    'Press enter to continue',
    'enter confirm · esc',
  ],
  rescueEnters: 2,
  // the model gets what was queued, whatever it begins or ends with
  door: { name: 'codex-queue', looksEveryMs: 10_000, commandOpenings: [], commandEndings: [] },
};

/** Seen on gemini-cli 0.61.0. */
export const geminiManner: Manner = {
  agent: 'gemini',
  ...composer,
  settleMs: 400,
  longPasteMarkers: ['\\[Pasted Text: ([0-9]+) (chars|lines)\\]'],
  // gemini trims before it looks, so that a blank hides no command; a word before it does
  commandOpenings: [{ pattern: '^\\s*[!/]', prefix: 'Answer: ' }],
  references: fileReferences,
  // an escaped @name at the end opens its list all the same, on a loaded machine just before Enter
  commandEndings: [
    { pattern: '\\\\$', append: ' ' },
    { pattern: '@\\S*$', append: ' ' },
  ],
  // Enter chooses from its list: /about for /abo, and behind a blank the first word that may follow (/model manage)
  commands: { listed: '^ ([a-z][\\w:-]*)(?: \\([a-z, -]+\\))? {2,}\\S', echoes: true },
  changes: { trims: true },
  dialogTitles: ['Action Required'],
  dialogWords: ['Allow execution of', 'Apply this change'],
  rescueEnters: 3,
};

/** Seen on opencode 1.18.33, which appends one blank to some pastes. */
export const opencodeManner: Manner = {
  agent: 'opencode',
  ...composer,
  settleMs: 400,
  longPasteMarkers: ['\\[Pasted ~([0-9]+) lines\\]'],
  commandOpenings: [{ pattern: '^\\s*[!/]', prefix: 'Answer: ' }],
  references: [],
  commandEndings: [
    { pattern: '\\\\$', append: ' ' },
    { pattern: '@\\S*$', append: ' ' },
  ],
  changes: { mayAppend: ' ' },
  dialogTitles: [],
  dialogWords: ['△ Permission required', 'Allow once +Allow always +Reject'],
  rescueEnters: 1,
  // it puts the text into the composer, which completes a /command, and at the end opens a list for an @name
  door: {
    name: 'opencode-port',
    looksEveryMs: 0,
    commandOpenings: [{ pattern: '^\\s*[!/]', prefix: 'Answer: ' }],
    commandEndings: [{ pattern: '@\\S*$', append: ' ' }],
  },
};

/** Seen on pi 0.73.1, which has no approvals. */
export const piManner: Manner = {
  agent: 'pi',
  ...composer,
  settleMs: 100,
  longPasteMarkers: ['\\[paste #[0-9]+ \\+?([0-9]+) (lines|chars)\\]'],
  commandOpenings: [{ pattern: '^\\s*[!/]', prefix: 'Answer: ' }],
  // pi trims what it submits: the model gets the text as it was
  references: [],
  commandEndings: [{ pattern: '\\\\$', append: ' ' }],
  // a paste opens no list; what is no command goes to the model
  commands: { echoes: false },
  changes: { trims: true, tab: '    ' },
  dialogTitles: [],
  dialogWords: [],
  rescueEnters: 1,
};

/** Seen on qwen-code 0.24.4: an Enter before it has made its marker of a long paste sends the marker and loses the text. */
export const qwenManner: Manner = {
  agent: 'qwen',
  ...composer,
  settleMs: 600,
  longPasteMarkers: ['\\[Pasted Content ([0-9]+) chars\\]'],
  commandOpenings: [
    { pattern: paths, prefix: 'Answer: ' },
    { pattern: '^\\s*[!/?]', prefix: 'Answer: ' },
  ],
  references: fileReferences,
  commandEndings: [{ pattern: '\\\\$', append: ' ' }],
  changes: { trims: true },
  dialogTitles: ['✳'],
  dialogWords: ['Waiting for user confirmation', 'Allow execution of', 'Apply this change'],
  rescueEnters: 1,
  // a /command is run; what begins with ! or ? is not
  door: {
    name: 'qwen-input-file',
    looksEveryMs: 500,
    commandOpenings: [{ pattern: '^\\s*/', prefix: 'Answer: ' }],
    commandEndings: [],
  },
};

/** Seen on cline 3.0.65. */
export const clineManner: Manner = {
  agent: 'cline',
  ...composer,
  settleMs: 400,
  longPasteMarkers: ['\\[.*\\.\\.\\. Pasted \\+([0-9]+) lines\\]'],
  commandOpenings: [{ pattern: '^\\s*[!/]', prefix: 'Answer: ' }],
  references: fileReferences,
  commandEndings: [{ pattern: '\\\\$', append: ' ' }],
  changes: { trims: true },
  dialogTitles: [],
  dialogWords: ['Cline needs permission', 'Press Enter to open, any other key to close'],
  rescueEnters: 1,
};

/** Seen on continue 1.5.47. */
export const continueManner: Manner = {
  agent: 'continue',
  ...composer,
  settleMs: 400,
  // of one line it tells no size
  longPasteMarkers: ['\\[Paste #[0-9]+, ([0-9]+) lines\\]', '\\[Paste #[0-9]+\\]'],
  commandOpenings: [{ pattern: '^\\s*[!/]', prefix: 'Answer: ' }],
  references: [],
  commandEndings: [
    { pattern: '\\\\\\s*$', append: null },
    { pattern: '@\\S*$', append: ' ' },
  ],
  changes: { trims: true },
  dialogTitles: [],
  dialogWords: ['Would you like to continue\\?'],
  rescueEnters: 1,
};

/** Claude Code 2, from its public documentation; never measured here, so that no Enter is pressed twice. */
export const claudeManner: Manner = {
  agent: 'claude',
  ...composer,
  settleMs: 400,
  longPasteMarkers: ['\\[Pasted text #[0-9]+ \\+([0-9]+) lines\\]'],
  commandOpenings: [{ pattern: '^\\s*[!/#]', prefix: 'Answer: ' }],
  references: [],
  commandEndings: [{ pattern: '\\\\$', append: ' ' }],
  changes: {},
  dialogTitles: [],
  dialogWords: [
    'Do you want to (proceed|make this|create|allow)',
    'Do you trust the files',
    'Esc to cancel',
    'Enter to confirm',
  ],
  rescueEnters: 0,
};

/** aider, from its public documentation; never measured here. */
export const aiderManner: Manner = {
  agent: 'aider',
  ...composer,
  settleMs: 200,
  longPasteMarkers: [],
  commandOpenings: [{ pattern: '^\\s*[!/{]', prefix: 'Answer: ' }],
  references: [],
  commandEndings: [{ pattern: '\\\\$', append: ' ' }],
  changes: {},
  dialogTitles: [],
  dialogWords: ['\\(Y\\)es/\\(N\\)o'],
  rescueEnters: 0,
};

/**
 * A program nobody has measured: one Enter, and nothing taken for granted beyond bracketed paste. What begins with `!` or `/`
 * may be a command of it (`!touch x` ran as a shell command in Copilot 1.0.102), and nobody knows what would make it plain.
 */
export const genericManner: Manner = {
  agent: 'generic',
  bracketed: true,
  maxLineBytes: 4000,
  submitKey: 'Enter',
  settleMs: 50,
  longPasteMarkers: [],
  commandOpenings: [{ pattern: '^\\s*[!/]', prefix: null }],
  references: [],
  commandEndings: [],
  changes: {},
  dialogTitles: [],
  dialogWords: [],
  rescueEnters: 0,
};

export const unknownManner: Manner = { ...genericManner, agent: 'unknown' };
