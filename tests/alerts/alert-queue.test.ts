import { expect, test } from 'vitest';
import { AlertQueue, type AlertSettings, Refusal, type Sender } from '../../bridge/alerts/alert-queue.ts';
import type { Alert, AlertWay } from '../../bridge/core/alert.ts';

/** Each alert goes out once by each of its ways, is tried again where that may help, and is withdrawn where nobody needs it any more. */

function scene(
  senders: Partial<Record<AlertWay, Sender>>,
  settings: Partial<AlertSettings> = {},
  kept = new Map<string, unknown>(),
  recallers: Partial<Record<AlertWay, Sender>> = {},
) {
  const said: string[] = [];
  const clock = {
    at: new Date(2026, 10, 30, 12, 0).getTime(),
    due: [] as Array<{ at: number; call: () => void }>,
    now: () => clock.at,
    after(delay: number, call: () => void) {
      const one = { at: clock.at + delay, call };
      clock.due.push(one);
      return () => {
        clock.due = clock.due.filter((other) => other !== one);
      };
    },
    /** Lets so much time pass, and what is under way come to an end. */
    async pass(ms: number) {
      const to = clock.at + ms;
      for (;;) {
        await new Promise(setImmediate);
        const next = clock.due.filter(({ at }) => at <= to).sort((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        clock.due = clock.due.filter((other) => other !== next);
        clock.at = next.at;
        next.call();
      }
      clock.at = to;
    },
  };
  const memory = {
    memory: <T>(key: string) => (kept.get(key) ?? null) as T | null,
    saveMemory: (key: string, value: unknown) => void kept.set(key, structuredClone(value)),
  };
  const parts = { memory, clock, senders, recallers, say: (text: string) => void said.push(text) };
  const queue = new AlertQueue({ ...parts, settings: { rules: [], quiet: null, unasked: [], ...settings } });
  return {
    queue,
    clock,
    said,
    kept,
    states: () => queue.list().map(({ by }) => by.map(({ way, state }) => `${way} ${state.is}`)),
  };
}

const alert = (more: Partial<Alert> = {}): Alert => ({
  ...{ id: 'a1', matter: 'request:1', kind: 'request', member: 'shop/lead', urgency: 'normal' },
  ...{ title: 'lead needs you', text: 'which one?', raisedAt: 0, ...more },
});

const about =
  (matter: string) =>
  (one: Alert): boolean =>
    one.matter === matter;

/** Sends as it is told to, and counts. */
function way(...ends: Array<'sent' | 'broken' | 'refused'>): Sender & { readonly got: string[] } {
  const got: string[] = [];
  const send = async ({ id }: Alert) => {
    got.push(id);
    const end = ends[Math.min(got.length, ends.length) - 1];
    if (end === 'refused') throw new Refusal('403');
    if (end === 'broken') throw new Error('not reached');
    return 'receipt';
  };
  return Object.assign(send, { got });
}

test('each way sends it once, and has its own receipt; what cannot work later is refused at once', async () => {
  const [webhook, bell, ntfy] = [way('sent'), way('broken'), way('refused')];
  const { queue, clock, said, states } = scene({ webhook, bell, ntfy });
  queue.raise(alert());
  await clock.pass(3_600_000);
  expect(states()).toEqual([['webhook sent', 'bell refused', 'ntfy refused']]);
  expect([webhook.got, bell.got, ntfy.got]).toEqual([['a1'], ['a1'], ['a1']]);
  expect(said).toEqual(['notify: bell: not reached', 'notify: ntfy: 403']);
});

test('a way that nobody asked for fails without a word in the log', async () => {
  const { queue, clock, said, states } = scene({ bell: way('broken') }, { unasked: ['bell'] });
  queue.raise(alert());
  await clock.pass(1);
  expect([states(), said]).toEqual([[['bell refused']], []]);
});

test('what may work later is tried again with growing pauses, and given up in the end', async () => {
  const [later, never] = [way('broken', 'broken', 'sent'), way('broken')];
  const { queue, clock, said, states } = scene({ webhook: later, ntfy: never });
  queue.raise(alert());
  await clock.pass(4_000);
  expect([later.got.length, never.got.length]).toEqual([1, 1]);
  await clock.pass(2_000);
  expect(later.got).toHaveLength(2);
  await clock.pass(30_000);
  expect([later.got.length, states()]).toEqual([3, [['webhook sent', 'ntfy waiting']]]);
  await clock.pass(3_600_000);
  expect([never.got.length, states(), said]).toEqual([
    5,
    [['webhook sent', 'ntfy given-up']],
    ['notify: ntfy: not reached'],
  ]);
});

test('a matter that is settled elsewhere is withdrawn by the ways that have not sent it', async () => {
  const [webhook, ntfy] = [way('sent'), way('broken')];
  const { queue, clock, states } = scene({ webhook, ntfy });
  queue.raise(alert());
  queue.raise(alert({ id: 'a2', matter: 'request:2' }));
  await clock.pass(1);
  queue.settle(about('request:1'));
  await clock.pass(3_600_000);
  expect(states()).toEqual([
    ['webhook sent', 'ntfy withdrawn'],
    ['webhook sent', 'ntfy given-up'],
  ]);
  expect(ntfy.got.filter((id) => id === 'a1')).toHaveLength(1);
});

test('the first rule that fits chooses the ways; quiet hours hold what is not urgent until they end', async () => {
  const ways = { webhook: way('sent'), desktop: way('sent'), bell: way('sent') };
  const rules = [
    { kinds: ['mail'] as const, ways: [] },
    { members: ['shop/*'], hours: '08:00-18:00', ways: ['desktop'] as const },
    { urgency: ['urgent'] as const, ways: ['webhook', 'ntfy'] as const },
  ];
  const { queue, clock, states } = scene(ways, { rules, quiet: '23:00-07:30' });
  queue.raise(alert({ kind: 'mail' }));
  queue.raise(alert({ id: 'a2' }));
  queue.raise(alert({ id: 'a3', member: 'docs/lead', urgency: 'urgent' }));
  queue.raise(alert({ id: 'a4', member: 'docs/lead', matter: 'request:4' }));
  await clock.pass(1);
  expect(states()).toEqual([[], ['desktop sent'], ['webhook sent'], ['webhook sent', 'desktop sent', 'bell sent']]);
  await clock.pass(11.5 * 3_600_000);
  queue.raise(alert({ id: 'a5', member: 'docs/lead' }));
  queue.raise(alert({ id: 'a6', member: 'docs/lead', urgency: 'urgent' }));
  queue.raise(alert({ id: 'a7', member: 'docs/lead', matter: 'request:7' }));
  await clock.pass(6 * 3_600_000);
  expect(states().slice(4)).toEqual([
    ['webhook waiting', 'desktop waiting', 'bell waiting'],
    ['webhook sent'],
    ['webhook waiting', 'desktop waiting', 'bell waiting'],
  ]);
  queue.settle(about('request:7'));
  await clock.pass(2.1 * 3_600_000);
  expect(states().slice(4)).toEqual([
    ['webhook sent', 'desktop sent', 'bell sent'],
    ['webhook sent'],
    ['webhook withdrawn', 'desktop withdrawn', 'bell withdrawn'],
  ]);
});

test('a restart sends what was not sent, and not once more what may have arrived', async () => {
  const never: Sender = () => new Promise(() => {});
  const before = scene({ webhook: never, ntfy: way('broken') });
  before.queue.raise(alert());
  await before.clock.pass(1);
  expect(before.states()).toEqual([['webhook sending', 'ntfy waiting']]);
  before.queue.close();
  const [webhook, ntfy] = [way('sent'), way('sent')];
  const after = scene({ webhook, ntfy }, {}, before.kept);
  after.queue.resume();
  await after.clock.pass(60_000);
  expect(after.states()).toEqual([['webhook given-up', 'ntfy sent']]);
  expect([webhook.got, ntfy.got]).toEqual([[], ['a1']]);
});

test('what may have been sent when a bridge ended is taken back once its matter is settled; what was given up unsent is not', async () => {
  const never: Sender = () => new Promise(() => {});
  const before = scene({ webhook: never, ntfy: never, bell: way('broken') });
  before.queue.raise(alert());
  await before.clock.pass(1);
  before.queue.close();
  const recallers = { webhook: way('sent'), bell: way('sent') };
  const after = scene({}, {}, before.kept, recallers);
  after.queue.resume();
  expect(after.queue.unsettled.map(({ id }) => id)).toEqual(['a1']);
  for (let count = 0; count < 2; count++) after.queue.settle(about('request:1'));
  await after.clock.pass(1);
  expect([recallers.webhook.got, recallers.bell.got, after.queue.unsettled]).toEqual([['a1'], [], []]);
  expect(after.states()).toEqual([['webhook given-up', 'ntfy given-up', 'bell refused']]);
});

test('what is called for again while it waits to be sent waits once: through quiet hours, and while a server is away', async () => {
  const [ntfy, webhook] = [way('sent'), way('broken')];
  const night = scene({ ntfy }, { quiet: '11:00-13:00' });
  for (const id of ['a1', 'a2', 'a3']) night.queue.raise(alert({ id }));
  await night.clock.pass(2 * 3_600_000);
  expect([ntfy.got, night.states()]).toEqual([['a1'], [['ntfy sent']]]);
  const away = scene({ webhook });
  away.queue.raise(alert());
  await away.clock.pass(1_000);
  away.queue.raise(alert({ id: 'a2' }));
  away.queue.raise(alert({ id: 'a3', matter: 'request:2' }));
  await away.clock.pass(1_000);
  expect(away.states()).toEqual([['webhook waiting'], ['webhook waiting']]);
  // and once it was sent, the same is called for again
  night.queue.raise(alert({ id: 'a4' }));
  await night.clock.pass(1);
  expect(ntfy.got).toEqual(['a1', 'a4']);
});

test('what is settled while it is being sent is not tried again', async () => {
  const { queue, clock, states } = scene({ webhook: way('broken'), ntfy: way('sent') });
  queue.raise(alert());
  queue.settle(about('request:1'));
  await clock.pass(3_600_000);
  expect(states()).toEqual([['webhook withdrawn', 'ntfy sent']]);
});

test('what is called for anew is sent, too, where the call before was settled while it was being sent', async () => {
  const arrive: Array<(receipt: string) => void> = [];
  const send: Sender = () => new Promise((resolve) => arrive.push(resolve));
  const { queue, clock, states } = scene({ ntfy: send });
  queue.raise(alert());
  queue.raise(alert({ id: 'a2' }));
  expect([arrive.length, queue.unsettled.map(({ id }) => id)]).toEqual([1, ['a1']]);
  queue.settle(about('request:1'));
  queue.raise(alert({ id: 'a3' }));
  for (const one of arrive) one('receipt');
  await clock.pass(1);
  expect([states(), queue.unsettled.map(({ id }) => id)]).toEqual([[['ntfy sent'], ['ntfy sent']], ['a3']]);
});

test('what was sent is taken back once, by the ways that can, as soon as its matter is settled', async () => {
  const senders = { ntfy: way('sent'), webhook: way('sent'), bell: way('sent') };
  const recallers = { ntfy: way('sent'), webhook: way('broken') };
  const { queue, clock, said } = scene(senders, {}, new Map(), recallers);
  const recalled = () =>
    queue.list().map(({ by }) => by.map(({ state }) => (state.is === 'sent' ? (state.recalled ?? null) : state.is)));
  queue.raise(alert());
  queue.raise(alert({ id: 'a2', matter: 'request:2' }));
  await clock.pass(1);
  expect(recallers.ntfy.got).toEqual([]);
  for (let count = 0; count < 3; count++) queue.settle(about('request:1'));
  await clock.pass(3_600_000);
  expect([recallers.ntfy.got, recallers.webhook.got]).toEqual([['a1'], ['a1']]);
  expect(recalled()).toEqual([
    ['receipt', 'not taken back: not reached', null],
    [null, null, null],
  ]);
  expect(said).toEqual([]);
});

test('what arrives after its matter was settled is taken back, too', async () => {
  let arrive: (receipt: string) => void = () => {};
  const recall = way('sent');
  const slow = scene({ ntfy: () => new Promise((resolve) => (arrive = resolve)) }, {}, new Map(), { ntfy: recall });
  slow.queue.raise(alert());
  slow.queue.settle(about('request:1'));
  expect(recall.got).toEqual([]);
  arrive('receipt');
  await slow.clock.pass(1);
  expect([recall.got, slow.states()]).toEqual([['a1'], [['ntfy sent']]]);
});
