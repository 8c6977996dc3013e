import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { paneCommand } from '../../bridge/launch/pane-command.ts';
import { LaunchHarness, until } from './launch-harness.ts';

let harness: LaunchHarness;
beforeEach(() => {
  harness = new LaunchHarness();
});
afterEach(() => harness.remove());

/** /bin/sh is bash on some systems and dash on others. */
describe.each([[['/bin/sh']], [['bash', '--posix']]])('under %j', (shell) => {
  const run = (argv: string[], env: Record<string, string> = {}) => {
    const [, ...command] = paneCommand('worker', { name: 'agent', argv, env, guardedBy: '' }, {});
    return harness.openPane('new-session', '-d', '-s', 'a', '-c', harness.folder, ...shell, ...command);
  };
  const foreground = (pane: string) => harness.tmux('display-message', '-p', '-t', pane, '#{pane_current_command}');
  const screen = (pane: string) => harness.tmux('capture-pane', '-p', '-t', pane);

  test('an agent ended by Ctrl-C leaves a shell that runs what is typed next', async () => {
    const pane = run(['sleep', '1000']);
    await until('the agent', () => foreground(pane) === 'sleep');
    expect(harness.tmux('display-message', '-p', '-t', pane, '#{pane_title}')).toBe('worker');
    harness.tmux('send-keys', '-t', pane, 'C-c');
    await until('its end', () => screen(pane).includes('[agent ended with 130]'));
    harness.tmux('send-keys', '-t', pane, 'touch shell-works', 'Enter');
    await until('the shell', () => existsSync(join(harness.folder, 'shell-works')));
  });

  test('an agent suspended with Ctrl-Z waits for Enter, drops what is typed, and goes on', async () => {
    const pane = run(['sleep', '1000']);
    await until('the agent', () => foreground(pane) === 'sleep');
    for (const _ of [1, 2]) {
      harness.tmux('clear-history', '-t', pane);
      harness.tmux('send-keys', '-t', pane, 'C-z');
      await until('the offer', () => foreground(pane) !== 'sleep');
      harness.tmux('send-keys', '-t', pane, 'touch harm', 'Enter');
      await until('the agent again', () => foreground(pane) === 'sleep');
    }
    expect(existsSync(join(harness.folder, 'harm'))).toBe(false);
  });

  test('an exit code of 20 is an end, although 20 is also the number of a stop signal', async () => {
    const pane = run(['sh', '-c', 'exit 20']);
    await until('its end', () => screen(pane).includes('[agent ended with 20]'));
  });

  test("the agent's environment is its own: the shell that stays does not have it", async () => {
    const pane = run(['sh', '-c', 'printf "in:%s\\n" "$MARK"'], { MARK: "it's $(touch harm)" });
    await until('the agent', () => screen(pane).includes("in:it's $(touch harm)"));
    await until('its end', () => screen(pane).includes('[agent ended with 0]'));
    harness.tmux('send-keys', '-t', pane, 'printf "out:%s.\\n" "$MARK"', 'Enter');
    await until('the shell', () => /^out:\.$/m.test(screen(pane)));
    expect(existsSync(join(harness.folder, 'harm'))).toBe(false);
  });
});
