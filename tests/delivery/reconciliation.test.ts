import { expect, test } from 'vitest';
import { isEnded } from '../../bridge/core/delivery-machine.ts';
import type { Delivery } from '../../bridge/core/envelope.ts';
import { Courier } from '../../bridge/delivery/courier.ts';
import type { Character } from './fake-pane.ts';
import { type World, world } from './world.ts';

const text = 'Use approach B.\n\nKeep the old interface; add a test.';

/** A bridge dies at an instant, and another one takes up what the first had committed, until it is decided. */
async function crash(
  at: string,
  when: 'before' | 'after',
  character: Partial<Character> = {},
  pauseMs = 0,
): Promise<World> {
  const w = world(character);
  let crashed = false;
  const die = () => {
    crashed = true;
    throw new Error('the bridge was killed');
  };
  const isPoint = (point: string, then: string) => !crashed && point === at && then === when;
  w.memory.crash = (then, next) => {
    if (isPoint(next.state.is, then)) die();
  };
  w.pane.before = (act) => {
    if (isPoint(act, 'before')) die();
  };
  w.pane.after = (act) => {
    if (isPoint(act, 'after')) die();
  };
  const queued = w.delivery(text);
  await expect(w.clock.until(w.courier.attempt(queued))).rejects.toThrow('killed');
  await w.clock.pass(pauseMs);

  const next = new Courier({ hands: w.pane, eyes: w.pane, locks: w.locks, memory: w.memory, clock: w.clock });
  let delivery: Delivery = w.memory.stored ?? queued;
  for (let round = 0; round < 5 && !isEnded(delivery.state); round++) {
    const typed = delivery.state.is === 'typed' || delivery.state.is === 'submitted';
    delivery = await w.clock.until(typed ? next.reconcile(delivery) : next.attempt(delivery));
  }
  w.memory.stored = delivery;
  return w;
}

const outcomes: Array<[point: string, when: 'before' | 'after', outcome: string, submissions: number]> = [
  ['claimed', 'before', 'acknowledged', 1],
  ['typed', 'before', 'acknowledged', 1],
  // the text may or may not have been pasted: its absence is no proof, and it is not typed again
  ['typed', 'after', 'uncertain', 0],
  ['paste', 'before', 'uncertain', 0],
  // nobody has pressed Enter, and the composer holds exactly the text
  ['paste', 'after', 'acknowledged', 1],
  ['submitted', 'before', 'acknowledged', 1],
  // Enter may have been pressed and lost: a human settles it
  ['submitted', 'after', 'typed-not-submitted', 0],
  ['press', 'before', 'typed-not-submitted', 0],
  ['press', 'after', 'acknowledged', 1],
  ['acknowledged', 'before', 'acknowledged', 1],
];

test.each(outcomes)(
  'a bridge that dies at %s (%s) leaves a delivery that ends %s',
  async (point, when, outcome, count) => {
    for (const pauseMs of [0, 1_000, 10_000]) {
      const w = await crash(point, when, {}, pauseMs);
      expect([pauseMs, w.memory.stored!.state.is]).toEqual([pauseMs, outcome]);
      expect(w.pane.submissions).toEqual(Array(count).fill(text));
      expect(w.pane.pastes.length).toBeLessThanOrEqual(1);
    }
  },
);

test('after a crash the echo of an older, equal input is not taken for ours', async () => {
  const w = world();
  w.pane.inputs = [text];
  w.pane.words = ['answer 0'];
  w.pane.settle();
  w.pane.before = (act) => {
    if (act === 'paste') throw new Error('killed');
  };
  await expect(w.clock.until(w.courier.attempt(w.delivery(text)))).rejects.toThrow('killed');
  w.pane.before = () => {};
  expect((await w.reconcile(w.memory.stored!)).is).toBe('uncertain');
  expect(w.pane.pastes).toEqual([]);
});

test('a delivery of an older bridge, without its mark, needs a telling echo', async () => {
  for (const [body, outcome] of [
    [text, 'acknowledged'],
    ['yes', 'uncertain'],
  ] as const) {
    const w = world();
    w.pane.inputs = [body];
    w.pane.words = ['answer'];
    w.pane.settle();
    const submitted = w.delivery(body, { state: { is: 'submitted', at: 0 } });
    expect((await w.reconcile(submitted)).is).toBe(outcome);
  }
});

test('while the screen does not tell, the delivery stays as it is; it is not typed, and not called uncertain', async () => {
  const w = world();
  w.pane.dialog = true;
  w.pane.settle();
  const typed = w.delivery(text, { state: { is: 'typed', at: 0, turnBefore: ':' } });
  expect(await w.clock.until(w.courier.reconcile(typed))).toBe(typed);
  w.locks.held = true;
  expect(await w.clock.until(w.courier.reconcile(typed))).toBe(typed);
  expect(w.memory.saved).toEqual([]);
  expect(w.pane.pastes).toEqual([]);
});

test('a text that rests in the composer gets its Enter only where the guard has nothing else against it', async () => {
  const typed = (w: World) => w.delivery(text, { state: { is: 'typed', at: 0, turnBefore: ':' } });
  const against: Array<(w: World) => void> = [
    (w) => w.pane.human(),
    (w) => {
      w.pane.busy = true;
    },
    (w) => {
      w.pane.inMode = true;
    },
    (w) => {
      w.pane.synchronized = true;
    },
    (w) => {
      w.pane.foreground = 'shell';
    },
  ];
  for (const change of against) {
    const w = world();
    w.pane.composer = text;
    change(w);
    w.pane.settle();
    expect((await w.reconcile(typed(w))).is).toBe('typed-not-submitted');
    expect(w.pane.enters).toEqual([]);
  }
  const w = world();
  w.pane.composer = `${text} and a person's words`;
  w.pane.settle();
  expect((await w.reconcile(typed(w))).is).toBe('typed-not-submitted');
  expect(w.pane.enters).toEqual([]);
});

test('a marker gets its Enter only where nobody has typed since', async () => {
  const long = 'a long line of words '.repeat(30);
  for (const [keyAt, outcome] of [
    [-60_000, 'acknowledged'],
    [10_000, 'typed-not-submitted'],
  ] as const) {
    const w = world({ markerAbove: 100 });
    const typed = w.delivery(long, { state: { is: 'typed', at: w.clock.now(), turnBefore: ':' } });
    w.pane.composer = long;
    w.pane.keyAt = w.clock.now() + keyAt;
    w.pane.settle();
    await w.clock.pass(60_000);
    expect((await w.reconcile(typed)).is).toBe(outcome);
  }
});

test('a pane that is gone or has another agent is uncertain, and not touched', async () => {
  const gone = world();
  const typed = gone.delivery(text, { state: { is: 'typed', at: 0 } });
  gone.pane.gone = true;
  expect((await gone.reconcile(typed)).is).toBe('uncertain');
  const other = world();
  other.pane.agentPid = 999;
  other.pane.composer = text;
  other.pane.settle();
  expect((await other.reconcile(typed)).is).toBe('uncertain');
  expect(other.pane.enters).toEqual([]);
});

test('what was only claimed was not typed, and goes back to the queue', async () => {
  const w = world();
  expect((await w.reconcile(w.delivery(text, { state: { is: 'claimed', at: 0 } }))).is).toBe('queued');
});

test('an attempt on a delivery that was typed already reconciles it', async () => {
  const w = world();
  const typed = w.delivery(text, { state: { is: 'typed', at: 0, turnBefore: ':' } });
  expect((await w.attempt(typed)).is).toBe('uncertain');
  expect(w.pane.pastes).toEqual([]);
});
