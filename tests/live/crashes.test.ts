import { expect, test } from 'vitest';
import { crashes } from '../faults/crashes.ts';
import { mail } from '../faults/mail.ts';

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

test('the bridge and a reader die while mail is carried and read, and every message is accounted for', async () => {
  const report = await mail({
    seed: 12,
    cases: 1,
    minutes: null,
    only: 'daemon-at-delivery-typed-after,reader-at-message-read-after,pane-at-delivery-submitted-before',
    pairs: null,
    keep: null,
    say: () => {},
  });
  expect(report.failures).toEqual([]);
  const died = { 'bridge deaths': 1, 'reader deaths': 1, 'pane deaths': 1 };
  expect(report.figures).toMatchObject({ faults: 3, ...died, duplicates: 0, losses: 0, untrue: 0 });
}, 300_000);
