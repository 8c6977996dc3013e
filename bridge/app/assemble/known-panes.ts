import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { processNames } from '../../agent-programs/index.ts';
import type { TmuxEvent } from '../../core/events.ts';
import { attachLockFor } from '../../host/attach-lock.ts';
import { type FollowingClock, steadyClock } from '../../host/clock.ts';
import { ProcessTree } from '../../host/process-tree.ts';
import type { Journal } from '../../journal/journal.ts';
import { HookReceiver } from '../../panes/hook-receiver.ts';
import { Panes } from '../../panes/panes.ts';
import { TmuxServers } from '../../tmux/servers.ts';
import type { Projects } from '../projects.ts';

/** Connections to tmux servers, what is known of their panes, and what agents report through their hooks. */
export function assemblePanes(parts: {
  home: string;
  clock: FollowingClock;
  journal: Journal;
  projects: Projects;
  emit: (event: TmuxEvent) => void;
}): { servers: TmuxServers; panes: Panes; hooks: HookReceiver } {
  const { home, clock, journal, projects } = parts;
  const servers = new TmuxServers({
    clock: steadyClock,
    aloneAt: (socketPath) => {
      const lock = attachLockFor(socketPath, steadyClock);
      return (work) => lock.exclusive(work);
    },
    pidFileFor: (socketPath) => join(home, clientsFile(socketPath)),
    onEvent: parts.emit,
  });
  const hooks = new HookReceiver({
    clock,
    aheadMs: () => clock.aheadMs,
    panes: () => panes.list(),
    identify: (facts) => panes.identify(facts),
    record: (event) => journal.record(event),
  });
  const panes = new Panes({
    servers,
    processes: new ProcessTree(processNames),
    clock,
    choiceFor: (pane) => {
      const { agent, agents } = projects.configFor(pane);
      return { agent, agents };
    },
    hookStateOf: (identity) => hooks.stateOf(identity),
  });
  return { servers, panes, hooks };
}

/** One file for each way to a server. */
function clientsFile(socketPath: string): string {
  return `tmux-clients-${createHash('sha256').update(socketPath).digest('hex').slice(0, 12)}.json`;
}
