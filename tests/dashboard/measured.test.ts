import { expect, test } from 'vitest';
import type { JournalEvent } from '../../bridge/core/journal-event.ts';
import { measured } from '../../bridge/dashboard/measured.ts';

/** In their order; the page has the newest first. */
const events = (...all: Array<[at: number, kind: string, subject: string]>) =>
  all.map(([at, kind, subject], seq) => ({ seq, at, kind, subject, data: null }) as JournalEvent).reverse();

test('of a request and its answer: how long that took, how long its delivery was held, and that it arrived', () => {
  const found = measured(
    events(
      [1_000, 'request-opened', 'r1'],
      [5_000, 'request-answered', 'r1'],
      [5_000, 'delivery-queued', 'd1'],
      [6_000, 'delivery-held', 'd1'],
      [7_000, 'delivery-held', 'd1'],
      [9_000, 'delivery-claimed', 'd1'],
      [9_500, 'delivery-acknowledged', 'd1'],
    ),
  );
  expect(found).toEqual({
    asked: [[1_000, 1]],
    answered: [[5_000, 4]],
    arrived: [[9_000, 1]],
    lost: 0,
    held: [[9_000, 3]],
  });
});

test('what ended otherwise is counted, and what was taken back is not', () => {
  const kinds = ['uncertain', 'failed', 'expired', 'typed-not-submitted', 'cancelled'];
  const found = measured(events(...kinds.map((kind, at): [number, string, string] => [at, `delivery-${kind}`, kind])));
  expect([found.lost, found.arrived]).toEqual([4, []]);
});

test('of many in an hour each bar holds those of its time', () => {
  const many = Array.from({ length: 400 }, (_, at): [number, string, string] => [
    at * 9_000,
    'request-opened',
    `r${at}`,
  ]);
  const { asked } = measured(events(...many));
  expect(asked.length).toBeLessThanOrEqual(41);
  expect(asked.reduce((sum, [, count]) => sum + count, 0)).toBe(400);
});
