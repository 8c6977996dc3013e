import { expect, test } from 'vitest';
import { hub } from '../faults/hub.ts';

test('a server that is killed under load has lost and doubled nothing that it acknowledged', async () => {
  const options = { seed: 7, cases: 2, minutes: null, only: null, pairs: null, keep: null, say: () => {} };
  const { figures, failures } = await hub(options);
  expect(failures).toEqual([]);
  expect([figures.kills, figures['listeners that came back']]).toEqual([2, expect.any(Number)]);
  expect(figures['messages acknowledged']).toBeGreaterThan(2);
});
