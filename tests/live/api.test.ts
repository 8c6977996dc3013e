import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type * as z from 'zod';
import { allServed, type MethodName, methods } from '../../bridge/api/index.ts';
import type { StreamItem } from '../../bridge/api/method.ts';
import { Bridge } from '../../bridge/app/bridge.ts';
import type { Target } from '../../bridge/app/choose-pane.ts';
import { type Reader, readerOfHome } from '../../bridge/app/reader.ts';
import { loadConfig } from '../../bridge/config/config.ts';
import type { BridgeError } from '../../bridge/core/failure.ts';
import type { PaneFacts } from '../../bridge/core/pane.ts';
import { Journal } from '../../bridge/journal/journal.ts';
import { call } from '../../bridge/server/socket.ts';
import { socketPath } from '../../bridge/server/socket-path.ts';
import { ExecCommands } from '../../bridge/tmux/exec.ts';
import { listPanes } from '../../bridge/tmux/pane.ts';
import { type PrivateTmux, privateTmux, waitFor } from '../fixtures/private-tmux.ts';
import { type ScriptedAgent, startScriptedAgent } from '../fixtures/scripted-agent.ts';
import { type BridgeProcess, makeHome, makeWork, program, run, startBridge } from './bridge-process.ts';

let tmux: PrivateTmux;
let agent: ScriptedAgent;
let facts: PaneFacts;
let home: string;
const ends: Array<() => unknown> = [];

beforeEach(async () => {
  tmux = privateTmux();
  home = makeHome(tmux);
  agent = await startScriptedAgent({ tmux, session: 'macs', workingFolder: makeWork(tmux) });
  await tmux.run('set-option', '-p', '-t', agent.paneId, '@label', 'worker');
  const panes = await listPanes(new ExecCommands({ socketPath: tmux.socketPath }));
  facts = panes.find(({ paneId }) => paneId === agent.paneId)!;
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  await tmux.stop();
});

/** Far more than it takes, but for a machine with many at work. */
const limitMs = 40_000;

/** Asks for one method; a stream until so many events have come. */
type Ask = (name: MethodName, args?: Record<string, unknown>, events?: number, stop?: AbortSignal) => Promise<unknown>;

async function daemon(): Promise<Ask> {
  const bridge: BridgeProcess = await startBridge(tmux, home, ['--session', 'macs', '--mode', 'manual']);
  ends.push(() => bridge.stop('SIGKILL'));
  return async (name, args = {}, events = 0, given) => {
    const stop = new AbortController();
    given?.addEventListener('abort', () => stop.abort());
    const items: unknown[] = [];
    const on = (item: unknown) => {
      items.push(item);
      if (items.length >= events) stop.abort();
    };
    const reply = await call(socketPath(home), name, args, { on, stop: stop.signal });
    return events > 0 ? items : reply?.ok;
  };
}

/** Without a daemon: the same code, in this process. */
async function here(): Promise<Ask & { bridge: Bridge }> {
  const config = loadConfig({ home, flags: { socket: tmux.socketPath, session: 'macs', mode: 'manual' }, env: {} });
  const bridge = await Bridge.open(config, { on: () => {} });
  const reader: Reader = readerOfHome(config);
  ends.push(async () => {
    reader.close();
    await bridge.close();
  });
  const all = allServed(bridge, reader);
  const ask: Ask = async (name, args = {}, events = 0, given) => {
    const stop = new AbortController();
    given?.addEventListener('abort', () => stop.abort());
    const work = all[name](args, stop.signal);
    if (!('next' in work)) return work;
    const items: StreamItem[] = [];
    for await (const item of work) {
      items.push(item);
      if (items.length >= events) stop.abort();
    }
    return items;
  };
  return Object.assign(ask, { bridge });
}

const nobody = { is: 'nobody' };

function paneArgs(paneId: string = facts.paneId) {
  const { host, server, socketPath } = facts;
  return { host, server, paneId, socketPath };
}

function target(more: Partial<Target> = {}): Target {
  return {
    host: null,
    socket: { named: tmux.socketPath, noted: null, env: {} },
    session: null,
    pane: null,
    label: 'worker',
    isLabelGiven: false,
    agent: null,
    pin: null,
    oneSession: false,
    ...more,
  };
}

const signal = {
  signal: { agent: 'codex', kind: 'turn-ended', event: 'Stop', session: null, turn: null, input: null, at: 1 },
  caller: nobody,
  tmuxSocket: null,
  paneHint: null,
  pane: null,
};

/** One use of every method that succeeds, in order; what one needs of those before is in `got`. */
const uses: Record<MethodName, (got: (name: MethodName) => never) => Record<string, unknown>> = {
  overview: () => ({}),
  alerts: () => ({}),
  tryAlerts: () => ({}),
  settings: () => ({}),
  tryRule: () => ({ rule: '{ when: { kind: request }, answer: "Yes." }' }),
  panes: () => ({}),
  watch: () => ({ socketPath: tmux.socketPath, session: 'macs' }),
  register: () => ({
    pane: paneArgs(),
    panePid: facts.panePid,
    project: tmux.folder,
    label: 'worker',
    session: 'macs',
  }),
  add: () => ({ name: 'critic' }),
  enable: () => ({ name: 'critic', isEnabled: true, caller: nobody }),
  group: () => ({ act: 'add', group: 'readers', names: ['critic'], caller: nobody }),
  groups: () => ({}),
  hosts: () => ({ check: true }),
  join: () => ({ caller: nobody, as: 'codex', group: 'readers', pane: paneArgs() }),
  leave: () => ({ caller: nobody, as: 'critic' }),
  tell: () => ({ caller: nobody, to: ['critic'], body: 'Hello.', waitMs: 0 }),
  unsend: (got) => ({ caller: nobody, id: (got('tell') as { id: string }).id }),
  whoami: () => ({ caller: nobody }),
  relay: () => ({}),
  enrol: () => ({ caller: nobody, otherwise: 'aside', process: { pid: process.pid, startedAt: '' } }),
  sayStatus: () => ({ caller: nobody, as: 'critic', status: 'working' }),
  addToken: () => ({ name: 'ci', member: 'critic', caller: nobody }),
  ack: (got) => ({
    caller: nobody,
    token: (got('addToken') as { token: string }).token,
    ids: [(got('tell') as { id: string }).id],
  }),
  bells: (got) => ({ caller: nobody, token: (got('addToken') as { token: string }).token }),
  tokens: () => ({}),
  revokeToken: (got) => ({ name: (got('addToken') as { name: string }).name, caller: nobody }),
  inbox: () => ({ caller: nobody, as: 'critic' }),
  thread: () => ({ name: 'critic+human' }),
  threads: () => ({}),
  history: () => ({ with: 'critic' }),
  search: () => ({ words: 'hello' }),
  mailLog: () => ({}),
  waiting: () => ({}),
  members: () => ({}),
  release: () => ({ thread: 'critic+human', caller: nobody }),
  rename: () => ({ name: 'critic', to: 'reader', caller: nobody }),
  revive: () => ({ name: 'reader', caller: nobody }),
  startable: () => ({}),
  start: () => ({ agent: 'codex', project: 'nosuch', name: 'tester', caller: nobody }),
  remove: () => ({ name: 'reader', caller: nobody }),
  discover: () => ({ sockets: [tmux.socketPath], isOnly: true }),
  resolve: () => ({ name: 'worker', target: target() }),
  list: () => ({ target: target() }),
  status: () => ({ target: target() }),
  snapshot: () => ({ target: target(), lines: 5 }),
  explain: () => ({ target: target() }),
  target: () => ({ target: target(), among: 'elsewhere' }),
  send: () => ({ pane: paneArgs(), text: 'Build the service.' }),
  ask: () => ({ text: 'Which database?', wait: false, isTicketed: true, caller: nobody }),
  ticket: (got) => ({ ticket: (got('ask') as { ticket: string }).ticket, caller: nobody }),
  id: () => ({ caller: nobody, tmuxSocket: tmux.socketPath, paneHint: facts.paneId }),
  name: () => ({ caller: nobody, pane: paneArgs(), label: 'worker' }),
  requests: () => ({}),
  show: (got) => ({ id: (got('ask') as { id: string }).id }),
  story: (got) => ({ id: (got('ask') as { id: string }).id }),
  answer: (got) => ({ id: (got('ask') as { id: string }).id, text: 'SQLite.', by: 'human', caller: nobody }),
  dismiss: () => ({ id: '', caller: nobody }),
  settle: () => ({ id: '', caller: nobody }),
  pause: () => ({ worker: null, reason: 'lunch' }),
  pauses: () => ({}),
  resume: () => ({ worker: null, caller: nobody }),
  signal: () => signal,
  log: () => ({ last: 2 }),
  changes: () => ({ after: 0 }),
  follow: () => ({}),
  archive: () => ({ days: 7, dryRun: true }),
  read: () => ({ caller: nobody, pane: paneArgs(), lines: 5 }),
  type: () => ({ caller: nobody, pane: paneArgs(), text: 'x' }),
  message: () => ({ caller: nobody, pane: paneArgs(), text: 'y' }),
  keys: () => ({ caller: nobody, pane: paneArgs(), text: 'C-u' }),
  importMail: () => ({
    caller: nobody,
    members: [{ name: 'importer', groups: ['imported'] }],
    entries: [{ thread: 'imported/talk', from: 'importer', sentAt: 1, body: 'Long ago.', key: 'x:1' }],
    isDryRun: true,
  }),
  input: () => ({ caller: nobody, pane: paneArgs(), text: 'Test it.', waitMs: 20_000 }),
};

/** They act on a pane that was read just before. */
const onReadPanes: readonly MethodName[] = ['type', 'message', 'keys'];

test.each([
  ['a living daemon', daemon],
  ['no daemon', here],
])(
  'with %s every method does what it says, and its result is what its schema says',
  async (_, way) => {
    const ask = await way();
    const results = new Map<string, unknown>();
    const by = new Map<MethodName, unknown>(methods.map((one) => [one.name, one]));
    for (const [name, argsOf] of Object.entries(uses) as Array<[MethodName, (typeof uses)[MethodName]]>) {
      const method = by.get(name) as { result?: z.ZodType; event?: z.ZodType };
      if (name === 'dismiss' || name === 'settle') {
        const { id } = (await ask('ask', { text: `${name} this?`, wait: false })) as { id: string };
        const work = ask(name, { ...argsOf(() => null as never), id });
        // nothing was typed that could be in doubt
        if (name === 'settle') await expect(work).rejects.toMatchObject({ message: expect.stringContaining(id) });
        else expect(method.result!.parse(await work)).toEqual(await work);
        continue;
      }
      const args = argsOf((of) => results.get(of) as never);
      // what they do where there is a command, or a project, stands in dashboard-member and start-agent
      const refused = { revive: 'no command is named', start: "unknown project 'nosuch'" }[name as string];
      if (refused !== undefined) {
        await expect(ask(name, args)).rejects.toMatchObject({ message: expect.stringContaining(refused) });
        continue;
      }
      if (onReadPanes.includes(name)) await ask('read', { caller: nobody, pane: paneArgs(), lines: 5 });
      if (method.event !== undefined) {
        if (name === 'follow' && way === here) {
          await expect(ask(name, args, 1)).rejects.toMatchObject({ nextStep: expect.stringContaining('log -f') });
          continue;
        }
        const told = ask(name, args, 2);
        if (name === 'follow') {
          await delay(200);
          await ask('pause', { reason: 'seen in the live log' });
          await ask('resume', { caller: nobody });
        }
        const items = (await told) as StreamItem[];
        expect([name, items.length >= 2]).toEqual([name, true]);
        for (const { cursor, event } of items) {
          expect(cursor).toBeGreaterThan(0);
          expect(method.event.parse(event)).toEqual(event);
        }
        continue;
      }
      const result = JSON.parse(JSON.stringify(await ask(name, args)));
      expect([name, method.result!.parse(result)]).toEqual([name, result]);
      results.set(name, result);
    }
    expect(results.get('send')).toMatchObject({ exitCode: 0 });
    expect(agent.inputs()).toEqual(['Build the service.', 'Test it.']);
    expect(results.get('list')).toMatchObject({ panes: [{ pane: agent.paneId, label: 'worker', agent: 'codex' }] });
    expect(results.get('status')).toMatchObject({ status: { state: 'idle', agent: 'codex', ready: true } });
    expect(results.get('target')).toMatchObject({ found: { facts: { paneId: agent.paneId } } });
    expect(results.get('show')).toMatchObject({
      id: (results.get('ask') as { id: string }).id,
      text: 'Which database?',
    });
    expect(results.get('pauses')).toMatchObject({ '*': { reason: 'lunch' } });
    expect(results.get('archive')).toMatchObject({ threads: 0 });
  },
  60_000,
);

test.each([
  ['a living daemon', daemon],
  ['no daemon', here],
])(
  'with %s an unknown id, worker or pane is an error that names it, and nothing is typed',
  async (_, way) => {
    const ask = await way();
    const fault = (name: MethodName, args: Record<string, unknown>) =>
      ask(name, args).then(
        () => expect.unreachable(`${name} took ${JSON.stringify(args)}`),
        (fault: BridgeError) => ({ text: fault.message, exitCode: fault.exitCode }),
      );
    const names = (text: string) => ({ text: expect.stringContaining(text), exitCode: 64 });
    expect(await fault('show', { id: 'zzzzzz' })).toEqual(names('zzzzzz'));
    expect(await fault('answer', { id: 'zzzzzz', text: 'x', by: 'human', caller: nobody })).toEqual(names('zzzzzz'));
    expect(await fault('dismiss', { id: 'zzzzzz', caller: nobody })).toEqual(names('zzzzzz'));
    expect(await fault('settle', { id: 'zzzzzz', caller: nobody })).toEqual(names('zzzzzz'));
    expect(await fault('pause', { worker: 'nobody-here' })).toEqual(names('nobody-here'));
    expect(await fault('send', { pane: paneArgs('%9999'), text: 'x' })).toEqual(names('%9999'));
    expect(await fault('send', { pane: paneArgs('worker'), text: 'x' })).toEqual(names('worker'));
    expect(await fault('register', { ...uses.register(() => null as never), pane: paneArgs('x') })).toEqual(names('x'));
    // a name that a person typed, which has always been exit code 1
    for (const name of ['status', 'snapshot', 'target'] as const) {
      const args = { target: target({ pane: 'nosuch' }), ...(name === 'snapshot' ? { lines: 5 } : {}) };
      expect(await fault(name, args)).toMatchObject({ text: expect.stringContaining('nosuch') });
    }
    expect(await fault('explain', { target: target(), name: 'nosuch' })).toMatchObject({
      text: expect.stringContaining('nosuch'),
    });
    expect(await fault('list', { target: target({ session: 'nosuch' }) })).toMatchObject({
      text: expect.stringContaining('nosuch'),
    });
    expect(agent.inputs()).toEqual([]);
  },
  60_000,
);

test('whoever asks and goes away: every method ends by that, and leaves nothing that is still to be typed', async () => {
  const ask = await here();
  await agent.perform({ busy: true });
  const { id } = (await ask('ask', { text: 'Which?', wait: false })) as { id: string };
  const waiting: Partial<Record<MethodName, Record<string, unknown>>> = {
    send: { pane: paneArgs(), text: 'Later.', waitMs: 60_000 },
    ask: { text: 'And which?', wait: true },
    answer: { id, text: 'This.', by: 'human', caller: nobody },
    log: { follow: true },
    changes: {},
  };
  for (const { name } of methods) {
    if (name === 'follow') continue;
    const stop = new AbortController();
    const args = waiting[name] ?? uses[name](() => ({ id }) as never);
    const work = ask(name, name === 'dismiss' || name === 'settle' ? { ...args, id } : args, 1_000, stop.signal).catch(
      () => null,
    );
    setTimeout(() => stop.abort(), 100);
    // those that wait would do so for a minute, or for ever
    let hasEnded = false;
    void work.then(() => {
      hasEnded = true;
    });
    await waitFor(`${name} ends`, () => hasEnded, { limitMs: 20_000 });
  }
  expect(ask.bridge.journal.deliveries({ open: true })).toEqual([]);
  expect(agent.inputs()).toEqual([]);
}, 60_000);

test('a daemon notices who hangs up: the text is withdrawn, and it goes on', async () => {
  const ask = await daemon();
  await agent.perform({ busy: true });
  const stop = new AbortController();
  const asked = [
    ask('send', { pane: paneArgs(), text: 'Later.', waitMs: 60_000 }, 0, stop.signal),
    ask('changes', {}, 1_000, stop.signal),
    ask('follow', {}, 1_000, stop.signal),
  ];
  const { journal } = Journal.open(join(home, 'bridge.db'), { now: Date.now() });
  ends.push(() => journal.close());
  await waitFor('the text waits', () => journal.deliveries({ open: true }).length === 1);
  stop.abort();
  await Promise.all(asked);
  await waitFor('nothing waits', () => journal.deliveries({ open: true }).length === 0, { limitMs: 1_000 });
  expect(await ask('requests')).toEqual([]);
}, 60_000);

test('what only reads makes nothing where no bridge has run: no folder, no journal, no client of tmux', async () => {
  const nowhere = join(tmux.folder, 'nowhere');
  const at = ['--home', nowhere];
  for (const words of [
    ['list'],
    ['status'],
    ['snapshot'],
    ['explain'],
    ['log'],
    ['archive'],
    ['requests'],
    ['members'],
    ['threads'],
  ]) {
    expect([words, (await run(tmux, [...words, ...at])).code]).toEqual([words, 0]);
    expect([words, existsSync(nowhere)]).toEqual([words, false]);
  }
  expect(await tmux.run('list-clients')).toBe('');
}, 60_000);

test('`log -f` that was stopped for long has every event once when it goes on, and goes on where the bridge ends', async () => {
  const ask = await daemon();
  const child = spawn(process.execPath, [program, 'log', '-f', '-n', '0', '--json', '--home', home], {
    env: { PATH: process.env.PATH, HOME: tmux.folder, XDG_RUNTIME_DIR: tmux.folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  ends.push(() => child.kill('SIGKILL'));
  const told: number[] = [];
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = `${text}${chunk}`.split('\n');
    text = lines.pop()!;
    for (const line of lines) {
      const { seq, kind } = JSON.parse(line) as { seq: number; kind: string };
      if (kind === 'agent-signals-flooded') told.push(seq);
    }
  });
  const { journal } = Journal.open(join(home, 'bridge.db'), { now: Date.now() });
  ends.push(() => journal.close());
  const written: number[] = [];
  const write = (count: number) =>
    journal.transact(() => {
      const data = 'x'.repeat(4_000);
      const event = { at: Date.now(), kind: 'agent-signals-flooded', subject: 'bridge', data } as const;
      for (let n = 0; n < count; n++) written.push(journal.record(event));
    });
  const caughtUp = () => told.at(-1) === written.at(-1);
  await waitFor(
    'it follows',
    () => {
      write(1);
      return told.length > 0;
    },
    { everyMs: 200, limitMs },
  );
  const first = written.indexOf(told[0]!);
  child.kill('SIGSTOP');
  write(3_000);
  // longer than a reader may take nothing
  await delay(6_500);
  child.kill('SIGCONT');
  await waitFor('it has caught up', caughtUp, { limitMs });
  expect(told).toEqual(written.slice(first));
  await ends.shift()!();
  await ask('requests').catch(() => null);
  write(3);
  await waitFor('it reads the journal', caughtUp, { limitMs });
  expect(told).toEqual(written.slice(first));
}, 120_000);
