import { expect, test } from 'vitest';
import { alertOf, isSettled, type Known, settledBy } from '../../bridge/app/alert-of.ts';
import { type Alert, type AlertKind, alertKinds } from '../../bridge/core/alert.ts';
import type { Delivery, DeliveryState, Receipt } from '../../bridge/core/envelope.ts';
import type { PublicEvent } from '../../bridge/core/events.ts';
import type { PaneId } from '../../bridge/core/ids.ts';
import type { MailState, Message, MessageId } from '../../bridge/core/message.ts';
import type { PaneIdentity } from '../../bridge/core/pane.ts';
import type { Answer, Request, RequestState } from '../../bridge/core/request.ts';
import { sampleDelivery, sampleRequest, somePane } from '../journal/samples.ts';

/** What calls a person, and what ends that: each kind of call with what settles it, and with what looks alike and does not. */

const raisedAt = 1_000;
const elsewhere: PaneIdentity = { ...somePane, paneId: '%9' as PaneId, panePid: 900, agentPid: 901 };
const successor: PaneIdentity = { ...somePane, agentPid: 301 };

const yours = { is: 'asked', of: 'human', why: 'no rule matches', at: 1 } as const;
const answer: Answer = { by: 'human:cli', instructions: 'SQLite.', notes: '', at: 2 };
const ends: Readonly<Record<string, RequestState>> = {
  answered: { is: 'answered', answer, deliveryId: 'd' as never },
  delivered: { is: 'delivered', answer, deliveryId: 'd' as never, at: 2 },
  settled: { is: 'settled', answer, at: 2 },
  dismissed: { is: 'dismissed', by: 'human', at: 2 },
  withdrawn: { is: 'withdrawn', reason: 'dialog-closed', at: 2 },
  expired: { is: 'expired', at: 2 },
  failed: { is: 'failed', reason: 'x', at: 2 },
  'asked of a controller': { ...yours, of: 'controller' },
};
const endedStates: readonly DeliveryState[] = [
  { is: 'cancelled', reason: 'taken back' },
  { is: 'failed', reason: 'x' },
  { is: 'expired' },
];
const inDoubt: DeliveryState = { is: 'uncertain', reason: 'nobody saw it' };

const requestIn = (state: RequestState, more: Partial<Request> = {}) => sampleRequest('r1', { state, ...more });
const became = (request: Request): PublicEvent => ({ type: 'request-changed', request, what: 'request-asked' });
const lateBy = (by: string, state: RequestState): PublicEvent => ({
  ...{ type: 'request-changed', what: 'request-answer-late' },
  request: requestIn(state, { late: [{ ...answer, by }] }),
});
const receipt = (typedAt: number): Receipt => ({ at: typedAt + 1, typedAt, evidence: 'composer-emptied', lines: [] });
const changed = (delivery: Delivery): PublicEvent => ({ type: 'delivery-changed', delivery });

/** A text that arrives at an agent. */
function word(more: { to?: PaneIdentity; from?: string; typedAt?: number; kind?: 'message' | 'draft' } = {}) {
  const { to = somePane, from = 'human', typedAt = raisedAt + 1, kind = 'message' } = more;
  const delivery = sampleDelivery('d9', { is: 'acknowledged', receipt: receipt(typedAt) });
  return changed({ ...delivery, recipient: to, envelope: { ...delivery.envelope, from, kind } });
}

const typed = (keyAt: number, pane: PaneIdentity = somePane): PublicEvent => ({
  ...{ type: 'person-typed', worker: 'worker', keyAt },
  ...{ host: pane.host, server: pane.server, paneId: pane.paneId },
});
const unblocked = (pane: PaneIdentity): PublicEvent => ({
  type: 'controller-unblocked',
  worker: 'controller',
  ...pane,
});

const sent = sampleDelivery('d1');
const text: Delivery = { ...sent, envelope: { ...sent.envelope, kind: 'message' } };
const message = { id: 'm1' as MessageId, from: { name: 'ci', standing: 'claimed' }, body: 'Look.' } as Message;
const mailIs = (state: MailState, member = 'human'): PublicEvent => ({
  ...{ type: 'mail-changed', message },
  mail: { message: message.id, member, state },
});

/** Words of the person, or his keys in that pane, end what one agent was to be told; what others write or what came before does not. */
const words = [word(), word({ from: 'human:cli' }), typed(raisedAt)];
const noWords = [
  word({ from: 'shop/lead' }),
  word({ from: 'rules' }),
  word({ to: elsewhere }),
  word({ to: successor }),
  word({ typedAt: raisedAt - 1 }),
  word({ kind: 'draft' }),
  typed(raisedAt - 1),
  typed(raisedAt, elsewhere),
];

interface Row {
  readonly calls: PublicEvent;
  readonly kind: AlertKind;
  readonly settles: readonly PublicEvent[];
  readonly leaves: readonly PublicEvent[];
  /** without an event: how it stands, and whether that settles it */
  readonly known: ReadonlyArray<readonly [Partial<Known>, boolean]>;
}

const byItsEnd: Row['known'] = [
  [{ hasEnded: () => true }, true],
  [{ hasEnded: (agent) => agent !== somePane && agent.agentPid !== somePane.agentPid }, false],
];
const failed = requestIn(ends.failed!);
const tooLate = requestIn({ is: 'withdrawn', reason: 'too late', at: 2 });
const notTyped = { type: 'answer-not-typed', request: tooLate, why: 'the worker went on', isAwaited: false } as const;

const rows: Readonly<Record<string, Row>> = {
  'a request that waits for the person': {
    calls: { type: 'human-needed', request: requestIn(yours), why: 'no rule matches' },
    kind: 'request',
    settles: Object.values(ends).map((state) => became(requestIn(state))),
    leaves: [
      became(requestIn(yours)),
      became(sampleRequest('r2', { state: ends.dismissed! })),
      ...words,
      lateBy('human:cli', yours),
    ],
    known: [
      [{ request: () => requestIn(yours) }, false],
      [{ request: () => requestIn(ends.dismissed!) }, true],
      [{ request: () => null }, true],
    ],
  },
  'a dialog of a worker': {
    calls: { type: 'human-needed', request: requestIn(yours, { dialog: {} as never }), why: 'it is a dialog' },
    kind: 'dialog',
    settles: [became(requestIn(ends.withdrawn!)), became(requestIn(ends.answered!))],
    leaves: [became(requestIn(yours))],
    known: [[{ request: () => requestIn(ends.withdrawn!) }, true]],
  },
  'a request that ended without an answer': {
    calls: { type: 'human-needed', request: failed, why: 'its delivery was taken away' },
    kind: 'request',
    settles: [...words, lateBy('human:outbox', ends.failed!)],
    leaves: [...noWords, became(failed), lateBy('controller:codex', ends.failed!)],
    known: byItsEnd,
  },
  'an answer of the person that was not typed': {
    calls: { ...notTyped, by: 'human:cli' },
    kind: 'undelivered',
    settles: [...words, lateBy('human:cli', tooLate.state)],
    leaves: [...noWords, became(tooLate), lateBy('controller:codex', tooLate.state)],
    known: byItsEnd,
  },
  'an answer that has nobody to go to': {
    calls: { type: 'letter-stranded', delivery: sent, why: 'the pane is gone' },
    kind: 'undelivered',
    settles: [
      changed({ ...sent, state: { is: 'acknowledged', receipt: receipt(1) } }),
      ...endedStates.map((state) => changed({ ...sent, state })),
    ],
    leaves: [changed({ ...sent, state: { is: 'queued' } }), changed(sampleDelivery('d2', endedStates[0]!)), ...words],
    known: [
      [{ delivery: () => sent }, false],
      [{ delivery: () => ({ ...sent, state: { is: 'expired' } }) }, true],
      [{ delivery: () => null }, true],
    ],
  },
  'a text that ended in doubt': {
    calls: { type: 'letter-stranded', delivery: { ...text, state: inDoubt }, why: 'nobody saw it' },
    kind: 'undelivered',
    settles: words,
    leaves: [...noWords, changed({ ...text, state: inDoubt }), changed({ ...text, state: endedStates[1]! })],
    known: byItsEnd,
  },
  'a dialog of a controller': {
    calls: {
      ...{ type: 'controller-blocked', worker: 'controller', ...somePane },
      ...{ dialog: 'approval', question: 'May it?', options: '1. Yes', attach: 'tmux attach' },
    },
    kind: 'dialog',
    settles: [unblocked(somePane)],
    leaves: [unblocked(elsewhere), ...words],
    known: byItsEnd,
  },
  'mail to the person': {
    calls: { type: 'human-told', message },
    kind: 'mail',
    settles: [mailIs({ is: 'read', at: 2 }), mailIs({ is: 'withdrawn', at: 2 }), mailIs({ is: 'expired', at: 2 })],
    leaves: [mailIs({ is: 'waiting' }), mailIs({ is: 'read', at: 2 }, 'lead')],
    known: [
      [{ mail: () => ({ is: 'waiting' }) }, false],
      [{ mail: () => ({ is: 'read', at: 2 }) }, true],
      [{ mail: () => null }, true],
    ],
  },
};

const nothing: Known = { request: () => null, delivery: () => null, mail: () => null, hasEnded: () => false };

for (const [name, { calls, kind, settles, leaves, known }] of Object.entries(rows))
  test(`${name} calls, and is settled by what is its own end alone`, () => {
    const told = alertOf(calls)!;
    const alert: Alert = { ...told, id: 'a1', raisedAt };
    expect(told.kind).toBe(kind);
    const isEnded = (event: PublicEvent) => settledBy(event)?.(alert) ?? false;
    expect(settles.map(isEnded)).toEqual(settles.map(() => true));
    expect(leaves.map(isEnded)).toEqual(leaves.map(() => false));
    const found = known.map(([how]) => isSettled(alert, { ...nothing, ...how }));
    expect(found).toEqual(known.map(([, isOver]) => isOver));
    // what calls does not settle itself
    expect(isEnded(calls)).toBe(false);
  });

test('every kind of call stands in the table, and a trial is none', () => {
  const kinds = new Set(Object.values(rows).map(({ kind }) => kind));
  expect([...kinds, 'test'].sort()).toEqual([...alertKinds].sort());
});

test('an answer of which its author is told otherwise, or that was no person’s, calls nobody', () => {
  expect(alertOf({ ...notTyped, by: 'human:cli', isAwaited: true })).toBeNull();
  expect(alertOf({ ...notTyped, by: 'controller:codex' })).toBeNull();
});

test('two alerts of one matter are known by it: a request calls as the same while it waits and when it has ended', () => {
  const [open, ended] = [requestIn(yours), failed].map(
    (request) => alertOf({ type: 'human-needed', request, why: '' })!,
  );
  expect([open!.matter, ended!.agent]).toEqual([ended!.matter, somePane]);
  expect(open).not.toHaveProperty('agent');
});
