import { expect, test } from 'vitest';
import { mutationsOf, type Sample } from '../../bench/score/mutations.mjs';
import type { Row } from '../../bridge/core/pane.ts';
import { markTurn, whyPassed } from '../../bridge/core/turn-mark.ts';
import { recordedProgram, still } from '../../bridge/recordings/recording.ts';
import { expectationOf } from '../../bridge/recordings/recording-labels.ts';
import { findRequests } from '../../bridge/screen/blocks.ts';
import { allRecorded, snapshotOfRecorded } from './snapshots.ts';

/** Codex's dialog of a patch, below nothing but the end of its changes: mixed with the one before, it is another patch. */
const fillsAll = ({ agent, state, size }: (typeof allRecorded)[number]) =>
  agent === 'codex' && state === 'approval_edit' && size === '80x24';

const samples: Sample[] = allRecorded
  .filter((one) => !fillsAll(one))
  .flatMap((entry) => {
    const snapshot = snapshotOfRecorded(entry);
    const reading = recordedProgram(entry.agent).screen.read(snapshot, still);
    return reading.turn.inputs.length > 0 ? [{ entry, snapshot, reading, expected: expectationOf(entry.state)! }] : [];
  });

/** Variants that show the same turn: another size, another title or cursor, older inputs above, a torn frame. */
const sameTurn = [
  ...['wider', 'narrower', 'title of the user', 'backgrounds lost', 'cursor hidden', 'cursor at the top'],
  ...['lower half not drawn yet', 'old screen in the history'],
];

test('no variant of a recorded screen that shows the same turn looks as if it had passed', () => {
  const seen: string[] = [];
  const alarms: string[] = [];
  for (const sample of samples) {
    const { entry, reading } = sample;
    const question = findRequests(reading.turn.words).at(-1);
    const mark = markTurn([], reading, question?.complete ? question.text : undefined);
    expect(whyPassed(mark, reading)).toBeNull();
    for (const { name, snapshot } of mutationsOf(sample, samples).filter((mutant) => sameTurn.includes(mutant.name))) {
      seen.push(name);
      const why = whyPassed(mark, recordedProgram(entry.agent).screen.read(snapshot, still));
      if (why !== null) alarms.push(`${entry.file} [${name}]: ${why}`);
    }
  }
  expect(alarms).toEqual([]);
  expect(new Set(seen).size).toBe(sameTurn.length);
  expect(seen.length).toBeGreaterThan(1_000);
}, 180_000);

test('an answer typed below a recorded question has passed it', () => {
  const ended = samples.filter(
    ({ reading: { state, turn } }) => state === 'idle' && turn.cut !== true && turn.inputs.at(-1) !== '…',
  );
  expect(ended.length).toBeGreaterThan(50);
  for (const { entry, reading } of ended) {
    const inputs = [...reading.turn.inputs, 'Use SQLite, and write a test.'];
    const after = { ...reading, turn: { inputs, words: ['I use SQLite.'] } };
    expect(whyPassed(markTurn([], reading), after), entry.file).not.toBeNull();
  }
});

test('a sign of Claude Code’s that blinks makes no row of its own the rest of an input', () => {
  const drawn = samples.filter(({ entry, snapshot }) => entry.agent === 'claude' && snapshot.rows.some(isSigned));
  expect(drawn.length).toBeGreaterThan(100);
  for (const { entry, snapshot, reading } of drawn) {
    const rows = snapshot.rows.map((row) => (isSigned(row) ? { ...row, text: row.text.replace('●', ' ') } : row));
    const blinked = recordedProgram(entry.agent).screen.read({ ...snapshot, rows }, still);
    expect(blinked.turn.inputs, entry.file).toEqual(reading.turn.inputs);
    expect(whyPassed(markTurn([], reading), blinked), entry.file).toBeNull();
  }
});

function isSigned({ text }: Row): boolean {
  return text.startsWith('● ');
}
