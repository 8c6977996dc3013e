import type { Manner } from '../../core/manner.ts';

/** Seen on codex 0.169.0. */
export const codexManner: Manner = {
  agent: 'codex',
  bracketed: true,
  maxLineBytes: 1_000_000,
  submitKey: 'Enter',
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
  bracketed: true,
  maxLineBytes: 1_000_000,
  submitKey: 'Enter',
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
