import { expect, test } from 'vitest';
import { isEnded } from '../../bridge/core/delivery-machine.ts';
import type { Delivery } from '../../bridge/core/envelope.ts';
import { Courier } from '../../bridge/delivery/courier.ts';
import { type CourierHarness, courierHarness } from './courier-harness.ts';
import type { Character } from './fake-pane.ts';

const text = 'Use approach B.\n\nKeep the old interface; add a test.';

/** A bridge dies at an instant, and another one takes up what the first had committed, until it is decided. */
async function crash(
  at: string,
  when: 'before' | 'after',
  character: Partial<Character> = {},
  pauseMs = 0,
  { isTold = false } = {},
): Promise<CourierHarness> {
  const harness = courierHarness(character);
  if (isTold) harness.locks.told = harness.pane;
  let crashed = false;
  const die = () => {
    crashed = true;
    throw new Error('the bridge was killed');
  };
  const isPoint = (point: string, then: string) => !crashed && point === at && then === when;
  harness.memory.crash = (then, next) => {
    if (isPoint(next.state.is, then)) die();
  };
  harness.pane.before = (act) => {
    if (isPoint(act, 'before')) die();
  };
  harness.pane.after = (act) => {
    if (isPoint(act, 'after')) die();
  };
  const queued = harness.delivery(text);
  await expect(harness.clock.until(harness.courier.attempt(queued))).rejects.toThrow('killed');
  await harness.clock.pass(pauseMs);

  const next = new Courier({
    io: harness.pane,
    readers: harness.pane,
    locks: harness.locks,
    memory: harness.memory,
    clock: harness.clock,
  });
  let delivery: Delivery = harness.memory.stored ?? queued;
  for (let round = 0; round < 5 && !isEnded(delivery.state); round++) {
    const typed = delivery.state.is === 'typed' || delivery.state.is === 'submitted';
    delivery = await harness.clock.until(typed ? next.reconcile(delivery) : next.attempt(delivery));
  }
  harness.memory.stored = delivery;
  return harness;
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
      const harness = await crash(point, when, {}, pauseMs);
      expect([pauseMs, harness.memory.stored!.state.is]).toEqual([pauseMs, outcome]);
      expect(harness.pane.submissions).toEqual(Array(count).fill(text));
      expect(harness.pane.pastes.length).toBeLessThanOrEqual(1);
    }
  },
);

/** Where the pane's tmux server notes what is typed, in the step in which it is. */
const outcomesTold: typeof outcomes = [
  ['claimed', 'before', 'acknowledged', 1],
  ['typed', 'before', 'acknowledged', 1],
  ['typed', 'after', 'acknowledged', 1],
  ['paste', 'before', 'acknowledged', 1],
  ['paste', 'after', 'acknowledged', 1],
  ['submitted', 'before', 'acknowledged', 1],
  ['submitted', 'after', 'acknowledged', 1],
  ['press', 'before', 'acknowledged', 1],
  ['press', 'after', 'acknowledged', 1],
  ['acknowledged', 'before', 'acknowledged', 1],
];

test.each(outcomesTold)(
  'with a server that tells, a bridge that dies at %s (%s) leaves one that ends %s, and is typed once',
  async (point, when, outcome, count) => {
    for (const pauseMs of [0, 1_000, 10_000]) {
      const harness = await crash(point, when, {}, pauseMs, { isTold: true });
      expect([pauseMs, harness.memory.stored!.state.is]).toEqual([pauseMs, outcome]);
      expect(harness.pane.submissions).toEqual(Array(count).fill(text));
      expect(harness.pane.pastes).toHaveLength(1);
    }
  },
);

test('a text that was pasted and is not to be seen is in doubt, and never typed again', async () => {
  const harness = await crash('paste', 'after', { losesPastes: 1 }, 0, { isTold: true });
  expect(harness.memory.stored!.state).toMatchObject({
    is: 'uncertain',
    reason: expect.stringContaining('tmux has pasted it'),
  });
  expect(harness.pane.pastes).toHaveLength(1);
});

test('an Enter that was pressed and did nothing is not pressed again, and one that was not is no guess', async () => {
  const lost = await crash('press', 'after', { losesEnters: 1 }, 0, { isTold: true });
  expect(lost.memory.stored!.state).toMatchObject({
    is: 'typed-not-submitted',
    reason: expect.stringContaining('Enter was pressed, and did not submit it'),
  });
  expect(lost.pane.enters).toHaveLength(1);
});

test('what another bridge typed since hides what became of it: then the screen decides, as ever', async () => {
  const harness = courierHarness();
  harness.locks.told = harness.pane;
  harness.pane.before = (act) => {
    if (act === 'paste') throw new Error('the bridge was killed');
  };
  await expect(harness.clock.until(harness.courier.attempt(harness.delivery(text)))).rejects.toThrow('killed');
  harness.pane.before = () => {};
  harness.pane.note = 'cc.7.1';
  expect((await harness.reconcile(harness.memory.stored!)).is).toBe('uncertain');
  expect(harness.pane.pastes).toEqual([]);
});

test('a paste that is still under way when its writer is another one comes to nothing', async () => {
  const harness = courierHarness();
  harness.locks.told = harness.pane;
  const { pane } = harness;
  let late: Parameters<typeof pane.paste> | null = null;
  const paste = pane.paste.bind(pane);
  pane.paste = async (...given) => {
    late = given;
    pane.paste = paste;
    throw new Error('the link was cut');
  };
  await expect(harness.clock.until(harness.courier.attempt(harness.delivery(text)))).rejects.toThrow('cut');
  expect((await harness.reconcile(harness.memory.stored!)).is).toBe('queued');
  expect(await paste(...late!)).toBe('held');
  expect((await harness.attempt(harness.memory.stored!)).is).toBe('acknowledged');
  expect(await paste(...late!)).toBe('held');
  expect(pane.submissions).toEqual([text]);
});

test('after a crash the echo of an older, equal input is not taken for ours', async () => {
  const harness = courierHarness();
  harness.pane.inputs = [text];
  harness.pane.words = ['answer 0'];
  harness.pane.settle();
  harness.pane.before = (act) => {
    if (act === 'paste') throw new Error('killed');
  };
  await expect(harness.clock.until(harness.courier.attempt(harness.delivery(text)))).rejects.toThrow('killed');
  harness.pane.before = () => {};
  expect((await harness.reconcile(harness.memory.stored!)).is).toBe('uncertain');
  expect(harness.pane.pastes).toEqual([]);
});

test('a delivery of an older bridge, without its mark, needs a telling echo', async () => {
  for (const [body, outcome] of [
    [text, 'acknowledged'],
    ['yes', 'uncertain'],
  ] as const) {
    const harness = courierHarness();
    harness.pane.inputs = [body];
    harness.pane.words = ['answer'];
    harness.pane.settle();
    const submitted = harness.delivery(body, { state: { is: 'submitted', at: 0 } });
    expect((await harness.reconcile(submitted)).is).toBe(outcome);
  }
});

test('while the screen does not tell, the delivery stays as it is; it is not typed, and not called uncertain', async () => {
  const harness = courierHarness();
  harness.pane.dialog = true;
  harness.pane.settle();
  const typed = harness.delivery(text, { state: { is: 'typed', at: 0, turnBefore: ':' } });
  expect(await harness.clock.until(harness.courier.reconcile(typed))).toBe(typed);
  harness.locks.held = true;
  expect(await harness.clock.until(harness.courier.reconcile(typed))).toBe(typed);
  expect(harness.memory.saved).toEqual([]);
  expect(harness.pane.pastes).toEqual([]);
});

test('a text that rests in the composer gets its Enter only where the guard has nothing else against it', async () => {
  const typed = (harness: CourierHarness) => harness.delivery(text, { state: { is: 'typed', at: 0, turnBefore: ':' } });
  const against: Array<(harness: CourierHarness) => void> = [
    (harness) => harness.pane.human(),
    (harness) => {
      harness.pane.busy = true;
    },
    (harness) => {
      harness.pane.inMode = true;
    },
    (harness) => {
      harness.pane.synchronized = true;
    },
    (harness) => {
      harness.pane.foreground = 'shell';
    },
  ];
  for (const change of against) {
    const harness = courierHarness();
    harness.pane.composer = text;
    change(harness);
    harness.pane.settle();
    expect((await harness.reconcile(typed(harness))).is).toBe('typed-not-submitted');
    expect(harness.pane.enters).toEqual([]);
  }
  const harness = courierHarness();
  harness.pane.composer = `${text} and a person's words`;
  harness.pane.settle();
  expect((await harness.reconcile(typed(harness))).is).toBe('typed-not-submitted');
  expect(harness.pane.enters).toEqual([]);
});

test('a marker gets its Enter only where nobody has typed since', async () => {
  const long = 'a long line of words '.repeat(30);
  for (const [keyAt, outcome] of [
    [-60_000, 'acknowledged'],
    [10_000, 'typed-not-submitted'],
  ] as const) {
    const harness = courierHarness({ markerAbove: 100 });
    const typed = harness.delivery(long, { state: { is: 'typed', at: harness.clock.now(), turnBefore: ':' } });
    harness.pane.composer = long;
    harness.pane.keyAt = harness.clock.now() + keyAt;
    harness.pane.settle();
    await harness.clock.pass(60_000);
    expect((await harness.reconcile(typed)).is).toBe(outcome);
  }
});

test('a pane that is gone or has another agent is uncertain, and not touched', async () => {
  const gone = courierHarness();
  const typed = gone.delivery(text, { state: { is: 'typed', at: 0 } });
  gone.pane.gone = true;
  expect((await gone.reconcile(typed)).is).toBe('uncertain');
  const other = courierHarness();
  other.pane.agentPid = 999;
  other.pane.composer = text;
  other.pane.settle();
  expect((await other.reconcile(typed)).is).toBe('uncertain');
  expect(other.pane.enters).toEqual([]);
});

test('what was only claimed was not typed, and goes back to the queue', async () => {
  const harness = courierHarness();
  expect((await harness.reconcile(harness.delivery(text, { state: { is: 'claimed', at: 0 } }))).is).toBe('queued');
});

test('an attempt on a delivery that was typed already reconciles it', async () => {
  const harness = courierHarness();
  const typed = harness.delivery(text, { state: { is: 'typed', at: 0, turnBefore: ':' } });
  expect((await harness.attempt(typed)).is).toBe('uncertain');
  expect(harness.pane.pastes).toEqual([]);
});
