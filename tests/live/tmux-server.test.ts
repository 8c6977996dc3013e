import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TmuxEvent } from '../../bridge/core/events.ts';
import { type PaneId, serverPidOf } from '../../bridge/core/ids.ts';
import { systemClock } from '../../bridge/host/clock.ts';
import { capture } from '../../bridge/tmux/capture.ts';
import type { Alone } from '../../bridge/tmux/clients.ts';
import { ExecCommands } from '../../bridge/tmux/exec.ts';
import { readClients } from '../../bridge/tmux/orphans.ts';
import { listPanes } from '../../bridge/tmux/pane.ts';
import { TmuxServer } from '../../bridge/tmux/server.ts';
import { TmuxServers } from '../../bridge/tmux/servers.ts';
import { paste } from '../../bridge/tmux/typing.ts';
import { wayHere } from '../../bridge/tmux/way.ts';
import { waitFor } from '../fixtures/private-tmux.ts';
import { controlClientsOf, openTmuxHarness, type TmuxHarness } from '../tmux/tmux-harness.ts';

let harness: TmuxHarness;
let servers: TmuxServer[] = [];
beforeEach(async () => {
  servers = [];
  harness = await openTmuxHarness();
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  await harness.stop();
});

/** A started server, and what it has told. */
async function start({ tmux, ...change }: { clientsPlace?: string; tmux?: string; alone?: Alone } = {}) {
  const events: TmuxEvent[] = [];
  const server = new TmuxServer({
    way: wayHere(harness.tmux.socketPath, tmux),
    clock: systemClock,
    onEvent: (event) => events.push(event),
    ...change,
  });
  servers.push(server);
  await server.start();
  return {
    server,
    events,
    told: (type: TmuxEvent['type']) => events.filter((event) => event.type === type),
    drawn: (paneId: string) =>
      Buffer.concat(
        events.flatMap((event) => (event.type === 'output' && event.address.paneId === paneId ? [event.bytes] : [])),
      ).toString(),
    panes: () => events.flatMap((event) => (event.type === 'panes' ? [event.panes] : [])).at(-1) ?? [],
  };
}

const clients = () => controlClientsOf(harness.tmux.socketPath);
const attachedTo = async (count: number) => waitFor(`${count} clients are attached`, () => clients().length === count);
const echo = 'stty -echo; echo READY; while read -r line; do echo "said $line"; done';
const say = (paneId: string, word: string) => harness.tmux.run('send-keys', '-t', paneId, word, 'Enter');

test('a watched pane rings with what it draws, an unwatched one does not', async () => {
  const [watched, other] = [await harness.show(echo), await harness.show(echo)];
  const { server, drawn, events } = await start();
  server.watch([watched]);
  await waitFor('the pane rings once at first, for what was drawn before', () =>
    events.some((event) => event.type === 'output' && event.address.paneId === watched && event.bytes.length === 0),
  );
  await say(other, 'unheard');
  await say(watched, 'heard');
  await waitFor('the words are told', () => drawn(watched).includes('said heard'));
  expect(drawn(other)).toBe('');
});

test('a pane that rings for a caller of its own leaves those that ring already alone', async () => {
  const [watched, other] = [await harness.show(echo), await harness.show(echo)];
  const { server, drawn, events } = await start();
  server.watch([watched]);
  await attachedTo(1);
  const stopNotifying = server.notifyFor(other);
  await waitFor('it rings at first, for what was drawn before', () =>
    events.some((event) => event.type === 'output' && event.address.paneId === other),
  );
  await say(other, 'heard');
  await waitFor('the words of the other are told', () => drawn(other).includes('said heard'));
  await say(watched, 'too');
  await waitFor('and those of the watched one', () => drawn(watched).includes('said too'));
  stopNotifying();
  await say(other, 'unheard');
  await say(watched, 'still');
  await waitFor('the watched one is still told', () => drawn(watched).includes('said still'));
  expect(drawn(other)).not.toContain('unheard');
});

test('a pane in three sessions rings once, while each of them has a pane of its own that is watched', async () => {
  const shared = await harness.show(echo);
  const watched: string[] = [shared];
  for (const name of ['two', 'three']) {
    await harness.tmux.run('new-session', '-d', '-s', name, 'exec sleep 1000');
    await harness.tmux.run('link-window', '-s', shared, '-t', `=${name}:5`);
    watched.push((await harness.tmux.run('list-panes', '-t', `=${name}:0`, '-F', '#{pane_id}')).trim());
  }
  const { server, drawn, panes } = await start();
  server.watch(watched);
  await attachedTo(2);
  await say(shared, 'once');
  await say(shared, 'last');
  await waitFor('the last words are told', () => drawn(shared).includes('said last'));
  expect(drawn(shared).match(/said once/g)).toHaveLength(1);
  expect(panes().filter((pane) => pane.paneId === shared)).toHaveLength(1);
});

test('there is a client for each session that is watched, and none for one that is not any more', async () => {
  await harness.tmux.run('new-session', '-d', '-s', 'two', 'exec sleep 1000');
  const { server, panes } = await start();
  expect(clients()).toEqual([]);
  server.watch(panes().map((pane) => pane.paneId));
  await attachedTo(2);
  server.watch([panes()[0]!.paneId]);
  await attachedTo(1);
  server.watch([]);
  await attachedTo(0);
  expect(await server.run('display-message', '-p', 'still')).toEqual(['still']);
});

test('commands over a client spawn no process, whatever their number', async () => {
  const paneId = await harness.show(echo);
  const log = join(harness.tmux.folder, 'spawned');
  const wrapper = join(harness.tmux.folder, 'tmux-counted');
  writeFileSync(wrapper, `#!/bin/sh\necho "$@" >> ${log}\nexec tmux "$@"\n`, { mode: 0o755 });
  const { server } = await start({ tmux: wrapper });
  server.watch([paneId]);
  await attachedTo(1);
  await waitFor('commands go over the client', async () => {
    const before = readFileSync(log, 'utf8');
    await server.run('display-message', '-p', 'x');
    return readFileSync(log, 'utf8') === before;
  });
  const before = readFileSync(log, 'utf8');
  for (let look = 0; look < 50; look++) await capture(server, paneId, { historyLines: 20 });
  expect(readFileSync(log, 'utf8')).toBe(before);
});

test('a text that is pasted stands in no argument of any process, with a client or without', async () => {
  const log = join(harness.tmux.folder, 'spawned');
  const wrapper = join(harness.tmux.folder, 'tmux-logged');
  writeFileSync(wrapper, `#!/bin/sh\necho "$@" >> ${log}\nexec tmux "$@"\n`, { mode: 0o755 });
  const { server } = await start({ tmux: wrapper });
  for (const watched of [false, true]) {
    const recorder = await harness.record();
    server.watch(watched ? [recorder.paneId] : []);
    await attachedTo(watched ? 1 : 0);
    const text = `secret words ${'漢 '.repeat(5_000)};`;
    const condition = { panePid: recorder.panePid, command: 'cat', notTitles: [], notOnScreen: [] };
    expect(await paste(server, recorder.paneId, text, condition, { bracketed: true })).toBe('done');
    await recorder.hears(text);
  }
  expect(readFileSync(log, 'utf8')).not.toContain('secret');
});

test('panes that are opened, renamed, split and closed are told without being waited for', async () => {
  const paneId = await harness.show(echo);
  const { server, panes } = await start();
  server.watch([paneId]);
  await attachedTo(1);
  const quick = { limitMs: 800, everyMs: 5 };
  const opened = (
    await harness.tmux.run('split-window', '-P', '-F', '#{pane_id}', '-t', paneId, 'exec sleep 1000')
  ).trim();
  await waitFor('the split is told', () => panes().some((pane) => pane.paneId === opened), quick);
  await harness.tmux.run('kill-pane', '-t', opened);
  await waitFor('the closed pane is told', () => panes().every((pane) => pane.paneId !== opened), quick);
  await harness.tmux.run('rename-window', '-t', paneId, 'new name');
  await waitFor('the name is told', () => panes().some((pane) => pane.windowName === 'new name'), quick);
  await harness.tmux.run('copy-mode', '-t', paneId);
  await waitFor('the mode is told', () => panes().some((pane) => pane.paneId === paneId && pane.inMode), quick);
});

test('what no event of tmux tells, the next list does: a label, a title, a program, a folder, a size', async () => {
  const paneId = await harness.show('echo READY; read -r line; cd /; exec sleep 1000');
  const resting = await harness.show(echo);
  const { server, panes } = await start();
  const of = (id: string) => panes().find((pane) => pane.paneId === id)!;
  const isListed = (what: string, isSo: () => boolean) =>
    waitFor(`the list tells ${what}`, async () => {
      await server.lookAgain();
      return isSo();
    });
  let before = panes();
  await isListed('nothing new', () => {
    const isAsItWas = panes() === before;
    before = panes();
    return isAsItWas;
  });
  const rested = of(resting);
  await harness.tmux.run('set-option', '-p', '-t', paneId, '@label', 'worker');
  await isListed('the label', () => of(paneId).label === 'worker');
  await harness.tmux.run('select-pane', '-t', paneId, '-T', 'a title');
  await isListed('the title', () => of(paneId).title === 'a title');
  await say(paneId, 'go');
  await isListed('the program', () => of(paneId).command === 'sleep' && of(paneId).currentPath === '/');
  expect(of(resting)).toBe(rested);
  const { width, height } = of(paneId);
  await harness.tmux.run('resize-window', '-t', paneId, '-x', String(width + 7), '-y', String(height + 5));
  await isListed('the size', () => of(paneId).width === width + 7 && of(paneId).height === height + 5);
  expect(panes()).not.toBe(before);
});

test('a killed server is told once, a new one at the same socket is told, and its panes ring', async () => {
  const first = await harness.show(echo);
  const { server, told, drawn, panes, events } = await start();
  server.watch([first]);
  await attachedTo(1);
  await harness.tmux.run('kill-server');
  await waitFor('it is told', () => told('server-gone').length > 0);
  await expect(server.run('display-message', '-p', 'x')).rejects.toMatchObject({ kind: 'gone' });
  expect(clients()).toEqual([]);
  await harness.tmux.run('new-session', '-d', '-s', 'main', 'exec sleep 1000');
  const paneId = await harness.show(echo);
  const [back] = await waitFor('the new one is told', () =>
    told('server-back').length > 0 ? told('server-back') : null,
  );
  const pid = Number((await harness.tmux.run('display-message', '-p', '#{pid}')).trim());
  expect(back).toMatchObject({ type: 'server-back' });
  expect(back?.type === 'server-back' && serverPidOf(back.server.server)).toBe(pid);
  await waitFor('its panes are told', () =>
    panes().some((pane) => pane.paneId === paneId && serverPidOf(pane.server) === pid),
  );
  server.watch([paneId]);
  await attachedTo(1);
  await waitFor(
    'its session is attached',
    () => events.at(-1)?.type === 'output' || drawn(paneId) !== '' || told('output').length > 0,
  );
  await say(paneId, 'again');
  await waitFor('the pane rings', () => drawn(paneId).includes('said again'));
  expect(told('server-gone')).toHaveLength(1);
  expect(told('server-back')).toHaveLength(1);
});

test('a session that is killed takes its client along, and another of the same name is found', async () => {
  await harness.tmux.run('new-session', '-d', '-s', 'two', echo);
  const { server, told, panes } = await start();
  const of = (name: string) => panes().find((pane) => pane.sessionName === name)?.paneId;
  server.watch([of('two')!]);
  await attachedTo(1);
  await harness.tmux.run('kill-session', '-t', '=two');
  await attachedTo(0);
  await waitFor('its panes are gone', () => of('two') === undefined);
  await harness.tmux.run('new-session', '-d', '-s', 'two', echo);
  const again = await waitFor('it is found', () => of('two'));
  server.watch([again]);
  await attachedTo(1);
  expect(told('server-gone')).toEqual([]);
});

test('a client that somebody detached comes back, and one that tmux moved to another session is replaced', async () => {
  const paneId = await harness.show(echo);
  const { server, drawn } = await start();
  server.watch([paneId]);
  await attachedTo(1);
  await harness.exec.run('detach-client', '-s', '=main');
  await waitFor('it is back and the pane rings', async () => {
    await say(paneId, 'back');
    return drawn(paneId).includes('said back');
  });
  await harness.exec.run('set-option', '-g', 'detach-on-destroy', 'off');
  await harness.tmux.run('new-session', '-d', '-s', 'two', echo);
  const moved = (await harness.tmux.run('list-panes', '-t', '=two', '-F', '#{pane_id}')).trim();
  server.watch([moved]);
  await waitFor('only session two is attached', async () => {
    const sessions = await harness.exec.run('list-clients', '-F', '#{session_name}');
    return sessions.join() === 'two';
  });
  await harness.tmux.run('kill-session', '-t', '=two');
  await attachedTo(0);
});

test('what may go by unheard is told before it is: a client that ends, a pane that tmux skips, one not watched any more', async () => {
  const paneId = await harness.show(echo);
  const { server, events, told } = await start();
  server.watch([paneId]);
  await attachedTo(1);
  expect(told('missed')).toEqual([]);
  const thenRings = async (cause: () => Promise<unknown>) => {
    const since = events.length;
    await cause();
    await waitFor('a miss is told, and then a ring without bytes', () => {
      const news = events.slice(since);
      const missed = news.findIndex((event) => event.type === 'missed' && event.address.paneId === paneId);
      return missed >= 0 && news.slice(missed).some((event) => event.type === 'output' && event.bytes.length === 0);
    });
  };
  // by another client, as tmux itself would: over its own, the notice would stand within that command's output
  const [client] = await harness.exec.run('list-clients', '-F', '#{client_name}');
  await thenRings(() => harness.exec.run('refresh-client', '-t', client!, '-A', `${paneId}:pause`));
  await thenRings(() => harness.exec.run('detach-client', '-s', '=main'));
  const before = told('missed').length;
  server.watch([]);
  expect(told('missed').slice(before)).toEqual([
    { type: 'missed', socketPath: harness.tmux.socketPath, address: { ...server.server, paneId } },
  ]);
});

describe('what a pane that left a watched session does is no harm to the server', () => {
  const leaves: Array<[how: string, leave: (pane: string) => Promise<unknown>]> = [
    ['its window is moved', (pane) => harness.tmux.run('move-window', '-s', pane, '-t', '=two:9')],
    ['it is joined to a window there', (pane) => harness.tmux.run('join-pane', '-s', pane, '-t', '=two:')],
    ['it changes places with a pane there', (pane) => harness.tmux.run('swap-pane', '-s', pane, '-t', '=two:')],
  ];
  test.each(leaves)('%s: it can be respawned before its client is replaced, and after', async (_, leave) => {
    const stays = await harness.show(echo);
    const moves = await harness.show(`${echo}; exec sleep 1000`);
    await harness.tmux.run('split-window', '-d', '-t', moves, 'exec sleep 1000');
    await harness.tmux.run('new-session', '-d', '-s', 'two', '-x', '80', '-y', '24', 'exec sleep 1000');
    const isDrawn = (words: string) =>
      waitFor(`${words} is drawn`, async () => (await harness.tmux.screen(moves)).includes(words), {
        describe: () => harness.tmux.screen(moves),
      });
    const respawn = async (round: number) => {
      await harness.tmux.run('respawn-pane', '-k', '-t', moves, `echo round ${round}; ${echo}`);
      await isDrawn(`round ${round}`);
    };
    // as where another bridge comes or goes at that moment: ours has to wait for its turn
    let turn: Promise<void> = Promise.resolve();
    const { server, panes, told } = await start({ alone: (work) => turn.then(work) });
    server.watch([stays]);
    await attachedTo(1);
    await waitFor('commands go over the client', async () => {
      const flags = await server.run('display-message', '-p', '#{client_control_mode}');
      return flags[0] === '1';
    });
    const before = clients();
    await say(moves, 'before');
    await isDrawn('said before');
    let taken = () => {};
    turn = new Promise((resolve) => {
      taken = resolve;
    });
    await leave(moves);
    await waitFor('that is told', () => panes().some((pane) => pane.paneId === moves && pane.sessionName === 'two'));
    await say(moves, 'after');
    await isDrawn('said after');
    for (const round of [1, 2]) await respawn(round);
    expect(clients()).toEqual(before);
    taken();
    await waitFor('the client is replaced', () => clients().length === 1 && clients()[0] !== before[0]);
    await say(moves, 'then');
    await isDrawn('said then');
    await respawn(3);
    expect(told('server-gone')).toEqual([]);
  });

  test('a pane that goes to another window of its session rings on, by the same client', async () => {
    const stays = await harness.show(echo);
    const moves = await harness.show(echo);
    const { server, events, drawn } = await start();
    server.watch([stays, moves]);
    await attachedTo(1);
    await say(moves, 'before');
    await waitFor('it rings', () => drawn(moves).includes('said before'));
    const before = clients();
    const since = events.length;
    await harness.tmux.run('join-pane', '-s', moves, '-t', stays);
    await waitFor('it rings without bytes, for what was drawn unheard', () =>
      events
        .slice(since)
        .some((event) => event.type === 'output' && event.address.paneId === moves && event.bytes.length === 0),
    );
    await say(moves, 'after');
    await waitFor('it rings', () => drawn(moves).includes('said after'));
    expect(clients()).toEqual(before);
  });
});

test('looks under way are answered while clients come and go', async () => {
  const paneId = await harness.show(echo);
  await harness.tmux.run('new-session', '-d', '-s', 'two', 'exec sleep 1000');
  const other = (await harness.tmux.run('list-panes', '-t', '=two', '-F', '#{pane_id}')).trim();
  const { server } = await start();
  const looks: Array<Promise<unknown>> = [];
  for (let round = 0; round < 6; round++) {
    server.watch(round % 2 === 0 ? [other] : [paneId, other]);
    for (let look = 0; look < 30; look++) {
      looks.push(capture(server, paneId, { historyLines: 5 }));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await attachedTo(round % 2 === 0 ? 1 : 2);
  }
  await harness.tmux.run('kill-session', '-t', '=two');
  for (let look = 0; look < 30; look++) looks.push(capture(server, paneId, { historyLines: 5 }));
  for (const answer of await Promise.all(looks)) expect(answer).toMatchObject({ facts: { paneId } });
});

test('a look at a pane whose session is killed meanwhile says that it is gone, and is no fault', async () => {
  await harness.tmux.run('new-session', '-d', '-s', 'two', 'exec sleep 1000');
  const other = (await harness.tmux.run('list-panes', '-t', '=two', '-F', '#{pane_id}')).trim() as PaneId;
  const { server } = await start();
  server.watch([other]);
  await attachedTo(1);
  const killed = harness.tmux.run('kill-session', '-t', '=two');
  await waitFor('it is gone', async () => (await capture(server, other, { historyLines: 5 })) === null, { everyMs: 0 });
  await killed;
});

test('no server at the start is told, and one that starts later is found', async () => {
  await harness.tmux.run('kill-server');
  const { told, panes } = await start();
  expect(told('server-gone')).toHaveLength(1);
  await harness.tmux.run('new-session', '-d', '-s', 'main', 'exec sleep 1000');
  await waitFor('it is found', () => told('server-back').length === 1 && panes().length === 1);
});

test('a server without any session is alive', async () => {
  await harness.exec.run('set-option', '-s', 'exit-empty', 'off');
  const { told, panes } = await start();
  await harness.tmux.run('kill-session', '-t', '=main');
  await waitFor('no pane is left', () => panes().length === 0);
  expect(told('server-gone')).toEqual([]);
});

test('closing leaves no client, tells nothing more, and may come in the middle of attaching', async () => {
  const paneId = await harness.show(echo);
  for (const settle of [true, false]) {
    const { server, events } = await start();
    server.watch([paneId]);
    if (settle) await attachedTo(1);
    await server.close();
    const count = events.length;
    await say(paneId, 'late');
    await harness.show(echo);
    expect(events).toHaveLength(count);
    expect(clients()).toEqual([]);
  }
});

test('clients that a killed predecessor left are ended by its successor, by the list of their pids', async () => {
  const paneId = await harness.show(echo);
  const clientsPlace = join(harness.tmux.folder, 'clients');
  const listed = () => readClients(clientsPlace);
  const { server } = await start({ clientsPlace });
  server.watch([paneId]);
  await attachedTo(1);
  await waitFor('it is in the list', () => listed().length === 1);
  expect(clients()).toEqual([listed()[0]!.pid]);
  await server.close();
  expect(readdirSync(harness.tmux.folder).filter((name) => name.startsWith('clients'))).toEqual([]);
  // What a SIGKILL leaves: a client whose stdin nobody will ever end.
  const marker = 'bridge-00112233aabbccdd';
  const orphan = spawn('tmux', ['-L', marker, '-S', harness.tmux.socketPath, '-C', 'attach-session', '-t', '=main']);
  await attachedTo(1);
  const dead = spawnSync('true').pid;
  writeFileSync(`${clientsPlace}.${dead}`, `${orphan.pid} ${marker}\n`);
  await start({ clientsPlace });
  expect(clients()).toEqual([]);
  expect(existsSync(`${clientsPlace}.${dead}`)).toBe(false);
});

test('a server that has just taken the socket of another is reached before the next poll', async () => {
  await harness.show(echo);
  const { socketPath } = harness.tmux;
  const all = new TmuxServers({
    // no poll comes by itself
    clock: { now: () => systemClock.now(), after: () => () => {} },
    onEvent: () => {},
    aloneAt: () => (work) => work(),
    clientsPlaceFor: (path) => `${path}.clients`,
  });
  try {
    const known = (await all.add(socketPath)).server;
    await harness.tmux.run('kill-server');
    // the one that ends may still take a session, and end with it
    const there = await waitFor('another server answers there', async () => {
      await harness.tmux.run('new-session', '-d', 'exec sleep 1000').catch(() => '');
      const [pane] = await listPanes(new ExecCommands({ socketPath })).catch(() => []);
      return pane !== undefined && pane.server !== known?.server ? pane : undefined;
    });
    const { host, server, paneId } = there;
    const reached = await all.reach({ host, server, paneId }, socketPath);
    expect(reached.server).toEqual({ host, server });
  } finally {
    await Promise.all(all.all.map((server) => server.close()));
  }
});
