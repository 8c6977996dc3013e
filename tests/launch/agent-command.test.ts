import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchable } from '../../bridge/agent-programs/index.ts';
import { controllerCommand, startablePrograms, workerCommand } from '../../bridge/launch/agent-command.ts';
import { guardOff } from '../../bridge/launch/guard-off.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridge-agents-'));
  for (const { launch } of launchable) writeFileSync(join(folder, launch.executable), '#!/bin/sh\n', { mode: 0o755 });
  writeFileSync(join(folder, 'notes.txt'), '');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const environment = (env: Record<string, string> = {}) => ({ env: { PATH: folder, ...env }, cwd: folder });
const worker = (agent: string, yolo = false, env = {}) =>
  workerCommand({ agent, command: null, yolo, args: [] }, environment(env));

test.each(launchable.filter(({ launch }) => launch.guarded !== null && launch.yolo !== null).map(({ name }) => name))(
  '%s starts with its guard on, and without it only where the user wrote --yolo',
  (name) => {
    const agent = worker(name);
    expect(guardOff(agent.argv)).toBeNull();
    const open = worker(name, true);
    expect([open.argv, open.env]).not.toEqual([agent.argv, agent.env]);
    expect(open.guardedBy).toMatch(/--yolo/);
  },
);

test('what can be started under its guard is told from what cannot, each with its reason', () => {
  const all = startablePrograms(environment());
  expect(all.map(({ name }) => name)).toEqual(launchable.map(({ name }) => name));
  for (const { name, why } of all) {
    const starts = () => worker(name);
    if (why === null) expect(guardOff(starts().argv)).toBeNull();
    else expect(starts).toThrow();
  }
  expect(all.find(({ name }) => name === 'pi')!.why).toContain('`bridge start worker --agent pi --yolo`');
  const { install, executable } = launchable[0]!.launch;
  const [none] = startablePrograms({ env: { PATH: '/nowhere' }, cwd: folder });
  expect(none!.why).toBe(`${executable} is not on the bridge's PATH: ${install}`);
});

test('an agent that guards nothing is not started without --yolo', () => {
  expect(() => worker('pi')).toThrow(/acts unasked/);
  expect(worker('pi', true).argv).toEqual(['pi']);
});

test('--yolo is refused for an agent that has no word for it', () => {
  expect(worker('grok').argv).toEqual(['grok']);
  expect(() => worker('grok', true)).toThrow(/no word for it/);
});

test('an unknown agent is a usage error that lists the known ones', () => {
  const next = expect.stringMatching(/^did you mean 'codex'\?\nexpected one of codex, claude, gemini, opencode/);
  expect(() => worker('codx')).toThrow(expect.objectContaining({ target: 'codx', exitCode: 64, nextStep: next }));
});

test("MACS_CODEX_HOME becomes the agent's CODEX_HOME; otherwise the user's own stays", () => {
  expect(worker('codex', false, { MACS_CODEX_HOME: '/h' }).env).toEqual({ CODEX_HOME: '/h' });
  expect(worker('codex').env).toEqual({});
});

test('every controller is kept from writing or asks first, and gets its first prompt as one word', () => {
  for (const agent of launchable) {
    const wish = { agent: agent.name, command: null, args: ['--model', 'm'], prompt: 'read it; go' };
    if (agent.launch.controller === null) {
      expect(() => controllerCommand(wish, environment())).toThrow(/cannot be kept from writing/);
      continue;
    }
    const command = controllerCommand(wish, environment());
    expect(guardOff(command.argv), agent.name).toBeNull();
    expect(command.argv.at(-1)).toBe('read it; go');
  }
  const codex = controllerCommand({ agent: 'codex', command: null, args: [], prompt: 'p' }, environment());
  expect(codex.argv).toEqual(['codex', '--sandbox', 'read-only', '--ask-for-approval', 'on-request', 'p']);
});

test('a sandbox the user names stands in place of ours, not beside it', () => {
  const command = controllerCommand(
    { agent: 'codex', command: null, args: ['--sandbox=workspace-write'], prompt: 'p' },
    environment(),
  );
  expect(command.argv).toEqual(['codex', '--ask-for-approval', 'on-request', '--sandbox=workspace-write', 'p']);
});

test('a command of the user’s own is split, not run by a shell, and must be a program', () => {
  const wish = (command: string) =>
    workerCommand({ agent: 'codex', command, yolo: false, args: ['x y'] }, environment());
  expect(wish('codex "a b" $HOME').argv).toEqual(['codex', 'a b', '$HOME', 'x y']);
  expect(() => wish('notes.txt')).toThrow(/not a program/);
  expect(() => workerCommand({ agent: 'codex', command: ' ', yolo: false, args: [] }, environment())).toThrow(
    /names no program/,
  );
});

test.each([
  [['--sandbox', 'danger-full-access']],
  [['-c', 'sandbox_mode="danger-full-access"']],
  [['--yolo']],
  [['--allow-all']],
  [['--allow-all-tools']],
  [['-y']],
  [['--dangerously-skip-permissions']],
  [['--dangerously-bypass-approvals-and-sandbox']],
  [['--approval-mode', 'yolo']],
  [['--approval-mode=auto_edit']],
  [['--permission-mode', 'bypassPermissions']],
  [['--permission-mode=auto']],
  [['--sandbox', 'workspace-write', '-a', 'never']],
])('%j switches a guard off', (argv) => {
  expect(guardOff(argv)).not.toBeNull();
});

test.each([[['--sandbox', 'read-only', '-a', 'never']], [['--model', 'yolo']], [['--ask-for-approval', 'on-request']]])(
  '%j does not',
  (argv) => {
    expect(guardOff(argv)).toBeNull();
  },
);
