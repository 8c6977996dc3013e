import { afterEach, beforeEach, expect, test } from 'vitest';
import type { PaneId } from '../../bridge/core/ids.ts';
import { systemClock } from '../../bridge/host/clock.ts';
import { type ClaimOption, claimIn, clientFormat } from '../../bridge/tmux/claim.ts';
import { goneStandsMs, PaneClaims } from '../../bridge/tmux/pane-claims.ts';
import { TmuxServer } from '../../bridge/tmux/server.ts';
import { wayHere } from '../../bridge/tmux/way.ts';
import { waitFor } from '../fixtures/private-tmux.ts';
import { openTmuxHarness, type TmuxHarness } from '../tmux/tmux-harness.ts';

let harness: TmuxHarness;
let pane: PaneId;
let servers: TmuxServer[] = [];
beforeEach(async () => {
  servers = [];
  harness = await openTmuxHarness();
  pane = (await harness.tmux.run('display-message', '-p', '-t', '=main:', '#{pane_id}')).trim() as PaneId;
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  await harness.stop();
});

const option: ClaimOption = '@bridge-owner';
const text = async (paneId = pane) =>
  (await harness.tmux.run('display-message', '-p', '-t', paneId, `#{${option}}`)).replace(/\n$/, '');
const put = (value: string, ...where: string[]) => harness.tmux.run('set-option', ...where, option, value);

/** A bridge of its own runtime folder; `commands` counts what it has asked of tmux since `count`. */
async function bridge(name: string, { folder = `folder-${name}`, attached = true } = {}) {
  const server = new TmuxServer({ way: wayHere(harness.tmux.socketPath), clock: systemClock, onEvent: () => {} });
  servers.push(server);
  await server.start();
  if (attached) {
    server.watch([pane]);
    await waitFor('a client is attached', () => server.claimant(pane) !== null);
  }
  const ids: Record<string, string> = { one: 'aa', two: 'bb', three: 'cc' };
  const me = { bridge: ids[name]!, folder, pid: 1, host: 'box', home: `/${name}` };
  let now = 1_000;
  const waits: Array<() => void> = [];
  const clock = {
    now: () => now,
    after: (_delayMs: number, callback: () => void) => {
      waits.push(callback);
      return () => {};
    },
  };
  const claims = new PaneClaims(option, () => me, clock);
  let commands = 0;
  const counting = {
    claimant: (paneId: PaneId) => server.claimant(paneId),
    get claimants() {
      return server.claimants;
    },
    run: (...argv: string[]) => {
      commands++;
      return server.run(...argv);
    },
    runAll: (all: readonly (readonly string[])[]) => {
      commands += all.length;
      return server.runAll(all);
    },
  };
  return {
    server,
    claims,
    waits,
    pass: (ms: number) => {
      now += ms;
    },
    take: async (paneId = pane) => (await claims.take(counting, [paneId])).get(paneId)!,
    takeOne: () => claims.takeOne(counting, pane),
    theirs: async () => (await claims.theirs(counting, new Map([[pane, await text()]]))).get(pane),
    free: () => claims.free(counting, [pane]),
    isSure: () => claims.isSure(counting, pane),
    close: () => claims.close(),
    counted: async (work: () => Promise<unknown>) => {
      commands = 0;
      await work();
      return commands;
    },
  };
}

test('a pane that is free is claimed by one command and let go by another, and nothing stays', async () => {
  const one = await bridge('one');
  expect(await one.counted(() => one.take())).toBe(1);
  expect(claimIn(await text())).toMatchObject({ home: '/one', client: one.server.claimant(pane) });
  expect(one.isSure()).toBe(true);
  expect(await one.counted(() => one.free())).toBe(1);
  expect(await harness.tmux.run('show-options', '-p', '-t', pane)).toBe('');
  expect(one.isSure()).toBe(false);
});

test('of two that claim it at the same moment one has it, each time', async () => {
  const [one, two] = [await bridge('one'), await bridge('two')];
  for (let round = 0; round < 20; round++) {
    const taken = await Promise.all([one.take(), two.take()]);
    expect(taken.map(({ is }) => is).sort()).toEqual(['ours', 'theirs']);
    const [winner, loser] = taken[0]!.is === 'ours' ? [one, two] : [two, one];
    expect(taken.find(({ is }) => is === 'theirs')).toMatchObject({ claim: claimIn(await text()), isGone: false });
    // who has it keeps it, whoever else asks or lets go
    await loser.free();
    expect(await winner.take()).toEqual({ is: 'ours', from: null });
    expect(await loser.theirs()).toMatchObject({ is: 'theirs', isGone: false });
    await winner.free();
    expect(await text()).toBe('');
  }
});

test('a claim whose client has gone is taken over once it has been so for a second, and not before', async () => {
  const [one, two] = [await bridge('one'), await bridge('two')];
  await one.take();
  await one.server.close();
  expect(await two.take()).toMatchObject({ is: 'theirs', isGone: true });
  two.pass(goneStandsMs - 1);
  expect(await two.take()).toMatchObject({ is: 'theirs', isGone: true });
  expect(await two.theirs()).toMatchObject({ isGone: true });
  two.pass(1);
  expect(await two.theirs()).toBeUndefined();
  expect(await two.take()).toMatchObject({ is: 'ours', from: { home: '/one' } });
});

test('whoever waits for it waits that long', async () => {
  const [one, two] = [await bridge('one'), await bridge('two')];
  await one.take();
  await one.server.close();
  const taken = two.takeOne();
  await waitFor('it waits', () => two.waits.length === 1);
  two.pass(goneStandsMs);
  two.waits[0]!();
  expect(await taken).toMatchObject({ is: 'ours', from: { home: '/one' } });
});

test('one that has changed its client meanwhile has it still', async () => {
  const [one, two] = [await bridge('one'), await bridge('two')];
  await one.take();
  const before = claimIn(await text())!;
  await harness.tmux.run('detach-client', '-t', before.client.split('@')[0]!);
  await waitFor('the client has gone', () => !one.isSure());
  expect(await two.take()).toMatchObject({ is: 'theirs', isGone: true });
  await waitFor('another client came', () => {
    const client = one.server.claimant(pane);
    return client !== null && client !== before.client;
  });
  expect(await one.take()).toEqual({ is: 'ours', from: null });
  expect(claimIn(await text())).toEqual({ ...before, client: one.server.claimant(pane) });
  expect(one.isSure()).toBe(true);
  two.pass(goneStandsMs);
  expect(await two.take()).toMatchObject({ is: 'theirs', isGone: false });
});

test('bridges that share a runtime folder have agreed there: a claim of the other is replaced at once', async () => {
  const [one, two] = [await bridge('one', { folder: 'shared' }), await bridge('two', { folder: 'shared' })];
  await one.take();
  expect(await two.take()).toEqual({ is: 'ours', from: null });
  await one.free();
  expect(claimIn(await text())).toMatchObject({ home: '/two' });
});

test('without a client of its own a bridge claims nothing, and sees whose a pane is', async () => {
  const [one, two] = [await bridge('one'), await bridge('two', { attached: false })];
  expect(await two.take()).toEqual({ is: 'unmarked' });
  expect(await text()).toBe('');
  await one.take();
  expect(await two.take()).toMatchObject({ is: 'theirs', isGone: false });
});

test('a client of ours, a person at a terminal and one that is not there vouch for nobody', async () => {
  const [one, two] = [await bridge('one'), await bridge('two')];
  await one.take();
  const theirs = await text();
  const naming = (client: string) => theirs.replace(claimIn(theirs)!.client, client);
  await put(naming(two.server.claimant(pane)!), '-p', '-t', pane);
  expect(await two.take()).toEqual({ is: 'ours', from: null });
  await harness.tmux.run('new-session', '-d', '-s', 'person', 'exec sleep 1000');
  const attach = `unset TMUX; exec tmux -S ${harness.tmux.socketPath} attach-session -t =person`;
  await harness.tmux.run('new-window', '-d', '-t', '=main:', attach);
  const terminal = async () =>
    (await harness.tmux.run('list-clients', '-t', '=person', '-F', clientFormat)).trim() || null;
  await put(naming(await waitFor('a person is attached', terminal)), '-p', '-t', pane);
  expect(await two.take()).toMatchObject({ is: 'theirs', isGone: true });
  await put(naming('client-999999@1'), '-p', '-t', pane);
  expect(await two.take()).toMatchObject({ is: 'theirs', isGone: true });
  two.pass(goneStandsMs);
  expect(await two.take()).toMatchObject({ is: 'ours' });
});

test.each([
  'a word',
  '',
  '"x" \'y\'',
  '#{pane_id}#,#}',
  '#(touch x),}',
  '%H %%',
  '$HOME `x` ; kill-server',
  'ü\n\u3000日',
])('a word of a person is replaced, and means nothing: %j', async (odd) => {
  const one = await bridge('one');
  await put(odd, '-p', '-t', pane);
  expect(await one.take()).toEqual({ is: 'ours', from: null });
  expect(claimIn(await text())).toMatchObject({ home: '/one' });
  await one.free();
  expect(await text()).toBe('');
});

test('where an option of the server hides the pane’s own, nothing is claimed and nothing is held back', async () => {
  const one = await bridge('one');
  await put('x', '-s');
  expect(await one.take()).toEqual({ is: 'unmarked' });
});

test('an option of the window or the session is no claim on its pane', async () => {
  const [one, two] = [await bridge('one'), await bridge('two')];
  await one.take();
  const theirs = await text();
  await one.free();
  await put(theirs.replace(claimIn(theirs)!.client, 'client-9@9'), '-w', '-t', pane);
  two.pass(goneStandsMs);
  await two.take();
  two.pass(goneStandsMs);
  expect(await two.take()).toMatchObject({ is: 'ours' });
});

test('a pane that is gone is nobody’s, and harms no other', async () => {
  const one = await bridge('one');
  const taken = await one.claims.take(one.server, ['%99' as PaneId, pane]);
  expect([...taken.values()]).toEqual([{ is: 'unmarked' }, { is: 'ours', from: null }]);
});

test('whoever closes leaves no option behind, on any pane', async () => {
  const one = await bridge('one');
  const other = await harness.show('echo READY; exec sleep 1000');
  await one.take();
  await one.take(other);
  expect(claimIn(await text(other))).toMatchObject({ home: '/one' });
  await one.close();
  expect([await text(), await text(other)]).toEqual(['', '']);
});
