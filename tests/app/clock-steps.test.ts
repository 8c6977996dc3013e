import { beforeEach, expect, test } from 'vitest';
import { clampToClock, followClock, stepInWords } from '../../bridge/app/clock-steps.ts';
import type { Delivery, DeliveryState } from '../../bridge/core/envelope.ts';
import type { Request } from '../../bridge/core/request.ts';
import { FollowingClock } from '../../bridge/host/clock.ts';
import { Journal } from '../../bridge/journal/journal.ts';
import { rebuildDelivery, rebuildRequest } from '../../bridge/journal/rebuild.ts';
import { Alerts } from '../../bridge/requests/alerts.ts';
import { countersKey } from '../../bridge/requests/budget.ts';
import { noCounters } from '../../bridge/requests/limits.ts';
import { sampleDelivery, sampleRequest } from '../journal/samples.ts';

const day = 86_400_000;
const start = 1_000 * day;
const steps = [-3 * day, -90_000, -2_000, 2_000, 90_000, 3 * day];

let journal: Journal;
let wall: number;
let passed: number;
let clock: FollowingClock;
beforeEach(() => {
  journal = Journal.open(':memory:', { now: 0 }).journal;
  wall = start;
  passed = 0;
  clock = new FollowingClock({ monotonic: () => passed, system: () => wall + passed });
});

function asked(id: string, over: Partial<Request> = {}): void {
  const at = clock.now();
  const state = { is: 'asked', of: 'human', why: 'no rule', at } as const;
  const request = sampleRequest(id, { openedAt: at, deadlineAt: at + 600_000, ...over });
  journal.saveRequest({ ...request, state: { is: 'open' } }, { at, kind: 'request-opened', subject: id, data: null });
  if (over.state?.is === 'open') return;
  journal.saveRequest({ ...request, state }, { at, kind: 'request-asked', subject: id, data: { state } });
}

function posted(id: string, ...states: DeliveryState[]): Delivery {
  const at = clock.now();
  const all: DeliveryState[] = [{ is: 'queued' }, ...states];
  for (const state of all) {
    const delivery = { ...sampleDelivery(id), state, deadlineAt: at + 600_000 };
    journal.saveDelivery(delivery, { at, kind: `delivery-${state.is}`, subject: id, data: { state } });
  }
  return journal.delivery(id)!;
}

const follow = () => followClock(clock, journal, () => true);

test.each(steps)('the clock is set by %i ms: what was to expire in ten minutes still does so in ten minutes', (by) => {
  asked('r');
  posted('d', { is: 'held', reason: 'busy', detail: 'at work', since: start });
  wall += by;
  expect(follow()).toBe(by);
  expect(journal.request('r')!.deadlineAt! - clock.now()).toBe(600_000);
  expect(journal.delivery('d')!.deadlineAt! - clock.now()).toBe(600_000);
  expect(clock.now()).toBe(start + by);
  expect(follow()).toBe(0);
  expect(journal.events({ subject: 'bridge' })).toMatchObject([{ kind: 'clock-stepped', at: start + by }]);
  expect(rebuildRequest(journal.request('r')!, journal.events({ subject: 'r' }))).toEqual([]);
  expect(rebuildDelivery(journal.delivery('d')!, journal.events({ subject: 'd' }))).toEqual([]);
});

test.each(steps)('the clock is set by %i ms: nobody is called again for it, nor later than was set', (by) => {
  asked('r');
  const called: number[] = [];
  const memory = journal;
  const calling = () => {
    const one = new Alerts({ memory, againAfterMs: 600_000, call: () => called.push(clock.now()) });
    one.enable();
    return one;
  };
  calling().needed(journal.request('r')!, 'no rule', clock.now());
  wall += by;
  follow();
  calling().needed(journal.request('r')!, 'no rule', clock.now());
  calling().tick(clock.now());
  expect(called).toHaveLength(1);
  passed += 600_000;
  calling().tick(clock.now());
  expect(called).toEqual([start, start + by + 600_000]);
});

test.each(steps)('the clock is set by %i ms: what was answered within the hour was answered within the hour', (by) => {
  journal.saveMemory(countersKey, { ...noCounters, hour: { w: [start - 1_000] }, day: [start - 1_000] });
  wall += by;
  follow();
  expect(journal.memory(countersKey)).toMatchObject({ hour: { w: [clock.now() - 1_000] }, day: [clock.now() - 1_000] });
});

test('what was seen once waits as long for its second sight', () => {
  asked('r', { state: { is: 'open' } });
  wall -= day;
  follow();
  expect(journal.request('r')).toMatchObject({ openedAt: start - day, deadlineAt: start - day + 600_000 });
  expect(rebuildRequest(journal.request('r')!, journal.events({ subject: 'r' }))).toEqual([]);
});

test('while something is typed, or measured, the clock goes on as before', () => {
  wall += day;
  expect(followClock(clock, journal, () => false)).toBe(0);
  posted('d', { is: 'claimed', at: start }, { is: 'typed', at: start });
  expect(follow()).toBe(0);
  passed += 10;
  expect(clock.now()).toBe(start + 10);
});

test('drift is no step', () => {
  wall += 999;
  expect(follow()).toBe(0);
  expect(journal.events()).toEqual([]);
});

test('set back while no bridge ran: what was to expire still does, once, however often it starts', () => {
  asked('r');
  expect(clampToClock(journal, start - day)).toBe(-day);
  expect(journal.request('r')!.deadlineAt).toBe(start - day + 600_000);
  expect(clampToClock(journal, start - day + 5_000)).toBe(0);
  expect(clampToClock(journal, start - day + 4_500)).toBe(0);
  expect(journal.request('r')!.deadlineAt).toBe(start - day + 600_000);
  expect(rebuildRequest(journal.request('r')!, journal.events({ subject: 'r' }))).toEqual([]);
});

test('a start with a clock that went on as it should moves nothing', () => {
  asked('r');
  expect(clampToClock(journal, start + 5 * day)).toBe(0);
  expect(clampToClock(journal, start)).toBe(0);
  expect(journal.events().map(({ kind }) => kind)).toEqual(['request-opened', 'request-asked']);
});

test.each([
  [2_000, 'forward by 2 s'],
  [-90_000, 'back by 90 s'],
  [8 * 3_600_000, 'forward by 8 h'],
  [-day, 'back by 24 h'],
  [3 * day, 'forward by 3 days'],
])('%i ms are told as people say it', (by, words) => expect(stepInWords(by)).toBe(words));
