import { beforeEach, expect, test } from 'vitest';
import { type RequestId, serverId, type TurnId } from '../../bridge/core/ids.ts';
import { identityKey } from '../../bridge/core/pane.ts';
import type { Journal } from '../../bridge/journal/journal.ts';
import { rebuildDelivery, rebuildRequest, rebuildThread } from '../../bridge/journal/rebuild.ts';
import { somePane } from '../journal/samples.ts';
import { CrashingJournal, ManualClock, Panes, settle } from '../messages/crashing-journal.ts';
import { origin, RequestsHarness } from './requests-harness.ts';

let journal: Journal;
let panes: Panes;
let clock: ManualClock;
let minted: number;
let harness: RequestsHarness;

beforeEach(() => {
  journal = CrashingJournal.fresh();
  panes = new Panes();
  clock = new ManualClock();
  minted = 0;
  harness = start();
});

function start(over: Partial<ConstructorParameters<typeof RequestsHarness>[0]> = {}): RequestsHarness {
  const mint = () => `id${++minted}`;
  return new RequestsHarness({ journal, panes, clock, mint, ...over });
}

function ask(over: Parameters<typeof origin>[0] = {}, text = 'May I?'): RequestId {
  const { id } = harness.requests.open(origin(over, text));
  harness.requests.confirm(id);
  return id;
}

const answerOf = (by: string, instructions: string, notes = '') => ({ by, instructions, notes });
const stateOf = (id: RequestId) => harness.request(id).state;
const pasted = () => panes.pastes.map((paste) => paste.body);
const t2 = 't2' as TurnId;

function tickAfter(ms: number): void {
  clock.time += ms;
  harness.requests.tick(clock.time);
}

test('the same words of the same turn are one request, however they are wrapped; in a later turn they are a new one', () => {
  const id = ask({}, 'May I\n  add it?');
  expect(harness.requests.open(origin({}, 'May I add it?')).id).toBe(id);
  harness = start();
  expect(harness.requests.open(origin({}, 'May  I add it?')).id).toBe(id);
  expect(harness.requests.open(origin({ turn: t2 }, 'May I add it?')).id).not.toBe(id);
  expect(harness.requests.open(origin({ pane: { ...somePane, server: serverId(9, 1) } }, 'May I add it?')).id).not.toBe(
    id,
  );
  expect(harness.requests.open(origin({ via: 'ask' }, 'May I add it?')).id).not.toBe(id);
});

test('words that were seen only once, in a half-drawn frame, belong to the turn in which they are seen again', () => {
  const { id } = harness.requests.open(origin({}, 'May I add it?'));
  // the input above the block was missing from that frame
  expect(harness.requests.open(origin({ turn: t2 }, 'May I  add it?')).id).toBe(id);
  harness.requests.turnBegan(somePane, t2);
  expect(stateOf(id)).toEqual({ is: 'open' });
  harness = start();
  expect(harness.requests.open(origin({ turn: t2 }, 'May I add it?')).id).toBe(id);
  harness.requests.confirm(id);
  expect(stateOf(id)).toMatchObject({ is: 'asked' });
  expect(harness.done).toEqual([`ask ${id}`]);
  expect(journal.requests()).toHaveLength(1);
  expect(rebuildRequest(journal.request(id)!, journal.events({ subject: id }))).toEqual([]);
  // once it was asked, the same words in another turn are another request
  expect(harness.requests.open(origin({}, 'May I add it?')).id).not.toBe(id);
});

test('other words, other panes and the words of a shell are no second sight of what was seen once', () => {
  const { id } = harness.requests.open(origin({}, 'May I add it?'));
  expect(harness.requests.open(origin({ turn: t2 }, 'May I drop it?')).id).not.toBe(id);
  expect(
    harness.requests.open(origin({ turn: t2, pane: { ...somePane, server: serverId(9, 1) } }, 'May I add it?')).id,
  ).not.toBe(id);
  expect(harness.requests.open(origin({ turn: t2, via: 'ask' }, 'May I add it?')).id).not.toBe(id);
});

test('the turn in which a request was asked does not withdraw it', () => {
  const id = ask({ turn: t2 });
  harness.requests.turnBegan(somePane, t2);
  expect(stateOf(id)).toMatchObject({ is: 'asked' });
  harness.requests.turnBegan({ ...somePane, panePid: 999 }, 't3' as TurnId);
  expect(stateOf(id)).toMatchObject({ is: 'asked' });
});

test('a request that is confirmed again and again is asked once', () => {
  const id = ask();
  harness.requests.confirm(id);
  harness.requests.confirm(id);
  expect(harness.done).toEqual([`ask ${id}`]);
});

test('an answer is committed with its delivery, typed once, and settled by the next turn', async () => {
  const id = ask();
  expect(harness.requests.answer(id, answerOf('controller:codex', 'Yes.'))).toEqual({ accepted: 'first', reason: '' });
  expect(stateOf(id)).toMatchObject({ is: 'answered' });
  expect(journal.deliveries({ open: true })).toHaveLength(1);
  await settle();
  expect(stateOf(id)).toMatchObject({ is: 'delivered' });
  harness.requests.turnBegan(somePane, t2);
  expect(stateOf(id)).toMatchObject({ is: 'settled' });
  expect(pasted()).toEqual(['Yes.']);
  expect(harness.news.map((news) => news.what)).toEqual([
    'request-opened',
    'request-asked',
    'request-answered',
    'request-delivered',
    'request-settled',
  ]);
});

test('the worker may begin its next turn before its delivery is acknowledged', async () => {
  const id = ask();
  harness.requests.answer(id, answerOf('human:cli', 'Yes.'));
  while (pasted().length === 0) await Promise.resolve();
  harness.requests.turnBegan(somePane, t2);
  expect(stateOf(id)).toMatchObject({ is: 'answered' });
  await settle();
  expect(stateOf(id)).toMatchObject({ is: 'settled' });
});

test('an answer that was not typed when the next turn began is taken back with its delivery, kept, and its author told', async () => {
  const id = ask();
  panes.busy.add(identityKey(somePane));
  harness.requests.answer(id, answerOf('controller:codex', 'Yes.'));
  await settle();
  expect(journal.deliveries()).toMatchObject([{ state: { is: 'held' } }]);
  harness.requests.turnBegan({ ...somePane, agentPid: 301 }, t2);
  expect(stateOf(id)).toMatchObject({ is: 'answered' });
  harness.requests.turnBegan(somePane, t2);
  panes.busy.clear();
  await settle();
  const why = 'the worker was given another input since';
  expect(stateOf(id)).toMatchObject({
    is: 'withdrawn',
    reason: `the answer of controller:codex came too late: ${why}`,
    notTyped: { answer: { by: 'controller:codex', instructions: 'Yes.' } },
  });
  expect(journal.deliveries()).toMatchObject([{ state: { is: 'cancelled', reason: `turn-passed: ${why}` } }]);
  expect(pasted()).toEqual([]);
  const [delivery] = journal.deliveries();
  expect(rebuildRequest(journal.request(id)!, journal.events({ subject: id }))).toEqual([]);
  expect(rebuildDelivery(delivery!, journal.events({ subject: delivery!.id }))).toEqual([]);
  expect(rebuildThread(harness.request(id), [delivery!])).toEqual([]);
  expect(rebuildThread(harness.request(id), [{ ...delivery!, state: { is: 'uncertain', reason: 'x' } }])).toMatchObject(
    [{ kind: 'disagrees' }],
  );
  expect(harness.done.slice(-2)).toEqual([`archive ${id}`, `not-typed ${id}: controller:codex: ${why}`]);
  // the same answer once more, as an outbox file is met after a restart, is not kept twice
  harness.requests.answer(id, answerOf('controller:codex', 'Yes.'));
  expect(harness.request(id).late).toEqual([]);
});

test('the turn that was believed when it was confirmed is marked in the request and in the delivery of its answer', async () => {
  const turnMark = { inputs: [{ head: 'go', tail: 'go', words: 'Ilooked' }], question: 'MayI' };
  const { id } = harness.requests.open(origin());
  harness.requests.confirm(id, { turnMark });
  expect(harness.request(id).turnMark).toEqual(turnMark);
  harness.requests.answer(id, answerOf('human:cli', 'Yes.'));
  expect(journal.deliveries()).toMatchObject([{ turnMark }]);
});

test('what was seen only once is bound to the turn it was seen in, since nobody may come to confirm it', () => {
  const seen = (head: string) => ({ inputs: [{ head, tail: head, words: '' }] });
  const { id } = harness.requests.open(origin({ turnMark: seen('torn') }));
  expect(harness.request(id).turnMark).toEqual(seen('torn'));
  harness.requests.open(origin({ turn: t2, turnMark: seen('whole') }));
  expect(harness.request(id).turnMark).toEqual(seen('whole'));
  harness = start();
  harness.resume();
  tickAfter(10_000);
  harness.requests.answer(id, answerOf('human:cli', 'Yes.'));
  expect(journal.deliveries()).toMatchObject([{ turnMark: seen('whole') }]);
  expect(rebuildRequest(harness.request(id), journal.events({ subject: id }))).toEqual([]);
});

test('a delivery that the courier cancelled because its turn has passed withdraws the request', async () => {
  const id = ask();
  panes.busy.add(identityKey(somePane));
  harness.requests.answer(id, answerOf('human:cli', 'Yes.'));
  await settle();
  harness.queue.cancel(journal.deliveries()[0]!.id, 'turn-passed: it has gone on');
  await settle();
  expect(stateOf(id)).toMatchObject({ is: 'withdrawn', notTyped: { answer: { instructions: 'Yes.' } } });
  expect(harness.done.at(-1)).toBe(`not-typed ${id}: human:cli: it has gone on`);
});

test('an answer that cannot be used is refused, saying why', () => {
  const id = ask();
  expect(harness.requests.answer('r9' as RequestId, answerOf('human:cli', 'Yes.'))).toMatchObject({
    accepted: 'refused',
  });
  expect(harness.requests.answer(id, answerOf('human:cli', ' \n'))).toEqual({
    accepted: 'refused',
    reason: 'the answer is empty',
  });
  expect(stateOf(id)).toMatchObject({ is: 'asked' });
});

test('an answer for a dismissed, withdrawn or delivered request is late, kept and not typed', async () => {
  const dismissed = ask({ turn: 'a' as TurnId });
  harness.requests.dismiss(dismissed, 'human:cli');
  const withdrawn = ask({ turn: 'b' as TurnId });
  harness.requests.turnBegan(somePane, t2);
  const delivered = ask({ turn: t2 });
  harness.requests.answer(delivered, answerOf('human:cli', 'Yes.'));
  await settle();
  for (const [id, why] of [
    [dismissed, /dismissed by human:cli/],
    [withdrawn, /withdrawn/],
    [delivered, /human:cli was delivered/],
  ] as const) {
    const reply = harness.requests.answer(id, answerOf('human:outbox', 'Too late.'));
    expect(reply).toEqual({ accepted: 'late', reason: expect.stringMatching(why) });
    expect(harness.request(id).late).toMatchObject([{ instructions: 'Too late.' }]);
  }
  await settle();
  expect(pasted()).toEqual(['Yes.']);
});

test('a human replaces an answer until it is typed; after that the new one is late', async () => {
  panes.busy.add(identityKey(somePane));
  const id = ask();
  harness.requests.answer(id, answerOf('controller:codex', 'Yes.'));
  await settle();
  expect(harness.requests.answer(id, answerOf('controller:other', 'Maybe.')).accepted).toBe('late');
  expect(harness.requests.answer(id, answerOf('human:cli', 'No.'))).toEqual({ accepted: 'replaced', reason: '' });
  expect(harness.requests.answer(id, answerOf('human:cli', 'No.')).accepted).toBe('first');
  panes.busy.clear();
  void harness.queue.paneMoved(somePane);
  await settle();
  expect(pasted()).toEqual(['No.']);
  expect(harness.requests.answer(id, answerOf('human:cli', 'Yes after all.')).accepted).toBe('late');
  const replaced = journal.events({ subject: id }).find((event) => event.kind === 'request-answer-replaced');
  expect(replaced?.data).toMatchObject({ replaced: { by: 'controller:codex', instructions: 'Yes.' } });
});

test('a human who comes between the claim and the receipt is late, and a dismissal is refused', async () => {
  const id = ask();
  harness.requests.answer(id, answerOf('controller:codex', 'Yes.'));
  await Promise.resolve();
  await Promise.resolve();
  await Promise.resolve();
  const between = journal.deliveries()[0]!.state.is;
  expect(['claimed', 'typed', 'submitted']).toContain(between);
  expect(harness.requests.answer(id, answerOf('human:cli', 'No.')).accepted).toBe('late');
  expect(harness.requests.dismiss(id, 'human:cli')).toEqual({
    accepted: false,
    reason: expect.stringContaining('typed'),
  });
  await settle();
  expect(pasted()).toEqual(['Yes.']);
  expect(harness.request(id)).toMatchObject({ state: { is: 'delivered' }, late: [{ instructions: 'No.' }] });
});

test('what another bridge may have answered is taken back from whoever was asked, and bound to what is asked now', async () => {
  panes.busy.add(identityKey(somePane));
  const held = ask();
  harness.requests.answer(held, answerOf('controller:codex', 'Yes.'));
  const asked = ask({ turn: t2 }, 'And now?');
  const elsewhere = ask({ pane: { ...somePane, panePid: 999 } }, 'Elsewhere?');
  await settle();
  const typedAt = clock.time;
  clock.time += 10;
  harness.requests.typedElsewhere(identityKey(somePane), { at: typedAt, why: 'another bridge typed there' });
  expect(stateOf(held)).toMatchObject({ is: 'asked', of: 'human', doubt: { answer: { instructions: 'Yes.' } } });
  expect(journal.deliveries()).toMatchObject([{ state: { is: 'cancelled' } }]);
  expect(stateOf(asked)).toMatchObject({ is: 'asked', of: 'human' });
  expect(stateOf(elsewhere)).toMatchObject({ is: 'asked', of: 'controller' });
  expect(harness.done).toContain(`cancel-ask ${asked}`);
  // the controller answers all the same, and a script gives the same answer again
  expect(harness.requests.answer(asked, answerOf('controller:codex', 'Go.')).accepted).toBe('refused');
  panes.busy.clear();
  await settle();
  expect(pasted()).toEqual([]);
  expect(harness.requests.answer(asked, answerOf('human:cli', 'Stop.')).accepted).toBe('first');
  expect(stateOf(asked)).toMatchObject({ is: 'answered', askedAt: clock.time });
  await settle();
  expect(pasted()).toEqual(['Stop.']);
  harness.requests.retry(held, 'human:cli');
  await settle();
  expect(pasted()).toEqual(['Stop.', 'Yes.']);
  for (const id of [held, asked]) {
    expect(rebuildRequest(journal.request(id)!, journal.events({ subject: id }))).toEqual([]);
    expect(rebuildThread(harness.request(id), journal.deliveries({ thread: id }))).toEqual([]);
  }
});

test('a dismissed request takes its held delivery with it', async () => {
  panes.busy.add(identityKey(somePane));
  const id = ask();
  harness.requests.answer(id, answerOf('controller:codex', 'Yes.'));
  await settle();
  expect(harness.requests.dismiss(id, 'human:cli')).toEqual({ accepted: true, reason: '' });
  expect(harness.requests.dismiss(id, 'human:cli')).toEqual({
    accepted: false,
    reason: expect.stringContaining('dismissed'),
  });
  panes.busy.clear();
  harness.queue.tick(clock.time + 5_000);
  await settle();
  expect(pasted()).toEqual([]);
  expect(stateOf(id)).toMatchObject({ is: 'dismissed', by: 'human:cli' });
  expect(harness.news.map((news) => news.what)).not.toContain('request-failed');
});

test('what was not wholly seen, and what was found after a loss, goes to the human only', () => {
  harness = start({ policy: '- answer: Yes to everything.' });
  const truncated = { kind: 'request' as const, text: 'a', attributes: {}, truncated: true };
  const ids = [
    ask({ detection: truncated, turn: 'a' as TurnId }),
    ask({ humanOnly: 'the journal was set aside', turn: 'c' as TurnId }),
  ];
  const lost = harness.requests.open(origin({ turn: 'd' as TurnId })).id;
  harness.requests.confirm(lost, { humanOnly: 'the journal was lost' });
  for (const id of [...ids, lost]) expect(stateOf(id)).toMatchObject({ is: 'asked', of: 'human' });
  expect(harness.requests.answer(ids[0]!, answerOf('controller:codex', 'Yes.')).accepted).toBe('refused');
  expect(harness.requests.answer(ids[0]!, answerOf('human:cli', 'Yes.')).accepted).toBe('first');
  expect(stateOf(ask({ turn: 'e' as TurnId }))).toMatchObject({ is: 'answered', answer: { by: 'rules' } });
});

test('an approval whose dialog could not be read goes to the human, whatever a rule says, and no text answers it', () => {
  const approval = { kind: 'approval' as const, text: 'rm -rf build', attributes: {}, truncated: false };
  harness = start({
    policy: '[{ when: { kind: approval, text: /^rm -rf build$/ }, then: controller }, { answer: ok }]',
  });
  const id = ask({ detection: approval });
  expect(stateOf(id)).toMatchObject({ is: 'asked', of: 'human' });
  expect(harness.requests.answer(id, answerOf('human:cli', 'Yes.'))).toMatchObject({ accepted: 'refused' });
  expect(journal.deliveries()).toEqual([]);
});

test('in manual mode the human is asked, and a controller that cannot be asked leads there too', () => {
  harness = start({ defaultTo: 'human' });
  const id = ask();
  expect(harness.done).toEqual([`publish ${id}: no policy rule answers it`]);
  harness = start();
  harness.failing = 'ask';
  const second = ask({ turn: t2 });
  expect(stateOf(second)).toMatchObject({ is: 'asked', of: 'human', why: 'ask does not work today' });
  expect(harness.done).toEqual([`publish ${second}: ask does not work today`]);
});

test('a failed publish is told and tried again, until it works or nobody need be asked', () => {
  harness = start({ defaultTo: 'human' });
  harness.failing = 'publish';
  const id = ask();
  const other = ask({ turn: t2 });
  expect(harness.news).toContainEqual(expect.objectContaining({ type: 'effect-failed', what: 'publish' }));
  harness.failing = null;
  harness.requests.dismiss(other, 'human:cli');
  tickAfter(500);
  expect(harness.done.filter((done) => done.startsWith('publish'))).toEqual([]);
  tickAfter(500);
  tickAfter(60_000);
  expect(harness.done.filter((done) => done.startsWith('publish'))).toEqual([
    `publish ${id}: no policy rule answers it`,
  ]);
});

test('a controller that is stopped because its bridge ends has failed nobody: the next start asks it again', async () => {
  let fail: (fault: Error) => void = () => {};
  const asked = new Promise<void>((_, reject) => {
    fail = reject;
  });
  harness = start({ perform: { ask: () => asked } });
  const id = ask();
  harness.requests.close();
  fail(new Error('stopped'));
  await Promise.allSettled([asked]);
  expect(harness.news.filter(({ type }) => type === 'effect-failed')).toEqual([]);
  expect(stateOf(id)).toMatchObject({ is: 'asked', of: 'controller' });
  harness = start();
  harness.resume();
  expect(harness.done).toContain(`ask ${id}`);
});

test('a request seen only once goes to the human after a while, counted from the start of this process', () => {
  const { id } = harness.requests.open(origin());
  tickAfter(9_000);
  expect(stateOf(id)).toEqual({ is: 'open' });
  clock.time += 1_000_000;
  harness = start();
  harness.resume();
  tickAfter(9_000);
  expect(stateOf(id)).toEqual({ is: 'open' });
  tickAfter(1_000);
  expect(stateOf(id)).toMatchObject({ is: 'asked', of: 'human' });
});

test('nobody answers: at the deadline it expires, the controller is stopped and the human told', () => {
  const id = ask({ deadlineAt: clock.time + 60_000 });
  tickAfter(60_000);
  expect(stateOf(id)).toMatchObject({ is: 'expired' });
  expect(harness.done.slice(1)).toEqual([
    `cancel-ask ${id}`,
    `archive ${id}`,
    `notify ${id}: nobody answered before the deadline`,
  ]);
});

test('a delivery in the thread of a request that does not carry its answer changes nothing', async () => {
  panes.busy.add(identityKey(somePane));
  const id = ask();
  harness.requests.answer(id, answerOf('human:cli', 'Yes.'));
  await settle();
  const own = journal.deliveries()[0]!;
  const question = { ...own.envelope, kind: 'request' as const, inReplyTo: null, body: 'May I?' };
  const controllerPane = { ...somePane, panePid: 999 };
  const { id: asked } = harness.queue.post(
    question,
    controllerPane,
    'codex',
    { force: false, allowShell: false },
    null,
  );
  await settle();
  expect(journal.delivery(asked)?.state.is).toBe('acknowledged');
  expect(stateOf(id)).toMatchObject({ is: 'answered', deliveryId: own.id });
});

test('what another process delivered is noticed at the next tick', async () => {
  const id = ask();
  const other = start();
  other.requests.answer(id, answerOf('human:cli', 'Yes.'));
  other.requests.deliveryChanged = () => {};
  await settle();
  expect(stateOf(id)).toMatchObject({ is: 'answered' });
  harness.requests.tick(clock.time);
  expect(stateOf(id)).toMatchObject({ is: 'delivered' });
});

test('after a restart whoever was asked is asked again under the same id, and an answer is neither lost nor repeated', async () => {
  panes.busy.add(identityKey(somePane));
  const controller = ask({ turn: 'a' as TurnId });
  const human = ask({ turn: 'b' as TurnId });
  harness.requests.controllerFailed(human, { is: 'timeout', afterMs: 1_000 });
  const answered = ask({ turn: 'c' as TurnId });
  harness.requests.answer(answered, answerOf('human:cli', 'Yes.'));
  await settle();
  harness.memory.dead = true;
  harness = start();
  harness.resume();
  expect(harness.done).toEqual([`ask ${controller}`, `publish ${human}: the controller gave no answer within 1 s`]);
  panes.busy.clear();
  harness.queue.tick(clock.time + 2_000);
  await settle();
  expect(pasted()).toEqual(['Yes.']);
  harness = start();
  harness.resume();
  await settle();
  expect(pasted()).toEqual(['Yes.']);
  expect(stateOf(answered)).toMatchObject({ is: 'delivered' });
});

test('an end of the delivery that the desk never heard of is read from the journal at the next start', async () => {
  const id = ask();
  harness.requests.answer(id, answerOf('human:cli', 'Yes.'));
  const deaf = harness;
  deaf.requests.deliveryChanged = () => {};
  await settle();
  expect(stateOf(id)).toMatchObject({ is: 'answered' });
  harness = start();
  harness.resume();
  expect(stateOf(id)).toMatchObject({ is: 'delivered' });
  expect(harness.done).toEqual([`archive ${id}`]);
});

test('the files of what ended just before a crash are moved away at the next start', () => {
  const id = ask();
  harness.requests.dismiss(id, 'human:cli');
  harness = start();
  harness.resume();
  expect(harness.done).toEqual([`archive ${id}`]);
});

test('however many were opened after it and have ended since', () => {
  const first = ask({}, 'the first');
  for (let count = 0; count < 150; count++) harness.requests.dismiss(ask({}, `another, number ${count}`), 'human:cli');
  clock.time += 1;
  harness.requests.dismiss(first, 'human:cli');
  harness = start();
  harness.resume();
  expect(harness.done).toContain(`archive ${first}`);
});

test('a delivery that cannot be posted leaves the request as it was', () => {
  harness = start({
    perform: {
      deliver: () => {
        throw new Error('the disk is full');
      },
    },
  });
  const id = ask();
  expect(() => harness.requests.answer(id, answerOf('human:cli', 'Yes.'))).toThrow('the disk is full');
  expect(stateOf(id)).toMatchObject({ is: 'asked' });
});
