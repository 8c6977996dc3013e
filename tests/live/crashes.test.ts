import { expect, test } from 'vitest';
import { crashes } from '../torture/crashes.ts';

/** One blow for each way in which a bridge dies or is disturbed; `npm run torture -- crashes` is the whole of it. */
const blows = [
  'second-at-delivery-typed-after',
  'daemon-at-request-asked-before',
  'synchronized-at-delivery-submitted-before',
  'passed-at-request-answered-after',
];

test('a bridge dies, is beside another one, or is passed over, and every request and delivery is accounted for', async () => {
  const report = await crashes({
    seed: 12,
    cases: 1,
    minutes: null,
    only: blows.join(','),
    pairs: null,
    keep: null,
    say: () => {},
  });
  expect(report.failures).toEqual([]);
  expect(report.figures).toMatchObject({ blows: 4, questions: 6, passedOver: 1, stale: 0 });
  expect(report.figures.bridgeDeaths).toBeGreaterThanOrEqual(3);
  expect(report.figures.submissions).toBe(5);
}, 300_000);
