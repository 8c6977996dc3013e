import { expect, test } from 'vitest';
import { Changes } from '../../bridge/app/changes.ts';
import { TextSender } from '../../bridge/app/send-text.ts';
import type { Delivery, HoldReason } from '../../bridge/core/envelope.ts';
import type { DeliveryId, EnvelopeId, RequestId } from '../../bridge/core/ids.ts';
import { DeliveryQueue } from '../../bridge/messages/delivery-queue.ts';
import type { Panes } from '../../bridge/panes/panes.ts';
import { VirtualClock } from '../delivery/virtual-clock.ts';
import { sampleDelivery, sampleRequest } from '../journal/samples.ts';
import { attemptOf, CrashingJournal } from '../messages/crashing-journal.ts';

const requestId = 'r1' as RequestId;

/** An answer that is held for `reason` at its first `holds` attempts, and what whoever gave it is told, and when. */
async function answered(reason: HoldReason, holds: number, dialog?: string): Promise<Delivery & { afterMs: number }> {
  const clock = new VirtualClock();
  const memory = new CrashingJournal(CrashingJournal.fresh());
  const changes = new Changes(clock);
  let attempts = 0;
  const post = new DeliveryQueue({
    memory,
    clock,
    mint: () => 'd1',
    courier: {
      async attempt(delivery) {
        const attempt = attemptOf(memory, clock, delivery);
        attempts += 1;
        if (attempts <= holds) return attempt.hold(reason, 'it was drawn anew just then');
        await attempt.claim();
        await attempt.pressing(clock.now(), {});
        return attempt.doubt('the test ends here');
      },
      reconcile: () => Promise.reject(new Error('nothing is typed for long here')),
    },
    on: () => changes.wake(),
  });
  const panes = {
    outputCount: () => 0,
    nextOutput: (_pane: unknown, limitMs: number) => new Promise<void>((resolve) => void clock.after(limitMs, resolve)),
    capture: () => Promise.resolve({}),
    readAs: () => ({ state: 'dialog', why: [] }),
  } as unknown as Panes;
  const { journal } = memory;
  const sending = new TextSender({
    clock,
    waits: clock,
    mint: () => 'e1',
    journal,
    panes: panes,
    post,
    viaFor: () => 'keyboard',
    changes,
    notifyFor: () => () => {},
  });
  memory.saveRequest(
    { ...sampleRequest(requestId), state: { is: 'open' } },
    { at: 1, kind: 'request-opened', subject: requestId, data: {} },
  );
  const { envelope, recipient } = sampleDelivery('d1');
  const letter = { ...envelope, id: 'e1' as EnvelopeId, thread: requestId, inReplyTo: requestId };
  const plain = { force: false, allowShell: false };
  const before = clock.now();
  post.post(letter, recipient, 'codex', plain, null, 'd1' as DeliveryId, dialog === undefined ? {} : { dialog });
  const limits = { beginMs: 3_000, endMs: 10_000 };
  const told = await clock.until(sending.settled(requestId, limits, new AbortController().signal));
  return { ...told!, afterMs: clock.now() - before };
}

test('a choice whose key tmux held back once, because the dialog moved, is tried again before anybody is told', async () => {
  const told = await answered('dialog', 2, 'f1');
  expect(told.state).toMatchObject({ is: 'uncertain', reason: 'the test ends here' });
});

test('a choice that is held on and on is told as held, within seconds', async () => {
  const told = await answered('dialog', Number.POSITIVE_INFINITY, 'f1');
  expect(told.state).toMatchObject({ is: 'held', reason: 'dialog' });
  expect(told.afterMs).toBeLessThan(4_000);
});

test('a text that a dialog holds back is told as held at once: it waits for whoever decides there', async () => {
  const told = await answered('dialog', 1);
  expect(told.state).toMatchObject({ is: 'held', reason: 'dialog' });
  expect(told.afterMs).toBeLessThan(100);
});
