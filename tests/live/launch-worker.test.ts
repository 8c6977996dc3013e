import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startWorker } from '../../bridge/launch/worker.ts';
import type { StartWorkerOptions } from '../../bridge/launch/worker-settings.ts';
import { LaunchHarness, until } from './launch-harness.ts';

let harness: LaunchHarness;
beforeEach(() => {
  harness = new LaunchHarness();
});
afterEach(() => harness.remove());

const start = (options: StartWorkerOptions = {}, env: Record<string, string> = {}) =>
  startWorker(
    { socket: harness.socket, session: 'macs', agentCommand: 'sleep 1000', skipSkills: true, ...options },
    harness.tmuxAt,
    harness.environment(env),
  );
const foreground = (pane: string) => harness.tmux('display-message', '-p', '-t', pane, '#{pane_current_command}');

test('starting a worker twice adds no window and no pane', async () => {
  const first = await start();
  const second = await start();
  expect(first.made).toBe('session');
  expect(second.made).toBe('nothing');
  expect(second.paneId).toBe(first.paneId);
  expect(harness.panes()).toEqual([`macs|worker|${first.paneId}|worker`]);
  expect(second.agent).toMatchObject({ is: 'running', program: 'sleep' });
});

test('the labelled pane is found again while another window is active, whatever its title and window are called now', async () => {
  const first = await start();
  harness.tmux('rename-window', '-t', first.paneId, 'elsewhere');
  harness.tmux('select-pane', '-t', first.paneId, '-T', 'Working on it');
  harness.tmux('new-window', '-t', 'macs:', '-n', 'worker', 'sleep', '1000');
  const again = await start();
  expect(again.paneId).toBe(first.paneId);
  expect(harness.panes()).toHaveLength(2);
});

test('mouse and history-limit apply to the pane, and to no other session of the server', async () => {
  harness.tmux('new-session', '-d', '-s', 'other', 'sleep', '1000');
  const report = await start({ mouse: true, historyLimit: 4321 });
  expect(harness.tmux('display-message', '-p', '-t', report.paneId, '#{history_limit} #{mouse}')).toMatch(
    /^4321 (1|on)$/,
  );
  expect(report).toMatchObject({ paneHistoryLimit: 4321, paneMouse: true });
  expect(harness.tmux('show-options', '-g', '-v', 'history-limit')).toBe('2000');
  expect(harness.tmux('show-options', '-g', '-v', 'mouse')).toBe('off');
  expect(harness.tmux('show-options', '-A', '-v', '-t', 'other:', 'history-limit')).toBe('2000');
});

test('the report says which scrollback limit a pane that was there already has, and how to get the other', async () => {
  const { paneId } = await start({ historyLimit: 3000 });
  const again = await start({ historyLimit: 9000, mouse: false });
  const applies = Number(harness.tmux('display-message', '-p', '-t', paneId, '#{history_limit}'));
  // a pane keeps the one it was made with up to tmux 3.6b, and takes the new one with 3.7c
  expect([3000, 9000]).toContain(applies);
  expect(again.paneHistoryLimit).toBe(applies);
  expect(again.paneMouse).toBe(false);
  const keeps = new RegExp(`${paneId} keeps its history-limit of 3000.*--reset-session`);
  expect(keeps.test(again.notes.join('\n'))).toBe(applies === 3000);
});

test('the agent is the foreground program, and a shell is left when it ends', async () => {
  const { paneId, agent } = await start();
  expect(agent).toMatchObject({ is: 'started', command: 'sleep 1000' });
  await until('the agent', () => foreground(paneId) === 'sleep');
  harness.tmux('send-keys', '-t', paneId, 'C-c');
  await until('the shell', () => /^(ba|da|z)?sh$/.test(foreground(paneId)));
  // a shell is there before it has said so
  await until('how it ended', () =>
    harness.tmux('capture-pane', '-p', '-t', paneId).includes('[sleep ended with 130]'),
  );
});

test('arguments reach the agent exactly, whatever a shell or tmux would make of them', async () => {
  const out = join(harness.folder, 'argv');
  const script = join(harness.folder, 'agent.sh');
  writeFileSync(script, `#!/bin/sh\nprintf '%s\\n' "$@" > ${out}.part; mv ${out}.part ${out}; sleep 1000\n`, {
    mode: 0o755,
  });
  const words = ['$(touch x)', '`touch x`', 'a;', ';', '#{pid}', "it's", '"q"', '\\', '*', '~', '!x', 'é 漢'];
  await start({ agentCommand: script, agentArgs: words });
  await until('the arguments', () => existsSync(out));
  expect(readFileSync(out, 'utf8').split('\n').slice(0, -1)).toEqual(words);
  expect(existsSync(join(harness.folder, 'x'))).toBe(false);
});

test('a folder name that tmux would run as a command is only a folder name', async () => {
  const folder = join(harness.folder, '#(touch x)');
  mkdirSync(folder);
  const environment = { ...harness.environment(), cwd: folder };
  const report = await startWorker(
    { socket: harness.socket, agentCommand: 'sleep 1000', skipSkills: true },
    harness.tmuxAt,
    environment,
  );
  await until(
    'the folder',
    () => harness.tmux('display-message', '-p', '-t', report.paneId, '#{pane_current_path}') === folder,
  );
  expect(existsSync(join(harness.folder, 'x'))).toBe(false);
});

test('nothing is typed into a pane that runs something, even with --start-agent', async () => {
  harness.tmux('new-session', '-d', '-s', 'macs', '-n', 'worker', 'exec cat');
  await until('the program', () => foreground('macs:') === 'cat');
  const report = await start({ startAgent: 'always' });
  expect(report.made).toBe('nothing');
  expect(report.agent).toMatchObject({ is: 'held', reason: expect.stringContaining('cat runs there') });
  expect(harness.tmux('capture-pane', '-p', '-t', report.paneId)).toBe('');
});

test('nothing is typed at a prompt that is not the shell’s, although tmux names the shell', async () => {
  harness.tmux('new-session', '-d', '-s', 'macs', '-n', 'worker', 'printf "mysql> "; cat; true');
  await until('the prompt', () => harness.tmux('capture-pane', '-p', '-t', 'macs:') === 'mysql>');
  expect(foreground('macs:')).toBe('sh');
  const report = await start({ startAgent: 'always' });
  expect(report.agent).toMatchObject({ is: 'held', reason: expect.stringContaining('not at its prompt') });
  expect(harness.tmux('capture-pane', '-p', '-t', 'macs:')).toBe('mysql>');
});

/** A shell whose prompt is the same on every machine. */
const shellPane = async () => {
  harness.tmux(
    'new-session',
    '-d',
    '-s',
    'macs',
    '-n',
    'worker',
    '-x',
    '120',
    '-y',
    '40',
    "PS1='ready$ ' exec bash --norc --noprofile",
  );
  await until('the prompt', () => harness.tmux('capture-pane', '-p', '-t', 'macs:').startsWith('ready$'));
};

test('a shell that was there already is left alone, and with --start-agent gets the command at its empty prompt', async () => {
  await shellPane();
  const left = await start();
  expect(left.agent).toMatchObject({ is: 'held', reason: expect.stringContaining('--start-agent') });
  expect(harness.tmux('capture-pane', '-p', '-t', left.paneId)).toBe('ready$');
  const typed = await start({ startAgent: 'always' });
  expect(typed.agent.is).toBe('typed');
  await until('the agent', () => foreground(typed.paneId) === 'sleep');
  expect(harness.panes()).toHaveLength(1);
});

test('a half-typed command line is neither run nor lost', async () => {
  await shellPane();
  harness.tmux('send-keys', '-t', 'macs:', '-l', 'rm -rf precious');
  await until('the draft', () => harness.tmux('capture-pane', '-p', '-t', 'macs:').includes('precious'));
  const report = await start({ startAgent: 'always' });
  expect(report.agent).toMatchObject({ is: 'held', reason: 'its prompt cannot be seen to be empty' });
  expect(harness.tmux('capture-pane', '-p', '-t', 'macs:')).toBe('ready$ rm -rf precious');
});

test('a program that is called like a shell but is not the one at the prompt is not typed into', async () => {
  await shellPane();
  harness.tmux('send-keys', '-t', 'macs:', 'bash -c "echo runs-$((1+1)); read -r line; echo got:$line"', 'Enter');
  await until('the script', () => harness.tmux('capture-pane', '-p', '-t', 'macs:').includes('runs-2'));
  const report = await start({ startAgent: 'always' });
  expect(report.agent.is).toBe('held');
  expect(harness.tmux('capture-pane', '-p', '-t', 'macs:')).not.toMatch(/^got:/m);
});

test('--reset-session ends that session and no other, and its server lives on', async () => {
  const first = await start();
  harness.tmux('new-session', '-d', '-s', 'macs-2', 'sleep', '1000');
  const pid = harness.tmux('display-message', '-p', '#{pid}');
  const again = await start({ resetSession: true, historyLimit: 777 });
  expect(again.paneId).not.toBe(first.paneId);
  expect(again.paneHistoryLimit).toBe(777);
  expect(
    harness
      .panes()
      .map((row) => row.split('|')[0])
      .sort(),
  ).toEqual(['macs', 'macs-2']);
  expect(harness.tmux('display-message', '-p', '#{pid}')).toBe(pid);
});

test('--reset-session is refused from inside the session', async () => {
  const { paneId } = await start();
  const env = { TMUX: `${harness.socket},1,0`, TMUX_PANE: paneId };
  await expect(start({ resetSession: true }, env)).rejects.toThrow(/inside session macs/);
  expect(harness.panes()).toHaveLength(1);
});

test('a session is never taken for another whose name it begins', async () => {
  harness.tmux('new-session', '-d', '-s', 'macs-long', '-n', 'worker', 'sleep', '1000');
  const report = await start();
  expect(report.made).toBe('session');
  expect(
    harness
      .panes()
      .map((row) => row.split('|')[0])
      .sort(),
  ).toEqual(['macs', 'macs-long']);
});

test('a session name with a space works as it is written; one with a dot or a colon is refused before anything is made', async () => {
  const report = await start({ session: 'my project' });
  expect((await start({ session: 'my project' })).paneId).toBe(report.paneId);
  expect(harness.panes()).toHaveLength(1);
  for (const session of ['a.b', 'a:b', 'a#(touch x)', '=a', '']) {
    await expect(start({ session })).rejects.toMatchObject({ exitCode: 64 });
  }
  expect(harness.panes()).toHaveLength(1);
});

test('the settings file is read and not run', async () => {
  const file = join(harness.folder, 'worker.env');
  writeFileSync(file, 'export TMUX_MOUSE="off"  # quiet\nTMUX_HISTORY_LIMIT=12345\n');
  const report = await start({ tmuxConfig: file });
  expect(report).toMatchObject({ paneHistoryLimit: 12345, paneMouse: false, configFile: file });
  writeFileSync(file, 'TMUX_MOUSE=off\nTMUX_SOCKET=$(touch x)\n');
  await expect(start({ tmuxConfig: file })).rejects.toMatchObject({
    exitCode: 64,
    message: expect.stringContaining(`${file}:2`),
  });
  writeFileSync(file, 'touch x\n');
  await expect(start({ tmuxConfig: file })).rejects.toThrow(`${file}:1`);
  expect(existsSync(join(harness.folder, 'x'))).toBe(false);
});

test('flag beats environment beats file, for each of the three settings', async () => {
  mkdirSync(join(harness.folder, '.codex'));
  const other = join(harness.folder, 'file.sock');
  writeFileSync(
    join(harness.folder, '.codex', 'tmux-worker.env'),
    `TMUX_MOUSE=off\nTMUX_HISTORY_LIMIT=111\nTMUX_SOCKET=${other}\n`,
  );
  const byFile = await start({ socket: null });
  expect(byFile).toMatchObject({ socketPath: other, paneHistoryLimit: 111, paneMouse: false });
  const env = { TMUX_SOCKET: harness.socket, MACS_TMUX_MOUSE: 'yes', MACS_TMUX_HISTORY_LIMIT: '222' };
  const byEnvironment = await start({ socket: null }, env);
  expect(byEnvironment).toMatchObject({ socketPath: harness.socket, paneHistoryLimit: 222, paneMouse: true });
  const byFlag = await start({ socket: null, session: 'two', mouse: false, historyLimit: 333 }, env);
  expect(byFlag).toMatchObject({ socketPath: harness.socket, paneHistoryLimit: 333, paneMouse: false });
});

test("the repository's own socket is the default, and MACS's two files name session and socket", async () => {
  const report = await start({ socket: null }, { TMUX_SOCKET: '' });
  const folder = join(harness.folder, '.codex');
  expect(report.socketPath).toBe(join(folder, 'tmux.sock'));
  expect(readFileSync(join(folder, 'tmux-socket.txt'), 'utf8')).toBe(`${join(folder, 'tmux.sock')}\n`);
  expect(readFileSync(join(folder, 'tmux-session.txt'), 'utf8')).toBe('macs\n');
});

test('a state file that is a link is replaced, not written through', async () => {
  const precious = join(harness.folder, 'precious');
  writeFileSync(precious, 'mine');
  mkdirSync(join(harness.folder, '.codex'));
  symlinkSync(precious, join(harness.folder, '.codex', 'tmux-socket.txt'));
  await start();
  expect(readFileSync(precious, 'utf8')).toBe('mine');
});

test('--no-agent makes the pane and starts nothing in it', async () => {
  const report = await start({ startAgent: 'never', agentCommand: null });
  expect(report.agent.is).toBe('not-wanted');
  await until('a shell', () => /sh$/.test(foreground(report.paneId)));
  expect(harness.panes()).toEqual([`macs|worker|${report.paneId}|worker`]);
});

test('an agent that is not installed is named with its install line, and nothing is made', async () => {
  const environment = { ...harness.environment(), env: { PATH: harness.folder, HOME: harness.folder } };
  const wish = startWorker({ socket: harness.socket, agent: 'codex', skipSkills: true }, harness.tmuxAt, environment);
  await expect(wish).rejects.toMatchObject({ nextStep: expect.stringContaining('npm install -g @openai/codex') });
  expect(existsSync(harness.socket)).toBe(false);
});

test('without a terminal nothing is attached; with one the command goes to this very session and window', async () => {
  const without = await start({ attach: true, terminal: false });
  expect(without.attach).toBeNull();
  expect(without.notes).toContain('not attached: this is not a terminal');
  const report = await start({ attach: true, terminal: true });
  expect(report.attach?.slice(0, 4)).toEqual(['tmux', '-S', harness.socket, 'attach-session']);
  const inside = await start({ attach: true, terminal: true }, { TMUX: `${harness.socket},1,0` });
  expect(inside.attach?.[3]).toBe('switch-client');
  const elsewhere = await start({ attach: true, terminal: true }, { TMUX: '/no,where,1,0' });
  expect(elsewhere.attach).toBeNull();
});

test('a pane whose program has ended but which stayed gets the agent again', async () => {
  harness.tmux('new-session', '-d', '-s', 'macs', '-n', 'worker', 'sleep', '1000');
  harness.tmux('set-option', '-t', 'macs:', 'remain-on-exit', 'on');
  harness.tmux('respawn-pane', '-k', '-t', 'macs:', 'true');
  await until('the end', () => harness.tmux('display-message', '-p', '-t', 'macs:', '#{pane_dead}') === '1');
  const report = await start();
  expect(report.agent.is).toBe('started');
  await until('the agent', () => foreground(report.paneId) === 'sleep');
});
