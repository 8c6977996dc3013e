import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { recordedProgram, still } from '../../bridge/recordings/recording.ts';
import { allRecorded, snapshotOf, snapshotOfRecorded } from './snapshots.ts';

/**
 * grok-cli 0.0.34 wraps its busy row where the pane is narrow, and its footer where the model's name is long: frames of it at work at
 * 60 columns among the recorded screens, at 52 and 44 here.
 */
const folder = join(import.meta.dirname, 'fixtures/grok-narrow');
const atSixty = allRecorded
  .filter(({ agent, size, state }) => agent === 'grok' && size === '60x24' && /^busy_(?:waiting|tool)/.test(state))
  .map((screen) => [screen.file, snapshotOfRecorded(screen)] as const);
const narrower = readdirSync(folder).map((name) => {
  const rows = readFileSync(join(folder, name), 'utf8').replace(/\n$/, '').split('\n');
  const width = Number(/-(\d+)x/.exec(name)![1]);
  return [name, snapshotOf(rows, { width, height: 24, cursorY: 23, cursorVisible: false, program: 'grok' })] as const;
});
const narrow = [...atSixty, ...narrower];

test.each(narrow)('%s is never at rest, and with a model of a short name it is busy', (_name, snapshot) => {
  const { read } = recordedProgram('grok').screen;
  expect(['busy', 'unknown']).toContain(read(snapshot, still).state);
  const footer = snapshot.rows.findLastIndex(({ text }) => /^ {2}⏸ auto-edit/.test(text));
  const text = '  ⏸ auto-edit: off (shift + tab)  ≋ grok-4';
  const short = { ...snapshot, rows: [...snapshot.rows.slice(0, footer), { ...snapshot.rows[footer]!, text }] };
  expect(read(short, still).state).toBe('busy');
});

test('there are frames at three widths', () => {
  expect(new Set(narrow.map(([, { facts }]) => facts.width))).toEqual(new Set([60, 52, 44]));
});
