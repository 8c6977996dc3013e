import { expect, test } from 'vitest';
import { recordedProgram, still } from '../../bridge/recordings/recording.ts';
import { allRecorded, snapshotOfRecorded } from './snapshots.ts';

/** grok-cli 0.0.34 wraps its busy row where the pane is narrow, and its footer where the model's name is long. */
const narrow = allRecorded.filter(
  ({ agent, size, state }) =>
    agent === 'grok' && /^(?:60|52|44)x24$/.test(size ?? '') && /^busy_(?:waiting|tool)/.test(state),
);

test.each(narrow)('$file ($size) is never at rest, and with a model of a short name it is busy', (screen) => {
  const snapshot = snapshotOfRecorded(screen);
  const { read } = recordedProgram('grok').screen;
  expect(['busy', 'unknown']).toContain(read(snapshot, still).state);
  const footer = snapshot.rows.findLastIndex(({ text }) => /^ {2}⏸ auto-edit/.test(text));
  const [first] = snapshot.rows.slice(footer);
  const short = {
    ...snapshot,
    rows: [...snapshot.rows.slice(0, footer), { ...first!, text: '  ⏸ auto-edit: off (shift + tab)  ≋ grok-4' }],
  };
  expect(read(short, still).state).toBe('busy');
});

test('there are some at three widths', () => {
  expect(new Set(narrow.map(({ size }) => size))).toEqual(new Set(['60x24', '52x24', '44x24']));
});
