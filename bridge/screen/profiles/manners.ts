import type { Manner } from '../../core/manner.ts';

/** What the composers of all known agents take: a bracketed paste of any length, and Enter. */
const composer = { bracketed: true, maxLineBytes: 1_000_000, submitKey: 'Enter' } as const;

/** Seen on codex 0.169.0. */
export const codexManner: Manner = {
  agent: 'codex',
  ...composer,
  settleMs: 60,
  longPasteMarkers: ['\\[Pasted Content ([0-9]+) chars\\]'],
  // codex looks at the first character alone, and trims what it submits: the model gets the text as it was (18 of 18)
  commandOpenings: [{ pattern: '^\\s*[!/]', prefix: ' ' }],
  trailingBackslash: { append: '' },
  dialogTitles: ['Action Required'],
  // whole phrases: an agent that writes "Would you like to go on?" must not hold its own answer
  dialogWords: [
    'Would you like to (run|make|grant|allow) th',
    'Press enter to confirm or esc',
    'Press enter to continue',
    'enter confirm · esc',
  ],
  rescueEnters: 2,
};

/** Seen on gemini-cli 0.61.0. */
export const geminiManner: Manner = {
  agent: 'gemini',
  ...composer,
  settleMs: 400,
  longPasteMarkers: ['\\[Pasted Text: ([0-9]+) (chars|lines)\\]'],
  // gemini trims before it looks, so that a blank hides no command of its own; a word before it does (3 of 3)
  commandOpenings: [
    { pattern: '^\\s*/', prefix: 'Answer: ' },
    { pattern: '^\\s*!', prefix: ' ' },
  ],
  trailingBackslash: { append: ' ' },
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
  trailingBackslash: { append: ' ' },
  dialogTitles: [],
  dialogWords: ['△ Permission required', 'Allow once +Allow always +Reject'],
  rescueEnters: 1,
};

/** Seen on pi 0.73.1, which has no approvals. */
export const piManner: Manner = {
  agent: 'pi',
  ...composer,
  settleMs: 100,
  longPasteMarkers: ['\\[paste #[0-9]+ \\+?([0-9]+) (lines|chars)\\]'],
  commandOpenings: [{ pattern: '^\\s*[!/]', prefix: 'Answer: ' }],
  // pi trims what it submits: the model gets the text as it was
  trailingBackslash: { append: ' ' },
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
  commandOpenings: [{ pattern: '^\\s*[!/?]', prefix: 'Answer: ' }],
  trailingBackslash: { append: ' ' },
  dialogTitles: ['✳'],
  dialogWords: ['Waiting for user confirmation', 'Allow execution of', 'Apply this change'],
  rescueEnters: 1,
};

/** Seen on cline 3.0.65. */
export const clineManner: Manner = {
  agent: 'cline',
  ...composer,
  settleMs: 400,
  longPasteMarkers: ['\\[.*\\.\\.\\. Pasted \\+([0-9]+) lines\\]'],
  commandOpenings: [{ pattern: '^\\s*[!/]', prefix: 'Answer: ' }],
  trailingBackslash: { append: ' ' },
  dialogTitles: [],
  dialogWords: ['Cline needs permission', 'Press Enter to open, any other key to close'],
  rescueEnters: 1,
};

/** Seen on continue 1.5.47. */
export const continueManner: Manner = {
  agent: 'continue',
  ...composer,
  settleMs: 400,
  longPasteMarkers: ['\\[Paste #[0-9]+, ([0-9]+) (?:lines|chars)\\]'],
  commandOpenings: [{ pattern: '^\\s*[!/]', prefix: 'Answer: ' }],
  trailingBackslash: { append: ' ' },
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
  trailingBackslash: { append: ' ' },
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
  trailingBackslash: { append: ' ' },
  dialogTitles: [],
  dialogWords: ['\\(Y\\)es/\\(N\\)o'],
  rescueEnters: 0,
};

/** A program nobody has measured: one Enter, and nothing taken for granted beyond bracketed paste. */
export const genericManner: Manner = {
  agent: 'generic',
  bracketed: true,
  maxLineBytes: 4000,
  submitKey: 'Enter',
  settleMs: 50,
  longPasteMarkers: [],
  commandOpenings: [],
  trailingBackslash: { append: '' },
  dialogTitles: [],
  dialogWords: [],
  rescueEnters: 0,
};

export const unknownManner: Manner = { ...genericManner, agent: 'unknown' };
