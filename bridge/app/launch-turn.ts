import { attachLockFor } from '../host/attach-lock.ts';
import { steadyClock } from '../host/clock.ts';
import type { Tmux } from '../launch/tmux.ts';
import { ExecCommands } from '../tmux/exec.ts';

/** How launchers speak with a tmux server: each command in turn with whoever comes to it just then. */
export function tmuxAt(socketPath: string): Tmux {
  const tmux = new ExecCommands({ socketPath });
  const attachLock = attachLockFor(socketPath, steadyClock);
  return { run: (...argv) => attachLock.exclusive(() => tmux.run(...argv)) };
}
