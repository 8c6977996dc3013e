import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DeliveryState } from '../../bridge/core/envelope.ts';
import type { DeliveryId } from '../../bridge/core/ids.ts';
import {
  type Answer,
  type ControllerFailure,
  doubtOf,
  mayBecome,
  notTypedOf,
  type Request,
  type RequestState,
} from '../../bridge/core/request.ts';
import type { Effect, RequestInput } from '../../bridge/requests/inputs.ts';
import type { PolicyDecision } from '../../bridge/requests/policy.ts';
import { isHuman, step } from '../../bridge/requests/request-machine.ts';
import { sampleRequest } from '../journal/samples.ts';
import { commandDialog } from './dialogs.ts';

const d1 = 'd1' as DeliveryId;

function answerBy(by: string, instructions = 'Yes.', notes = ''): Answer {
  return { by, instructions, notes, at: 7 };
}

/** Where a request stands after these events, and what was to be done last. */
function after(events: readonly RequestInput[], request: Request = sampleRequest('r1')) {
  let current = request;
  let effects: readonly Effect[] = [];
  let changed = false;
  for (const event of events) ({ request: current, effects, changed } = step(current, event));
  return { request: current, state: current.state, effects: effects.map((effect) => effect.do), all: effects, changed };
}

const confirmed = (decision: PolicyDecision): RequestInput => ({ type: 'confirmed', at: 5, decision, deliveryId: d1 });
const toController = confirmed({ is: 'controller', rule: null });
const toHuman = confirmed({ is: 'human', rule: null });
const arrives = (answer: Answer): RequestInput => ({ type: 'answer-arrived', answer, deliveryId: d1 });
const delivery = (state: DeliveryState): RequestInput => ({ type: 'delivery-changed', state, at: 9 });
const receipt = { at: 9, typedAt: 9, evidence: 'busy-began', lines: [] };
const turnBegan: RequestInput = { type: 'turn-began', at: 20 };
const dismissed: RequestInput = { type: 'dismissed', by: 'human:cli', at: 20 };

test('an answer for a request that has ended is kept as late and never delivered', () => {
  const ends: RequestInput[][] = [
    [toController, turnBegan],
    [toController, dismissed],
    [toController, arrives(answerBy('human:cli', 'first')), delivery({ is: 'cancelled', reason: 'gone' })],
    [toController, arrives(answerBy('human:cli', 'first')), delivery({ is: 'acknowledged', receipt }), turnBegan],
    [confirmed({ is: 'ignore', rule: 0 })],
  ];
  for (const events of ends) {
    const { request, effects } = after([...events, arrives(answerBy('controller:codex'))]);
    expect(request.late).toEqual([answerBy('controller:codex')]);
    expect(effects).toEqual([]);
    expect(request.state).toEqual(after(events).state);
  }
  const expired = after([{ type: 'ticked', at: 50 }], sampleRequest('r1', { deadlineAt: 50 }));
  expect(expired.state.is).toBe('expired');
  expect(after([arrives(answerBy('human:cli'))], expired.request).request.late).toHaveLength(1);
});

test('the first answer wins; only a human may replace it, and never one that cannot be replaced any more', () => {
  const first = [toController, arrives(answerBy('controller:codex', 'A'))];
  expect(after(first)).toMatchObject({ state: { is: 'answered', deliveryId: d1 }, effects: ['deliver'] });
  const second = after([...first, arrives(answerBy('controller:codex', 'B'))]);
  expect(second.state).toMatchObject({ answer: { instructions: 'A' } });
  expect(second.request.late).toMatchObject([{ instructions: 'B' }]);
  const human = after([...first, arrives(answerBy('human:outbox', 'C'))]);
  expect(human).toMatchObject({ state: { answer: { instructions: 'C' } }, effects: ['replace-delivery'] });
  const missed = after([...first, { type: 'answer-missed', answer: answerBy('human:outbox', 'C') }]);
  expect(missed.state).toMatchObject({ answer: { instructions: 'A' } });
  expect(missed.request.late).toMatchObject([{ instructions: 'C' }]);
});

test('the same answer met twice is one answer', () => {
  const given = [toHuman, arrives(answerBy('human:outbox'))];
  expect(after([...given, arrives(answerBy('human:outbox'))]).changed).toBe(false);
  const delivered = [...given, delivery({ is: 'acknowledged', receipt })];
  expect(after([...delivered, arrives(answerBy('human:outbox'))]).changed).toBe(false);
  const late = [toHuman, dismissed, arrives(answerBy('human:outbox'))];
  expect(after([...late, arrives(answerBy('human:outbox'))]).changed).toBe(false);
});

test('every failure of a controller goes to the human with its own reason', () => {
  const failures: [ControllerFailure, RegExp][] = [
    [{ is: 'exit', code: 2, signal: null, stderr: 'no login' }, /exited with 2: no login/],
    [{ is: 'empty' }, /empty answer/],
    [{ is: 'timeout', afterMs: 300_000 }, /within 300 s/],
    [{ is: 'unavailable', reason: 'no controller is configured' }, /no controller/],
    [{ is: 'escalated', reason: 'needs a licence' }, /needs a licence/],
  ];
  for (const [failure, why] of failures) {
    const { state, all } = after([toController, { type: 'controller-failed', failure, at: 8 }]);
    expect(state).toMatchObject({ is: 'asked', of: 'human', why: expect.stringMatching(why) });
    expect(all).toEqual([{ do: 'publish', why: expect.stringMatching(why) }]);
  }
});

test('a worker that goes on withdraws what it asked, stops the controller, and settles what was answered', () => {
  expect(after([turnBegan]).state.is).toBe('withdrawn');
  expect(after([toController, turnBegan])).toMatchObject({
    state: { is: 'withdrawn' },
    effects: ['cancel-ask', 'archive'],
  });
  expect(after([toHuman, turnBegan])).toMatchObject({ state: { is: 'withdrawn' }, effects: ['archive'] });
  const answered = [toHuman, arrives(answerBy('human:cli'))];
  expect(after([...answered, turnBegan])).toMatchObject({
    state: { is: 'withdrawn', notTyped: { answer: answerBy('human:cli'), deliveryId: d1 } },
    effects: ['cancel-delivery', 'archive', 'tell-not-typed'],
  });
  expect(after([...answered, delivery({ is: 'acknowledged', receipt }), turnBegan]).state).toMatchObject({
    is: 'settled',
    answer: { instructions: 'Yes.' },
  });
});

test('what a command asked is settled by its answer, typed nowhere, and not withdrawn by the screen', () => {
  const asked = sampleRequest('r1', { via: 'ask' });
  expect(after([toController, turnBegan], asked).state.is).toBe('asked');
  const settled = after([toController, turnBegan, arrives(answerBy('human:cli'))], asked);
  expect(settled).toMatchObject({ state: { is: 'settled' }, effects: ['cancel-ask', 'archive'] });
});

test('where who asked waits no more its answer is delivered as any other, and only what comes from then on', () => {
  const asked = sampleRequest('r1', { via: 'ask' });
  const left = { type: 'asker-left', at: 20 } as const;
  const waiting = after([toController, left, turnBegan], asked);
  expect(waiting).toMatchObject({ state: { is: 'asked' }, request: { isTyped: true } });
  expect(step(waiting.request, left).changed).toBe(false);
  const answered = after([toController, left, arrives(answerBy('human:cli')), turnBegan], asked);
  expect(answered).toMatchObject({ state: { is: 'answered', deliveryId: d1 } });
  const done = after([delivery({ is: 'acknowledged', receipt }), turnBegan], answered.request);
  expect(done.state).toMatchObject({ is: 'settled', answer: { instructions: 'Yes.' } });
  const taken = after([toController, arrives(answerBy('human:cli')), left], asked);
  expect(taken).toMatchObject({ state: { is: 'settled' }, changed: false });
  expect(step(sampleRequest('r2'), left).changed).toBe(false);
});

test('a delivery that was taken away ends the request with its reason and tells the human; a held one changes nothing', () => {
  const answered = [toHuman, arrives(answerBy('human:cli'))];
  const held = { is: 'held', reason: 'busy', detail: '', since: 1 } as const;
  for (const state of [{ is: 'queued' }, held, { is: 'claimed', at: 1 }, { is: 'typed', at: 1 }] as DeliveryState[]) {
    expect(after([...answered, delivery(state)]).changed).toBe(false);
  }
  const end = after([...answered, delivery({ is: 'cancelled', reason: 'the pane is gone' })]);
  expect(end.state).toMatchObject({ is: 'failed', reason: expect.stringContaining('the pane is gone') });
  expect(end.effects).toContain('notify-human');
  expect(after([...answered, delivery({ is: 'expired' })]).state.is).toBe('expired');
});

test('a delivery whose turn has passed withdraws the request and keeps the answer; so does a dialog that closed', () => {
  const answered = [toHuman, arrives(answerBy('human:cli'))];
  const passed = delivery({ is: 'cancelled', reason: 'turn-passed: it went on' });
  expect(after([...answered, passed])).toMatchObject({
    state: { is: 'withdrawn', reason: expect.stringContaining('it went on'), notTyped: { deliveryId: d1 } },
    effects: ['archive', 'tell-not-typed'],
  });
  const dialog = sampleRequest('r1', { dialog: commandDialog('npm test') });
  const closed: RequestInput = { type: 'dialog-closed', at: 20 };
  expect(after([...answered, closed], dialog)).toMatchObject({
    state: { is: 'withdrawn', reason: expect.stringContaining('the choice of human:cli came too late') },
    effects: ['cancel-delivery', 'archive', 'tell-not-typed'],
  });
  expect(after([...answered, turnBegan], dialog).changed).toBe(false);
  expect(after([...answered, closed]).changed).toBe(false);
});

const inDoubt = (is: 'uncertain' | 'typed-not-submitted', by = 'controller:codex'): RequestInput[] => [
  toController,
  arrives(answerBy(by, 'A')),
  delivery({ is, reason: 'the pane is gone' }),
];
const d2 = 'd2' as DeliveryId;

test('what nobody can know is asked of the human, with the answer that is in doubt and the reason', () => {
  for (const is of ['uncertain', 'typed-not-submitted'] as const) {
    const { state, effects } = after(inDoubt(is));
    expect(state).toMatchObject({ is: 'asked', of: 'human', why: expect.stringContaining('the pane is gone') });
    expect(state).toMatchObject({ doubt: { answer: { instructions: 'A' }, deliveryId: d1, delivery: is } });
    expect(effects).toEqual(['publish']);
  }
});

test('what could not be typed at all goes back to the human, and the answer is kept', () => {
  const refused = after([
    toController,
    arrives(answerBy('controller:codex', '/quit')),
    delivery({ is: 'failed', reason: 'x' }),
  ]);
  expect(refused).toMatchObject({ state: { is: 'asked', of: 'human' }, effects: ['publish'] });
  expect(refused.state).not.toHaveProperty('doubt');
  expect(refused.request.late).toMatchObject([{ instructions: '/quit' }]);
});

test('an answer in doubt is typed again only on the express word of a person', () => {
  for (const event of [
    arrives(answerBy('controller:codex', 'B')),
    arrives(answerBy('human:outbox', 'A')),
    { type: 'controller-failed', failure: { is: 'empty' }, at: 8 },
    { type: 'recalled', why: 'paused', at: 8 },
    { type: 'typed-elsewhere', typedAt: 50, why: 'it may have been answered', at: 51 },
    { type: 'ticked', at: 99 },
    { type: 'unconfirmed', at: 9 },
    turnBegan,
  ] as const) {
    const { request, effects } = after(inDoubt('uncertain', 'human:outbox'), sampleRequest('r1', { deadlineAt: 50 }));
    const next = step(request, event);
    expect(next.request.state).toBe(request.state);
    expect(next.effects).toEqual([]);
    expect(effects).toEqual(['publish']);
  }
  const again = after([...inDoubt('uncertain'), { type: 'asked-again', by: 'human:cli', at: 30, deliveryId: d2 }]);
  expect(again).toMatchObject({
    state: { is: 'answered', deliveryId: d2, answer: { by: 'human:cli', instructions: 'A' } },
    effects: ['deliver'],
  });
  const other = after([
    ...inDoubt('uncertain'),
    { ...arrives(answerBy('human:cli', 'B')), deliveryId: d2 } as RequestInput,
  ]);
  expect(other).toMatchObject({ state: { deliveryId: d2, answer: { instructions: 'B' } }, effects: ['deliver'] });
  expect(other.request.late).toMatchObject([{ instructions: 'A' }]);
});

test('a person who looked settles an answer in doubt, and nothing else', () => {
  const confirmed: RequestInput = { type: 'confirmed-delivered', by: 'human:cli', at: 30 };
  expect(after([...inDoubt('typed-not-submitted'), confirmed])).toMatchObject({
    state: { is: 'settled', answer: { instructions: 'A' }, vouchedBy: 'human:cli' },
    effects: ['archive'],
  });
  for (const events of [
    [],
    [toController],
    [toHuman],
    [toHuman, arrives(answerBy('human:cli'))],
    [toHuman, dismissed],
  ]) {
    expect(after([...events, confirmed]).changed).toBe(false);
    expect(after([...events, { type: 'asked-again', by: 'human:cli', at: 1, deliveryId: d2 }]).changed).toBe(false);
  }
});

test('a worker that goes on ends the question of what was left in its input line, and of nothing else', () => {
  expect(after([...inDoubt('typed-not-submitted'), turnBegan])).toMatchObject({
    state: { is: 'withdrawn', reason: expect.stringContaining('input line') },
    effects: ['archive'],
  });
  expect(after([...inDoubt('uncertain'), turnBegan]).changed).toBe(false);
  expect(after([...inDoubt('uncertain'), dismissed]).state.is).toBe('dismissed');
});

test('a human who answers while the controller still thinks stops it', () => {
  expect(after([toController, arrives(answerBy('human:cli'))]).effects).toEqual(['cancel-ask', 'deliver']);
  expect(after([toController, arrives(answerBy('controller:codex'))]).effects).toEqual(['deliver']);
});

test('a request seen only once goes to the human, and the deadline ends only what is not answered', () => {
  expect(after([{ type: 'unconfirmed', at: 9 }])).toMatchObject({
    state: { is: 'asked', of: 'human' },
    effects: ['publish'],
  });
  const due = sampleRequest('r1', { deadlineAt: 50 });
  const tick = (at: number): RequestInput => ({ type: 'ticked', at });
  expect(after([toController, tick(49)], due).changed).toBe(false);
  expect(after([toController, tick(50)], due).effects).toEqual(['cancel-ask', 'archive', 'notify-human']);
  expect(after([toController, arrives(answerBy('human:cli')), tick(99)], due).state.is).toBe('answered');
});

test('a rule answers, passes on or ignores', () => {
  expect(after([confirmed({ is: 'answer', text: 'No.', rule: 2 })])).toMatchObject({
    state: { is: 'answered', answer: { by: 'rules', instructions: 'No.', notes: 'answered by policy rule 3' } },
    effects: ['deliver'],
  });
  expect(after([confirmed({ is: 'human', rule: 0 })]).state).toMatchObject({ of: 'human', why: 'policy rule 1' });
  expect(after([confirmed({ is: 'ignore', rule: 0 })])).toMatchObject({ state: { is: 'dismissed' }, effects: [] });
});

const elsewhere = (typedAt: number): RequestInput => ({
  type: 'typed-elsewhere',
  typedAt,
  why: 'the bridge of /b has typed there since',
  at: 20,
});
const held = [toController, arrives(answerBy('controller:codex', 'A'))];

test('what was asked before another bridge typed there is asked of the human, and of nobody else from then on', () => {
  for (const [events, effects] of [
    [[toController], ['cancel-ask', 'publish']],
    [[toHuman], ['publish']],
    [held, ['cancel-delivery', 'publish']],
    [
      [toHuman, arrives(answerBy('human:cli', 'A'))],
      ['cancel-delivery', 'publish'],
    ],
  ] as const) {
    const after20 = after([...events, elsewhere(5)]);
    expect(after20).toMatchObject({
      state: { is: 'asked', of: 'human', at: 20, why: expect.stringContaining('/b') },
      effects,
    });
    expect(after20.request.humanOnly).toMatch(/\/b/);
    // told once; and whoever is asked now knows of it
    expect(step(after20.request, elsewhere(5)).changed).toBe(false);
    expect(after([...events, elsewhere(4)]).changed).toBe(false);
  }
  for (const events of [[], inDoubt('uncertain'), [toHuman, dismissed], [confirmed({ is: 'ignore', rule: 1 })]]) {
    expect(after([...events, elsewhere(99)]).changed).toBe(false);
  }
  const printed = sampleRequest('r1', { via: 'ask' });
  expect(after([toController, elsewhere(99)], printed).changed).toBe(false);
});

test('an answer that was held then is kept, and typed on the express word of a person only', () => {
  const kept = [...held, elsewhere(5)];
  expect(after(kept).state).toMatchObject({ doubt: { answer: { instructions: 'A' }, delivery: 'not-typed' } });
  expect(after([...kept, arrives(answerBy('controller:codex', 'B'))])).toMatchObject({ effects: [], changed: true });
  expect(after([...kept, arrives(answerBy('controller:codex', 'A'))]).changed).toBe(false);
  const again = after([...kept, { type: 'asked-again', by: 'human:cli', at: 30, deliveryId: d2 }]);
  expect(again).toMatchObject({
    state: { is: 'answered', answer: { by: 'human:cli', instructions: 'A' }, askedAt: 20 },
    effects: ['deliver'],
  });
  const other = after([...kept, { ...arrives(answerBy('human:cli', 'B')), deliveryId: d2 } as RequestInput]);
  expect(other).toMatchObject({ state: { answer: { instructions: 'B' }, askedAt: 20 }, effects: ['deliver'] });
  expect(other.request.late).toMatchObject([{ instructions: 'A' }]);
});

test('a person who sees that another bridge answered, or a worker that goes on, withdraws it: nothing of it was typed', () => {
  const kept = [...held, elsewhere(5)];
  const notTyped = { answer: { instructions: 'A' }, deliveryId: d1 };
  expect(after([...kept, { type: 'confirmed-delivered', by: 'human:cli', at: 30 }])).toMatchObject({
    state: { is: 'withdrawn', notTyped },
    effects: ['archive'],
  });
  expect(after([...kept, turnBegan])).toMatchObject({
    state: { is: 'withdrawn', notTyped },
    effects: ['archive', 'tell-not-typed'],
  });
  const choice = sampleRequest('r1', { dialog: commandDialog('npm test') });
  expect(after([...kept, { type: 'dialog-closed', at: 30 }], choice)).toMatchObject({
    state: { is: 'withdrawn', notTyped },
    effects: ['archive', 'tell-not-typed'],
  });
});

const at = fc.integer({ min: 0, max: 100 });
const anyAnswer = fc.record({
  by: fc.constantFrom('controller:codex', 'human:cli', 'human:outbox', 'rules'),
  instructions: fc.constantFrom('A', 'B', 'C'),
  notes: fc.constant(''),
  at,
});
const anyDeliveryState: fc.Arbitrary<DeliveryState> = fc.constantFrom<DeliveryState[]>(
  { is: 'queued' },
  { is: 'held', reason: 'busy', detail: '', since: 1 },
  { is: 'typed', at: 1 },
  { is: 'acknowledged', receipt },
  { is: 'failed', reason: 'x' },
  { is: 'uncertain', reason: 'x' },
  { is: 'typed-not-submitted', reason: 'x' },
  { is: 'expired' },
  { is: 'cancelled', reason: 'x' },
);
const deliveryId = fc.constantFrom('d1' as DeliveryId, 'd2' as DeliveryId);
const anyEvent: fc.Arbitrary<RequestInput> = fc.oneof(
  fc.record({
    type: fc.constant('confirmed' as const),
    at,
    deliveryId,
    decision: fc.constantFrom<PolicyDecision[]>(
      { is: 'answer', text: 'R', rule: 0 },
      { is: 'controller', rule: null },
      { is: 'human', rule: null },
      { is: 'ignore', rule: 1 },
      { is: 'choose', option: 'Yes, proceed', key: 'y', rule: 2 },
    ),
  }),
  { weight: 3, arbitrary: fc.record({ type: fc.constant('answer-arrived' as const), answer: anyAnswer, deliveryId }) },
  fc.record({ type: fc.constant('answer-missed' as const), answer: anyAnswer }),
  fc.record({
    type: fc.constant('controller-failed' as const),
    failure: fc.constant({ is: 'empty' } as ControllerFailure),
    at,
  }),
  { weight: 2, arbitrary: fc.record({ type: fc.constant('delivery-changed' as const), state: anyDeliveryState, at }) },
  fc.record({ type: fc.constantFrom('turn-began' as const, 'ticked' as const, 'unconfirmed' as const), at }),
  fc.record({ type: fc.constant('dialog-closed' as const), at }),
  fc.record({ type: fc.constant('recalled' as const), why: fc.constant('paused'), at }),
  fc.record({ type: fc.constant('typed-elsewhere' as const), typedAt: at, why: fc.constant('elsewhere'), at }),
  fc.record({
    type: fc.constantFrom('dismissed' as const, 'confirmed-delivered' as const),
    by: fc.constant('human:cli'),
    at,
  }),
  fc.record({ type: fc.constant('asked-again' as const), by: fc.constant('human:cli'), at, deliveryId }),
);

test('whatever happens in whatever order: one delivery at a time, no answer lost, ends are final, every state is reached', () => {
  const reached = new Set<RequestState['is']>();
  const ends: RequestState['is'][] = ['settled', 'withdrawn', 'expired', 'failed', 'dismissed'];
  fc.assert(
    fc.property(
      fc.array(anyEvent, { maxLength: 20 }),
      fc.option(at),
      fc.constantFrom('screen' as const, 'ask' as const, 'dialog' as const),
      (events, deadlineAt, how) => {
        const via = how === 'ask' ? 'ask' : 'screen';
        const about = how === 'dialog' ? { dialog: commandDialog('npm test') } : {};
        let request = sampleRequest('r1', { deadlineAt, via, ...about });
        let posted: DeliveryId | null = null;
        for (const event of events) {
          const before = request;
          const next = step(before, event);
          request = next.request;
          reached.add(request.state.is);
          if (!next.changed) {
            expect(next.request).toBe(before);
            expect(next.effects).toEqual([]);
          }
          if (ends.includes(before.state.is)) expect(request.state).toBe(before.state);
          // a delivery that ended without a receipt: whatever is posted after it, a person wanted
          if (event.type === 'delivery-changed' && request.state.is === 'asked' && next.changed) posted = null;
          if (doubtOf(before) && next.changed && request.state.is === 'answered') {
            expect(isHuman(request.state.answer)).toBe(true);
          }
          if (before.state.is !== request.state.is) {
            expect(mayBecome(before.state, request.state), `${before.state.is} became ${request.state.is}`).toBe(true);
          }
          for (const effect of next.effects) {
            if (effect.do === 'deliver' || effect.do === 'choose') {
              // no text is ever delivered where a dialog is to be answered, and no key pressed elsewhere
              expect(effect.do).toBe(how === 'dialog' ? 'choose' : 'deliver');
              expect(posted).toBeNull();
              expect(via).toBe('screen');
              posted = request.state.is === 'answered' ? request.state.deliveryId : null;
              expect(posted).not.toBeNull();
            }
            if (effect.do === 'cancel-delivery') {
              expect(effect.deliveryId).toBe(posted);
              posted = null;
            }
          }
          if ('deliveryId' in request.state) expect(request.state.deliveryId).toBe(posted);
          if (event.type === 'answer-arrived') {
            const { instructions, by } = event.answer;
            const doubtful = doubtOf(request)?.answer ?? notTypedOf(request) ?? [];
            const known = ['answer' in request.state ? [request.state.answer] : doubtful, request.late].flat();
            expect(known).toContainEqual(expect.objectContaining({ instructions, by }));
          }
          expect(request.late.slice(0, before.late.length)).toEqual(before.late);
        }
      },
    ),
    { numRuns: 500, seed: 11 },
  );
  expect([...reached].sort()).toEqual(['answered', 'asked', 'delivered', 'open', ...ends].sort());
});
