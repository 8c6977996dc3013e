import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isEnded } from '../../bridge/core/delivery-machine.ts';
import type { Delivery } from '../../bridge/core/envelope.ts';
import { markTurn, type TurnMark } from '../../bridge/core/turn-mark.ts';
import { Courier } from '../../bridge/delivery/courier.ts';
import { fuzz } from '../fixtures/fuzz.ts';
import { type CourierHarness, courierHarness } from './courier-harness.ts';
import { dialogOf, type FakePane, type Menu } from './fake-pane.ts';
import { characters, crashes, happenings, schedules } from './hostile-schedules.ts';

const text = 'Yes, do it.';
const passed = { is: 'cancelled', reason: expect.stringMatching(/^turn-passed: /) };
const question = 'Shall I go on with the plan?';

/** A worker that has asked, and the mark of its turn. */
async function asking(
  inputs = ['plan it', 'go'],
  character = {},
): Promise<{ harness: CourierHarness; turnMark: TurnMark }> {
  const harness = courierHarness({ worksMs: 100, ...character });
  harness.pane.inputs = inputs;
  harness.pane.words = ['I have looked at all of it.', question];
  harness.pane.settle();
  return { harness, turnMark: await markOf(harness.pane) };
}

async function markOf(pane: FakePane, asked: string | undefined = question): Promise<TurnMark> {
  const snapshot = await pane.capture();
  return markTurn([], pane.read(snapshot!), asked);
}

/** Somebody gives the worker an input, and it has done that. */
async function goesOn(harness: CourierHarness, input: string, words = ['Done.']): Promise<void> {
  harness.pane.change((pane) => {
    pane.inputs = [...pane.inputs, input];
    pane.words = words;
    pane.composer = '';
  });
  harness.pane.settle();
}

function expectUntouched({ pane, memory }: CourierHarness): void {
  expect(pane.pastes).toEqual([]);
  expect(pane.enters).toEqual([]);
  expect(memory.states).not.toContain('typed');
}

/** Held first, as a person's draft holds it. */
async function held(harness: CourierHarness, turnMark: TurnMark, change: Partial<Delivery> = {}): Promise<Delivery> {
  harness.pane.change((pane) => {
    pane.composer = 'no, first';
  });
  harness.pane.settle();
  expect(await harness.attempt(harness.delivery(text, { turnMark, ...change }))).toMatchObject({
    is: 'held',
    reason: 'draft',
  });
  return harness.memory.stored!;
}

test('a held answer is not typed once the worker was given another input', async () => {
  const { harness, turnMark } = await asking();
  const delivery = await held(harness, turnMark);
  await goesOn(harness, 'no, first explain', ['Explained. Shall I delete the production data now?']);
  expect(await harness.attempt(delivery)).toMatchObject(passed);
  expectUntouched(harness);
});

test('nor once a person typed the very same words', async () => {
  const { harness, turnMark } = await asking();
  const delivery = await held(harness, turnMark);
  await goesOn(harness, text);
  expect(await harness.attempt(delivery)).toMatchObject(passed);
  expectUntouched(harness);
});

test('nor in the next of two equal inputs, also where the screen shows no other above them', async () => {
  for (const inputs of [
    ['plan it', 'go'],
    ['go', 'go', 'go', 'go', 'go'],
  ]) {
    const { harness, turnMark } = await asking(inputs);
    const delivery = await held(harness, turnMark);
    await goesOn(harness, 'go', ['I have looked at all of it.', 'Shall I delete the production data now?']);
    expect(await harness.attempt(delivery)).toMatchObject(passed);
    expectUntouched(harness);
  }
});

test('it ends as soon as the next turn is seen, whatever else holds it', async () => {
  const holds: Array<(pane: FakePane) => void> = [
    (pane) => {
      pane.composer = 'another draft';
    },
    (pane) => {
      pane.busy = true;
    },
    (pane) => {
      pane.inMode = true;
    },
    (pane) => {
      pane.inputOff = true;
    },
  ];
  for (const hold of holds) {
    const { harness, turnMark } = await asking();
    const delivery = await held(harness, turnMark);
    await goesOn(harness, 'first explain');
    hold(harness.pane);
    harness.pane.settle();
    expect(await harness.attempt(delivery)).toMatchObject(passed);
    expectUntouched(harness);
  }
});

test('in the turn that asked it is typed, whatever came into sight or left it meanwhile', async () => {
  const changes: Array<(pane: FakePane) => void> = [
    (pane) => {
      pane.inputs = ['hello', 'plan it', 'go'];
    },
    (pane) => {
      pane.inputs = ['go'];
    },
    (pane) => {
      pane.torn = { turn: { inputs: [], words: [question], cut: true } };
    },
    (pane) => {
      pane.torn = { turn: { inputs: ['go'], words: ['plan?'], cut: true } };
    },
    (pane) => {
      pane.words = [...pane.words, 'I wait.'];
    },
    (pane) => {
      pane.words = ['I have looked at all', 'of it.', 'Shall I go on', 'with the plan?'];
    },
  ];
  for (const change of changes) {
    const { harness, turnMark } = await asking();
    const delivery = await held(harness, turnMark);
    change(harness.pane);
    harness.pane.composer = '';
    harness.pane.settle();
    // what was typed is seen as it is
    harness.pane.before = (act) => {
      if (act === 'paste') harness.pane.torn = null;
    };
    expect(await harness.attempt(delivery)).toMatchObject({ is: 'acknowledged' });
    expect(harness.pane.submissions).toEqual([text]);
  }
});

test('a frame that shows another input for a moment does not end it', async () => {
  const { harness, turnMark } = await asking();
  harness.pane.torn = { turn: { inputs: ['plan it', 'g'], words: [] } };
  harness.clock.after(400, () => {
    harness.pane.torn = null;
    harness.pane.redraw();
  });
  expect(await harness.attempt(harness.delivery(text, { turnMark }))).toMatchObject({ is: 'acknowledged' });
  expect(harness.pane.submissions).toEqual([text]);
});

test('a text that answers nothing, and an answer of an older journal, are typed whatever the turn', async () => {
  const { harness } = await asking();
  await goesOn(harness, 'first explain');
  expect(await harness.attempt(harness.delivery(text))).toMatchObject({ is: 'acknowledged' });
});

test('a turn that somebody else begins between the paste and Enter gets no Enter', async () => {
  const { harness, turnMark } = await asking(['plan it', 'go'], { drawMs: 50 });
  harness.clock.after(60, () => {
    harness.pane.inputs = [...harness.pane.inputs, 'by another input'];
    harness.pane.words = ['I am at that.'];
    harness.pane.redraw();
  });
  expect(await harness.attempt(harness.delivery(text, { turnMark }))).toMatchObject({
    is: 'typed-not-submitted',
    reason: expect.stringContaining('the turn that asked has passed'),
  });
  expect(harness.pane.submissions).toEqual([]);
  expect(harness.pane.enters).toEqual([]);
});

test("a person's own Enter on our text is its submission, and no other turn", async () => {
  const { harness, turnMark } = await asking();
  harness.clock.after(60, () => harness.pane.human('Enter'));
  expect((await harness.attempt(harness.delivery(text, { turnMark }))).is).toBe('acknowledged');
  expect(harness.pane.submissions).toEqual([text]);
  expect(harness.pane.enters).toEqual([]);
});

test('after a crash Enter is pressed only in the turn that asked', async () => {
  for (const hasPassed of [false, true]) {
    const { harness, turnMark } = await asking();
    if (hasPassed) await goesOn(harness, 'first explain');
    harness.pane.composer = text;
    harness.pane.settle();
    const typed = harness.delivery(text, { turnMark, state: { is: 'typed', at: harness.clock.now() } });
    const state = await harness.reconcile(typed);
    if (hasPassed)
      expect(state).toMatchObject({ is: 'typed-not-submitted', reason: expect.stringContaining('has passed') });
    else expect(state).toMatchObject({ is: 'acknowledged' });
    expect(harness.pane.submissions).toEqual(hasPassed ? [] : [text]);
  }
});

// ── dialogs ──

const menu: Menu = {
  command: 'rm -rf build',
  options: [
    ['Yes', 'y'],
    ['No', 'Escape'],
  ],
  at: 0,
};
const { fingerprint } = dialogOf(menu);

async function dialogOpen(): Promise<{ harness: CourierHarness; turnMark: TurnMark }> {
  const harness = courierHarness();
  harness.pane.menu = menu;
  harness.pane.words = ['I clean up.'];
  harness.pane.settle();
  return { harness, turnMark: await markOf(harness.pane, undefined) };
}

test('a choice is pressed in the dialog that was open, and in no later one that looks the same', async () => {
  for (const isLater of [false, true]) {
    const { harness, turnMark } = await dialogOpen();
    if (isLater) harness.pane.words = ['I clean up.', 'Then once more, everywhere.'];
    harness.pane.settle();
    const state = await harness.attempt(harness.delivery('Yes', { dialog: fingerprint, turnMark }));
    expect(state).toMatchObject(isLater ? passed : { is: 'acknowledged' });
    expect(harness.pane.choices).toHaveLength(isLater ? 0 : 1);
  }
});

test('keys for a dialog likewise', async () => {
  for (const isLater of [false, true]) {
    const { harness, turnMark } = await dialogOpen();
    if (isLater) harness.pane.words = ['I clean up.', 'Then once more, everywhere.'];
    harness.pane.settle();
    const state = await harness.attempt(harness.delivery('y', { kind: 'keys', dialog: fingerprint, turnMark }));
    expect(state).toMatchObject(isLater ? passed : { is: 'acknowledged' });
    expect(harness.pane.keys).toEqual(isLater ? [] : ['y']);
  }
});

test('whatever happens and whenever the bridge dies: nothing is pasted or submitted under another turn that was seen', async () => {
  const ends = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(
      characters,
      schedules,
      crashes,
      fc.integer({ min: 0, max: 6_000 }),
      fc.constantFrom('first explain', text),
      async (character, schedule, crash, atMs, input) => {
        const { harness, turnMark } = await asking(['plan it', 'go'], character);
        for (const { atMs: ms, what } of schedule) harness.clock.after(ms, () => happenings[what]!(harness.pane));
        let isSeen = false;
        let hasGoneOn = false;
        harness.clock.after(atMs, () => {
          hasGoneOn = true;
          harness.pane.inputs = [...harness.pane.inputs, input];
          harness.pane.words = ['I am at that.'];
          harness.pane.redraw();
        });
        let crashed = crash.at === 'nowhere';
        const dieAt = (point: string, when: 'before' | 'after') => {
          if (crashed || point !== crash.at || when !== crash.when) return;
          crashed = true;
          throw new Error('the bridge was killed');
        };
        harness.memory.crash = (when, next) => dieAt(next.state.is, when);
        harness.pane.before = (act) => {
          dieAt(act, 'before');
          // the text of the answer stands there also when it was submitted
          const isOther = input !== text || harness.pane.submissions.length === 0;
          if (act === 'look') isSeen = hasGoneOn && isOther && harness.pane.screen.includes(`› ${input}`);
          else expect(isSeen, `${act} under another turn`).toBe(false);
        };
        harness.pane.after = (act) => dieAt(act, 'after');

        let delivery = harness.delivery(text, { turnMark });
        for (let round = 0; round < 20 && !isEnded(delivery.state); round++) {
          const { pane, locks, memory, clock } = harness;
          const courier = new Courier({ io: pane, readers: pane, locks, memory, clock });
          try {
            delivery = await clock.until(courier.attempt(delivery));
          } catch (fault) {
            if (!String(fault).includes('killed')) throw fault;
          }
          delivery = memory.stored ?? delivery;
          await clock.pass(500);
        }
        ends.set(delivery.state.is, (ends.get(delivery.state.is) ?? 0) + 1);
        expect(harness.pane.submissions.filter((one) => one.includes(text)).length).toBeLessThanOrEqual(1);
      },
    ),
    fuzz(300),
  );
  for (const is of ['cancelled', 'acknowledged', 'typed-not-submitted'])
    expect(ends.get(is) ?? 0, is).toBeGreaterThan(5);
});
