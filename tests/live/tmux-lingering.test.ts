import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../bridge/host/clock.ts';
import { TmuxServer } from '../../bridge/tmux/server.ts';
import { wayHere } from '../../bridge/tmux/way.ts';
import { waitFor } from '../fixtures/private-tmux.ts';
import { controlClientsOf, openTmuxHarness, type TmuxHarness } from '../tmux/tmux-harness.ts';

let harness: TmuxHarness;
let server: TmuxServer;
/** what a pane drew while somebody listened to it */
let drawn: Map<string, string>;
let goneFor: string[];
/** how far a test has put the clock forward */
let aheadMs: number;

beforeEach(async () => {
  harness = await openTmuxHarness();
  drawn = new Map();
  goneFor = [];
  aheadMs = 0;
  server = new TmuxServer({
    way: wayHere(harness.tmux.socketPath),
    clock: { now: () => systemClock.now() + aheadMs, after: systemClock.after },
    onEvent: (event) => {
      if (event.type === 'output')
        drawn.set(event.address.paneId, (drawn.get(event.address.paneId) ?? '') + event.bytes);
      if (event.type === 'server-gone') goneFor.push(event.reason);
    },
  });
  await server.start();
});
afterEach(async () => {
  await server.close();
  await harness.stop();
});

const echo = 'stty -echo; echo READY; while read -r line; do echo "said $line"; done';
const clients = () => controlClientsOf(harness.tmux.socketPath);
const say = (paneId: string, word: string) => harness.tmux.run('send-keys', '-t', paneId, word, 'Enter');
const heard = (paneId: string, word: string) => drawn.get(paneId)?.includes(`said ${word}`) === true;

/** Listens to a pane as a send does, until it has rung. */
async function ringOnce(paneId: string, word: string): Promise<void> {
  const stopNotifying = server.notifyFor(paneId);
  await waitFor('its session is attached', () => clients().length === 1);
  await waitFor('it rings', async () => {
    await say(paneId, word);
    return heard(paneId, word);
  });
  stopNotifying();
}

test('a session that rings for one caller after the other is attached once, and for a minute more', async () => {
  const paneId = await harness.show(echo);
  const pids = new Set<number>();
  for (const word of ['one', 'two', 'three', 'four']) {
    await ringOnce(paneId, word);
    for (const pid of clients()) pids.add(pid);
    aheadMs += 50_000;
  }
  expect(pids.size).toBe(1);
  expect(server.isWatching(paneId)).toBe(false);
  aheadMs += 10_000;
  await waitFor('the client has gone', () => clients().length === 0);
});

test('between two callers a pane rings for nobody, and for the next one at once', async () => {
  const paneId = await harness.show(echo);
  await ringOnce(paneId, 'first');
  await say(paneId, 'unheard');
  await waitFor('it is drawn', async () => (await harness.tmux.screen(paneId)).includes('said unheard'));
  const stopNotifying = server.notifyFor(paneId);
  await say(paneId, 'second');
  await waitFor('it rings', () => heard(paneId, 'second'));
  stopNotifying();
  expect(heard(paneId, 'unheard')).toBe(false);
});

test('a session may close while its client lingers: nothing is left behind, and the server lives', async () => {
  await harness.tmux.run('new-session', '-d', '-s', 'two', echo);
  const paneId = (await harness.tmux.run('list-panes', '-t', '=two:', '-F', '#{pane_id}')).trim();
  await ringOnce(paneId, 'word');
  await harness.tmux.run('kill-session', '-t', '=two');
  await waitFor('the client has gone', () => clients().length === 0);
  await waitFor('commands go another way', () => server.run('display-message', '-p', 'still').catch(() => null));
  expect(goneFor).toEqual([]);
});

test('a server that is closed has no lingering client', async () => {
  await ringOnce(await harness.show(echo), 'word');
  expect(clients()).toHaveLength(1);
  await server.close();
  expect(clients()).toEqual([]);
});
