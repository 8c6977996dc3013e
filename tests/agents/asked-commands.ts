import type { Exchange } from './scenes.ts';

/** Strings that a terminal takes without drawing them (OSC 0 and 52, DCS), with words of the command inside. */
const osc = 'npm test \x1b]0;; touch one\x07 \x1b]52;c;; touch two\x1b\\ \x1bP; touch three\x1b\\ --silent';

/** Commands whose dialogs are hard to read to the letter, each with what is in it. */
export const askedCommands: ReadonlyArray<readonly [what: string, command: string]> = [
  ['three lines', 'npm test\ntouch one\ntouch two'],
  ['a blank line', 'npm test\n\ntouch one'],
  ['200 blanks, and more behind them', `npm test${' '.repeat(200)}touch one`],
  ['tabs', 'npm test\t\ttouch one\n\ttouch two'],
  ['four tabs, and four characters behind them', 'npm test\t\t\t\t; ls'],
  ['four tabs in its second line, and four characters behind them', 'npm test\ntouch one\t\t\t\t; ls'],
  ['12 tabs, and as many characters behind them', `npm test${'\t'.repeat(12)}; touch two`],
  ['continued lines', 'npm test \\\n  --silent \\\n  && touch one'],
  ['a here-document', "cat > one <<'END'\nnpm test\n  touch two\n\nEND\ntouch three"],
  // the last one writes: qwen lets what only prints run unasked
  ['60 rows', Array.from({ length: 60 }, (_, at) => (at === 59 ? 'touch row-60' : `echo row ${at + 1}`)).join('\n')],
  [
    'wide characters',
    'echo "日本語のテスト、とても長い文字列です。日本語のテスト、とても長い文字列です。もう一度書きます。終わり。" && touch one',
  ],
  ['right-to-left characters', 'echo "שלום עולם" && touch one # مرحبا'],
  ['marks that combine, and as many characters behind them', `npm test e${'\u0301'.repeat(6)}; ls x`],
  ['bells, and as many characters behind them', `npm test${'\x07'.repeat(4)}; ls`],
  ['a carriage return', 'touch two;\rnpm test  '],
  ['an escape sequence that goes back', 'touch two; \x1b[40Dnpm test\x1b[K'],
  ['a title, a copy to the clipboard and a string for a device', osc],
  ['a title right behind its first words', 'npm test\x1b]0;; touch one\x07'],
  ['a title that is never closed', 'touch two; \x1b]0;echo all of this; npm test'],
  // all of it is in the sequence: a move by `;./x`, a set of characters named `&./x`
  ['a sequence that is a command', 'npm test \x1b[;./x'],
  ['a short sequence that is a command', 'npm test \x1b&./x'],
  ['a sequence and a title of one character', 'npm test \u009b;./x \u009d0;; touch one\u009c'],
  ['a joiner', 'touch\u200d one'],
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

interface AskedFile {
  readonly path: string;
  readonly content?: string;
}

/** Files whose dialogs are hard to read to the letter, each with what is in its name or in it. */
export const askedFiles: ReadonlyArray<readonly [what: string, file: AskedFile]> = [
  ['a blank in its name', { path: 'src/a.ts evil.sh' }],
  ['quotes in its name', { path: 'src/"a" \'b\'.ts' }],
  ['three dots in its path', { path: 'src/.../a.ts' }],
  ['a line end in its name', { path: 'src/a.ts\nevil.sh' }],
  ['120 blanks in its name, and more behind them', { path: `src/a.ts${' '.repeat(120)}evil.sh` }],
  ['four tabs in its name, and four characters behind them', { path: 'src/a.ts\t\t\t\tx.sh' }],
  ['a title in its name', { path: 'src/a.ts\x1b]0;/../../evil/\x07.ts' }],
  ['a path longer than a row', { path: `src/${'deeper/'.repeat(22)}a.ts` }],
  ['wide characters in its name', { path: 'src/日本語のテスト.ts' }],
  ['zero-width characters in its name', { path: 'src/a\u200b.ts\u200d' }],
  [
    'a content that shows a command',
    { path: 'src/a.ts', content: ['', '$ npm test', '', '  $ npm test', '', '# Shell command', ''].join('\n') },
  ],
  ['60 rows', { path: 'src/a.ts', content: Array.from({ length: 60 }, (_, at) => `row ${at + 1}`).join('\n') }],
];

export const writing = (what: string, { path, content = '# Notes\n' }: AskedFile): Exchange => ({
  prompt: `Write the file with ${what}`,
  steps: [{ write: path, content }],
  after: [{ say: 'The file was not written.' }],
});
