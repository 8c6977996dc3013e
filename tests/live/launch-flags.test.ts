import { expect, test } from 'vitest';
import { makeWork, run } from './bridge-process.ts';
import { eachTestStartsWith, home, tmux } from './live-fixture.ts';

eachTestStartsWith();

test.each([
  ['--no-agent', '--agent', 'claude'],
  ['--agent', 'claude', '--no-agent'],
  ['--no-codex', '--agent', 'claude'],
])('start worker %s %s %s starts no agent', async (...flags) => {
  const here = { cwd: makeWork(tmux, 'project'), env: { BRIDGE_HOME: home } };
  const args = ['start', 'worker', '--tmux-socket', tmux.socketPath, '--no-attach', '--skip-skills', ...flags];
  const started = await run(tmux, args, here);
  expect(started).toMatchObject({ code: 0, stdout: expect.stringContaining('no agent was started') });
});
