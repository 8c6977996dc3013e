import { afterEach, beforeEach, expect, test } from 'vitest';
import { Bridge } from '../../bridge/app/bridge.ts';
import { Watch } from '../../bridge/app/watching/watch.ts';
import { loadConfig } from '../../bridge/config/config.ts';
import type { PublicEvent } from '../../bridge/core/events.ts';
import { waitFor } from '../fixtures/private-tmux.ts';
import { eachTestStartsWith, home, startWorker, tmux } from './live-fixture.ts';

let bridge: Bridge;
let watch: Watch;
const events: PublicEvent[] = [];
eachTestStartsWith();
beforeEach(() => {
  events.length = 0;
});
afterEach(async () => {
  await watch.close();
  await bridge.close();
});

const worker = (name: string) => startWorker({ name, label: `worker-${name}` });
const found = () => events.flatMap((event) => (event.type === 'worker-found' ? [event.paneId] : []));

async function open(): Promise<void> {
  const flags = { socket: tmux.socketPath, session: 'macs', mode: 'manual' };
  bridge = await Bridge.open(loadConfig({ home, flags, env: {} }), {
    on: (event) => events.push(event),
  });
}

test('a pane whose first look is slow is watched once, whatever changes meanwhile', async () => {
  const a = await worker('a');
  await open();
  const look = bridge.panes.capture.bind(bridge.panes);
  let looks = 0;
  bridge.panes.capture = async (place, ...more) => {
    if (place.paneId === a.paneId && looks++ === 0) await worker('b');
    return look(place, ...more);
  };
  watch = new Watch(bridge);
  await watch.start();
  await waitFor('the other one is watched, too', () => found().length > 1);
  expect(new Set(found()).size).toBe(found().length);
});

test.each([
  ['fails', () => Promise.reject(new Error('tmux: display-message: timed out'))],
  ['shows nothing', () => Promise.resolve(null)],
])(
  'a pane whose first look %s is looked at again, though nothing else changes; others do not wait',
  async (_, first) => {
    const [a, b] = [await worker('a'), await worker('b')];
    const flags = { socket: tmux.socketPath, session: 'macs', mode: 'manual' };
    bridge = await Bridge.open(loadConfig({ home, flags, env: {} }), {
      on: (event) => events.push(event),
    });
    const look = bridge.panes.capture.bind(bridge.panes);
    let failures = 1;
    bridge.panes.capture = (place, ...more) =>
      place.paneId === a.paneId && failures-- > 0 ? first() : look(place, ...more);
    watch = new Watch(bridge);
    await watch.start();
    expect(found()).toEqual([b.paneId]);
    await waitFor('the other one is watched, too', () => found().includes(a.paneId as never));
    await a.perform({ play: [{ busy: 50 }, { request: 'Which way is it?' }], input: 'Begin.' });
    await waitFor('it is asked', () => bridge.journal.requests().some(({ state }) => state.is === 'asked'));
  },
);
