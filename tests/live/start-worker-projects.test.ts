import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type PrivateTmux, privateTmuxAt, waitFor } from '../fixtures/private-tmux.ts';
import { type BridgeProcess, type Line, run, startBridge } from './bridge-process.ts';
import { endBridges, endedWithTest } from './live-fixture.ts';

let folder: string;
const servers: PrivateTmux[] = [];

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'bridge-two-')));
  for (const name of ['home', 'elsewhere']) mkdirSync(join(folder, name), { mode: 0o700 });
  symlinkSync(fileURLToPath(new URL('../../bridge/demo/scripted-agent.mjs', import.meta.url)), join(folder, 'codex'));
});
afterEach(async () => {
  await endBridges();
  for (const server of servers.splice(0)) await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** One user: one state directory and one place for locks, whatever the folder; each repository notes its own tmux server. */
const env = () => ({
  HOME: folder,
  SHELL: '/bin/sh',
  XDG_RUNTIME_DIR: folder,
  BRIDGE_HOME: join(folder, 'home'),
  TMUX_SOCKET: '',
  TMUX_TMPDIR: folder,
});
const inFolder = (name: string, ...args: string[]) =>
  run({ folder, socketPath: '' } as PrivateTmux, args, { cwd: join(folder, name), env: env() });

/** `bridge start worker` in a repository of its own. @returns what its agent was given, in order */
async function startWorker(name: string): Promise<() => string[]> {
  const repository = join(folder, name);
  mkdirSync(join(repository, '.git'), { recursive: true });
  servers.push(privateTmuxAt(join(repository, '.codex', 'tmux.sock'), repository));
  const log = join(folder, `${name}.log`);
  const agent = `${process.execPath} ${join(folder, 'codex')} --log ${log} --control ${join(folder, `${name}.ctl`)} --name ${name}`;
  const started = await inFolder(name, 'start', 'worker', '--no-attach', '--skip-skills', '--agent-command', agent);
  expect(started).toMatchObject({ code: 0, stderr: expect.not.stringContaining('not made known') });
  const facts = () => {
    try {
      return readFileSync(log, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, string>);
    } catch {
      return [];
    }
  };
  await waitFor('the agent runs', () => facts().some((fact) => 'started' in fact), { limitMs: 30_000 });
  return () => facts().flatMap(({ input }) => (input === undefined ? [] : [input]));
}

const found = (bridge: BridgeProcess, worker: string) =>
  bridge.line(`${worker} is watched`, (line: Line) => line.type === 'worker-found' && line.worker === worker, 30_000);

test('two projects that start-worker began work side by side from either shell, without a bridge and with one', async () => {
  const shop = await startWorker('shop');
  // a folder without a server looks where the only workers are; what types has to name one
  for (const [command, shown] of [
    ['list', 'codex'],
    ['status', 'idle'],
    ['snapshot', '›'],
    ['explain', 'codex'],
  ] as const) {
    const told = await inFolder('elsewhere', command);
    expect(told).toMatchObject({ code: 0, stdout: expect.stringContaining(shown) });
    expect(told.stderr).toContain(`this shell has no tmux server; this is ${servers[0]!.socketPath}`);
  }
  expect(await inFolder('elsewhere', 'send', 'To whom?')).toMatchObject({ code: 1, stdout: '' });
  expect(await inFolder('elsewhere', 'list', '--socket', join(folder, 'none'))).toMatchObject({ code: 1, stdout: '' });
  const blog = await startWorker('blog');
  expect(await inFolder('shop', 'send', '--wait', '20', 'To shop.')).toMatchObject({ code: 0 });
  expect(await inFolder('blog', 'send', '--wait', '20', 'To blog.')).toMatchObject({ code: 0 });
  // from a folder that is neither's, by name
  expect(await inFolder('elsewhere', 'send', '--pane', 'blog/worker', '--wait', '20', 'By name.')).toMatchObject({
    code: 0,
  });
  for (const args of [
    ['status', '--pane', 'blog/worker'],
    ['explain', '--pane', 'blog/worker'],
    ['explain', 'blog/worker'],
  ])
    expect([args, await inFolder('elsewhere', ...args)]).toEqual([
      args,
      expect.objectContaining({ code: 0, stdout: expect.stringContaining('blog') }),
    ]);
  expect(await inFolder('elsewhere', 'explain', 'no/such')).toMatchObject({ code: expect.any(Number), stdout: '' });
  expect(await inFolder('elsewhere', 'send', '--pane', 'worker', 'To whom?')).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('fits several: blog/worker, shop/worker'),
  });
  expect([shop(), blog()]).toEqual([['To shop.'], ['To blog.', 'By name.']]);
  // a folder without a server is told where the workers are
  const { code, stderr } = await inFolder('elsewhere', 'list');
  expect(code).toBe(1);
  for (const name of ['shop', 'blog'])
    expect(stderr).toContain(
      `--socket ${servers.find((one) => one.socketPath.includes(name))!.socketPath} (${name}/worker)`,
    );

  const bridge = await startBridge(
    { folder, socketPath: '' } as PrivateTmux,
    join(folder, 'home'),
    ['--session', 'macs', '--mode', 'manual'],
    {
      env: env(),
      cwd: join(folder, 'shop'),
    },
  );
  endedWithTest(bridge);
  await waitFor('both are watched', () => bridge.lines.filter(({ type }) => type === 'worker-found').length === 2, {
    limitMs: 30_000,
  });
  expect(await inFolder('shop', 'send', '--wait', '20', 'Shop again.')).toMatchObject({ code: 0 });
  expect(await inFolder('blog', 'send', '--wait', '20', 'Blog again.')).toMatchObject({ code: 0 });
  expect([shop().at(-1), blog().at(-1)]).toEqual(['Shop again.', 'Blog again.']);

  // one that is started while the bridge lives is watched by it from then on
  await startWorker('docs');
  await found(bridge, 'docs/worker');
  expect(await inFolder('docs', 'pause', 'docs/worker')).toMatchObject({ code: 0 });
  expect(JSON.parse((await inFolder('docs', 'list', '--json')).stdout)).toMatchObject([
    { label: 'worker', paused: 'asked for' },
  ]);
  expect(JSON.parse((await inFolder('shop', 'list', '--json')).stdout)).toMatchObject([
    { label: 'worker', paused: null },
  ]);
}, 150_000);
