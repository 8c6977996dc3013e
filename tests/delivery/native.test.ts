import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isEnded } from '../../bridge/core/delivery-machine.ts';
import type { Delivery } from '../../bridge/core/envelope.ts';
import type { Via } from '../../bridge/core/native-input.ts';
import { markTurn } from '../../bridge/core/turn-mark.ts';
import { Courier } from '../../bridge/delivery/courier.ts';
import { type CourierHarness, courierHarness } from './courier-harness.ts';
import { FakeNativeInputs, type NativeInputCharacter } from './fake-native-input.ts';
import type { Character } from './fake-pane.ts';
import { characters, crashes, happenings, schedules } from './hostile-schedules.ts';

const text = 'Use approach B.\n\nKeep the old interface; add a test.';
const options = (via: Via) => ({ options: { force: false, allowShell: false, via } });

interface NativeHarness extends CourierHarness {
  readonly nativeInputs: FakeNativeInputs;
  courierAgain(): Courier;
  send(via: Via, body?: string): Promise<Delivery>;
}

function harnessWithNativeInput(
  nativeInput: Partial<NativeInputCharacter> = {},
  character: Partial<Character> = {},
): NativeHarness {
  const harness = courierHarness(character);
  const nativeInputs = new FakeNativeInputs(harness.pane, harness.clock, nativeInput);
  const courierAgain = () =>
    new Courier({
      io: harness.pane,
      readers: harness.pane,
      locks: harness.locks,
      memory: harness.memory,
      clock: harness.clock,
      nativeInputs,
    });
  const send = (via: Via, body = text) =>
    harness.clock.until(courierAgain().attempt(harness.delivery(body, options(via))));
  return { ...harness, nativeInputs, courierAgain, send };
}

const kinds = ['queue', 'file', 'port'] as const;

test.each(kinds)('a text goes through a %s native input once, is not typed, and the receipt says so', async (kind) => {
  for (const via of ['native', 'auto'] as const) {
    const harness = harnessWithNativeInput({ kind });
    const { state } = await harness.send(via);
    expect(state).toMatchObject({ is: 'acknowledged', receipt: { via: 'native', door: 'codex-queue' } });
    expect(harness.pane.submissions).toEqual([text]);
    expect(harness.pane.pastes).toEqual([]);
    expect(harness.pane.keys).toEqual([]);
    expect(harness.memory.states).toEqual(['claimed', 'typed', 'submitted', 'acknowledged']);
    expect(harness.memory.saved[1]!.state).toMatchObject({ way: { via: 'native', door: 'codex-queue' } });
  }
});

test('unless it is asked for, no native input is even looked for', async () => {
  for (const change of [options('keyboard'), {}]) {
    const harness = harnessWithNativeInput();
    harness.nativeInputs.find = () => {
      throw new Error('nobody asked for a native input');
    };
    const { state } = await harness.clock.until(harness.courierAgain().attempt(harness.delivery(text, change)));
    expect(state).toMatchObject({ is: 'acknowledged', receipt: { via: 'keyboard' } });
    expect(harness.pane.pastes).toEqual([text]);
  }
});

test('where no native input is found, native fails with the reason, and auto types and says why', async () => {
  const missing = 'two programs share it';
  const native = harnessWithNativeInput({ missing });
  expect((await native.send('native')).state).toEqual({ is: 'failed', reason: `native: ${missing}` });
  expect(native.pane.pastes).toEqual([]);
  expect(native.memory.states).toEqual(['failed']);
  const auto = harnessWithNativeInput({ missing });
  expect((await auto.send('auto')).state).toMatchObject({
    is: 'acknowledged',
    receipt: { via: 'keyboard', because: missing },
  });
  expect(auto.pane.submissions).toEqual([text]);
  expect(auto.nativeInputs.handed).toEqual([]);
});

test('an agent program without a native input, and a shell, have none', async () => {
  const bare = harnessWithNativeInput();
  const { nativeInput: _, ...composerFacts } = bare.pane.facts;
  bare.pane.facts = composerFacts;
  expect((await bare.send('native')).state).toMatchObject({ reason: expect.stringContaining('no native input') });
  const shell = harnessWithNativeInput();
  shell.pane.exitToShell();
  shell.pane.settle();
  const inShell = shell.delivery('make', { options: { force: false, allowShell: true, via: 'native' } });
  expect((await shell.clock.until(shell.courierAgain().attempt(inShell))).state).toMatchObject({
    is: 'failed',
    reason: expect.stringContaining('shell'),
  });
});

test.each(kinds)(
  'a %s native input that refuses takes nothing: auto types it after all, native fails',
  async (kind) => {
    const auto = harnessWithNativeInput({ kind, answers: 'refuses' });
    expect((await auto.send('auto')).state).toMatchObject({
      is: 'acknowledged',
      receipt: { via: 'keyboard', because: 'the native input is shut' },
    });
    expect(auto.pane.submissions).toEqual([text]);
    expect(auto.memory.kinds).toEqual([
      'delivery-claimed',
      'delivery-typed',
      'delivery-fell-back',
      'delivery-submitted',
      'delivery-acknowledged',
    ]);
    const native = harnessWithNativeInput({ kind, answers: 'refuses' });
    expect((await native.send('native')).state).toEqual({ is: 'failed', reason: 'native: the native input is shut' });
    expect(native.pane.pastes).toEqual([]);
  },
);

test('what is taken back from a queue that stands still is typed once by auto, and is not left lying', async () => {
  const harness = harnessWithNativeInput({ looksEveryMs: 1_000 });
  harness.pane.take = () => false;
  expect((await harness.send('auto')).state).toMatchObject({
    is: 'acknowledged',
    receipt: { via: 'keyboard', because: 'it was taken back' },
  });
  expect(harness.nativeInputs.lying).toEqual([]);
  expect(harness.pane.submissions).toEqual([text]);
});

test('after a refusal the guard is asked again: a dialog that opened meanwhile holds, and nothing is typed', async () => {
  const harness = harnessWithNativeInput({ answers: 'refuses' });
  harness.nativeInputs.before = () => {
    harness.pane.dialog = true;
    harness.pane.settle();
  };
  expect((await harness.send('auto')).state).toMatchObject({ is: 'held', reason: 'dialog' });
  expect(harness.pane.pastes).toEqual([]);
  expect(harness.pane.approvals).toEqual([]);
});

/** Another input stands on the screen than when the question was asked. */
async function goneOn(harness: NativeHarness): Promise<Partial<Delivery>> {
  harness.pane.inputs = ['go'];
  harness.pane.words = ['Shall I?'];
  harness.pane.settle();
  const turnMark = markTurn([], harness.pane.read((await harness.pane.capture())!), 'Shall I?');
  return { turnMark };
}

test('an answer whose turn has passed goes through no native input, also where that is seen after a refusal', async () => {
  for (const via of ['native', 'auto'] as const) {
    const harness = harnessWithNativeInput();
    const bound = await goneOn(harness);
    harness.pane.change((pane) => pane.inputs.push('first explain')).settle();
    const { state } = await harness.clock.until(
      harness.courierAgain().attempt(harness.delivery(text, { ...options(via), ...bound })),
    );
    expect(state).toMatchObject({ is: 'cancelled', reason: expect.stringMatching(/^turn-passed: /) });
    expect([harness.nativeInputs.handed, harness.pane.pastes, harness.memory.states]).toEqual([[], [], ['cancelled']]);
  }
  const refused = harnessWithNativeInput({ answers: 'refuses' });
  const bound = await goneOn(refused);
  refused.nativeInputs.before = () => {
    refused.pane.change((pane) => pane.inputs.push('first explain')).settle();
  };
  const auto = refused.delivery(text, { ...options('auto'), ...bound });
  expect((await refused.clock.until(refused.courierAgain().attempt(auto))).state).toMatchObject({ is: 'cancelled' });
  expect(refused.pane.pastes).toEqual([]);
  expect(refused.memory.states).toEqual(['claimed', 'typed', 'held', 'cancelled']);
});

test.each(kinds)('a %s native input that does not answer is not asked again, and nothing is typed', async (kind) => {
  const lost = harnessWithNativeInput({ kind, answers: 'loses' });
  expect((await lost.send('auto')).state.is).toBe('uncertain');
  expect(lost.pane.pastes).toEqual([]);
  expect(lost.pane.submissions).toEqual([]);
  const silent = harnessWithNativeInput({ kind, answers: 'silent' });
  expect((await silent.send('auto')).state).toMatchObject({ is: 'acknowledged', receipt: { via: 'native' } });
  expect(silent.pane.submissions).toEqual([text]);
  expect(silent.nativeInputs.handed).toEqual([text]);
});

test('a turn of somebody else is no receipt for a text that only lies there', async () => {
  const harness = harnessWithNativeInput({ kind: 'file', looksEveryMs: 2_000 });
  harness.clock.after(200, () =>
    harness.pane.change((pane) => {
      pane.busy = true;
    }),
  );
  expect((await harness.send('native')).state).toMatchObject({
    is: 'uncertain',
    reason: expect.stringContaining('has the text'),
  });
  expect(harness.pane.submissions).toEqual([]);
});

test('the guard is the same: busy, a dialog, a draft, copy mode and a person at the keys hold', async () => {
  const against: ReadonlyArray<readonly [string, (harness: NativeHarness) => void]> = [
    ['busy', (harness) => Object.assign(harness.pane, { busy: true })],
    ['dialog', (harness) => Object.assign(harness.pane, { dialog: true })],
    ['draft', (harness) => Object.assign(harness.pane, { composer: 'a draft' })],
    ['human-active', (harness) => harness.pane.human()],
    ['replaced', (harness) => Object.assign(harness.pane, { agentPid: 999 })],
  ];
  for (const [reason, change] of against) {
    const harness = harnessWithNativeInput();
    const delivery = harness.delivery(text, options('native'));
    change(harness);
    harness.pane.settle();
    expect((await harness.clock.until(harness.courierAgain().attempt(delivery))).state).toMatchObject({
      is: 'held',
      reason,
    });
    expect(harness.nativeInputs.handed).toEqual([]);
  }
});

test("a person's draft that comes while the text lies in a queue stays, and the echo is the receipt", async () => {
  const harness = harnessWithNativeInput({ looksEveryMs: 3_000 });
  harness.clock.after(500, () => harness.pane.human('x', 'y'));
  expect((await harness.send('native')).state).toMatchObject({ is: 'acknowledged', receipt: { evidence: 'echoed' } });
  expect(harness.pane.composer).toBe('xy');
  expect(harness.pane.submissions).toEqual([text]);
});

test("a person's words beside a draft that a native input put there keep it from being submitted", async () => {
  const harness = harnessWithNativeInput({ kind: 'port' });
  harness.clock.after(20, () => harness.pane.human('x', 'y'));
  expect((await harness.send('native')).state.is).toBe('typed-not-submitted');
  expect(harness.pane.submissions).toEqual([]);
});

test('a text that is a command to the composer goes through a plain native input as it is', async () => {
  const sentTo = (harness: NativeHarness, via: Via) => {
    harness.pane.facts = { ...harness.pane.facts, commandOpenings: [{ pattern: '^\\s*/', prefix: null }] };
    return harness.send(via, '/help is no command');
  };
  const harness = harnessWithNativeInput();
  expect((await sentTo(harness, 'native')).state.is).toBe('acknowledged');
  expect(harness.pane.submissions).toEqual(['/help is no command']);
  const typed = await sentTo(harnessWithNativeInput(), 'keyboard');
  expect(typed.state).toMatchObject({ is: 'failed', reason: expect.stringContaining('command') });
});

// ── a bridge that dies ──

const deaths: Array<
  [at: string, when: 'before' | 'after', kind: 'queue' | 'file' | 'port', outcome: string, count: number]
> = [
  // it may have been handed over: nobody knows, and nobody does it again
  ['typed', 'after', 'queue', 'uncertain', 0],
  ['typed', 'after', 'file', 'uncertain', 0],
  ['typed', 'after', 'port', 'uncertain', 0],
  ['input', 'before', 'queue', 'uncertain', 0],
  ['input', 'after', 'queue', 'acknowledged', 1],
  ['input', 'after', 'file', 'acknowledged', 1],
  ['submitted', 'before', 'file', 'acknowledged', 1],
  ['submitted', 'after', 'file', 'acknowledged', 1],
  ['submitted', 'after', 'queue', 'acknowledged', 1],
  ['acknowledged', 'before', 'queue', 'acknowledged', 1],
  // it rests in the composer, and nobody has submitted it
  ['input', 'after', 'port', 'acknowledged', 1],
];

test.each(deaths)(
  'a bridge that dies at %s (%s) with a %s native input leaves a delivery that ends %s',
  async (at, when, kind, outcome, count) => {
    const harness = harnessWithNativeInput({ kind });
    let died = false;
    const die = (point: string, then: string) => {
      if (died || point !== at || then !== when) return;
      died = true;
      throw new Error('the bridge was killed');
    };
    harness.memory.crash = (then, next) => die(next.state.is, then);
    harness.nativeInputs.before = () => die('input', 'before');
    harness.nativeInputs.after = () => die('input', 'after');
    await expect(harness.send('auto')).rejects.toThrow('killed');
    let delivery = harness.memory.stored!;
    for (let round = 0; round < 9 && !isEnded(delivery.state); round++) {
      delivery = await harness.clock.until(harness.courierAgain().attempt(delivery));
      await harness.clock.pass(500);
    }
    expect(delivery.state.is).toBe(outcome);
    await harness.clock.pass(10_000);
    expect(harness.pane.submissions).toEqual(Array(count).fill(text));
    expect(harness.pane.pastes).toEqual([]);
  },
);

test('whatever happens and whenever the bridge dies, a text that may go through a native input is submitted at most once', async () => {
  const ends = new Map<string, number>();
  const nativeInputs = fc.record({
    kind: fc.constantFrom(...kinds),
    looksEveryMs: fc.constantFrom(50, 500, 3_000),
    answers: fc.constantFrom(
      'honestly' as const,
      'honestly' as const,
      'refuses' as const,
      'loses' as const,
      'silent' as const,
    ),
  });
  const vias = fc.constantFrom('native' as const, 'auto' as const);
  const seed = Number(process.env.DELIVERY_SEED ?? 7);
  await fc.assert(
    fc.asyncProperty(
      characters,
      nativeInputs,
      vias,
      schedules,
      crashes,
      async (character, nativeInput, via, schedule, crash) => {
        const harness = harnessWithNativeInput(nativeInput, character);
        for (const { atMs, what } of schedule) harness.clock.after(atMs, () => happenings[what]!(harness.pane));
        let died = false;
        const die = (point: string, then: string) => {
          if (died || point !== crash.at || then !== crash.when) return;
          died = true;
          throw new Error('the bridge was killed');
        };
        harness.memory.crash = (then, next) => die(next.state.is, then);
        harness.nativeInputs.before = () => die('input', 'before');
        harness.nativeInputs.after = () => die('input', 'after');
        harness.pane.before = (act) => die(act, 'before');
        harness.pane.after = (act) => die(act, 'after');

        const queued = harness.delivery(text, options(via));
        let delivery = queued;
        for (let round = 0; round < 6 && !isEnded(delivery.state); round++) {
          try {
            delivery = await harness.clock.until(harness.courierAgain().attempt(delivery));
          } catch (fault) {
            expect(String(fault)).toContain('killed');
          }
          delivery = harness.memory.stored ?? queued;
          await harness.clock.pass(500);
        }
        await harness.clock.pass(20_000);

        const { state } = delivery;
        ends.set(state.is, (ends.get(state.is) ?? 0) + 1);
        const flat = (words: string) => words.replace(/\s+/g, '');
        const copies = flat(harness.pane.submissions.join('\u0001')).split(flat(text)).length - 1;
        expect(copies).toBeLessThanOrEqual(1);
        if (state.is === 'acknowledged') expect(copies).toBe(1);
        if (['held', 'queued', 'claimed', 'failed'].includes(state.is)) {
          expect(copies).toBe(0);
          expect(harness.nativeInputs.lying).toEqual([]);
        }
        expect(harness.nativeInputs.handed.length).toBeLessThanOrEqual(1);
        for (const approval of harness.pane.approvals)
          if (approval.by === 'courier') expect(approval.wasDrawn).toBe(false);
        expect(harness.locks.held).toBe(false);
      },
    ),
    { numRuns: Number(process.env.DELIVERY_RUNS ?? 300), ...(seed === 0 ? {} : { seed }) },
  );
  for (const end of ['acknowledged', 'uncertain', 'held', 'failed']) expect(ends.get(end) ?? 0, end).toBeGreaterThan(3);
});
