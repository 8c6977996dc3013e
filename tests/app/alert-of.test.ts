import { expect, test } from 'vitest';
import { alertOf, settledBy } from '../../bridge/app/alert-of.ts';
import type { DeliveryState } from '../../bridge/core/envelope.ts';
import { sampleDelivery, sampleRequest } from '../journal/samples.ts';

/** What calls a person, and what ends that. */

const waiting = { is: 'asked', of: 'human', why: 'no rule matches', at: 1 } as const;

test('a request calls while it waits for the person; whatever else becomes of it settles that', () => {
  const request = sampleRequest('r1', { state: waiting });
  const { matter } = alertOf({ type: 'human-needed', request, why: 'no rule matches' })!;
  const after = (state: typeof request.state) =>
    settledBy({ type: 'request-changed', request: { ...request, state }, what: 'request-asked' });
  expect([after(waiting), after({ ...waiting, of: 'controller' })]).toEqual([null, matter]);
  expect(after({ is: 'dismissed', by: 'human', at: 2 })).toBe(matter);
  expect(after({ is: 'withdrawn', reason: 'dialog-closed', at: 2 })).toBe(matter);
});

test('a text that is stuck calls; its arrival, or taking it back, settles that', () => {
  const delivery = sampleDelivery('d1');
  const { matter, kind } = alertOf({ type: 'letter-stranded', delivery, why: 'the pane is gone' })!;
  expect(kind).toBe('undelivered');
  const after = (state: DeliveryState) => settledBy({ type: 'delivery-changed', delivery: { ...delivery, state } });
  expect(after({ is: 'queued' })).toBeNull();
  expect(after({ is: 'failed', reason: 'x' })).toBeNull();
  expect(after({ is: 'cancelled', reason: 'taken back' })).toBe(matter);
  expect(
    after({
      is: 'acknowledged',
      receipt: { evidence: 'composer-emptied-and-echoed', at: 2, lines: [], snapshot: '' } as never,
    }),
  ).toBe(matter);
});
