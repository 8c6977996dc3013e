import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type DeliveryInput, isEnded, mayFollow, mustStep, step } from '../../bridge/core/delivery-machine.ts';
import type { DeliveryState } from '../../bridge/core/envelope.ts';
import { sampleDelivery } from '../journal/samples.ts';

const at = fc.integer({ min: 0, max: 100 });
const reason = fc.constantFrom('a', 'b');
const anyEvent: fc.Arbitrary<DeliveryInput> = fc.oneof(
  fc.record({
    type: fc.constant('held' as const),
    reason: fc.constantFrom('busy' as const, 'draft' as const),
    detail: reason,
    at,
  }),
  fc.record({
    type: fc.constantFrom('claimed' as const, 'typed' as const, 'submitted' as const, 'ticked' as const),
    at,
  }),
  fc.record({ type: fc.constant('released' as const) }),
  fc.record({
    type: fc.constant('acknowledged' as const),
    receipt: fc.record({ at, typedAt: at, evidence: reason, lines: fc.constant([]) }),
  }),
  fc.record({
    type: fc.constantFrom('left-in-composer' as const, 'lost-sight' as const, 'failed' as const, 'cancelled' as const),
    reason,
  }),
  fc.record({ type: fc.constant('body-replaced' as const), body: reason, notes: reason }),
  fc.record({ type: fc.constant('clock-set' as const), byMs: fc.integer({ min: -50, max: 50 }) }),
);

/** How far the courier got before anything may happen. */
const courier: DeliveryInput[] = [
  { type: 'claimed', at: 0 },
  { type: 'typed', at: 0 },
  { type: 'submitted', at: 0 },
];
const anyEvents = fc
  .tuple(fc.integer({ min: 0, max: 3 }), fc.array(anyEvent, { maxLength: 20 }))
  .map(([steps, events]) => [...courier.slice(0, steps), ...events]);

test('whatever happens in whatever order, an end is final, text is fixed once claimed, and no-ops are reported', () => {
  const reached = new Set<DeliveryState['is']>();
  fc.assert(
    fc.property(anyEvents, fc.option(at), (events, deadlineAt) => {
      let delivery = { ...sampleDelivery('d1'), deadlineAt };
      let wasTyped = false;
      for (const event of events) {
        const before = delivery;
        const after = step(before, event);
        delivery = { ...after.delivery, deadlineAt };
        reached.add(delivery.state.is);
        if (!after.changed) expect(after.delivery).toBe(before);
        else {
          expect(mayFollow(before.state, after.delivery.state)).toBe(true);
          expect(after.refused).toBeNull();
        }
        if (after.refused !== null) {
          expect(after.changed).toBe(false);
          expect(() => mustStep(before, event)).toThrow(after.refused);
        }
        if (isEnded(before.state)) expect(after.changed).toBe(false);
        if (!['queued', 'held'].includes(before.state.is)) expect(after.delivery.envelope).toBe(before.envelope);
        // Only tmux's own word that it did not paste leads back from typed, and never to the queue at once.
        wasTyped ||= before.state.is === 'typed';
        if (before.state.is === 'typed' || before.state.is === 'submitted') {
          expect(['queued', 'claimed', 'cancelled', 'expired']).not.toContain(delivery.state.is);
        }
        if (delivery.state.is === 'acknowledged') expect(wasTyped).toBe(true);
        expect(after.delivery.attempts - before.attempts).toBe(event.type === 'claimed' && after.changed ? 1 : 0);
      }
    }),
    { numRuns: 400, seed: 7 },
  );
  expect([...reached].sort()).toEqual([
    'acknowledged',
    'cancelled',
    'claimed',
    'expired',
    'failed',
    'held',
    'queued',
    'submitted',
    'typed',
    'typed-not-submitted',
    'uncertain',
  ]);
});

test('a delivery that is being typed is not cancelled, replaced or expired', () => {
  const typed = { ...sampleDelivery('d1', { is: 'typed', at: 1 }), deadlineAt: 5 };
  for (const event of [
    { type: 'cancelled', reason: 'dismissed' },
    { type: 'body-replaced', body: 'No.', notes: '' },
    { type: 'ticked', at: 9 },
    { type: 'released' },
    { type: 'claimed', at: 9 },
  ] satisfies DeliveryInput[]) {
    expect(step(typed, event)).toMatchObject({ delivery: typed, changed: false });
  }
});

test('held again for the same reason, it keeps since when; what only a spinner and a clock change is no news', () => {
  const held = step(sampleDelivery('d1'), { type: 'held', reason: 'busy', detail: '⠋ Working (1s)', at: 10 });
  const again = step(held.delivery, { type: 'held', reason: 'busy', detail: 'Working (2s), the title too', at: 20 });
  expect(again.delivery.state).toEqual({
    is: 'held',
    reason: 'busy',
    detail: 'Working (2s), the title too',
    since: 10,
  });
  for (const detail of ['Working (2s), the title too', '⠙ Working (3s), the title too'])
    expect([detail, step(again.delivery, { type: 'held', reason: 'busy', detail, at: 30 }).changed]).toEqual([
      detail,
      false,
    ]);
  const other = step(again.delivery, { type: 'held', reason: 'draft', detail: 'hello', at: 40 });
  expect(other.delivery.state).toMatchObject({ reason: 'draft', since: 40 });
});

test('it expires at its deadline, not before, and never without one', () => {
  const delivery = { ...sampleDelivery('d1'), deadlineAt: 100 };
  expect(step(delivery, { type: 'ticked', at: 99 }).changed).toBe(false);
  expect(step(delivery, { type: 'ticked', at: 100 }).delivery.state.is).toBe('expired');
  expect(step(sampleDelivery('d1'), { type: 'ticked', at: 1e15 }).changed).toBe(false);
});

test('when it was typed, and the turn before it, stay with it until its end; Enter again changes neither', () => {
  const claimed = mustStep(sampleDelivery('d1'), { type: 'claimed', at: 1 });
  const typed = mustStep(claimed, { type: 'typed', at: 2, turnBefore: 'mark' });
  const submitted = mustStep(typed, { type: 'submitted', at: 3 });
  const again = mustStep(submitted, { type: 'submitted', at: 4 });
  expect(submitted.state).toEqual({ is: 'submitted', at: 3, typedAt: 2, turnBefore: 'mark' });
  expect(again.state).toEqual({ is: 'submitted', at: 4, typedAt: 2, turnBefore: 'mark' });
  expect(step(claimed, { type: 'submitted', at: 3 }).refused).toContain('it is claimed');
});

test('a clock that is set moves the deadline of what has not ended, and no state', () => {
  const waiting = { ...sampleDelivery('d1'), deadlineAt: 100 };
  expect(mustStep(waiting, { type: 'clock-set', byMs: -30 })).toEqual({ ...waiting, deadlineAt: 70 });
  const ended = mustStep(waiting, { type: 'failed', reason: 'gone' });
  expect(mustStep(ended, { type: 'clock-set', byMs: 30 })).toBe(ended);
  expect(step(sampleDelivery('d1'), { type: 'clock-set', byMs: 30 }).changed).toBe(false);
});
