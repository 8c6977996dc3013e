import { afterEach, beforeEach, expect, test } from 'vitest';
import type { PaneId } from '../../bridge/core/ids.ts';
import { systemClock } from '../../bridge/host/clock.ts';
import { ProcessTree } from '../../bridge/host/process-tree.ts';
import { Sight } from '../../bridge/sight.ts';
import { ExecCommands } from '../../bridge/tmux/exec.ts';
import { type PrivateTmux, privateTmux } from '../fixtures/private-tmux.ts';

let tmux: PrivateTmux;
let sight: Sight;
beforeEach(() => {
  tmux = privateTmux();
  sight = new Sight({
    tmux: new ExecCommands({ socketPath: tmux.socketPath, tmux: 'tmux' }),
    processes: new ProcessTree(),
    clock: systemClock,
    choice: { agent: null, agents: {} },
  });
});
afterEach(() => tmux.stop());

test('what a pane said is remembered while it is there, and no longer', async () => {
  const paneId = (await tmux.run('new-session', '-d', '-P', '-F', '#{pane_id}', 'exec sleep 1000')).trim() as PaneId;
  const snapshot = (await sight.look(paneId))!;
  sight.rang(paneId, Buffer.from('\x1b]7501;state=working\x07'), true);
  sight.forgetOthers(await sight.panes());
  expect(sight.motion(snapshot).signals.state).toBe('working');
  sight.forgetOthers([]);
  expect(sight.motion(snapshot).signals.state).toBeUndefined();
});
