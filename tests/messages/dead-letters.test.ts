import { beforeEach, expect, test } from 'vitest';
import type { Delivery, DeliveryState, Envelope } from '../../bridge/core/envelope.ts';
import type { DeliveryId } from '../../bridge/core/ids.ts';
import { Journal } from '../../bridge/journal/journal.ts';
import { DeadLetters } from '../../bridge/messages/dead-letters.ts';
import { happened, sampleDelivery } from '../journal/samples.ts';

let journal: Journal;
let called: string[];
let awaited: Set<string>;
beforeEach(() => {
  journal = Journal.open(':memory:', { now: 0 }).journal;
  called = [];
  awaited = new Set();
});

const typed: DeliveryState = { is: 'typed', at: 0 };
const uncertain: DeliveryState = { is: 'uncertain', reason: 'the pane is gone' };
const gone = (since: number): DeliveryState => ({ is: 'held', reason: 'gone', detail: 'the pane is gone', since });
const busy = (since: number): DeliveryState => ({ is: 'held', reason: 'busy', detail: 'at work', since });

function start(): DeadLetters {
  const letters = new DeadLetters({
    memory: journal,
    isAwaited: (id: DeliveryId) => awaited.has(id),
    call: (delivery, why) => called.push(`${delivery.id}: ${why}`),
  });
  letters.enable();
  return letters;
}

function saved(id: string, kind: Envelope['kind'], ...states: DeliveryState[]): Delivery {
  let delivery = journal.delivery(id as DeliveryId) ?? sampleDelivery(id);
  for (const state of states) {
    delivery = { ...delivery, envelope: { ...delivery.envelope, kind }, state };
    journal.saveDelivery(delivery, happened(`delivery-${state.is}`, id));
  }
  return delivery;
}

test('a text in doubt calls the human only where its sender listens no more, and once', () => {
  const letters = start();
  awaited.add('heard');
  letters.changed(saved('heard', 'message', { is: 'queued' }, { is: 'claimed', at: 0 }, typed, uncertain));
  const alone = saved('alone', 'message', { is: 'queued' }, { is: 'claimed', at: 0 }, typed, uncertain);
  letters.changed(alone);
  letters.changed(alone);
  expect(called).toEqual(['alone: uncertain: the pane is gone']);
});

test('keys in doubt call too; an answer in doubt does not, since its request does', () => {
  const letters = start();
  letters.changed(saved('k', 'keys', { is: 'queued' }, { is: 'claimed', at: 0 }, typed, uncertain));
  letters.changed(saved('a', 'response', { is: 'queued' }, { is: 'claimed', at: 0 }, typed, uncertain));
  expect(called).toEqual(['k: uncertain: the pane is gone']);
});

test('what was under way when the bridge died calls after the restart, even where it dies again before the call', () => {
  saved('d', 'message', { is: 'queued' }, { is: 'claimed', at: 0 }, typed);
  start();
  // it was read from the screen and committed; the bridge was killed before anybody was called
  saved('d', 'message', uncertain);
  start();
  start();
  expect(called).toEqual(['d: uncertain: the pane is gone']);
});

test('what arrived, or was never typed, calls nobody', () => {
  saved('d', 'message', { is: 'queued' }, { is: 'claimed', at: 0 }, typed);
  saved('e', 'message', { is: 'queued' });
  const letters = start();
  const receipt = { at: 1, typedAt: 0, evidence: 'busy-began', lines: [] };
  letters.changed(saved('d', 'message', { is: 'acknowledged', receipt }));
  letters.changed(saved('e', 'message', { is: 'expired' }));
  letters.tick(1_000_000);
  expect(called).toEqual([]);
});

test('an answer calls once its worker has been gone for a while; one that waits for a busy worker does not', () => {
  saved('g', 'response', { is: 'queued' }, gone(1_000));
  saved('b', 'response', { is: 'queued' }, busy(0));
  const letters = start();
  letters.tick(2_000);
  expect(called).toEqual([]);
  letters.tick(7_000);
  letters.tick(8_000);
  start().tick(9_000);
  expect(called).toEqual(['g: the answer has nobody to go to: the pane is gone']);
});

test('a command that ends at once calls nobody', () => {
  const command = new DeadLetters({ memory: journal, isAwaited: () => false, call: () => called.push('unheard') });
  command.changed(saved('d', 'message', { is: 'queued' }, { is: 'claimed', at: 0 }, typed, uncertain));
  saved('g', 'response', { is: 'queued' }, gone(0));
  command.tick(100_000);
  expect(called).toEqual([]);
});
