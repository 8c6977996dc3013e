import { expect, test } from 'vitest';
import { Courier } from '../../bridge/delivery/courier.ts';
import type { HookEvents } from '../../bridge/delivery/pane-io.ts';
import { type World, world } from './world.ts';

const text = 'Use approach B.\n\nKeep the old interface; add a test.';
const force = { options: { force: true, allowShell: false } };

/** The same world, with an agent that speaks. */
async function attempt(w: World, word: Partial<HookEvents>, change = {}) {
  const parts = { hands: w.pane, eyes: w.pane, locks: w.locks, memory: w.memory, clock: w.clock };
  const courier = new Courier({ ...parts, word: { took: () => false, asks: () => false, ...word } });
  return (await w.clock.until(courier.attempt(w.delivery(text, change)))).state;
}

test("the agent's own word that it took the text is a receipt where the screen shows none", async () => {
  const w = world({ echoes: false, worksMs: 0 });
  const since: number[] = [];
  const state = await attempt(w, {
    took: (_, taken, from) => {
      since.push(from);
      return taken === text && w.pane.submissions.length > 0;
    },
  });
  expect(state).toMatchObject({ is: 'acknowledged', receipt: { evidence: 'agent-signalled' } });
  expect(w.pane.submissions).toEqual([text]);
  // what it took before our Enter is another input
  expect(Math.min(...since)).toBeGreaterThanOrEqual(w.pane.enters[0]!);
});

test('while the composer still holds the text, a word that it was taken is not believed', async () => {
  const w = world();
  w.pane.deaf = true;
  const state = await attempt(w, { took: () => true });
  expect(state).toMatchObject({ is: 'typed-not-submitted' });
  expect(w.pane.submissions).toEqual([]);
});

test.each([{}, force])('where the agent has said that it asks for approval nothing is typed: %j', async (change) => {
  const w = world();
  expect(await attempt(w, { asks: () => true }, change)).toMatchObject({ is: 'held', reason: 'dialog' });
  expect(w.pane.pastes).toEqual([]);
  expect(w.pane.enters).toEqual([]);
});

test('a dialog that the agent announces between the paste and Enter gets no Enter, though nothing is drawn yet', async () => {
  const w = world();
  const state = await attempt(w, { asks: () => w.pane.pastes.length > 0 });
  expect(state).toMatchObject({ is: 'typed-not-submitted', reason: expect.stringContaining('asks for approval') });
  expect(w.pane.enters).toEqual([]);
});

test('an announced dialog ends the rescue of an Enter that was lost', async () => {
  const w = world({ losesEnters: 1 });
  await attempt(w, { asks: () => w.pane.enters.length > 0 });
  expect(w.pane.enters).toHaveLength(1);
});
