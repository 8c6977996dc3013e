import { beforeEach, expect, test } from 'vitest';
import type { RequestId, TurnId } from '../../bridge/core/ids.ts';
import { identityKey } from '../../bridge/core/pane.ts';
import type { Dialog } from '../../bridge/core/reading.ts';
import { originOf } from '../../bridge/core/request.ts';
import type { Journal } from '../../bridge/journal/journal.ts';
import { sampleRequest, somePane } from '../journal/samples.ts';
import { CrashingJournal, ManualClock, Panes, settle } from '../messages/crashing-journal.ts';
import { commandDialog } from './dialogs.ts';
import { origin, RequestsHarness } from './requests-harness.ts';

let journal: Journal;
let panes: Panes;
let clock: ManualClock;
let minted: number;

beforeEach(() => {
  journal = CrashingJournal.fresh();
  panes = new Panes();
  clock = new ManualClock();
  minted = 0;
});

const npmTest = `[{ when: { kind: approval, command: '^npm test$' }, choose: 'Yes, proceed' }]`;

function start(policy = 'null'): RequestsHarness {
  return new RequestsHarness({ journal, panes, clock, mint: () => `id${++minted}`, policy });
}

function ask(harness: RequestsHarness, command: string, turn = 'd1'): RequestId {
  const dialog = commandDialog(command);
  const detection = { kind: 'approval' as const, text: `run ${command}`, attributes: {}, truncated: false, dialog };
  const { id } = harness.requests.open(origin({ detection, turn: turn as TurnId }));
  harness.requests.confirm(id);
  return id;
}

test('the fingerprint of the dialog belongs to what makes two sightings one request', () => {
  const [one, other] = [sampleRequest('a'), sampleRequest('a', { dialog: commandDialog('npm test') })];
  expect(originOf(one)).not.toBe(originOf(other));
  expect(originOf(other)).not.toBe(originOf({ ...other, dialog: commandDialog('npm test; x') }));
  expect(originOf(other)).toBe(originOf({ ...other, dialog: commandDialog('npm test') }));
});

test('a rule’s choice is committed with its delivery, which names the dialog and the option', async () => {
  const harness = start(npmTest);
  const id = ask(harness, 'npm test');
  expect(harness.request(id).state).toMatchObject({
    is: 'answered',
    answer: { by: 'rules', instructions: 'Yes, proceed' },
  });
  expect(journal.deliveries()).toMatchObject([
    { dialog: commandDialog('npm test').fingerprint, envelope: { body: 'Yes, proceed' } },
  ]);
  await settle();
  expect(harness.request(id).state).toMatchObject({ is: 'delivered' });
  expect(harness.done).toEqual([`choose ${id}: Yes, proceed`, `archive ${id}`]);
});

test('a human names an option in any way, and what names none is refused; a controller is never heard', () => {
  const harness = start();
  const id = ask(harness, 'rm -rf build');
  const answer = (by: string, instructions: string) => harness.requests.answer(id, { by, instructions, notes: '' });
  expect(harness.request(id).state).toMatchObject({ is: 'asked', of: 'human' });
  expect(answer('controller:codex', 'Yes, proceed')).toMatchObject({ accepted: 'refused' });
  expect(answer('human:cli', 'yes please')).toMatchObject({
    accepted: 'refused',
    reason: expect.stringContaining('3. No'),
  });
  expect(answer('human:cli', '3')).toEqual({ accepted: 'first', reason: '' });
  expect(harness.request(id).state).toMatchObject({
    answer: { instructions: 'No, and tell Codex what to do differently' },
  });
  expect(answer('human:cli', 'y')).toMatchObject({ accepted: 'replaced' });
  expect(journal.deliveries()).toMatchObject([{ envelope: { body: 'Yes, proceed' } }]);
});

test('a member that was let chooses in a dialog whose every word is known; the others, and those about trust, stay the human’s', () => {
  const harness = start();
  const answer = (id: RequestId) =>
    harness.requests.answer(id, { by: 'member:shop/lead', instructions: '3', notes: '' });
  const isShown = (id: RequestId) => harness.requests.isForMembers(harness.request(id));
  const build = ask(harness, 'rm -rf build');
  expect(isShown(build)).toBe(true);
  expect(answer(build)).toEqual({ accepted: 'first', reason: '' });
  // it has one
  expect(isShown(build)).toBe(false);
  const whole = commandDialog('npm test');
  const others: ReadonlyArray<readonly [Dialog, { humanOnly?: string; noChoice?: string }, RegExp]> = [
    [commandDialog('rm -rf bu…', false), {}, /not all known/],
    [commandDialog('npm te\u200bst'), {}, /cannot be seen/],
    [commandDialog('npm test', true, []), {}, /expected one of its options/],
    [whole, { noChoice: 'its record was not found' }, /its record was not found/],
    [whole, { humanOnly: 'the screen is not to be trusted' }, /not to be trusted/],
    [{ ...whole, kind: 'trust' }, {}, /of the kind trust/],
    [{ ...whole, kind: 'login' }, {}, /of the kind login/],
    [{ ...whole, kind: 'update' }, {}, /of the kind update/],
    [{ ...whole, kind: 'other' }, {}, /of the kind other/],
  ];
  for (const [index, [dialog, doubt, reason]] of others.entries()) {
    const detection = { kind: 'approval' as const, text: `dialog ${index}`, attributes: {}, truncated: false, dialog };
    const { id } = harness.requests.open(origin({ detection, turn: `o${index}` as TurnId, ...doubt }));
    harness.requests.confirm(id, doubt);
    expect([index, isShown(id)]).toEqual([index, false]);
    const refused = answer(id);
    expect([index, refused]).toEqual([index, { accepted: 'refused', reason: expect.stringMatching(reason) }]);
  }
  expect(journal.deliveries()).toHaveLength(1);
});

test('the answer of a member counts as automatic: a paused worker gets none, and a pause takes it back', async () => {
  const harness = start();
  const answer = (id: RequestId) =>
    harness.requests.answer(id, { by: 'member:shop/lead', instructions: 'Yes.', notes: '' });
  panes.busy.add(identityKey(somePane));
  const { id } = harness.requests.open(origin());
  harness.requests.confirm(id);
  expect(answer(id)).toMatchObject({ accepted: 'first' });
  harness.requests.pause(null, 'human:cli', 'lunch');
  expect(harness.request(id).state).toMatchObject({ is: 'asked', of: 'human' });
  expect(answer(id)).toMatchObject({ accepted: 'refused', reason: expect.stringContaining('paused') });
});

test('a dialog stands until it is gone: a new turn does not withdraw it, its absence does', () => {
  const harness = start();
  const [first, second] = [ask(harness, 'rm a', 'd1'), ask(harness, 'rm b', 'd2')];
  harness.requests.turnBegan(somePane, 't9' as TurnId);
  expect(harness.request(second).state).toMatchObject({ is: 'asked' });
  harness.requests.dialogNow(somePane, commandDialog('rm b').fingerprint);
  expect(harness.request(first).state).toMatchObject({ is: 'withdrawn' });
  expect(harness.request(second).state).toMatchObject({ is: 'asked' });
  harness.requests.dialogNow({ ...somePane, panePid: 999 }, null);
  expect(harness.request(second).state).toMatchObject({ is: 'asked' });
  harness.requests.dialogNow(somePane, null);
  expect(harness.request(second).state).toMatchObject({ is: 'withdrawn' });
});

test('a choice that found its dialog closed withdraws the request; one whose end is not known is put to the human', async () => {
  const harness = start(npmTest);
  const id = ask(harness, 'npm test');
  const [delivery] = journal.deliveries();
  harness.queue.cancel(delivery!.id, 'nothing was pressed: dialog-closed');
  await settle();
  expect(harness.request(id).state).toMatchObject({
    is: 'withdrawn',
    reason: expect.stringContaining('nothing was pressed'),
  });
  panes.outcome = 'uncertain';
  const doubtful = ask(harness, 'npm test', 'd2');
  await settle();
  expect(harness.request(doubtful).state).toMatchObject({ is: 'asked', of: 'human', doubt: { delivery: 'uncertain' } });
  expect(harness.done.at(-1)).toContain(`publish ${doubtful}: nobody can tell whether the option was chosen`);
  harness.requests.dialogNow(somePane, null);
  expect(harness.request(doubtful).state).toMatchObject({
    is: 'withdrawn',
    reason: expect.stringContaining('nobody can tell'),
  });
});

test('a choice does not wait behind a text that the dialog holds back', async () => {
  const harness = start(npmTest);
  const pane = somePane;
  panes.outcome = 'acknowledged';
  const text = harness.requests.open(origin());
  harness.requests.confirm(text.id);
  panes.busy.add(identityKey(pane));
  harness.requests.answer(text.id, { by: 'human:cli', instructions: 'go on', notes: '' });
  await settle();
  const attempts = panes.attempts;
  ask(harness, 'npm test');
  await settle();
  expect(panes.attempts - attempts).toBeGreaterThanOrEqual(1);
  expect(journal.deliveries().map(({ state }) => state.is)).toEqual(['held', 'held']);
});

test('requests of an older journal, without a dialog, are read as they were', () => {
  const harness = start();
  const { id } = harness.requests.open(origin());
  const { dialog, repository, ...older } = harness.request(id);
  expect([dialog, repository]).toEqual([undefined, undefined]);
  expect(harness.requests.open(origin()).id).toBe(older.id);
});
