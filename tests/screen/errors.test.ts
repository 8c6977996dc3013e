import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { programOf } from '../../bridge/agent-programs/index.ts';
import { errorReason } from '../../bridge/screen/turn-end-detector.ts';
import { allRecorded, snapshotOf, snapshotOfRecorded } from './snapshots.ts';

const still = { quietForMs: 60_000, signals: {} };
const errors = allRecorded.filter(({ state }) => state === 'error');

test('there are recorded errors of several agents', () => {
  expect(new Set(errors.map(({ agent }) => agent)).size).toBeGreaterThanOrEqual(4);
});

test.each(errors)('$file ends its turn with an error, in the agent’s own words', (screen) => {
  const { turn } = programOf(screen.agent).screen.read(snapshotOfRecorded(screen), still);
  expect(turn.error).toBeTruthy();
  expect(errorReason(turn.error!)).toBe('model');
});

test('no turn that ended otherwise reads as an error', () => {
  const others = allRecorded.filter(({ state }) =>
    /^(?:finished|question|controller_request|denied|interrupted)/.test(state),
  );
  const wrong = others.filter(
    (screen) => programOf(screen.agent).screen.read(snapshotOfRecorded(screen), still).turn.error !== undefined,
  );
  expect(wrong.map(({ file }) => file)).toEqual([]);
});

test('gemini: how to learn more below an error is no other end; a notice of another kind is', () => {
  const screen = errors.find(
    ({ agent, file }) => agent === 'gemini' && linesOf(file).some((row) => row.startsWith(hint)),
  )!;
  const errorWith = (change: (row: string) => string | null) => {
    const rows = linesOf(screen.file).flatMap((row) => change(row) ?? []);
    const { turn } = programOf('gemini').screen.read(snapshotOf(rows, { width: 120 }), still);
    return turn.error;
  };
  expect(errorWith((row) => row)).toMatch(/^\[API Error: /);
  expect(errorWith((row) => (row.startsWith(hint) ? 'ℹ Request cancelled.' : row))).toBeUndefined();
  expect(errorWith((row) => (row.startsWith('✕ ') ? '✦ Done.' : row))).toBeUndefined();
  expect(errorWith((row) => (row.startsWith('✕ ') ? null : row))).toBeUndefined();
});

const hint = 'ℹ This request failed. Press F12 ';

function linesOf(file: string): readonly string[] {
  return readFileSync(join(import.meta.dirname, '../screens', file), 'utf8').split('\n');
}
