import { expect, test } from 'vitest';
import { crashes } from '../faults/crashes.ts';

/** One fault for each way in which a bridge dies or is disturbed; `npm run faults -- crashes` is the whole of it. */
const crashFaults = ['synchronized-at-delivery-submitted-before', 'passed-at-request-answered-after'];

test('a bridge dies beside a neighbour, and its worker goes on, and every request and delivery is accounted for', async () => {
  const report = await crashes({
    seed: 12,
    cases: 1,
    minutes: null,
    only: crashFaults.join(','),
    pairs: null,
    keep: null,
    say: () => {},
  });
  expect(report.failures).toEqual([]);
  expect(report.figures).toMatchObject({ faults: 2, questions: 2, passedOver: 1, stale: 0, submissions: 1 });
  expect(report.figures.bridgeDeaths).toBeGreaterThanOrEqual(1);
}, 300_000);
