import { beforeEach, expect, test } from 'vitest';
import type { RequestId, TurnId } from '../../bridge/core/ids.ts';
import { identityKey } from '../../bridge/core/pane.ts';
import type { Journal } from '../../bridge/journal/journal.ts';
import type { Limits } from '../../bridge/requests/limits.ts';
import { somePane } from '../journal/samples.ts';
import { CrashingJournal, ManualClock, Panes, settle } from '../messages/crashing-journal.ts';
import { commandDialog } from './dialogs.ts';
import { origin, RequestsHarness } from './requests-harness.ts';

let journal: Journal;
let panes: Panes;
let clock: ManualClock;
let minted: number;
let turns: number;

beforeEach(() => {
  journal = CrashingJournal.fresh();
  panes = new Panes();
  clock = new ManualClock();
  minted = turns = 0;
});

const yes = `[{ when: { kind: request }, answer: Yes. }, { when: { kind: approval, command: '^npm test$' }, choose: 1 }]`;

function start(limits: Partial<Limits>, policy = yes): RequestsHarness {
  return new RequestsHarness({ journal, panes, clock, mint: () => `id${++minted}`, policy, limits });
}

function ask(harness: RequestsHarness, text: string, worker = 'worker', context = ''): RequestId {
  const { id } = harness.requests.open(origin({ worker, context, turn: `t${++turns}` as TurnId }, text));
  harness.requests.confirm(id);
  return id;
}

function askToRun(harness: RequestsHarness, context: string): RequestId {
  const dialog = commandDialog('npm test');
  const detection = { kind: 'approval' as const, text: 'npm test', attributes: {}, truncated: false, dialog };
  const { id } = harness.requests.open(origin({ detection, context, turn: `t${++turns}` as TurnId }));
  harness.requests.confirm(id);
  return id;
}

const human = (harness: RequestsHarness, id: RequestId) =>
  harness.requests.answer(id, { by: 'human:cli', instructions: 'Go.', notes: '' });
const isHumans = { is: 'asked', of: 'human' };

test('a worker that was answered as often as an hour allows is paused, told why, and others go on', () => {
  let harness = start({ answersPerHour: 3 });
  for (const text of ['a', 'b', 'c']) expect(harness.request(ask(harness, text)).state.is).toBe('answered');
  const fourth = ask(harness, 'd');
  expect(harness.request(fourth).state).toMatchObject({
    ...isHumans,
    why: expect.stringContaining('3 automatic answers'),
  });
  expect(harness.requests.pauses).toMatchObject({ worker: { by: 'limits' } });
  expect(harness.done).toEqual([`publish ${fourth}: ${(harness.request(fourth).state as { why: string }).why}`]);
  expect(harness.request(ask(harness, 'a', 'other')).state.is).toBe('answered');
  // neither a restart nor time lets it go on by itself
  harness = start({ answersPerHour: 3 });
  clock.time += 7_200_000;
  expect(harness.request(ask(harness, 'e')).state).toMatchObject(isHumans);
  expect(journal.events({ subject: 'worker' }).map(({ kind }) => kind)).toEqual(['worker-paused']);
  expect(harness.requests.endPause('worker', 'human:cli')).toEqual(['worker']);
  expect(harness.request(ask(harness, 'f')).state.is).toBe('answered');
});

test('an hour ago is forgotten, and a restart forgets nothing', () => {
  let harness = start({ answersPerHour: 2 });
  ask(harness, 'a');
  clock.time += 3_500_000;
  ask(harness, 'b');
  clock.time += 200_000;
  harness = start({ answersPerHour: 2 });
  expect(harness.request(ask(harness, 'c')).state.is).toBe('answered');
  expect(harness.request(ask(harness, 'd')).state).toMatchObject(isHumans);
});

test('a human’s answers are neither counted nor blocked', async () => {
  const harness = start({ answersPerHour: 1, consecutive: 1, perDay: 1 }, 'null');
  for (const text of ['a', 'a', 'a']) {
    const id = ask(harness, text);
    expect(human(harness, id)).toMatchObject({ accepted: 'first' });
    await settle();
  }
  expect(harness.requests.pauses).toEqual({});
  harness.requests.pause(null, 'human:cli', 'lunch');
  expect(human(harness, ask(harness, 'b'))).toMatchObject({ accepted: 'first' });
});

test('the same asked again and again is a loop, also in turns; something new, or a human, begins anew', async () => {
  const harness = start({ consecutive: 3 });
  for (const text of ['Shall I go on?', 'Shall I  go on?', 'Shall I go\non?']) {
    expect(harness.request(ask(harness, text)).state.is).toBe('answered');
  }
  const stuck = ask(harness, 'Shall I go on?');
  expect(harness.request(stuck).state).toMatchObject({ ...isHumans, why: expect.stringContaining('without new work') });
  harness.requests.endPause(null, 'human:cli');
  for (const text of ['A 1?', 'B?', 'A 2?', 'B?'])
    expect(harness.request(ask(harness, text)).state.is).toBe('answered');
  expect(harness.request(ask(harness, 'A 3?')).state).toMatchObject(isHumans);
  harness.requests.endPause(null, 'human:cli');
  for (const text of ['a', 'b', 'c', 'd', 'e', 'f'])
    expect(harness.request(ask(harness, text)).state.is).toBe('answered');
});

test('the same command after other work is no loop; before the same screen it is', () => {
  const harness = start({ consecutive: 2 });
  for (const work of ['edited a.ts', 'edited b.ts', 'edited c.ts', 'edited d.ts']) {
    expect(harness.request(askToRun(harness, work)).state.is).toBe('answered');
  }
  for (const seconds of ['7s', '8s'])
    expect(harness.request(askToRun(harness, `same ${seconds}`)).state.is).toBe('answered');
  expect(harness.request(askToRun(harness, 'same 9s')).state).toMatchObject(isHumans);
});

test('all workers together have a day’s total', () => {
  const harness = start({ perDay: 3 });
  for (const worker of ['a', 'b', 'c']) expect(harness.request(ask(harness, 'x', worker)).state.is).toBe('answered');
  expect(harness.request(ask(harness, 'x', 'd')).state).toMatchObject(isHumans);
  harness.requests.endPause('d', 'human:cli');
  expect(harness.request(ask(harness, 'y', 'd')).state.is).toBe('answered');
});

test('0 is no limit', () => {
  const harness = start({});
  for (let turn = 0; turn < 30; turn += 1) expect(harness.request(ask(harness, 'x')).state.is).toBe('answered');
});

test('while paused nothing automatic is typed: what waited is taken back, and a controller’s answer is kept, not typed', async () => {
  const harness = start({}, `[{ when: { text: /rule/ }, answer: Yes. }, { when: { text: /noise/ }, then: ignore }]`);
  panes.busy.add(identityKey(somePane));
  const ruled = ask(harness, 'rule');
  await settle();
  const thinking = ask(harness, 'think');
  harness.requests.pause('worker', 'human:cli', 'a demo');
  expect(harness.request(ruled)).toMatchObject({ state: isHumans, late: [{ instructions: 'Yes.' }] });
  expect(harness.request(thinking).state).toMatchObject({ ...isHumans, why: expect.stringContaining('a demo') });
  expect(harness.done).toContain(`cancel-ask ${thinking}`);
  panes.busy.clear();
  await settle();
  expect(panes.pastes).toEqual([]);
  const answer = { by: 'controller:codex', instructions: 'Do.', notes: '' };
  expect(harness.requests.answer(thinking, answer)).toMatchObject({ accepted: 'refused' });
  expect(harness.request(thinking)).toMatchObject({ state: isHumans, late: [{ instructions: 'Do.' }] });
  for (const text of ['rule', 'think', 'noise'])
    expect(harness.request(ask(harness, text)).state).toMatchObject(isHumans);
  expect(harness.request(ask(harness, 'rule', 'other')).state.is).toBe('answered');
});

test('a controller that answers after the limit was reached is not typed either', () => {
  const harness = start({ answersPerHour: 1 }, 'null');
  const [first, second] = [ask(harness, 'a'), ask(harness, 'b')];
  const by = { by: 'controller:codex', instructions: 'Do.', notes: '' };
  expect(harness.requests.answer(first, by)).toMatchObject({ accepted: 'first' });
  expect(harness.requests.answer(second, by)).toMatchObject({ accepted: 'refused' });
  expect(harness.request(second)).toMatchObject({ state: isHumans, late: [{ instructions: 'Do.' }] });
});

test('a pause of all workers and one of a single one are lifted each by its own name', () => {
  const harness = start({});
  harness.requests.pause(null, 'human:cli', 'night');
  harness.requests.pause('worker', 'human:cli', 'odd');
  expect(harness.requests.endPause('worker', 'human:cli')).toEqual(['worker']);
  expect(harness.request(ask(harness, 'x')).state).toMatchObject({
    ...isHumans,
    why: expect.stringContaining('night'),
  });
  expect(harness.requests.endPause(null, 'human:cli')).toEqual(['*']);
  expect(harness.request(ask(harness, 'x')).state.is).toBe('answered');
});
