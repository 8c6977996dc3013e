import { expect, test, vi } from 'vitest';
import { tell } from '../../bridge/api/tell.ts';
import type { Bridge } from '../../bridge/app/bridge.ts';
import { Changes } from '../../bridge/app/changes.ts';
import { systemClock } from '../../bridge/host/clock.ts';

/** What is found at each look, one after the other; the last stays. */
const looks = vi.hoisted(() => [
  { is: 'waiting', why: 'busy: it works', isMoving: false },
  { is: 'waiting', why: 'on its way', isMoving: true },
]);

vi.mock('../../bridge/api/letter.ts', async (original) => ({
  ...(await original<object>()),
  sendLetter: async () => ({ id: 'm-0001', thread: 't', from: { name: 'human', standing: 'human' }, to: ['lead'] }),
}));
vi.mock('../../bridge/api/mail-outcomes.ts', async (original) => ({
  ...(await original<object>()),
  outcomesOf: () => [
    { member: 'lead', since: 1, tookMs: null, receipt: null, ...(looks.length > 1 ? looks.shift() : looks[0]) },
  ],
  stillAwaited: () => (looks[0]!.is === 'waiting' ? ['lead'] : []),
}));

test('a look in the middle of a change ends no wait: what is on its way the next moment is waited for', async () => {
  const changes = new Changes(systemClock);
  const bridge = { changes, directory: { shown: (name: string) => name } } as unknown as Bridge;
  const told = tell.run(
    bridge,
    { waitMs: 60_000, isPatient: false, until: 'submitted' } as never,
    new AbortController().signal,
  );
  await vi.waitFor(() => expect(looks).toMatchObject([{ why: 'on its way' }]), { timeout: 30_000 });
  looks[0] = { is: 'submitted', why: 'its text is in the pane', isMoving: false };
  changes.wake();
  expect(await told).toMatchObject({ isReached: true, outcomes: [{ is: 'submitted' }] });
});
