import { expect, test } from 'vitest';
import { soak } from '../faults/soak.ts';

/** As little as shows that it works; `npm run soak` is the whole of it. */
test('workers ask while everything goes wrong, and nothing is lost, duplicated or left over', async () => {
  const report = await soak({ minutes: 0.06, workers: 3, seed: 5, say: () => {} });
  expect(report.failures).toEqual([]);
  expect(report.figures.questions).toBeGreaterThanOrEqual(3);
  expect(Object.keys(report.faults).length).toBeGreaterThanOrEqual(2);
}, 240_000);
