import { beforeEach, expect, test } from 'vitest';
import type { RequestId, TurnId } from '../../bridge/core/ids.ts';
import { identityKey } from '../../bridge/core/pane.ts';
import type { Journal } from '../../bridge/journal/journal.ts';
import type { Limits } from '../../bridge/requests/limits.ts';
import { somePane } from '../journal/samples.ts';
import { Mortal, Panes, settle, TurnedClock } from '../messages/world.ts';
import { commandDialog } from './dialogs.ts';
import { Study, sighting } from './study.ts';

let journal: Journal;
let panes: Panes;
let clock: TurnedClock;
let minted: number;
let turns: number;

beforeEach(() => {
  journal = Mortal.fresh();
  panes = new Panes();
  clock = new TurnedClock();
  minted = turns = 0;
});

const yes = `[{ when: { kind: request }, answer: Yes. }, { when: { kind: approval, command: '^npm test$' }, choose: 1 }]`;

function start(limits: Partial<Limits>, policy = yes): Study {
  return new Study({ journal, panes, clock, mint: () => `id${++minted}`, policy, limits });
}

function ask(study: Study, text: string, worker = 'worker', context = ''): RequestId {
  const { id } = study.desk.open(sighting({ worker, context, turn: `t${++turns}` as TurnId }, text));
  study.desk.confirm(id);
  return id;
}

function askToRun(study: Study, context: string): RequestId {
  const dialog = commandDialog('npm test');
  const detection = { kind: 'approval' as const, text: 'npm test', attributes: {}, truncated: false, dialog };
  const { id } = study.desk.open(sighting({ detection, context, turn: `t${++turns}` as TurnId }));
  study.desk.confirm(id);
  return id;
}

const human = (study: Study, id: RequestId) =>
  study.desk.answer(id, { by: 'human:cli', instructions: 'Go.', notes: '' });
const isHumans = { is: 'asked', of: 'human' };

test('a worker that was answered as often as an hour allows is paused, told why, and others go on', () => {
  let study = start({ answersPerHour: 3 });
  for (const text of ['a', 'b', 'c']) expect(study.request(ask(study, text)).state.is).toBe('answered');
  const fourth = ask(study, 'd');
  expect(study.request(fourth).state).toMatchObject({
    ...isHumans,
    why: expect.stringContaining('3 automatic answers'),
  });
  expect(study.desk.pauses).toMatchObject({ worker: { by: 'limits' } });
  expect(study.done).toEqual([`publish ${fourth}: ${(study.request(fourth).state as { why: string }).why}`]);
  expect(study.request(ask(study, 'a', 'other')).state.is).toBe('answered');
  // neither a restart nor time lets it go on by itself
  study = start({ answersPerHour: 3 });
  clock.time += 7_200_000;
  expect(study.request(ask(study, 'e')).state).toMatchObject(isHumans);
  expect(journal.events({ subject: 'worker' }).map(({ kind }) => kind)).toEqual(['worker-paused']);
  expect(study.desk.endPause('worker', 'human:cli')).toEqual(['worker']);
  expect(study.request(ask(study, 'f')).state.is).toBe('answered');
});

test('an hour ago is forgotten, and a restart forgets nothing', () => {
  let study = start({ answersPerHour: 2 });
  ask(study, 'a');
  clock.time += 3_500_000;
  ask(study, 'b');
  clock.time += 200_000;
  study = start({ answersPerHour: 2 });
  expect(study.request(ask(study, 'c')).state.is).toBe('answered');
  expect(study.request(ask(study, 'd')).state).toMatchObject(isHumans);
});

test('a human’s answers are neither counted nor blocked', async () => {
  const study = start({ answersPerHour: 1, consecutive: 1, perDay: 1 }, 'null');
  for (const text of ['a', 'a', 'a']) {
    const id = ask(study, text);
    expect(human(study, id)).toMatchObject({ accepted: 'first' });
    await settle();
  }
  expect(study.desk.pauses).toEqual({});
  study.desk.pause(null, 'human:cli', 'lunch');
  expect(human(study, ask(study, 'b'))).toMatchObject({ accepted: 'first' });
});

test('the same asked again and again is a loop, also in turns; something new, or a human, begins anew', async () => {
  const study = start({ consecutive: 3 });
  for (const text of ['Shall I go on?', 'Shall I  go on?', 'Shall I go\non?']) {
    expect(study.request(ask(study, text)).state.is).toBe('answered');
  }
  const stuck = ask(study, 'Shall I go on?');
  expect(study.request(stuck).state).toMatchObject({ ...isHumans, why: expect.stringContaining('without new work') });
  study.desk.endPause(null, 'human:cli');
  for (const text of ['A 1?', 'B?', 'A 2?', 'B?']) expect(study.request(ask(study, text)).state.is).toBe('answered');
  expect(study.request(ask(study, 'A 3?')).state).toMatchObject(isHumans);
  study.desk.endPause(null, 'human:cli');
  for (const text of ['a', 'b', 'c', 'd', 'e', 'f']) expect(study.request(ask(study, text)).state.is).toBe('answered');
});

test('the same command after other work is no loop; before the same screen it is', () => {
  const study = start({ consecutive: 2 });
  for (const work of ['edited a.ts', 'edited b.ts', 'edited c.ts', 'edited d.ts']) {
    expect(study.request(askToRun(study, work)).state.is).toBe('answered');
  }
  for (const seconds of ['7s', '8s'])
    expect(study.request(askToRun(study, `same ${seconds}`)).state.is).toBe('answered');
  expect(study.request(askToRun(study, 'same 9s')).state).toMatchObject(isHumans);
});

test('all workers together have a day’s total', () => {
  const study = start({ perDay: 3 });
  for (const worker of ['a', 'b', 'c']) expect(study.request(ask(study, 'x', worker)).state.is).toBe('answered');
  expect(study.request(ask(study, 'x', 'd')).state).toMatchObject(isHumans);
  study.desk.endPause('d', 'human:cli');
  expect(study.request(ask(study, 'y', 'd')).state.is).toBe('answered');
});

test('0 is no limit', () => {
  const study = start({});
  for (let turn = 0; turn < 30; turn += 1) expect(study.request(ask(study, 'x')).state.is).toBe('answered');
});

test('while paused nothing automatic is typed: what waited is taken back, and a controller’s answer is kept, not typed', async () => {
  const study = start({}, `[{ when: { text: /rule/ }, answer: Yes. }, { when: { text: /noise/ }, then: ignore }]`);
  panes.busy.add(identityKey(somePane));
  const ruled = ask(study, 'rule');
  await settle();
  const thinking = ask(study, 'think');
  study.desk.pause('worker', 'human:cli', 'a demo');
  expect(study.request(ruled)).toMatchObject({ state: isHumans, late: [{ instructions: 'Yes.' }] });
  expect(study.request(thinking).state).toMatchObject({ ...isHumans, why: expect.stringContaining('a demo') });
  expect(study.done).toContain(`cancel-ask ${thinking}`);
  panes.busy.clear();
  await settle();
  expect(panes.pastes).toEqual([]);
  const answer = { by: 'controller:codex', instructions: 'Do.', notes: '' };
  expect(study.desk.answer(thinking, answer)).toMatchObject({ accepted: 'refused' });
  expect(study.request(thinking)).toMatchObject({ state: isHumans, late: [{ instructions: 'Do.' }] });
  for (const text of ['rule', 'think', 'noise']) expect(study.request(ask(study, text)).state).toMatchObject(isHumans);
  expect(study.request(ask(study, 'rule', 'other')).state.is).toBe('answered');
});

test('a controller that answers after the limit was reached is not typed either', () => {
  const study = start({ answersPerHour: 1 }, 'null');
  const [first, second] = [ask(study, 'a'), ask(study, 'b')];
  const by = { by: 'controller:codex', instructions: 'Do.', notes: '' };
  expect(study.desk.answer(first, by)).toMatchObject({ accepted: 'first' });
  expect(study.desk.answer(second, by)).toMatchObject({ accepted: 'refused' });
  expect(study.request(second)).toMatchObject({ state: isHumans, late: [{ instructions: 'Do.' }] });
});

test('a pause of all workers and one of a single one are lifted each by its own name', () => {
  const study = start({});
  study.desk.pause(null, 'human:cli', 'night');
  study.desk.pause('worker', 'human:cli', 'odd');
  expect(study.desk.endPause('worker', 'human:cli')).toEqual(['worker']);
  expect(study.request(ask(study, 'x')).state).toMatchObject({ ...isHumans, why: expect.stringContaining('night') });
  expect(study.desk.endPause(null, 'human:cli')).toEqual(['*']);
  expect(study.request(ask(study, 'x')).state.is).toBe('answered');
});
