import type { Exchange } from './scenes.ts';

/** Commands whose dialogs are hard to read to the letter, each with what is in it. */
export const askedCommands: ReadonlyArray<readonly [what: string, command: string]> = [
  ['three lines', 'npm test\ntouch one\ntouch two'],
  ['a blank line', 'npm test\n\ntouch one'],
  ['200 blanks, and more behind them', `npm test${' '.repeat(200)}touch one`],
  ['tabs', 'npm test\t\ttouch one\n\ttouch two'],
  ['continued lines', 'npm test \\\n  --silent \\\n  && touch one'],
  ['a here-document', "cat > one <<'END'\nnpm test\n  touch two\n\nEND\ntouch three"],
  ['60 rows', Array.from({ length: 60 }, (_, at) => `echo row ${at + 1}`).join('\n')],
  [
    'wide characters',
    'echo "日本語のテスト、とても長い文字列です。日本語のテスト、とても長い文字列です。もう一度書きます。終わり。" && touch one',
  ],
  ['right-to-left characters', 'echo "שלום עולם" && touch one # مرحبا'],
  ['zero-width characters', 'npm\u200b test && touch\u200d one'],
];

/** Plain commands of so many rows; Copilot 1.0.102 asks nothing about an `echo`. */
export const rowsOfTouches: ReadonlyArray<readonly [what: string, command: string]> = [2, 6, 10, 16, 24, 40].map(
  (rows) => [`${rows} rows`, Array.from({ length: rows }, (_, at) => `touch row-${at + 1}`).join('\n')],
);

export const asking = (what: string, command: string): Exchange => ({
  prompt: `Run the command with ${what}`,
  steps: [{ run: command, escalate: true }],
  after: [{ say: 'The command was not run.' }],
});
