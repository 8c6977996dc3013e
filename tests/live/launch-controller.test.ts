import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type StartControllerOptions, startController } from '../../bridge/launch/controller.ts';
import { packageRoot } from '../../bridge/launch/package-root.ts';
import { startWorker } from '../../bridge/launch/worker.ts';
import { LaunchHarness, until } from './launch-harness.ts';

let harness: LaunchHarness;
let repo: string;
beforeEach(() => {
  harness = new LaunchHarness();
  repo = join(harness.folder, 'repo');
  mkdirSync(repo);
  mkdirSync(join(harness.folder, 'skills/controller'), { recursive: true });
  writeFileSync(join(harness.folder, 'skills/controller/SKILL.md'), 'answer');
  writeFileSync(join(harness.folder, 'prompt.md'), 'be brief');
});
afterEach(() => harness.remove());

const start = (options: StartControllerOptions = {}, env: Record<string, string> = {}) =>
  startController(
    {
      repo,
      prompt: join(harness.folder, 'prompt.md'),
      skills: join(harness.folder, 'skills'),
      agentCommand: 'sleep 1000',
      ...options,
    },
    harness.tmuxAt,
    harness.environment({ TMUX_TMPDIR: harness.folder, ...env }),
  );
const session = (name = 'macs') => harness.tmux('new-session', '-d', '-s', name, '-n', 'worker', 'sleep', '1000');
const file = (name: string) => readFileSync(join(repo, '.codex', name), 'utf8');

test("MACS's files, the prompt, the skills for both agents and the wrapper are put into the repository", async () => {
  session();
  const report = await start({ socket: harness.socket, startAgent: false });
  expect(file('tmux-socket.txt')).toBe(`${harness.socket}\n`);
  expect(file('tmux-session.txt')).toBe('macs\n');
  expect(file('macs-path.txt')).toBe(`${packageRoot}\n`);
  expect(file('macs-tmux-bridge.txt')).toContain(join(packageRoot, 'scripts'));
  expect(file('prompts/controller.md')).toBe('be brief');
  expect(file('skills/controller/SKILL.md')).toBe('answer');
  expect(readFileSync(join(repo, '.claude/skills/controller/SKILL.md'), 'utf8')).toBe('answer');
  expect(statSync(join(repo, '.codex/tmux-bridge.sh')).mode & 0o111).toBe(0o111);
  expect(report.run).toEqual({ is: 'none' });
  expect(harness.panes()).toHaveLength(1);
});

test('a second start keeps what the user changed and says so; --force replaces it', async () => {
  session();
  await start({ socket: harness.socket, startAgent: false });
  writeFileSync(join(repo, '.codex/prompts/controller.md'), 'mine');
  const kept = await start({ startAgent: false });
  expect(file('prompts/controller.md')).toBe('mine');
  expect(kept.notes.join()).toContain('--force');
  await start({ startAgent: false, force: true });
  expect(file('prompts/controller.md')).toBe('be brief');
});

test('--force with the repository’s own prompt and skills as source keeps them', async () => {
  session();
  mkdirSync(join(repo, '.codex/skills/own'), { recursive: true });
  mkdirSync(join(repo, '.codex/prompts'), { recursive: true });
  writeFileSync(join(repo, '.codex/skills/own/SKILL.md'), 'own');
  writeFileSync(join(repo, '.codex/prompts/controller.md'), 'own prompt');
  symlinkSync(join(repo, '.codex'), join(repo, '.claude'));
  const env = {
    MACS_SKILLS_DIR: join(repo, '.codex/skills'),
    MACS_CONTROLLER_PROMPT: join(repo, '.codex/prompts/controller.md'),
  };
  await start({ socket: harness.socket, startAgent: false, force: true, prompt: null, skills: null }, env);
  expect(file('skills/own/SKILL.md')).toBe('own');
  expect(file('prompts/controller.md')).toBe('own prompt');
  expect(readdirSync(join(repo, '.codex/skills'))).toEqual(['own']);
});

test("the agent starts in a labelled pane of the worker's session, once", async () => {
  session();
  const first = await start({ socket: harness.socket });
  const second = await start();
  if (first.run.is !== 'pane' || second.run.is !== 'pane') throw new Error('not in a pane');
  expect(second.run).toMatchObject({
    paneId: first.run.paneId,
    made: 'nothing',
    agent: { is: 'running', program: 'sleep' },
  });
  expect(harness.panes().map((row) => row.split('|').slice(1).join('|'))).toEqual([
    'worker|%0|',
    `controller|${first.run.paneId}|controller`,
  ]);
  const path = harness.tmux('display-message', '-p', '-t', first.run.paneId, '#{pane_current_path}');
  expect(path).toBe(repo);
});

test("the agent's environment names the worker's server, session and repository", async () => {
  session();
  const out = join(harness.folder, 'env');
  const script = join(harness.folder, 'agent');
  writeFileSync(
    script,
    `#!/bin/sh\nprintf '%s|%s|%s' "$TMUX_SOCKET" "$TMUX_SESSION" "$MACS_REPO_ROOT" > ${out}.part; mv ${out}.part ${out}; sleep 1000\n`,
    { mode: 0o755 },
  );
  await start({ socket: harness.socket, agentCommand: script });
  await until('the agent', () => existsSync(out));
  expect(readFileSync(out, 'utf8')).toBe(`${harness.socket}|macs|${repo}`);
});

test('inside a pane of that server it runs here, and the pane is labelled; never in the worker’s own pane', async () => {
  session();
  const own = harness.openPane('new-window', '-t', 'macs:', 'sleep', '1000');
  const env = { TMUX: `${harness.socket},1,0`, TMUX_PANE: own };
  const report = await start({ socket: harness.socket }, env);
  expect(report.run).toMatchObject({ is: 'here', argv: ['sleep', '1000'], paneId: own, cwd: repo });
  expect(harness.panes()[1]).toMatch(/\|controller$/);
  harness.tmux('set-option', '-p', '-t', '%0', '@label', 'worker');
  await expect(start({}, { ...env, TMUX_PANE: '%0' })).rejects.toThrow(/worker's own pane/);
});

test('without a tmux server it exits 2 and installs nothing; --no-codex installs, --no-tmux-detect starts in this terminal', async () => {
  await expect(start()).rejects.toMatchObject({
    exitCode: 2,
    nextStep: expect.stringContaining('bridge start worker'),
  });
  expect(existsSync(join(repo, '.codex'))).toBe(false);
  const controller = await start({ startAgent: false });
  expect(controller.server).toBeNull();
  expect(file('prompts/controller.md')).toBe('be brief');
  const here = await start({ tmuxDetect: false });
  expect(here.run).toMatchObject({ is: 'here', paneId: null });
});

test('a server that was named and cannot be had is not exchanged for another', async () => {
  session();
  const none = join(harness.folder, 'none');
  await expect(start({ socket: none }, { TMUX_SOCKET: harness.socket })).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining(none),
  });
  await expect(start({ socket: harness.socket, session: 'mac' })).rejects.toThrow(/holds no session mac;/);
});

test('a server is not adopted because it is reachable, only because it holds the session', async () => {
  const folder = join(harness.folder, `tmux-${process.getuid?.()}`);
  mkdirSync(folder, { mode: 0o700 });
  const found = harness.tmuxAt(join(folder, 'default'));
  await found.run('new-session', '-d', '-s', 'private', 'sleep', '1000');
  await expect(start()).rejects.toMatchObject({ exitCode: 2 });
  await found.run('new-session', '-d', '-s', 'macs', 'sleep', '1000');
  const report = await start({ startAgent: false });
  expect(report.server).toMatchObject({ socketPath: join(folder, 'default'), session: 'macs' });
  const other = harness.tmuxAt(join(folder, 'other'));
  await other.run('new-session', '-d', '-s', 'macs', 'sleep', '1000');
  rmSync(join(repo, '.codex'), { recursive: true });
  await expect(start()).rejects.toThrow(/several servers hold a session macs/);
});

test('a live $TMUX_SOCKET wins over the recorded socket, and a dead one does not', async () => {
  session();
  const other = join(harness.folder, 'other');
  await harness.tmuxAt(other).run('new-session', '-d', '-s', 'macs', 'sleep', '1000');
  mkdirSync(join(repo, '.codex'));
  writeFileSync(join(repo, '.codex/tmux-socket.txt'), `${other}\n`);
  expect((await start({ startAgent: false }, { TMUX_SOCKET: harness.socket })).server?.socketPath).toBe(harness.socket);
  expect((await start({ startAgent: false }, { TMUX_SOCKET: join(harness.folder, 'dead') })).server?.socketPath).toBe(
    harness.socket,
  );
  writeFileSync(join(repo, '.codex/tmux-socket.txt'), 'bogus\n');
  expect((await start({ startAgent: false }, { TMUX_SOCKET: other })).server?.socketPath).toBe(other);
});

test("the worker's own start is found without naming anything", async () => {
  const environment = { ...harness.environment({ TMUX_TMPDIR: harness.folder }), cwd: repo };
  const worker = await startWorker(
    { agentCommand: 'sleep 1000', session: 'my work', skipSkills: true },
    harness.tmuxAt,
    environment,
  );
  const report = await start();
  expect(report.server).toMatchObject({ socketPath: worker.socketPath, session: 'my work' });
  expect(report.run.is).toBe('pane');
});

test("MACS's danger-full-access is left out and said; any other way to switch the guard off is refused", async () => {
  session();
  const bin = join(harness.folder, 'codex');
  writeFileSync(bin, '#!/bin/sh\n', { mode: 0o755 });
  const env = { PATH: `${harness.folder}:${process.env.PATH}`, TMUX: `${harness.socket},1,0`, TMUX_PANE: '%0' };
  const wish = { socket: harness.socket, agentCommand: null };
  const report = await start(wish, { ...env, MACS_CODEX_ARGS: '--sandbox danger-full-access --model "m 1"' });
  expect(report.notes.join()).toContain('danger-full-access');
  if (report.run.is !== 'here') throw new Error('not here');
  expect(report.run.argv.slice(0, -1)).toEqual([
    'codex',
    '--sandbox',
    'read-only',
    '--ask-for-approval',
    'on-request',
    '--model',
    'm 1',
  ]);
  await expect(start({ ...wish, codexArgs: '--yolo' }, env)).rejects.toMatchObject({ exitCode: 64 });
  await expect(start({ ...wish, codexArg: ['-c', 'sandbox_mode="danger-full-access"'] }, env)).rejects.toMatchObject({
    exitCode: 64,
  });
});

test('wrong names are named: a repository, a prompt or a skills folder that is not there', async () => {
  session();
  await expect(start({ repo: join(harness.folder, 'none') })).rejects.toThrow(/--repo/);
  await expect(start({ socket: harness.socket, prompt: '/none.md' })).rejects.toThrow(/--prompt/);
  await expect(start({ socket: harness.socket, skills: '/none' })).rejects.toThrow(/--skills/);
});
