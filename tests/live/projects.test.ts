import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type PrivateTmux, privateTmux, waitFor } from '../fixtures/private-tmux.ts';
import { type ScriptedAgent, startScriptedAgent } from '../fixtures/scripted-agent.ts';
import type { Ran } from './as-person.ts';
import { type BridgeProcess, inState, makeHome, run, startBridge } from './bridge-process.ts';
import { endBridges, endedWithTest } from './live-fixture.ts';

/** A repository with a tmux server of its own and one worker; pane id, label and session are the same in all of them. */
interface Project {
  readonly tmux: PrivateTmux;
  readonly folder: string;
  readonly agent: ScriptedAgent;
}

let shop: Project;
let blog: Project;
let home: string;

async function project(name: string): Promise<Project> {
  const tmux = privateTmux();
  const folder = join(tmux.folder, name);
  mkdirSync(join(folder, '.git'), { recursive: true });
  const agent = await startScriptedAgent({ tmux, session: 'macs', name, workingFolder: folder });
  await tmux.run('set-option', '-p', '-t', agent.paneId, '@label', 'worker');
  return { tmux, folder, agent };
}

beforeEach(async () => {
  [shop, blog] = await Promise.all([project('shop'), project('blog')]);
  home = makeHome(shop.tmux);
  expect(shop.agent.paneId).toBe(blog.agent.paneId);
});
afterEach(async () => {
  await endBridges();
  await Promise.all([shop.tmux.stop(), blog.tmux.stop()]);
});

/** A command in this project's own shell; the state directory, the locks and the user's folder are those of both. */
const within = ({ tmux, folder }: Project, args: readonly string[], input?: string): Promise<Ran> =>
  run(tmux, args, {
    cwd: folder,
    env: { HOME: shop.tmux.folder, XDG_RUNTIME_DIR: shop.tmux.folder, BRIDGE_HOME: home },
    ...(input === undefined ? {} : { input }),
  });

async function daemonIn({ tmux, folder }: Project, ...args: string[]): Promise<BridgeProcess> {
  const env = { HOME: shop.tmux.folder, XDG_RUNTIME_DIR: shop.tmux.folder };
  const bridge = await startBridge(tmux, home, ['--session', 'macs', ...args], { env, cwd: folder });
  return endedWithTest(bridge);
}

const watched = (bridge: BridgeProcess, count: number) =>
  waitFor('the workers are watched', () => bridge.lines.filter(({ type }) => type === 'worker-found').length >= count);

for (const place of ['without a daemon', "while a daemon of the other project's server lives"] as const) {
  test(`a text for a pane reaches that pane and not the one of the same id on another server, ${place}`, async () => {
    if (place !== 'without a daemon') await daemonIn(shop, '--mode', 'manual');
    const { socketPath } = blog.tmux;
    const { paneId } = blog.agent;
    const bySocket = await within(shop, [
      'send',
      '--socket',
      socketPath,
      '--pane',
      paneId,
      '--wait',
      '20',
      'By its socket.',
    ]);
    const byShell = await within(blog, ['send', '--wait', '20', 'From its own shell.']);
    const keys = await within(blog, ['send', '--keys', '--pane', paneId, 'Up']);
    expect([bySocket, byShell].map(({ code, stderr }) => [code, stderr])).toEqual([
      [0, expect.stringContaining('Resolved target')],
      [0, expect.stringContaining('Resolved target')],
    ]);
    expect(keys.code).not.toBe(64);
    expect(blog.agent.inputs()).toEqual(['By its socket.', 'From its own shell.']);
    expect(shop.agent.facts().filter(({ input, paste, typed, key }) => input ?? paste ?? typed ?? key)).toEqual([]);
  });
}

test('a daemon that is asked about a server that has gone says so, and types nothing into the one that came after it', async () => {
  await daemonIn(shop, '--mode', 'manual');
  const listed = JSON.parse((await within(blog, ['list', '--json'])).stdout) as Array<Record<string, string>>;
  const [worker] = listed.filter(({ label }) => label === 'worker');
  await blog.tmux.run('kill-server');
  await waitFor('the server is gone', () =>
    blog.tmux.run('list-sessions').then(
      () => false,
      () => true,
    ),
  );
  const next = await startScriptedAgent({ tmux: blog.tmux, session: 'macs', name: 'next', workingFolder: blog.folder });
  expect(next.paneId).toBe(blog.agent.paneId);
  const { call } = await import('../../bridge/server/socket.ts');
  const { socketPath } = await import('../../bridge/server/socket-path.ts');
  const pane = { host: worker!.host, server: worker!.server, paneId: next.paneId, socketPath: blog.tmux.socketPath };
  await expect(call(socketPath(home), 'send', { pane, text: 'For the one that died.' })).rejects.toThrow(
    /answers there now, and %\d+ was a pane of process \d+/,
  );
  expect(next.inputs()).toEqual([]);
});

test('two projects work side by side: each worker is answered by the rules of its own project, in its own pane', async () => {
  for (const { folder } of [shop, blog]) {
    const name = folder.split('/').at(-1);
    const answer = `The answer of ${name}.`;
    writeFileSync(
      join(folder, 'bridge.yaml'),
      `controller: { backend: rules }\npolicy:\n  - { when: { kind: request }, answer: "${answer}" }\n`,
    );
  }
  expect(await within(shop, ['trust'])).toMatchObject({ code: 0 });
  expect(await within(blog, ['trust'])).toMatchObject({ code: 0 });
  const bridge = await daemonIn(shop, '--controller-backend', 'rules');
  await watched(bridge, 1);
  // the second project's bridge is the same bridge: its session is added, and its log followed
  const joined = await startBridge(blog.tmux, home, ['--session', 'macs'], {
    env: { HOME: shop.tmux.folder, XDG_RUNTIME_DIR: shop.tmux.folder },
    cwd: blog.folder,
    waitForReady: false,
  });
  endedWithTest(joined);
  await watched(bridge, 2);
  for (const { agent } of [shop, blog])
    await agent.perform({ play: [{ busy: 100 }, { request: 'Which one?' }], input: 'go' });
  await joined.line('the second project is told of', inState('delivered'), 30_000);
  await waitFor('both are answered', () => [shop, blog].every(({ agent }) => agent.inputs().length > 0), {
    limitMs: 30_000,
  });
  expect(shop.agent.inputs()).toEqual(['The answer of shop.']);
  expect(blog.agent.inputs()).toEqual(['The answer of blog.']);

  // Ctrl-C ends the following, and the bridge goes on
  expect(await joined.stop('SIGINT')).toBe(0);
  const pong = await within(blog, ['requests', '--all', '--json']);
  const all = JSON.parse(pong.stdout) as Array<Record<string, string>>;
  const requests = all.filter(({ kind }) => kind === 'request');
  // both asked at once: whose was seen first is nobody's affair
  expect(requests.map(({ worker, server }) => [worker, server]).sort()).toEqual([
    ['blog/worker', expect.stringMatching(/^\d+@\d+$/)],
    ['shop/worker', expect.stringMatching(/^\d+@\d+$/)],
  ]);
  expect(new Set(requests.map(({ server }) => server)).size).toBe(2);

  // a short name that fits two is refused with both
  const both = await within(shop, ['pause', 'worker']);
  expect(both).toMatchObject({ code: 64, stderr: expect.stringContaining('fits several: blog/worker, shop/worker') });
  expect(await within(shop, ['pause', 'blog/worker'])).toMatchObject({ code: 0 });
  await blog.agent.perform({ play: [{ busy: 100 }, { request: 'And now?' }], input: 'on' });
  await shop.agent.perform({ play: [{ busy: 100 }, { request: 'And now?' }], input: 'on' });
  await waitFor('the other one is answered', () => shop.agent.inputs().length === 2, { limitMs: 30_000 });
  await bridge.line(
    'the paused one asks its human',
    (line) => line.type === 'human-needed' && line.worker === 'blog/worker',
  );
  expect(blog.agent.inputs()).toHaveLength(1);

  expect(await within(blog, ['stop'])).toMatchObject({ code: 0 });
  expect(bridge.child.exitCode).toBe(0);
  expect(await within(blog, ['stop'])).toMatchObject({ code: 1 });
});

test("a project's bridge.yaml that is not trusted, is wrong, or says what is not a project's to say, decides nothing", async () => {
  const file = join(shop.folder, 'bridge.yaml');
  const refused = async (text: string, why: RegExp) => {
    writeFileSync(file, text);
    const trusted = await within(shop, ['trust']);
    expect(trusted.code).not.toBe(0);
    expect(trusted.stderr).toMatch(why);
  };
  await refused('notify: { command: [touch, proof] }\n', /bridge\.yaml:1: notify: is not a project's to set/);
  await refused('policy: [{ answer: 1 }]\n', /bridge\.yaml:1: policy\.0\.answer/);
  await refused('mode: [\n', /bridge\.yaml:\d/);
  writeFileSync(file, 'policy:\n  - { when: { kind: request }, answer: "Untrusted." }\n');
  const bridge = await daemonIn(shop, '--controller-backend', 'rules');
  await watched(bridge, 1);
  await shop.agent.perform({ play: [{ busy: 100 }, { request: 'Which one?' }], input: 'go' });
  await bridge.line('the human is asked', (line) => line.type === 'human-needed', 30_000);
  expect(
    bridge.lines.some(({ text }) => /is not trusted and is not used; `bridge trust .*shop`/.test(String(text))),
  ).toBe(true);
  expect(shop.agent.inputs()).toEqual([]);
});

test('the project of a worker is fixed when it is first seen: a later cd changes nothing', async () => {
  const other = join(shop.tmux.folder, 'other');
  mkdirSync(join(other, '.git'), { recursive: true });
  const bridge = await daemonIn(shop, '--mode', 'manual');
  await watched(bridge, 1);
  await shop.agent.perform({ chdir: other });
  await shop.agent.perform({ play: [{ busy: 100 }, { request: 'Which one?' }], input: 'go' });
  const line = await bridge.line('it asks', inState('asked'), 30_000);
  const { journalDocument } = await import('./journal-document.ts');
  expect(journalDocument(home, String(line.id))).toMatchObject({ project: shop.folder, repository: shop.folder });
});

test('a command that meets a daemon of another version says so, and does nothing beside it', async () => {
  const path = join(home, 'bridge.sock');
  const heard: string[] = [];
  // what bridge 0.1.0 answers; it knows no protocol
  const older = createServer((socket) => {
    socket.on('data', (line) => {
      heard.push(String(line));
      socket.write(`${JSON.stringify({ id: 0, ok: { pid: 4711, session: null, home } })}\n`);
    });
  });
  await new Promise<void>((resolve) => older.listen(path, resolve));
  try {
    for (const args of [['send', 'Hello.'], ['requests'], ['answer', 'abc', 'Yes.'], ['log'], ['pause']]) {
      const ran = await within(shop, args);
      expect(ran).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/daemon 4711: is older than this command .*protocol 1/),
      });
      expect(ran.stderr).toContain('bridge stop');
    }
    expect(heard.every((line) => line.includes('"ping"'))).toBe(true);
    expect(shop.agent.inputs()).toEqual([]);
    expect(() => readFileSync(join(home, 'bridge.db'))).toThrow();
  } finally {
    older.close();
  }
});
