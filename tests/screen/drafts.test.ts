import { expect, test } from 'vitest';
import { programOf } from '../../bridge/agent-programs/index.ts';
import { snapshotOf } from './snapshots.ts';

/** What composers hold, as their programs drew it when `bridge send` had pasted into them (tests/agents/deliveries.test.ts). */

const read = (agent: string, rows: readonly string[], facts: Parameters<typeof snapshotOf>[1] = {}) =>
  programOf(null, { agent }).screen.read(snapshotOf(rows, facts), { quietForMs: 10_000, signals: {} });

const rule = (columns: number) => '─'.repeat(columns);
const piFooter = ['~/work (master)', '0.0%/128k (auto)          scripted-model'];

test('pi: a row that emoji made too long runs into the rule below, and is a draft without it', () => {
  const draft = 'Grüße 👩‍👩‍👧 done';
  const rows = [rule(120), `${draft}${' '.repeat(106)}${rule(118)}`, ...piFooter];
  expect(read('pi', rows, { width: 120 }).composer).toEqual({ is: 'draft', text: draft });
});

test('kimi: a row that emoji made too long runs into the edge of its box, and is a draft without it', () => {
  const draft = 'Grüße 👩‍👩‍👧 with 👍🏽 🇩🇪 done';
  const rows = [
    ` ╭${rule(116)}╮`,
    ` │ > ${draft}${' '.repeat(80)}│╰${rule(116)}╯`,
    ' scripted-model  ~/work  master',
    'context: 0% (0/125k)'.padStart(119),
  ];
  expect(read('kimi', rows, { width: 120 }).composer).toEqual({ is: 'draft', text: draft });
  // drawn again one row further down
  const twice = [rows[0]!, ` │ > ${draft}`, `│╰${rule(116)}╯`, ` ╰${rule(116)}╯`, ...rows.slice(2)];
  expect(read('kimi', twice, { width: 120 }).composer).toEqual({ is: 'draft', text: draft });
});

test('pi: a draft that ends with a line of its own is one all the same', () => {
  const rows = [rule(120), `a table: ${rule(12)}`, rule(120), ...piFooter];
  expect(read('pi', rows, { width: 120 }).composer).toEqual({ is: 'draft', text: `a table: ${rule(12)}` });
});

const continueBox = (rows: readonly string[]) => [
  '● Understood: First the table.',
  '',
  `╭${'─'.repeat(118)}╮`,
  ...rows,
  `╰${'─'.repeat(118)}╯`,
  `  ~/work ⊦master${' '.repeat(84)}◉ Continue CLI`,
];
const boxed = (text: string) => `│ ${text.padEnd(116)} │`;

test('continue: the empty row of a draft holds no frame', () => {
  const rows = ['● First the table.', '  Then its index.', '', '  - keep the names'].map(boxed);
  expect(read('continue', continueBox(rows), { width: 120 }).composer).toEqual({
    is: 'draft',
    text: 'First the table.\nThen its index.\n\n- keep the names',
  });
});

test('continue: the frame is none of the text where emoji have moved it', () => {
  const draft = 'Grüße 👩‍👩‍👧 with 👍🏽 🇩🇪 done';
  const rows = [`│ ● ${draft}${' '.repeat(77)}│`];
  expect(read('continue', continueBox(rows), { width: 120 }).composer).toEqual({ is: 'draft', text: draft });
});

test('continue: a bar that a person wrote is a draft', () => {
  const rows = [boxed('● a │')];
  expect(read('continue', continueBox(rows), { width: 120 }).composer).toEqual({ is: 'draft', text: 'a │' });
});
