import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isEnded, mayFollow } from '../../bridge/core/delivery-machine.ts';
import type { DeliveryState } from '../../bridge/core/envelope.ts';
import type { DeliveryId } from '../../bridge/core/ids.ts';
import {
  type Answer,
  doubtOf,
  isAnswerTyped,
  isOpen,
  type Request,
  type RequestState,
} from '../../bridge/core/request.ts';
import type { Effect, RequestInput } from '../../bridge/requests/inputs.ts';
import { isHuman, step } from '../../bridge/requests/request-machine.ts';
import { fuzz } from '../fixtures/fuzz.ts';
import { sampleRequest } from '../journal/samples.ts';
import { commandDialog } from './dialogs.ts';

/**
 * The requests' module as a program that dies: a transition is committed with its delivery, its other effects come
 * later, once, twice or never, and a start performs them again by what is stored, as `Requests.resume` and
 * `Requests.tick` do. What others saw is kept apart from it, and judged.
 */
class Simulation {
  request: Request;
  now = 0;
  /** the one delivery, with what it carries; typed texts are what a worker saw */
  delivery: { readonly id: DeliveryId; body: string; state: DeliveryState } | null = null;
  readonly typed: string[] = [];
  /** effects that were committed and not yet performed */
  owed: Effect[] = [];
  asked = 0;
  /** how often a person answered where nobody could tell whether the answer before had arrived */
  again = 0;
  published = 0;
  readonly states: RequestState[] = [];
  #minted = 0;

  constructor(request: Request) {
    this.request = request;
  }

  mint(): DeliveryId {
    return `d${++this.#minted}` as DeliveryId;
  }

  /** One transaction: the step, and the part of it that the delivery queue does; where that is too late, nothing. */
  apply(event: RequestInput): boolean {
    const next = step(this.request, event);
    if (!next.changed) {
      expect(next.request).toBe(this.request);
      expect(next.effects).toEqual([]);
      return false;
    }
    if (!next.effects.every((effect) => this.#post(effect, next.request))) return false;
    const wasOpen = isOpen(this.request) || this.request.state.is === 'delivered';
    if (!wasOpen) expect(next.request.state).toBe(this.request.state);
    this.request = next.request;
    this.states.push(next.request.state);
    this.owed.push(...next.effects);
    return true;
  }

  #post(effect: Effect, request: Request): boolean {
    const waits = this.delivery?.state.is === 'queued' || this.delivery?.state.is === 'held';
    switch (effect.do) {
      case 'deliver':
      case 'choose': {
        const before = this.delivery?.state.is ?? 'none';
        expect(['none', 'cancelled', 'failed', 'uncertain', 'typed-not-submitted']).toContain(before);
        // what may have arrived is followed by another text on a person's word only
        if (before === 'uncertain' || before === 'typed-not-submitted') {
          expect(isHuman(effect.answer)).toBe(true);
          this.again++;
        }
        const { state } = request;
        if (state.is !== 'answered') throw new Error('a delivery for what is not answered');
        this.delivery = { id: state.deliveryId, body: effect.answer.instructions, state: { is: 'queued' } };
        return true;
      }
      case 'replace-delivery':
        if (!waits) return false;
        this.delivery!.body = effect.answer.instructions;
        return true;
      case 'cancel-delivery':
        expect(effect.deliveryId).toBe(this.delivery?.id);
        if (!waits) return false;
        this.delivery!.state = { is: 'cancelled', reason: effect.reason };
        return true;
      default:
        return true;
    }
  }

  /** What the courier does next, by its own lifecycle; a paste is what nobody can take back. */
  courier(to: DeliveryState): void {
    const { delivery } = this;
    if (delivery === null || to.is === 'cancelled' || !mayFollow(delivery.state, to)) return;
    if (to.is === 'typed' && delivery.state.is === 'claimed') this.typed.push(delivery.body);
    // this simulation's tmux never refuses a paste: typed text stays typed, and what failed was not
    const isTyped = delivery.state.is === 'typed' || delivery.state.is === 'submitted';
    if (isTyped && (to.is === 'held' || to.is === 'failed')) return;
    // its tmux says so: what was about to be typed was not, and nobody saw it
    if (isTyped && to.is === 'queued') this.typed.pop();
    delivery.state = to;
  }

  perform(times: number): void {
    const effect = this.owed.shift();
    for (let go = 0; go < times; go++) {
      if (effect?.do === 'ask') this.asked++;
      if (effect?.do === 'publish') this.published++;
    }
  }

  /** A death between commit and effect, and the start after it. */
  restart(): void {
    this.owed = [];
    const { state } = this.request;
    if (state.is === 'asked')
      this.owed.push(state.of === 'controller' ? { do: 'ask', of: 'controller' } : { do: 'publish', why: state.why });
    this.hear();
  }

  /** The module is told how the delivery stands; it may be told of it any number of times. */
  hear(): void {
    const { state } = this.request;
    if (state.is !== 'answered' || this.delivery === null || this.delivery.id !== state.deliveryId) return;
    this.apply({ type: 'delivery-changed', state: this.delivery.state, at: this.now });
  }

  tick(forMs: number): void {
    this.now += forMs;
    const { state, deadlineAt, openedAt } = this.request;
    if (state.is === 'answered') this.hear();
    else if (deadlineAt !== null && this.now >= deadlineAt) this.apply({ type: 'ticked', at: this.now });
    else if (state.is === 'open' && this.now - openedAt >= 10_000) this.apply({ type: 'unconfirmed', at: this.now });
  }
}

const receipt = { at: 1, typedAt: 1, evidence: 'busy-began', lines: [] };
const states: DeliveryState[] = [
  ...([{ is: 'held', reason: 'busy', detail: '', since: 1 }, { is: 'queued' }] as const),
  ...([
    { is: 'claimed', at: 1 },
    { is: 'claimed', at: 1 },
    { is: 'typed', at: 1 },
    { is: 'typed', at: 1 },
  ] as const),
  ...([
    { is: 'submitted', at: 1 },
    { is: 'acknowledged', receipt },
  ] as const),
  ...([{ is: 'uncertain', reason: 'x' }, { is: 'typed-not-submitted', reason: 'x' }, { is: 'expired' }] as const),
  ...([{ is: 'failed', reason: 'x' }] as const),
];

type Deed = (simulation: Simulation) => void;
const deed = (name: string, does: Deed): Deed => Object.assign(does, { toString: () => name });
const answerOf = (simulation: Simulation, by: string, instructions: string): Answer => ({
  by,
  instructions,
  notes: '',
  at: simulation.now,
});

const deeds: fc.Arbitrary<Deed> = fc.oneof(
  ...[
    { is: 'controller', rule: null },
    { is: 'human', rule: null },
    { is: 'answer', text: 'R', rule: 0 },
    { is: 'ignore', rule: 1 },
  ].map((decision) =>
    fc.constant(
      deed(`confirmed ${decision.is}`, (simulation) => {
        simulation.apply({
          type: 'confirmed',
          at: simulation.now,
          deliveryId: simulation.mint(),
          decision: decision as never,
        });
      }),
    ),
  ),
  {
    weight: 8,
    arbitrary: fc
      .tuple(fc.constantFrom('controller:codex', 'human:cli', 'human:outbox'), fc.constantFrom('A', 'B', 'C'))
      .map(([by, text]) =>
        deed(`${by} answers ${text}`, (simulation) => {
          const answer = answerOf(simulation, by, text);
          const done = simulation.apply({ type: 'answer-arrived', answer, deliveryId: simulation.mint() });
          // a replacement that came too late is kept, as `Requests` keeps it
          if (!done) simulation.apply({ type: 'answer-missed', answer });
        }),
      ),
  },
  {
    weight: 10,
    arbitrary: fc
      .constantFrom(...states)
      .map((to) => deed(`delivery ${to.is}`, (simulation) => simulation.courier(to))),
  },
  {
    weight: 3,
    arbitrary: fc.constant(
      deed('it is delivered', (simulation) => {
        for (const to of [
          { is: 'claimed', at: 1 },
          { is: 'typed', at: 1 },
          { is: 'acknowledged', receipt },
        ] as const) {
          simulation.courier(to);
        }
        simulation.hear();
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constant(
      deed('its delivery is taken away', (simulation) => {
        const { delivery } = simulation;
        if (delivery?.state.is !== 'queued' && delivery?.state.is !== 'held') return;
        delivery.state = { is: 'cancelled', reason: 'x' };
        simulation.hear();
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constant(
      deed('the courier sees that its turn has passed', (simulation) => {
        const { delivery } = simulation;
        if (delivery?.state.is !== 'queued' && delivery?.state.is !== 'held') return;
        delivery.state = { is: 'cancelled', reason: 'turn-passed: x' };
        simulation.hear();
      }),
    ),
  },
  { weight: 4, arbitrary: fc.constant(deed('it is told of the delivery', (simulation) => simulation.hear())) },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom(1, 1, 2)
      .map((times) => deed(`an effect, ${times} times`, (simulation) => simulation.perform(times))),
  },
  { weight: 4, arbitrary: fc.constant(deed('dies and starts', (simulation) => simulation.restart())) },
  fc.constantFrom(1, 1_000, 20_000, 90_000).map((ms) => deed(`${ms} ms`, (simulation) => simulation.tick(ms))),
  fc
    .constantFrom<RequestInput['type']>(
      'dialog-closed',
      'turn-began',
      'asker-left',
      'recalled',
      'typed-elsewhere',
      'dismissed',
      'controller-failed',
    )
    .map((type) =>
      deed(type, (simulation) => {
        const at = simulation.now;
        if (type === 'recalled') simulation.apply({ type, why: 'paused', at });
        else if (type === 'typed-elsewhere') simulation.apply({ type, typedAt: at, why: 'elsewhere', at });
        else if (type === 'dismissed') simulation.apply({ type, by: 'human:cli', at });
        else if (type === 'controller-failed') simulation.apply({ type, failure: { is: 'empty' }, at });
        else if (type === 'dialog-closed' || type === 'turn-began' || type === 'asker-left')
          simulation.apply({ type, at });
      }),
    ),
);

const finals: readonly RequestState['is'][] = ['settled', 'withdrawn', 'expired', 'failed', 'dismissed'];

function check(simulation: Simulation): void {
  const { request, delivery, typed, states } = simulation;
  // typed at most once, but where a person had it typed again; the last of it is the answer that the request names
  expect(typed.length).toBeLessThanOrEqual(1 + simulation.again);
  if (!isAnswerTyped(request)) expect(typed).toEqual([]);
  if (request.state.is === 'delivered' || (request.state.is === 'settled' && isAnswerTyped(request))) {
    expect(typed.at(-1)).toBe(request.state.answer.instructions);
  }
  const wasInDoubt = states.some((state) => state.is === 'asked' && state.of === 'human' && state.doubt !== undefined);
  if (!wasInDoubt && (request.state.is === 'dismissed' || request.state.is === 'withdrawn')) expect(typed).toEqual([]);
  // what was taken back was not typed, and will not be
  if (request.state.is === 'withdrawn' && request.state.notTyped) {
    expect(delivery).toMatchObject({ id: request.state.notTyped.deliveryId, state: { is: 'cancelled' } });
  }
  // one end, and it stays; an answer that stands was replaced by people only
  const ends = states.filter(({ is }) => finals.includes(is));
  expect(new Set(ends).size).toBeLessThanOrEqual(1);
  for (const [at, state] of states.entries()) {
    const before = states[at - 1];
    if (before?.is !== 'answered' || state.is !== 'answered' || before.answer === state.answer) continue;
    expect(isHuman(state.answer)).toBe(true);
  }
  if (request.state.is === 'answered') expect(delivery).toMatchObject({ id: request.state.deliveryId });
}

/** Time alone, and a courier that ends what it has, bring every request to somebody or to an end. */
function letTimePass(simulation: Simulation): void {
  simulation.restart();
  simulation.courier({ is: 'claimed', at: 1 });
  simulation.courier({ is: 'typed', at: 1 });
  simulation.courier({ is: 'uncertain', reason: 'x' });
  for (let turn = 0; turn < 4; turn++) simulation.tick(100_000);
  while (simulation.owed.length > 0) simulation.perform(1);
}

test('whatever happens and whenever it dies: typed at most once, one end that stays, and a way out of every state', () => {
  const reached = new Set<RequestState['is']>();
  let deaths = 0;
  fc.assert(
    fc.property(
      fc.array(deeds, { maxLength: 40 }),
      fc.constantFrom(null, 60_000),
      fc.constantFrom('screen' as const, 'ask' as const, 'dialog' as const),
      (story, deadlineAt, how) => {
        const dialog = how === 'dialog' ? { dialog: commandDialog('npm test') } : {};
        const simulation = new Simulation(
          sampleRequest('r1', { deadlineAt, openedAt: 0, via: how === 'ask' ? 'ask' : 'screen', ...dialog }),
        );
        for (const each of story) {
          each(simulation);
          check(simulation);
          reached.add(simulation.request.state.is);
          if (String(each) === 'dies and starts') deaths++;
        }
        const typedBefore = simulation.typed.length;
        letTimePass(simulation);
        check(simulation);
        const { state } = simulation.request;
        if (simulation.delivery !== null) expect(isEnded(simulation.delivery.state)).toBe(true);
        // nobody waits for nothing: with a deadline it has ended, without one a person or a controller was asked again; only
        // a person's doubt does not end with the clock
        if (deadlineAt !== null && doubtOf(simulation.request) === null) {
          expect(['asked', 'open', 'answered']).not.toContain(state.is);
        }
        if (state.is === 'asked') expect(simulation.asked + simulation.published).toBeGreaterThan(0);
        expect(['open', 'answered']).not.toContain(state.is);
        expect(simulation.typed.length - typedBefore).toBeLessThanOrEqual(1);
      },
    ),
    fuzz(1_000),
  );
  expect([...reached].sort()).toEqual(['answered', 'asked', 'delivered', 'open', ...finals].sort());
  expect(deaths).toBeGreaterThan(200);
});
