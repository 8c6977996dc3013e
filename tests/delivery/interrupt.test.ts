import { expect, test } from 'vitest';
import type { Delivery } from '../../bridge/core/envelope.ts';
import { type CourierHarness, courierHarness } from './courier-harness.ts';

/** A text that may not wait: the running turn is broken off first, once, and only where that is safe. */

const text = 'Stop: the port is 8080.';
const urgent = { options: { force: false, allowShell: false, urgent: true } } as const;

function working(change: (harness: CourierHarness) => void = () => {}, character = {}): CourierHarness {
  const harness = courierHarness({ worksMs: 100, ...character });
  harness.pane.inputs = ['plan it'];
  harness.pane.busy = true;
  change(harness);
  harness.pane.settle();
  return harness;
}
const set =
  (state: object) =>
  ({ pane }: CourierHarness): void => {
    Object.assign(pane, state);
  };
const attempt = (harness: CourierHarness, change: Partial<Delivery> = urgent) =>
  harness.attempt(harness.delivery(text, { kind: 'message', ...change }));

test('an urgent text breaks off the turn and is typed into the idle program, once; any other waits', async () => {
  const harness = working();
  expect(await attempt(harness, {})).toMatchObject({ is: 'held', reason: 'busy' });
  expect(harness.pane.keys).toEqual([]);

  const now = working();
  expect(await attempt(now)).toMatchObject({ is: 'acknowledged' });
  expect(now.pane.keys).toEqual(['Escape', 'Enter']);
  expect(now.pane.submissions).toEqual([text]);
  expect(now.memory.kinds.slice(0, 2)).toEqual(['delivery-interrupted', 'delivery-claimed']);
});

test('an idle program is not interrupted', async () => {
  const harness = working(({ pane }) => {
    pane.busy = false;
  });
  expect(await attempt(harness)).toMatchObject({ is: 'acknowledged' });
  expect(harness.pane.keys).toEqual(['Enter']);
});

test.each([
  ['a dialog', set({ dialog: true }), 'dialog'],
  ['a draft in its composer', set({ composer: 'wait' }), 'draft'],
  ['a person at its keys', (harness: CourierHarness) => set({ keyAt: harness.clock.now() })(harness), 'human-active'],
  [
    'no key that is known to break off a turn',
    (harness: CourierHarness) => {
      const { interruptKey, ...facts } = harness.pane.facts;
      set({ facts })(harness);
    },
    'busy',
  ],
] as const)('no key is pressed where there is %s', async (_, change, reason) => {
  const harness = working(change);
  expect(await attempt(harness)).toMatchObject({ is: 'held', reason });
  expect(harness.pane.keys).toEqual([]);
  expect(harness.pane.pastes).toEqual([]);
});

test('a turn that goes on, and one that leaves a draft, keep the text waiting; the key is pressed once in all', async () => {
  for (const change of [set({ ignores: ['Escape'] }), set({ restores: true, submissions: ['plan it'] })]) {
    const harness = working(change);
    const held = await attempt(harness);
    expect(held.is).toBe('held');
    const again = await harness.attempt({ ...harness.memory.stored! });
    expect(again.is).toBe('held');
    expect(harness.pane.keys).toEqual(['Escape']);
    expect(harness.pane.pastes).toEqual([]);
  }
});

test('a crash behind the key does not press it again', async () => {
  const harness = working(set({ ignores: ['Escape'] }));
  harness.memory.crash = (when, { interruptedAt }) => {
    if (when === 'after' && interruptedAt !== undefined) throw new Error('crash');
  };
  await expect(attempt(harness)).rejects.toThrow('crash');
  harness.memory.crash = () => {};
  expect(await harness.attempt({ ...harness.memory.stored! })).toMatchObject({ is: 'held', reason: 'busy' });
  expect(harness.pane.keys).toEqual([]);
});
