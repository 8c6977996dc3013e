import { expect, test } from 'vitest';
import { programOf } from '../../bridge/agent-programs/index.ts';
import { errorReason } from '../../bridge/screen/turn-end-detector.ts';
import { allRecorded, snapshotOfRecorded } from './snapshots.ts';

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
