import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { LaunchHarness, until } from './launch-harness.ts';

const execute = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');

/** MACS's documented commands, at the paths where its users call them, in a package that was unpacked from `npm pack`. */
const shellPaths = [
  'start-worker.sh',
  'start-controller',
  'start-controller.sh',
  ...['snapshot', 'send', 'status', 'set_target', 'notify', 'start_worker', 'start_controller'].map(
    (name) => `tools/tmux_bridge/${name}.sh`,
  ),
];
const bridgePy = 'tools/tmux_bridge/bridge.py';

let shelf: string;
let tarball: string;
beforeAll(async () => {
  shelf = mkdtempSync(join(tmpdir(), 'bridge-macs-'));
  const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', shelf];
  const packed = await execute('npm', pack, { cwd: root });
  const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }];
  tarball = join(shelf, filename);
}, 60_000);
afterAll(() => rmSync(shelf, { recursive: true, force: true }));

let harness: LaunchHarness;
/** its name has a blank, and the repository lies beside it, as `../macs` did */
let macs: string;
let repository: string;
beforeEach(async () => {
  harness = new LaunchHarness();
  macs = join(harness.folder, 'my tools', 'macs');
  repository = join(harness.folder, 'my tools', 'repository');
  mkdirSync(join(repository, '.git'), { recursive: true });
  mkdirSync(macs);
  await execute('tar', ['-xzf', tarball, '--strip-components=1', '-C', macs]);
  symlinkSync(join(root, 'node_modules'), join(macs, 'node_modules'));
  mkdirSync(join(harness.folder, 'bin'));
  writeFileSync(join(harness.folder, 'bin/bridge'), `#!/bin/sh\ntouch '${harness.folder}/other-bridge'\n`, {
    mode: 0o755,
  });
});
afterEach(() => {
  const isOtherUsed = existsSync(join(harness.folder, 'other-bridge'));
  harness.remove();
  // the bridge on PATH is never the one of the package
  expect(isOtherUsed).toBe(false);
});

interface Ran {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(path: string, argv: readonly string[], more: { cwd?: string; env?: Record<string, string> } = {}) {
  const child = spawn(path.startsWith('/') || path.startsWith('.') ? path : join(macs, path), argv, {
    cwd: more.cwd ?? repository,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: `${join(harness.folder, 'bin')}:${process.env.PATH}`,
      HOME: harness.folder,
      SHELL: '/bin/sh',
      XDG_RUNTIME_DIR: harness.folder,
      BRIDGE_HOME: join(harness.folder, 'home'),
      ...more.env,
    },
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (piece: string) => (said.stdout += piece));
  child.stderr.setEncoding('utf8').on('data', (piece: string) => (said.stderr += piece));
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, ...said }) as Ran);
  return { child, said, ended };
}

const run = (path: string, argv: readonly string[] = [], more: Parameters<typeof start>[2] = {}): Promise<Ran> =>
  start(path, argv, more).ended;

test('each path is a file of its own in the tarball that may be run, and says what it is for', async () => {
  for (const path of [...shellPaths, bridgePy]) {
    const { mode } = lstatSync(join(macs, path));
    expect([path, lstatSync(join(macs, path)).isFile(), (mode & 0o111) === 0o111]).toEqual([path, true, true]);
    expect(readFileSync(join(macs, path), 'utf8').split('\n').length).toBeLessThan(20);
    expect([path, await run(path, ['--help'])]).toEqual([
      path,
      expect.objectContaining({ code: 0, stdout: expect.any(String) }),
    ]);
  }
});

test('a path with blanks, another folder, and a link to the file lead to the bridge of the same package', async () => {
  const { version } = JSON.parse(readFileSync(join(macs, 'package.json'), 'utf8')) as { version: string };
  for (const path of [...shellPaths, bridgePy].filter((path) => !path.includes('notify'))) {
    const link = join(harness.folder, 'bin', path.replaceAll('/', '-'));
    symlinkSync(join(macs, path), link);
    const unknown = [await run(`../macs/${path}`, ['--nosuch', 'a b', '*']), await run(link, ['--nosuch'])];
    expect([path, unknown.map(({ code }) => code)]).toEqual([path, [64, 64]]);
    expect([path, unknown[0]!.stderr]).toEqual([path, expect.stringMatching(/nosuch/)]);
  }
  expect((await run(bridgePy, ['--version'], { cwd: '/' })).stdout).toContain(version);
});

test("bridge.py takes MACS's flags, hands on exit codes, and is the process that gets the signals", async () => {
  const log = join(harness.folder, 'worker log.txt');
  writeFileSync(log, '\r\n<<CONTROLLER_REQUEST>>\r\nsqlite or postgres?\r\n<<CONTROLLER_REQUEST_END>>\r\n');
  const flags = ['--controller-backend', 'codex-interactive', '--heuristic', '--split-response', '--mode', 'manual'];
  const simulated = await run(bridgePy, [...flags, '--simulate-log', log]);
  expect(simulated).toMatchObject({ code: 0, stdout: expect.stringContaining('sqlite or postgres?') });
  expect(await run(bridgePy, ['show', 'nosuch'])).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('nosuch'),
  });

  harness.tmux('new-session', '-d', '-s', 'macs', 'exec sleep 1000');
  const watching = start(bridgePy, ['--session', 'macs', '--mode', 'manual'], { env: { TMUX_SOCKET: harness.socket } });
  await until('it watches', () => /^bridge \S+ · manual · pid \d+$/m.test(watching.said.stdout));
  watching.child.kill('SIGTERM');
  expect(await watching.ended).toMatchObject({ code: 0, signal: null });
});

test("a day with MACS's documented commands: ../macs is this package, and nothing else changed", async () => {
  const started = await run('../macs/start-worker.sh', ['--no-attach', '--no-codex', '--skip-skills']);
  expect(started).toMatchObject({ code: 0 });
  const socket = readFileSync(join(repository, '.codex/tmux-socket.txt'), 'utf8').trim();
  const tmux = harness.tmuxAt(socket);
  const screen = async () => (await tmux.run('capture-pane', '-p', '-t', 'macs:')).join('\n').trimEnd();
  await until('the prompt', async () => /[$#]$/.test(await screen()));
  const pane = (await tmux.run('list-panes', '-a', '-F', '#{pane_id}'))[0]!;

  const shell = { env: { TARGET_PANE_ALLOW_SHELL: '1' } };
  const tools = '../macs/tools/tmux_bridge';
  expect(await run(`${tools}/set_target.sh`, ['--pane', pane])).toMatchObject({ code: 0 });
  expect(readFileSync(join(repository, '.codex/target-pane.txt'), 'utf8').split('\n')[0]).toBe(pane);
  expect(await run(`${tools}/send.sh`, ['echo one-$((1+1))'])).toMatchObject({ code: 2 });
  const sent = await run(`${tools}/send.sh`, ['echo one-$((1+1))', '  two  blanks'], shell);
  expect(sent).toMatchObject({
    code: 0,
    stderr: expect.stringContaining(`Resolved target: session=macs pane=${pane}`),
  });
  await until('the command', async () => (await screen()).includes('one-2 two blanks'));
  expect((await run(`${tools}/snapshot.sh`, ['--lines', '20'])).stdout).toContain('one-2 two blanks');
  const status = await run(`${tools}/status.sh`);
  expect(status.stdout).toMatch(new RegExp(`^Resolved target: session=macs pane=${pane}$`, 'm'));
  expect(status.stdout).toMatch(/^(IDLE|BUSY)$/m);
  expect((await run(`${tools}/notify.sh`, ['done'])).code).toBe(0);

  const again = await run(`${tools}/start_worker.sh`, ['macs', '--no-attach', '--no-codex', '--skip-skills']);
  expect(again).toMatchObject({ code: 0 });
  for (const path of ['../macs/start-controller', '../macs/start-controller.sh', `${tools}/start_controller.sh`]) {
    expect([path, await run(path, ['--skip-skills', '--no-codex'])]).toEqual([
      path,
      expect.objectContaining({ code: 0 }),
    ]);
  }
  expect(readFileSync(join(repository, '.codex/macs-path.txt'), 'utf8').trim()).toBe(macs);
  expect((await run('./.codex/tmux-bridge.sh', ['snapshot', '--lines', '20'])).stdout).toContain('one-2 two blanks');
}, 60_000);

test("MACS's own one-line pin beside its tools is read", async () => {
  const pane = harness.openPane('new-session', '-d', '-s', 'macs', 'echo pinned; exec sleep 1000');
  await until('the pane', () => harness.tmux('capture-pane', '-p', '-t', pane).includes('pinned'));
  harness.tmux('new-window', '-d', '-n', 'worker', 'exec sleep 1000');
  writeFileSync(join(macs, 'tools/tmux_bridge/target_pane.txt'), `${pane}\n`);
  const looked = await run('tools/tmux_bridge/snapshot.sh', ['--socket', harness.socket], { cwd: macs });
  expect(looked).toMatchObject({ code: 0, stdout: expect.stringContaining('pinned') });
});

test('a signal to send.sh ends the bridge that it became, and nothing is typed afterwards', async () => {
  const prompt = "PS1='ready$ ' exec bash --norc --noprofile";
  const pane = harness.openPane('new-session', '-d', '-s', 'macs', '-n', 'worker', prompt);
  const screen = () => harness.tmux('capture-pane', '-p', '-t', pane);
  await until('the prompt', () => screen() === 'ready$');
  harness.tmux('send-keys', '-t', pane, '-l', 'a draft');
  await until('the draft', () => screen().endsWith('a draft'));
  const flags = ['--socket', harness.socket, '--wait', '300', 'echo late'];
  const waiting = start('tools/tmux_bridge/send.sh', flags, { env: { TARGET_PANE_ALLOW_SHELL: '1' } });
  await until('it waits', () => waiting.said.stderr.includes('Resolved target'));
  waiting.child.kill('SIGTERM');
  // its output ends with the last process that holds it
  await waiting.ended;
  harness.tmux('send-keys', '-t', pane, 'C-c');
  await until('an empty prompt', () => screen().endsWith('ready$'));
  expect(screen()).not.toContain('late');
}, 60_000);
