import type { ComposerFacts } from '../core/composer.ts';

const backslashEnding = { pattern: '\\\\$', append: ' ' };

/** An `@name` at the end opens a list as well, from which Enter chooses. */
export const endingsWithNames = [backslashEnding, { pattern: '@\\S*$', append: ' ' }];

/** What the composers of most known agents take: a bracketed paste of any length, and Enter; `!` and `/` begin a command. */
export const usualComposer = {
  bracketed: true,
  maxLineBytes: 1_000_000,
  submitKey: 'Enter',
  commandOpenings: [{ pattern: '^\\s*[!/]', prefix: 'Answer: ' }],
  references: [],
  commandEndings: [backslashEnding],
  changes: {},
  dialogTitles: [],
  dialogWords: [],
  rescueEnters: 1,
} satisfies Partial<ComposerFacts>;

/** An `@` that is no word's last sign names a file: its content would be put into the text. A backslash keeps it a sign. */
export const fileReferences = [{ pattern: '(?<!\\\\)@(?=[^\\s,;!?()[\\]{}])', prefix: '\\' }];

/** The same where only an `@` that begins a word names a file (Claude Code 2.1.332: not in `(@file)`, nor in `me@host`). */
export const wordReferences = [{ pattern: '(?<!\\S)@(?=\\S)', prefix: '\\' }];

/** A picture's path and nothing else: the picture would be attached in its place. */
export const picture =
  '^\\s*(?:\'[^\'\\n]*|"[^"\\n]*|(?:\\\\.|[^\\s\\\\])*)\\.(?:[Pp][Nn][Gg]|[Jj][Pp][Ee]?[Gg]|[Gg][Ii][Ff]|[Ww][Ee][Bb][Pp])[\'"]?\\s*$';

/** Paths and nothing else: each that exists would become `@path`. */
export const paths = '^\\s*[^\\s./@]*[./](?=\\S)\\S*(?:\\s+[^\\s./@]*[./](?=\\S)\\S*)*\\s*$';
