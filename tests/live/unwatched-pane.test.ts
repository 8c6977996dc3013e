import { afterEach, expect, test } from 'vitest';
import { Bridge } from '../../bridge/app/bridge.ts';
import { loadConfig } from '../../bridge/config/config.ts';
import { addressOn } from '../fixtures/address.ts';
import { waitFor } from '../fixtures/private-tmux.ts';
import { startScriptedAgent } from '../fixtures/scripted-agent.ts';
import { controlClientsOf } from '../tmux/tmux-harness.ts';
import { eachTestStartsWith, home, tmux } from './live-fixture.ts';

let bridge: Bridge;
eachTestStartsWith();
afterEach(() => bridge.close());

/** Its turn ends after `send` has come back. */
const script = { inputs: [{ when: '', do: [{ busy: 1200 }, { say: 'Done.' }] }] };

test('a pane that nobody watches takes one text after the other: what it said of itself unheard is no news', async () => {
  const agent = await startScriptedAgent({ tmux, session: 'work', script });
  bridge = await Bridge.open(loadConfig({ home, flags: { socket: tmux.socketPath }, env: {} }), {
    on: () => {},
  });
  const pane = await addressOn(bridge.main, agent.paneId);
  const order = { pane, from: 'human', agent: null, force: false, allowShell: false };
  const texts = ['First the table.', 'Then its index.', 'Then the names.'];
  const clients = new Set<number>();
  for (const text of texts) {
    const delivery = await bridge.texts.send({ ...order, text, waitMs: 10_000 }, new AbortController().signal);
    expect(delivery.state).toMatchObject({ is: 'acknowledged' });
    for (const pid of controlClientsOf(tmux.socketPath)) clients.add(pid);
    await waitFor('its turn ends', async () => (await agent.state()).is === 'idle');
  }
  expect(agent.inputs()).toEqual(texts);
  // a client that comes while a window closes can end the tmux server: one of them serves every send
  expect(clients.size).toBe(1);
  await bridge.main.close();
  expect(controlClientsOf(tmux.socketPath)).toEqual([]);
});
