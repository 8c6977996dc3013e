import { beforeEach, expect, test } from 'vitest';
import type { Delivery, Envelope } from '../../bridge/core/envelope.ts';
import type { DeliveryEvent } from '../../bridge/core/events.ts';
import { type DeliveryId, type EnvelopeId, type PaneId, serverId } from '../../bridge/core/ids.ts';
import { identityKey, type PaneIdentity } from '../../bridge/core/pane.ts';
import type { Journal } from '../../bridge/journal/journal.ts';
import { type Courier, DeliveryQueue } from '../../bridge/messages/delivery-queue.ts';
import { sampleDelivery, somePane } from '../journal/samples.ts';
import { attemptOf, CrashingJournal, ManualClock, Panes, ScriptedCourier, settle } from './crashing-journal.ts';

let journal: Journal;
let memory: CrashingJournal;
let panes: Panes;
let clock: ManualClock;
let queue: DeliveryQueue;
let events: DeliveryEvent[];
let minted: number;

const pane1 = somePane;
const pane2: PaneIdentity = { ...somePane, paneId: '%4' as PaneId, panePid: 201 };
const options = { force: false, allowShell: false };

beforeEach(() => {
  journal = CrashingJournal.fresh();
  panes = new Panes();
  clock = new ManualClock();
  events = [];
  minted = 0;
  start();
});

/** A process that has just been started on the journal as it is. */
function start(courier?: Courier): void {
  memory = new CrashingJournal(journal);
  queue = new DeliveryQueue({
    memory,
    clock,
    mint: () => `d${++minted}`,
    courier: courier ?? new ScriptedCourier(panes, memory, clock),
    on: (event) => events.push(event),
  });
}

function letter(body: string): Envelope {
  return { ...sampleDelivery('x').envelope, id: `e-${body}` as EnvelopeId, body };
}

function post(body: string, to = pane1, deadlineAt: number | null = null): Delivery {
  return queue.post(letter(body), to, 'codex', options, deadlineAt);
}

const stateOf = (id: string) => journal.delivery(id)?.state;
const pasted = () => panes.pastes.map((paste) => paste.body);

/** As the daemon's timer would, for so long. */
async function pass(ms: number): Promise<void> {
  const until = clock.time + ms;
  while (clock.time < until) {
    clock.time += 50;
    queue.tick(clock.time);
    await settle();
  }
}

test('a delivery is committed before anything else, then typed once', async () => {
  const delivery = post('Yes.');
  expect(stateOf(delivery.id)).toEqual({ is: 'queued' });
  expect(pasted()).toEqual([]);
  await settle();
  expect(pasted()).toEqual(['Yes.']);
  expect(stateOf(delivery.id)).toMatchObject({ is: 'acknowledged' });
  await pass(5_000);
  expect(pasted()).toEqual(['Yes.']);
});

test('a post whose transaction is undone is never typed, and never told', async () => {
  expect(() =>
    memory.transact(() => {
      post('Yes.');
      throw new Error('no');
    }),
  ).toThrow('no');
  await settle();
  await pass(2_000);
  expect(pasted()).toEqual([]);
  expect(events).toEqual([]);
});

test('the same id posted again is the same delivery, and tells how far it is', async () => {
  const once = queue.post(letter('Yes.'), pane1, 'codex', options, null, 'mine' as DeliveryId);
  await settle();
  events.length = 0;
  const again = queue.post(letter('Yes, again.'), pane1, 'codex', options, null, 'mine' as DeliveryId);
  await settle();
  expect(again.id).toBe(once.id);
  expect(pasted()).toEqual(['Yes.']);
  expect(events).toMatchObject([{ type: 'delivery-changed', delivery: { state: { is: 'acknowledged' } } }]);
});

test('a held delivery is tried when its pane moves, and at least once a second', async () => {
  panes.busy.add(identityKey(pane1));
  const { id } = post('Yes.');
  await settle();
  expect(stateOf(id)).toMatchObject({ is: 'held', reason: 'busy' });
  await pass(10_000);
  const tries = panes.attempts;
  expect(tries).toBeGreaterThan(10);
  expect(tries).toBeLessThan(20);
  await pass(3_000);
  expect(panes.attempts - tries).toBeGreaterThanOrEqual(2);
  panes.busy.clear();
  void queue.paneMoved({ ...pane1, paneId: '%9' as PaneId });
  void queue.paneMoved({ ...pane1, server: serverId(101, 1) });
  await settle();
  expect(pasted()).toEqual([]);
  void queue.paneMoved(pane1);
  await settle();
  expect(pasted()).toEqual(['Yes.']);
});

test('one pane is served in order of posting, one at a time; another pane does not wait for it', async () => {
  panes.busy.add(identityKey(pane1));
  for (const body of ['a', 'b', 'c']) post(body);
  post('other', pane2);
  await settle();
  expect(pasted()).toEqual(['other']);
  post('d');
  panes.busy.clear();
  for (let turn = 0; turn < 5; turn += 1) void queue.paneMoved(pane1);
  await settle();
  expect(pasted()).toEqual(['other', 'a', 'b', 'c', 'd']);
  expect(panes.most).toBe(1);
});

test('what is due to an agent that was replaced does not hold up its successor in the same pane', async () => {
  const replaced: Courier = {
    attempt: async (delivery) =>
      delivery.recipient.agentPid === somePane.agentPid
        ? attemptOf(memory, clock, delivery).hold('replaced', 'another agent')
        : new ScriptedCourier(panes, memory, clock).attempt(delivery),
    reconcile: async (delivery) => delivery,
  };
  start(replaced);
  const old = post('for the old one');
  post('for the new one', { ...pane1, agentPid: 301, agentStartedAt: '4712' });
  await settle();
  expect(pasted()).toEqual(['for the new one']);
  expect(stateOf(old.id)).toMatchObject({ is: 'held', reason: 'replaced' });
});

test('a deadline ends what is held, and nothing is tried past it', async () => {
  panes.busy.add(identityKey(pane1));
  const { id } = post('Yes.', pane1, clock.time + 1_000);
  await pass(950);
  expect(stateOf(id)).toMatchObject({ is: 'held' });
  await pass(100);
  expect(stateOf(id)).toEqual({ is: 'expired' });
  panes.busy.clear();
  const late = post('Late.', pane1, clock.time);
  await settle();
  expect(stateOf(late.id)).toEqual({ is: 'expired' });
  expect(pasted()).toEqual([]);
});

test('cancelled while it waits it is never typed; once typed it cannot be cancelled', async () => {
  panes.busy.add(identityKey(pane1));
  const { id } = post('Yes.');
  await settle();
  expect(queue.cancel(id, 'dismissed')).toBe(true);
  expect(queue.cancel(id, 'dismissed')).toBe(true);
  panes.busy.clear();
  await pass(2_000);
  expect(pasted()).toEqual([]);
  const second = post('No.');
  await settle();
  expect(queue.cancel(second.id, 'dismissed')).toBe(false);
  expect(queue.cancel('unknown' as DeliveryId, 'dismissed')).toBe(false);
});

test('cancelled or replaced while the courier is looking, the old text is not typed', async () => {
  let interfere = (): void => {};
  const inner = new ScriptedCourier(panes, memory, clock);
  start({
    attempt: async (delivery) => {
      await Promise.resolve();
      interfere();
      return new ScriptedCourier(panes, memory, clock).attempt(delivery);
    },
    reconcile: (delivery) => inner.reconcile(delivery),
  });
  const first = post('A');
  interfere = () => expect(queue.cancel(first.id, 'dismissed')).toBe(true);
  await settle();
  expect(pasted()).toEqual([]);
  const second = post('B');
  interfere = () => {
    interfere = () => {};
    expect(queue.replaceBody(second.id, 'C', 'thought again')).toBe(true);
  };
  await settle();
  expect(pasted()).toEqual(['C']);
  expect(events.filter((event) => event.type === 'attempt-failed')).toEqual([]);
});

test('a text is replaced until it is claimed, and the old one stays in the journal', async () => {
  panes.busy.add(identityKey(pane1));
  const { id } = post('A');
  await settle();
  expect(queue.replaceBody(id, 'B', 'n')).toBe(true);
  expect(queue.replaceBody(id, 'B', 'n')).toBe(true);
  expect(journal.events({ subject: id }).find((event) => event.kind === 'delivery-body-replaced')?.data).toEqual({
    replaced: { body: 'A', notes: '' },
  });
  panes.busy.clear();
  void queue.paneMoved(pane1);
  await settle();
  expect(pasted()).toEqual(['B']);
  expect(queue.replaceBody(id, 'C', '')).toBe(false);
});

test('a courier that throws is told and tried again; after a paste its delivery is read, not typed again', async () => {
  panes.outcome = 'fault-before';
  const { id } = post('Yes.');
  await settle();
  expect(stateOf(id)).toMatchObject({
    is: 'held',
    reason: 'unknown',
    detail: 'the courier failed: tmux does not answer',
  });
  expect(events).toContainEqual(expect.objectContaining({ type: 'attempt-failed', fault: expect.any(Error) }));
  panes.outcome = 'fault-after';
  await pass(1_000);
  expect(pasted()).toEqual(['Yes.']);
  expect(stateOf(id)).toMatchObject({ is: 'typed-not-submitted' });
});

test('typed, and its screen never tells what became of it: it is uncertain after a minute', async () => {
  start({
    attempt: async (delivery) => delivery,
    reconcile: async (delivery) => delivery,
  });
  for (const state of [
    { is: 'claimed', at: 1 },
    { is: 'typed', at: 1 },
  ] as const) {
    journal.saveDelivery(
      { ...sampleDelivery('lost'), state },
      { at: 1, kind: 'delivery-held', subject: 'lost', data: null },
    );
    if (state.is === 'claimed') continue;
  }
  queue.resume();
  await pass(50_000);
  expect(stateOf('lost')).toMatchObject({ is: 'typed' });
  await pass(12_000);
  expect(stateOf('lost')).toMatchObject({ is: 'uncertain', reason: expect.stringContaining('60 s') });
});

test('after a restart what was typed is read, though an older text for the same agent is held', async () => {
  start({
    attempt: async (delivery) => delivery,
    reconcile: (delivery) => attemptOf(memory, clock, delivery).doubt('it does not tell'),
  });
  const states = {
    older: { is: 'held', reason: 'dialog', detail: '', since: 1 },
    typed: { is: 'typed', at: 1 },
  } as const;
  for (const [id, state] of Object.entries(states)) {
    for (const one of [{ is: 'queued' }, { is: 'claimed', at: 1 }, state] as const) {
      journal.saveDelivery(sampleDelivery(id, one, id), { at: 1, kind: 'delivery-held', subject: id, data: null });
    }
  }
  queue.resume();
  await pass(1_000);
  expect(stateOf('typed')).toMatchObject({ is: 'uncertain' });
  expect(stateOf('older')).toMatchObject({ is: 'held' });
});

/** What another process, which has died since, made of a delivery. */
function leftBehind(id: string, ...states: Delivery['state'][]): void {
  for (const state of states) {
    journal.saveDelivery(sampleDelivery(id, state, id), { at: 1, kind: 'delivery-held', subject: id, data: null });
  }
}

/** The agent shows a dialog: no text is typed, and what was typed is read. */
const holding: Courier = {
  attempt: (delivery) => attemptOf(memory, clock, delivery).hold('dialog', ''),
  reconcile: (delivery) => new ScriptedCourier(panes, memory, clock).reconcile(delivery),
};

test('what another bridge typed and left is read, though an older text for the same agent is held here', async () => {
  for (const id of ['older', 'later', 'last']) leftBehind(id, { is: 'queued' });
  start(holding);
  queue.resume();
  await pass(1_000);
  leftBehind('later', { is: 'claimed', at: 1 }, { is: 'typed', at: 1 }, { is: 'submitted', at: 1 });
  leftBehind('last', { is: 'claimed', at: 1 }, { is: 'typed', at: 1 });
  panes.submitted.add('later');
  await pass(3_000);
  expect(stateOf('older')).toMatchObject({ is: 'held' });
  expect(stateOf('later')).toMatchObject({ is: 'acknowledged' });
  expect(stateOf('last')).toMatchObject({ is: 'uncertain' });
});

test('what another bridge typed and left is read before an older text is typed over it', async () => {
  for (const id of ['older', 'later']) leftBehind(id, { is: 'queued' });
  const acts: string[] = [];
  let opens = false;
  start({
    attempt: (delivery) => {
      if (!opens) return holding.attempt(delivery);
      acts.push(`types ${delivery.id}`);
      return new ScriptedCourier(panes, memory, clock).attempt(delivery);
    },
    reconcile: (delivery) => {
      acts.push(`reads ${delivery.id}`);
      return holding.reconcile(delivery);
    },
  });
  queue.resume();
  await pass(1_000);
  leftBehind('later', { is: 'claimed', at: 1 }, { is: 'typed', at: 1 });
  opens = true;
  await pass(3_000);
  expect(acts).toEqual(['reads later', 'types older']);
});

test('what another process posted since, and did not end before it died, is taken up by the one that stays', async () => {
  queue.resume();
  leftBehind('queued', { is: 'queued' });
  leftBehind('typed', { is: 'queued' }, { is: 'claimed', at: 1 }, { is: 'typed', at: 1 });
  await pass(3_000);
  expect(stateOf('queued')).toMatchObject({ is: 'queued' });
  for (let second = 0; second < 3; second++) {
    queue.takeUp();
    await pass(1_000);
  }
  expect(stateOf('queued')).toMatchObject({ is: 'acknowledged' });
  expect(stateOf('typed')).toMatchObject({ is: 'uncertain' });
  expect(pasted()).toEqual(['queued']);
});

test('taking up again what waits here already changes nothing and tries nothing sooner', async () => {
  panes.busy.add(identityKey(pane1));
  post('Yes.');
  await pass(10_000);
  const { attempts } = panes;
  for (let turn = 0; turn < 100; turn++) queue.takeUp();
  await settle();
  expect(panes.attempts).toBe(attempts);
  panes.busy.clear();
  queue.takeUp();
  await pass(2_000);
  queue.takeUp();
  await settle();
  expect(pasted()).toEqual(['Yes.']);
});

test('after a restart: what waited or was only claimed is typed, what was typed is read and not typed', async () => {
  const stored = (id: string, ...states: Delivery['state'][]) => {
    for (const state of [{ is: 'queued' } as const, ...states]) {
      const delivery = sampleDelivery(id, state, id);
      journal.saveDelivery(delivery, { at: 1, kind: 'delivery-held', subject: id, data: null });
    }
  };
  const claimed = { is: 'claimed', at: 1 } as const;
  stored('queued');
  stored('held', { is: 'held', reason: 'busy', detail: '', since: 1 });
  stored('claimed', claimed);
  stored('typed', claimed, { is: 'typed', at: 1 });
  stored('submitted', claimed, { is: 'typed', at: 1 }, { is: 'submitted', at: 1 });
  panes.submitted.add('submitted');
  start();
  queue.resume();
  await settle();
  expect(pasted()).toEqual(['queued', 'held', 'claimed']);
  expect(stateOf('typed')).toMatchObject({ is: 'uncertain' });
  expect(stateOf('submitted')).toMatchObject({ is: 'acknowledged' });
});

test('a memory that refuses for a while loses nothing and types nothing twice', async () => {
  let refusing = true;
  const save = memory.saveDelivery.bind(memory);
  const { id } = post('Yes.');
  memory.saveDelivery = (...given) => {
    if (refusing) throw new Error('the disk is full');
    save(...given);
  };
  await settle();
  await pass(2_000);
  expect(pasted()).toEqual([]);
  expect(events.some((event) => event.type === 'attempt-failed')).toBe(true);
  refusing = false;
  await pass(1_100);
  expect(pasted()).toEqual(['Yes.']);
  expect(stateOf(id)).toMatchObject({ is: 'acknowledged' });
});

test('a listener that throws ends nothing: the tick says so, and the news is told again', async () => {
  const told: string[] = [];
  let deaf = true;
  queue = new DeliveryQueue({
    memory,
    clock,
    mint: () => `d${++minted}`,
    courier: new ScriptedCourier(panes, memory, clock),
    on: ({ delivery }) => {
      if (deaf) throw new Error('the disk is full');
      told.push(delivery.state.is);
    },
  });
  post('Yes.');
  await settle();
  expect(pasted()).toEqual(['Yes.']);
  expect(() => queue.tick(clock.time)).toThrow('the disk is full');
  deaf = false;
  queue.tick(clock.time);
  expect(told).toEqual(['acknowledged', 'acknowledged']);
  queue.tick(clock.time);
  expect(told).toHaveLength(2);
});

test('closing waits for the attempt under way, begins no other, and tells nothing more', async () => {
  post('a');
  post('b');
  await Promise.resolve();
  panes.busy.add(identityKey(pane2));
  const waiting = post('c', pane2);
  await queue.close();
  queue.cancel(waiting.id, 'the bridge ends');
  const told = events.length;
  const typed = pasted().length;
  await settle();
  await pass(2_000);
  expect(typed).toBeLessThanOrEqual(1);
  expect(pasted()).toHaveLength(typed);
  expect(events).toHaveLength(told);
});

test('every change is told, once it is committed', async () => {
  panes.busy.add(identityKey(pane1));
  const { id } = post('Yes.');
  await settle();
  panes.busy.clear();
  void queue.paneMoved(pane1);
  await settle();
  expect(events.map((event) => `${event.type} ${event.delivery.id} ${event.delivery.state.is}`)).toEqual([
    `delivery-changed ${id} queued`,
    `delivery-changed ${id} held`,
    `delivery-changed ${id} acknowledged`,
  ]);
});
