import { expect, test } from 'vitest';
import type { FreshLook } from '../../bridge/delivery/attempt.ts';
import { conditionFor, rowsShowing } from '../../bridge/delivery/condition.ts';
import { fakeComposerFacts } from './fake-pane.ts';

const text = 'Use approach B.\n\nKeep the old interface; add a test.\nand stop.';

/** A screen with the cursor in one of its rows, and what its composer shows. */
function look(rows: readonly string[], draft: string, cursorY: number, cursorRow = cursorY): FreshLook {
  const facts = { panePid: 1, command: 'x', cursorX: 1, cursorY, cursorVisible: true, width: 80, title: '' };
  const snapshot = { facts, rows: rows.map((row) => ({ text: row, dim: [] })), firstVisible: 0, cursorRow };
  const reading = { composer: { is: 'draft', text: draft }, turn: { inputs: [], words: [] } };
  return { snapshot, reading } as unknown as FreshLook;
}

test('Enter names the rows of the composer that show the beginning and the end of the text, beside the row of the cursor', () => {
  for (const [first, next, behind] of [
    ['› ', '  ', ''],
    ['> ', '  ', ' \u200b'],
    ['│ > ', '│   ', '     │'],
    ['┃  ', '┃  ', '  ▄'],
    ['│ ● ', '│   ', '     │'],
  ] as const) {
    const lines = text.split('\n').map((line, at) => `${at === 0 ? first : next}${line}${behind}`);
    const rows = ['• said', '', ...lines, '', 'footer'];
    const seen = look(rows, text, rows.length - 1);
    const ours = rowsShowing(seen, text, fakeComposerFacts);
    expect(ours).toEqual([
      { row: 3, text: lines[0] },
      { row: 6, text: lines[3] },
    ]);
    const { onScreen } = conditionFor(seen, fakeComposerFacts, { rests: true, ours });
    expect(onScreen).toEqual([{ row: 8, text: 'footer' }, ...ours]);
  }
});

test('a row of ours that holds the cursor is named once', () => {
  const seen = look(['> continue'], 'continue', 0);
  const ours = rowsShowing(seen, 'continue', fakeComposerFacts);
  expect(conditionFor(seen, fakeComposerFacts, { rests: true, ours }).onScreen).toEqual([
    { row: 1, text: '> continue' },
  ]);
});

test("a long paste is named by the program's own marker for it, a composer that scrolls by the end it shows", () => {
  const long = Array.from({ length: 40 }, (_, line) => `line ${line} of a long answer`).join('\n');
  const marker = `[Pasted ${long.length} chars]`;
  expect(rowsShowing(look(['out', `> ${marker}`, ''], marker, 2), long, fakeComposerFacts)).toEqual([
    { row: 2, text: `> ${marker}` },
  ]);
  const unnamed = { ...fakeComposerFacts, longPasteMarkers: ['\\[Paste #[0-9]+\\]'] };
  const inFrame = '│ ● [Paste #1]                      │';
  expect(rowsShowing(look([inFrame, ''], '[Paste #1]', 1), 'word '.repeat(200), unnamed)).toEqual([
    { row: 1, text: inFrame },
  ]);
  const end = long.split('\n').slice(-2);
  const rows = ['out', `> ${end[0]}`, `  ${end[1]}`];
  expect(rowsShowing(look(rows, end.join('\n'), 2), long, fakeComposerFacts)).toEqual([
    { row: 2, text: rows[1] },
    { row: 3, text: rows[2] },
  ]);
});

test('of a text that repeats itself the rows are named that are the first of their words', () => {
  const draft = 'two\n  three\none\n\ntwo\n  three';
  const rows = [
    '• said',
    '',
    '› two          ↑',
    ...draft
      .split('\n')
      .slice(1)
      .map((row) => `  ${row}`),
    '',
  ];
  const text = 'one\n\ntwo\n  three\n'.repeat(20).trimEnd();
  expect(rowsShowing(look(rows, draft, rows.length - 1), text, fakeComposerFacts)).toEqual([
    { row: 4, text: '    three' },
  ]);
});

test('none is named that stands on the screen before, that the terminal has wrapped, or that shows too little', () => {
  expect(rowsShowing(look(['> continue', 'done', '> continue'], 'continue', 2), 'continue', fakeComposerFacts)).toEqual(
    [],
  );
  expect(rowsShowing(look(['x'.repeat(100), '> continue'], 'continue', 2, 1), 'continue', fakeComposerFacts)).toEqual(
    [],
  );
  expect(rowsShowing(look(['out', '> a', ''], 'a', 2), `${'long '.repeat(30)}a`, fakeComposerFacts)).toEqual([]);
});
