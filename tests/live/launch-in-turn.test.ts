import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { attachLockFor } from '../../bridge/host/attach-lock.ts';
import { systemClock } from '../../bridge/host/clock.ts';
import { Locks } from '../../bridge/host/locks.ts';
import { runtimeFolder } from '../../bridge/host/runtime-folder.ts';
import { run } from './bridge-process.ts';
import { eachTestStartsWith, tmux } from './live-fixture.ts';

eachTestStartsWith();

test('a launcher opens nothing while a client of a bridge is just coming', async () => {
  const locks = new Locks(runtimeFolder({ XDG_RUNTIME_DIR: tmux.folder }));
  const turn = attachLockFor(tmux.socketPath, systemClock, locks);
  const work = ['start', 'worker', '--socket', tmux.socketPath, '--session', 'macs', '--skip-skills'];
  const started = await turn.exclusive(async () => {
    const launched = run(tmux, [...work, '--agent-command', 'sleep 1000']);
    const first = await Promise.race([
      launched,
      new Promise((resolve) => systemClock.after(3_000, () => resolve('waits'))),
    ]);
    expect(first).toBe('waits');
    expect(existsSync(tmux.socketPath)).toBe(false);
    return { launched };
  });
  expect(await started.launched).toMatchObject({ code: 0 });
  expect(await tmux.run('list-panes', '-a', '-F', '#{session_name} #{pane_current_command}')).toMatch(/^macs /);
});
