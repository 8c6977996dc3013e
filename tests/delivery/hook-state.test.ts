import { expect, test } from 'vitest';
import { Courier } from '../../bridge/delivery/courier.ts';
import type { HookEvents } from '../../bridge/delivery/pane-io.ts';
import { type CourierHarness, courierHarness } from './courier-harness.ts';

const text = 'Use approach B.\n\nKeep the old interface; add a test.';
const force = { options: { force: true, allowShell: false } };

/** The same harness, with an agent that speaks. */
async function attempt(harness: CourierHarness, hookEvents: Partial<HookEvents>, change = {}) {
  const parts = {
    io: harness.pane,
    readers: harness.pane,
    locks: harness.locks,
    memory: harness.memory,
    clock: harness.clock,
  };
  const courier = new Courier({ ...parts, hookEvents: { took: () => false, asks: () => false, ...hookEvents } });
  return (await harness.clock.until(courier.attempt(harness.delivery(text, change)))).state;
}

test("the agent's own hook event that it took the text is a receipt where the screen shows none", async () => {
  const harness = courierHarness({ echoes: false, worksMs: 0 });
  const since: number[] = [];
  const state = await attempt(harness, {
    took: (_, taken, from) => {
      since.push(from);
      return taken === text && harness.pane.submissions.length > 0;
    },
  });
  expect(state).toMatchObject({ is: 'acknowledged', receipt: { evidence: 'agent-signalled' } });
  expect(harness.pane.submissions).toEqual([text]);
  // what it took before our Enter is another input
  expect(Math.min(...since)).toBeGreaterThanOrEqual(harness.pane.enters[0]!);
});

test('while the composer still holds the text, a hook event that it was taken is not believed', async () => {
  const harness = courierHarness();
  harness.pane.deaf = true;
  const state = await attempt(harness, { took: () => true });
  expect(state).toMatchObject({ is: 'typed-not-submitted' });
  expect(harness.pane.submissions).toEqual([]);
});

test.each([{}, force])('where the agent has said that it asks for approval nothing is typed: %j', async (change) => {
  const harness = courierHarness();
  expect(await attempt(harness, { asks: () => true }, change)).toMatchObject({ is: 'held', reason: 'dialog' });
  expect(harness.pane.pastes).toEqual([]);
  expect(harness.pane.enters).toEqual([]);
});

test('a dialog that the agent announces between the paste and Enter gets no Enter, though nothing is drawn yet', async () => {
  const harness = courierHarness();
  const state = await attempt(harness, { asks: () => harness.pane.pastes.length > 0 });
  expect(state).toMatchObject({ is: 'typed-not-submitted', reason: expect.stringContaining('asks for approval') });
  expect(harness.pane.enters).toEqual([]);
});

test('an announced dialog ends the rescue of an Enter that was lost', async () => {
  const harness = courierHarness({ losesEnters: 1 });
  await attempt(harness, { asks: () => harness.pane.enters.length > 0 });
  expect(harness.pane.enters).toHaveLength(1);
});
