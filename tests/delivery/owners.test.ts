import { expect, test } from 'vitest';
import type { DeliveryState, Envelope } from '../../bridge/core/envelope.ts';
import type { PaneIdentity } from '../../bridge/core/pane.ts';
import { Courier } from '../../bridge/delivery/courier.ts';
import type { Owners } from '../../bridge/delivery/pane-io.ts';
import { type CourierHarness, courierHarness } from './courier-harness.ts';

const text = 'Use approach B.';

/** A table of owners in which nobody but the test writes; it notes what was said to it, and what had been pasted by then. */
class FakeOwners implements Owners {
  readonly said: string[] = [];
  theirs: string | null = null;
  lostBeforeTyping = false;
  pastes = () => 0;

  readonly asked: number[] = [];

  take(_pane: PaneIdentity, askedAt: number) {
    this.asked.push(askedAt);
    if (this.theirs !== null) return { theirs: this.theirs };
    this.said.push('taken');
    return {
      typing: () => {
        if (this.lostBeforeTyping) throw new Error('it is owned by the bridge of /b now');
        this.said.push(`typing after ${this.pastes()} pastes`);
      },
      settled: () => void this.said.push('settled'),
      release: () => void this.said.push('released'),
    };
  }
}

function owned(): {
  harness: CourierHarness;
  owners: FakeOwners;
  run(work: 'attempt' | 'reconcile', kind?: Envelope['kind'], state?: DeliveryState): Promise<DeliveryState>;
} {
  const harness = courierHarness();
  const owners = new FakeOwners();
  owners.pastes = () => harness.pane.pastes.length;
  const { pane, locks, memory, clock } = harness;
  const courier = new Courier({ io: pane, readers: pane, locks, memory, clock, owners });
  return {
    harness,
    owners,
    async run(work, kind = 'response', state = { is: 'queued' }) {
      const delivery = harness.delivery(text, { kind, state });
      memory.stored = delivery;
      return (await clock.until(courier[work](delivery))).state;
    },
  };
}

test.each(['response', 'request'] as const)(
  "a %s to another bridge's pane is held, and says whose it is",
  async (kind) => {
    const { harness, owners, run } = owned();
    owners.theirs = 'the bridge of /b (pid 7) watches it';
    expect(await run('attempt', kind)).toMatchObject({
      is: 'held',
      reason: 'other-bridge',
      detail: 'the bridge of /b (pid 7) watches it',
    });
    expect(harness.pane.pastes).toEqual([]);
    expect(harness.locks.held).toBe(false);
  },
);

test.each(['message', 'keys'] as const)('a %s sent by hand needs the writer lock only', async (kind) => {
  const { harness, owners } = owned();
  owners.theirs = 'the bridge of /b (pid 7) watches it';
  const delivery = harness.delivery(kind === 'keys' ? 'Escape' : text, { kind });
  const { pane, locks, memory, clock } = harness;
  const courier = new Courier({ io: pane, readers: pane, locks, memory, clock, owners });
  const { state } = await clock.until(courier.attempt(delivery));
  expect(state.is).not.toBe('held');
  locks.held = true;
  memory.stored = delivery;
  expect((await clock.until(courier.attempt(delivery))).state).toMatchObject({ is: 'held', reason: 'locked' });
});

test('the pane is taken for one attempt, and the owners know that something is typed before it is', async () => {
  const { owners, run } = owned();
  expect(await run('attempt')).toMatchObject({ is: 'acknowledged' });
  expect(owners.said).toEqual(['taken', 'typing after 0 pastes', 'settled', 'released']);
});

test('an attempt that is held says nothing of typing', async () => {
  const { harness, owners, run } = owned();
  harness.locks.held = true;
  expect(await run('attempt')).toMatchObject({ is: 'held', reason: 'locked' });
  expect(owners.said).toEqual(['taken', 'released']);
});

test('a pane that was lost between the look and the paste is not typed into', async () => {
  const { harness, owners, run } = owned();
  owners.lostBeforeTyping = true;
  await expect(run('attempt')).rejects.toThrow(/owned by the bridge of \/b now/);
  expect(harness.pane.pastes).toEqual([]);
  expect(owners.said).toEqual(['taken', 'released']);
});

test("what was typed before a restart gets no Enter in another bridge's pane", async () => {
  const { harness, owners, run } = owned();
  harness.pane.change((pane) => {
    pane.composer = text;
  });
  owners.theirs = 'the bridge of /b (pid 7) watches it';
  const typed = { is: 'typed', at: harness.clock.now() } as const;
  expect(await run('reconcile', 'response', typed)).toEqual(typed);
  expect(harness.pane.enters).toEqual([]);
  // and where it is ours it does
  owners.theirs = null;
  expect(await run('reconcile', 'response', typed)).toMatchObject({ is: 'acknowledged' });
  expect(harness.pane.enters).toHaveLength(1);
});

test('an answer says when it was asked for, an older one when it was posted, and a request that it answers nothing', async () => {
  const { harness, owners } = owned();
  owners.theirs = 'the bridge of /b (pid 7) has typed there since';
  const { pane, locks, memory, clock } = harness;
  const courier = new Courier({ io: pane, readers: pane, locks, memory, clock, owners });
  for (const [kind, bound] of [
    ['response', { askedAt: 7 }],
    ['response', {}],
    ['request', {}],
  ] as const) {
    memory.stored = { ...harness.delivery(text, { kind }), createdAt: 9, ...bound };
    await clock.until(courier.attempt(memory.stored));
  }
  expect(owners.asked).toEqual([7, 9, Number.POSITIVE_INFINITY]);
  // what was typed before is read from the screen, whoever typed since
  await clock.until(courier.reconcile(harness.delivery(text, { state: { is: 'typed', at: 1 } })));
  expect(owners.asked.at(-1)).toBe(Number.POSITIVE_INFINITY);
});

test('what nobody can tell the end of stays unsettled', async () => {
  const { harness, owners, run } = owned();
  harness.pane.after = (act) => {
    harness.pane.gone = act === 'press';
  };
  expect(await run('attempt')).toMatchObject({ is: 'uncertain' });
  expect(owners.said).toEqual(['taken', 'typing after 0 pastes', 'released']);
});
