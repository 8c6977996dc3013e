import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { packageRoot } from '../../bridge/launch/package-root.ts';
import { LaunchHarness, until } from './launch-harness.ts';

/** A person who comes from MACS, with its tools at their old place in a repository: the real scripts and the real bridge. */
let harness: LaunchHarness;
let pane: string;
beforeAll(() => {
  if (!existsSync(join(packageRoot, 'dist/cli/main.js'))) throw new Error('dist is not built: npm run build');
});
beforeEach(async () => {
  harness = new LaunchHarness();
  const tools = join(harness.folder, 'tools/tmux_bridge');
  mkdirSync(tools, { recursive: true });
  for (const name of ['snapshot', 'send', 'status', 'set_target', 'start_controller', 'start_worker']) {
    writeFileSync(join(tools, `${name}.sh`), `#!/usr/bin/env bash\nexec "${packageRoot}/scripts/${name}.sh" "$@"\n`);
    chmodSync(join(tools, `${name}.sh`), 0o755);
  }
  pane = harness.openPane(
    'new-session',
    '-d',
    '-s',
    'macs-test',
    '-n',
    'worker',
    "PS1='ready$ ' exec bash --norc --noprofile",
  );
  await until('the prompt', () => screen(pane).startsWith('ready$'));
});
afterEach(() => harness.remove());

const screen = (id: string) => harness.tmux('capture-pane', '-p', '-t', id);
const shell = { TARGET_PANE_ALLOW_SHELL: '1' };
const at = (...more: string[]) => ['--socket', harness.socket, ...more];

function run(
  script: string,
  argv: string[],
  env: Record<string, string> = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const file = script.startsWith('.')
    ? join(harness.folder, script)
    : join(harness.folder, 'tools/tmux_bridge', script);
  const child = spawn(file, argv, {
    cwd: harness.folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOME: harness.folder,
      SHELL: '/bin/sh',
      BRIDGE_HOME: join(harness.folder, 'home'),
      ...env,
    },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (piece: string) => (stdout += piece));
  child.stderr.setEncoding('utf8').on('data', (piece: string) => (stderr += piece));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

test('a bare shell is held with exit 2 and nothing typed; TARGET_PANE_ALLOW_SHELL=1 sends', async () => {
  const held = await run('send.sh', at('--session', 'macs-test', 'touch harm'));
  expect(held.code).toBe(2);
  expect(screen(pane)).toBe('ready$');
  const sent = await run('send.sh', at('--session', 'macs-test', 'echo one-$((1+1))'), shell);
  expect(sent).toMatchObject({
    code: 0,
    stderr: expect.stringContaining(`Resolved target: session=macs-test pane=${pane}`),
  });
  await until('the command', () => screen(pane).includes('one-2'));
  expect(screen(pane).split('echo one').length).toBe(2);
});

test.each(['root@vm:~# ', 'runner@fv-az1234-567:~/work/some-project/some-project$ ', '[me@host some-project]$ '])(
  'at the prompt %j a command is sent once, and one that is half typed is held',
  async (prompt) => {
    harness.tmux('respawn-pane', '-k', '-t', pane, `PS1='${prompt}' exec bash --norc --noprofile`);
    await until('the prompt', () => screen(pane) === prompt.trimEnd());
    expect(await run('send.sh', at('echo one-$((1+1))'), shell)).toMatchObject({ code: 0 });
    await until('the command', () => screen(pane).endsWith(`one-2\n${prompt.trimEnd()}`));
    harness.tmux('send-keys', '-t', pane, '-l', 'rm -rf ');
    await until('the draft', () => screen(pane).endsWith('rm -rf'));
    expect((await run('send.sh', at('touch harm'), shell)).code).toBe(2);
    expect(screen(pane).endsWith('rm -rf')).toBe(true);
  },
);

test('snapshot shows the pane, status names it and does not call a shell idle', async () => {
  await run('send.sh', at('echo seen-here'), shell);
  await until('the command', () => /^seen-here/m.test(screen(pane)));
  const snapshot = await run('snapshot.sh', at('--lines', '20'));
  expect(snapshot).toMatchObject({ code: 0, stdout: expect.stringMatching(/^seen-here$/m) });
  const status = await run('status.sh', at());
  expect(status.stdout).toContain(`Resolved target: session=macs-test pane=${pane}\n`);
  expect(status.stdout).toMatch(/^(IDLE|BUSY)$/m);
  expect((await run('status.sh', at('--exit-code', '--pane', '%99'))).code).toBe(2);
});

test('set_target pins for the other scripts; a pin that has gone falls back to the label', async () => {
  const other = harness.openPane('new-window', '-d', '-t', 'macs-test:', '-n', 'other', 'echo the-other; exec cat');
  await until('the other', () => screen(other).includes('the-other'));
  const set = await run('set_target.sh', at('--pane', other));
  expect(set).toMatchObject({ code: 0, stdout: `Target pane set to: ${other}\n` });
  expect(readFileSync(join(harness.folder, '.codex/target-pane.txt'), 'utf8').split('\n')[0]).toBe(other);
  expect((await run('snapshot.sh', at())).stdout).toContain('the-other');
  writeFileSync(join(harness.folder, '.codex/target-pane.txt'), '%9999\n');
  expect((await run('snapshot.sh', at())).stdout).toContain('ready$');
  writeFileSync(join(harness.folder, 'tools/tmux_bridge/target_pane.txt'), `${other}\n`);
  expect((await run('snapshot.sh', at())).stdout).toContain('ready$');
});

test('the worker launcher and the controller launcher leave a wrapper that needs no flags', async () => {
  const worker = await run('start_worker.sh', [
    'my-worker',
    '--no-attach',
    '--no-codex',
    '--no-mouse',
    '--history-limit',
    '12345',
    '--skip-skills',
  ]);
  expect(worker.code).toBe(0);
  const socket = readFileSync(join(harness.folder, '.codex/tmux-socket.txt'), 'utf8').trim();
  expect(socket).toBe(join(harness.folder, '.codex/tmux.sock'));
  const tmux = harness.tmuxAt(socket);
  expect(await tmux.run('show-options', '-v', '-t', 'my-worker:', 'mouse')).toEqual(['off']);
  expect(await tmux.run('display-message', '-p', '-t', 'my-worker:', '#{history_limit}')).toEqual(['12345']);
  const controller = await run('start_controller.sh', ['--repo', harness.folder, '--skip-skills', '--no-codex']);
  expect(controller.code).toBe(0);
  await until('the prompt', async () =>
    /[$#]$/.test((await tmux.run('capture-pane', '-p', '-t', 'my-worker:')).join('\n').trimEnd()),
  );
  const wrapper = './.codex/tmux-bridge.sh';
  const set = await run(wrapper, ['set_target'], { TMUX_SOCKET: '' });
  expect(set).toMatchObject({ code: 0, stdout: expect.stringContaining('Target pane set to: %') });
  expect((await run(wrapper, ['send', 'echo through-the-wrapper'], { ...shell, TMUX_SOCKET: '' })).code).toBe(0);
  const look = () => run(wrapper, ['snapshot', '--lines', '20']);
  expect((await look()).stdout).toContain('through-the-wrapper');
  // a live TMUX_SOCKET wins over the recorded one, a dead one does not
  const live = await run(wrapper, ['snapshot', '--session', 'macs-test'], { TMUX_SOCKET: harness.socket });
  expect(live.stdout).toContain('ready$');
  expect((await run(wrapper, ['snapshot'], { TMUX_SOCKET: join(harness.folder, 'dead') })).stdout).toContain(
    'through-the-wrapper',
  );
  expect((await run(wrapper, ['explode'])).code).toBe(64);
});

test('start_worker twice through the command line adds no window, and an unknown flag is a usage error', async () => {
  const argv = [
    '--session',
    'two',
    '--tmux-socket',
    harness.socket,
    '--detach',
    '--agent-command',
    'sleep 1000',
    '--skip-skills',
  ];
  expect((await run('start_worker.sh', argv)).code).toBe(0);
  expect((await run('start_worker.sh', argv)).code).toBe(0);
  expect(harness.panes().filter((row) => row.startsWith('two|'))).toHaveLength(1);
  expect((await run('start_worker.sh', ['--sesion', 'x'])).code).toBe(64);
  expect((await run('start_worker.sh', ['--history-limit', 'many'])).code).toBe(64);
  expect((await run('start_worker.sh', ['a.b', '--no-codex'])).code).toBe(64);
});

test('without a tmux server start_controller ends with 2', async () => {
  const repo = join(harness.folder, 'repo');
  mkdirSync(repo);
  const ran = await run('start_controller.sh', ['--repo', repo, '--agent-command', 'sleep 1000'], {
    TMUX_TMPDIR: repo,
    XDG_RUNTIME_DIR: repo,
  });
  expect(ran.code).toBe(2);
});
