import { expect, test } from 'vitest';
import { programOf } from '../../bridge/agent-programs/index.ts';
import { isReady, type Reading } from '../../bridge/core/reading.ts';
import { snapshotOf } from './snapshots.ts';

/** qwen-code 0.24.4 draws a suggestion into its composer after a turn: grey, but for the character under the cursor. */
const rule = '─'.repeat(60);
const composer = (drawn: string, cursorX: number): Reading => {
  const lines = [
    '  > go',
    '',
    '  ◆ It is done.',
    '',
    rule,
    `\x1b[38;2;203;166;247m> \x1b[39m${drawn}\x1b[0m`,
    rule,
    '  ➜ shop',
  ];
  const snapshot = snapshotOf(lines, {
    title: 'Qwen - shop',
    program: 'qwen',
    cursorX,
    cursorY: 5,
    alternateScreen: true,
  });
  return programOf('qwen').screen.read(snapshot, { quietForMs: 60_000, signals: {} });
};

test('a suggestion is no draft', () => {
  const reading = composer('\x1b[4mR\x1b[0m\x1b[38;2;108;112;134mun the tests', 2);
  expect(reading.composer).toEqual({ is: 'empty' });
  expect(isReady(reading)).toBe(true);
});

test.each([
  ['typed text', 'Run the tests', 15],
  ['typed text with the cursor moved to its beginning', 'Run the tests', 2],
  ['a suggestion that was taken and goes on', 'Run \x1b[38;2;108;112;134mthe tests', 6],
  ['a file that is coloured as a whole', '\x1b[38;2;137;180;250m@src/main.ts', 14],
  ['a file that is coloured, with the cursor at its beginning', '\x1b[38;2;137;180;250m@src/main.ts', 2],
  ['one letter', '\x1b[4mR', 3],
])('%s is a draft', (_, drawn, cursorX) => {
  expect(composer(drawn, cursorX).composer.is).toBe('draft');
});
