import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Delivery, DeliveryState } from '../../bridge/core/envelope.ts';
import type { DeliveryId } from '../../bridge/core/ids.ts';
import { Journal } from '../../bridge/journal/journal.ts';
import { waitFor } from '../fixtures/private-tmux.ts';
import { inState, type Line, run } from './bridge-process.ts';
import { agent, eachTestStartsWith, home, startWatching, tmux } from './live-fixture.ts';

/** Far more than it takes, but for a machine with many at work. */
const limitMs = 60_000;

eachTestStartsWith({
  yaml: (folder) => `notify: { command: [sh, -c, 'echo "$BRIDGE_TITLE" >> ${join(folder, 'called')}'] }\n`,
  worker: {},
});

const watch = () => startWatching(['--mode', 'manual']);
const isStranded = (line: Line) => line.type === 'letter-stranded';
const send = (killed: AbortSignal) => run(tmux, ['send', '--home', home, '--pane', agent.paneId, 'hello'], { killed });
const calls = () => (existsSync(join(tmux.folder, 'called')) ? readFileSync(join(tmux.folder, 'called'), 'utf8') : '');
const heldDelivery = () => {
  const { journal } = Journal.open(join(home, 'bridge.db'), { now: Date.now() });
  try {
    return journal.deliveries({ open: true }).find(({ state }) => state.is === 'held');
  } finally {
    journal.close();
  }
};
const shown = async (id: unknown) =>
  JSON.parse((await run(tmux, ['show', String(id), '--home', home, '--json'])).stdout) as { sent: Delivery };

test('a text in doubt whose sender was killed calls the human at the next start, and once', async () => {
  await agent.perform({ set: { ignoreEnters: 99 } });
  const sender = new AbortController();
  const sent = send(sender.signal);
  await agent.fact('Enter came and was lost', (fact) => fact.ignored === true, limitMs);
  sender.abort();
  expect((await sent).code).toBeNull();

  const watching = await watch();
  const stranded = await watching.line('the human is called', isStranded, limitMs);
  expect(stranded.why).toMatch(/^(typed-not-submitted|uncertain): /);
  expect((await shown(stranded.id)).sent.envelope.body).toBe('hello');
  await watching.stop();
  const next = await watch();
  expect(await run(tmux, ['verify', '--home', home])).toMatchObject({ code: 0 });
  expect(next.lines.filter(isStranded)).toEqual([]);
  expect(agent.inputs()).toEqual([]);
});

test('a text whose sender is killed while it waits is not typed long afterwards', async () => {
  await agent.perform({ busy: true });
  const sender = new AbortController();
  const sent = run(tmux, ['send', '--home', home, '--pane', agent.paneId, '--wait', '600', 'too late'], {
    killed: sender.signal,
  });
  const held = await waitFor('it is held', heldDelivery, { limitMs });
  sender.abort();
  await sent;
  expect((held.deadlineAt! - held.createdAt) / 1_000).toBeCloseTo(630, 0);
});

test('what a command posted beside a bridge that was just starting, and left when it was killed, is ended by that bridge', async () => {
  const watching = await watch();
  expect((await send(new AbortController().signal)).code).toBe(0);
  // the command asked for a daemon when there was none yet, and wrote into the journal when the daemon had read it
  const { journal } = Journal.open(join(home, 'bridge.db'), { now: Date.now() });
  const [sent] = journal.deliveries();
  const at = Date.now();
  const leave = (id: string, ...states: DeliveryState[]) => {
    for (const state of states) {
      const left = { ...sent!, id: id as DeliveryId, envelope: { ...sent!.envelope, body: id }, state, deadlineAt: at };
      journal.saveDelivery(left, { at, kind: 'delivery-typed-not-submitted', subject: id, data: null });
    }
  };
  leave('waited', { is: 'queued' });
  leave('in-doubt', { is: 'queued' }, { is: 'claimed', at }, { is: 'typed', at });
  journal.close();

  const stranded = await watching.line('the human is called', isStranded, limitMs);
  expect(stranded).toMatchObject({ id: 'in-doubt', why: expect.stringMatching(/^uncertain: /) });
  const waited = async () => ((await shown('waited')).sent.state.is === 'expired' ? true : null);
  await waitFor('it expires', waited, { limitMs });
  expect(agent.inputs()).toEqual(['hello']);
});

test('an answer whose worker has gone calls the human', async () => {
  const watching = await watch();
  await agent.perform({ play: [{ request: 'Which database?' }], input: 'go' });
  const asked = await watching.line('asked', inState('asked'), limitMs);
  await agent.perform({ busy: true });
  expect((await run(tmux, ['answer', String(asked.id), 'SQLite.', '--home', home])).code).toBe(2);
  await agent.perform({ exit: 0 }).catch(() => {}); // it leaves without a word
  const stranded = await watching.line('the human is called', isStranded, limitMs);
  expect(stranded).toMatchObject({ state: 'held', why: expect.stringContaining('nobody to go to') });
  await waitFor('the notification', () => calls().includes('a text to worker needs you'), { limitMs });
  expect(await run(tmux, ['dismiss', String(asked.id), '--home', home])).toMatchObject({ code: 0 });
});
