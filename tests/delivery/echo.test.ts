import { expect, test } from 'vitest';
import type { Snapshot } from '../../bridge/core/pane.ts';
import { copiesOf, echoOf } from '../../bridge/delivery/echo.ts';

const composerFacts = { longPasteMarkers: ['\\[Pasted Content ([0-9]+) chars\\]'] };
const long = `Use approach B and keep the old interface; ${'it is used by others, and they have tests. '.repeat(60)}`;
const marker = `[Pasted Content ${long.length} chars]`;

test.each([
  ['as it was sent', long, long],
  ['wrapped and indented', long.replace(/ /g, '\n  '), long],
  [
    'with markdown drawn (codex 0.169.0, pi 0.73.1)',
    'Keep a and b:\n\n• one\n• two',
    'Keep `a` and **b**:\n\n- one\n- two',
  ],
  ['far to the left of something else (pi 0.73.1)', 'Yes, 👍 done          /work (master)', 'Yes, 👍 done'],
])('an input %s is the whole echo', (_, input, text) => {
  expect(echoOf(input, text, composerFacts)).toBe('whole');
});

test.each([
  ['a beginning that says it is cut', `${long.slice(0, 80)}…`, long],
  ['an end that says it is cut (codex 0.169.0)', `…${long.slice(-80)}`, long],
  ['a middle that says so', `…${long.slice(400, 600)} …`, long],
  ['the marker with the size of this text', marker, long],
  ['a long end (opencode 1.18.33)', long.slice(-120), long],
  ['nearly all of a short text (continue 1.5.47)', 'accents, CJK and emoji', 'accents, CJK and emoji done'],
  [
    'lines that are clipped (continue 1.5.47)',
    'one two    thr\n    indente\n    twi',
    'one\ttwo\tthree\n\tindented\n\t\ttwice',
  ],
  ['all of it above something else (cline 3.0.65)', 'yes\n\nThinking... (esc to cancel)', 'yes'],
  [
    'all of it with signs that an emoji left in it (cline 3.0.65)',
    'é and 👧ak   with 👍 done',
    'é and 👧 with 👍 done',
  ],
  ['all of it above another row', 'Use approach B for it\n  main · 3 files changed', 'Use approach B for it'],
  ['all of it with more behind it', 'Grüße à Zoë, done (master)', 'Grüße à Zoë, done'],
])('%s is a part of an echo', (_, input, text) => {
  expect(echoOf(input, text, composerFacts)).toBe('part');
});

test.each([
  ['a short beginning', 'Use approach B', long],
  ['what only begins alike', 'Use approach C and keep the old interface; it is used by others', long],
  ['an end that does not fit', `…${long.slice(-80)} please`, long],
  ['the marker of another size', '[Pasted Content 4253 chars]', long],
  ['a marker with words beside it', `${marker} and more`, long],
  ['a text with a word more in it', 'Use approach B and never keep it', 'Use approach B and keep it, please do'],
  ['a short text with more', 'yes please', 'yes'],
  ['all of it with other words right behind it', 'Use approach B for itStop, and say why', 'Use approach B for it'],
  ['another text', 'of its own', 'continue'],
  ['nothing', '', 'continue'],
  ['a text of marks alone, with others', '---', '***'],
])('%s is no echo', (_, input, text) => {
  expect(echoOf(input, text, composerFacts)).toBeNull();
});

test('a text of which a screen shows the end stands there as often as its end; a short one cannot be counted', () => {
  const screen = (...rows: string[]) =>
    ({ rows: rows.map((text) => ({ text, dim: [] })), firstVisible: 0 }) as unknown as Snapshot;
  expect(
    copiesOf(long, screen('│ by others, and they have tests. it is used by others, and they │', '│ have tests. │')),
  ).toBe(1);
  expect(copiesOf(long, screen('they have tests.'))).toBe(0);
  expect(copiesOf('yes', screen('yes', 'yes'))).toBe(0);
});
