import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { processNames } from '../../agent-programs/index.ts';
import type { TmuxEvent } from '../../core/events.ts';
import { attachLockFor } from '../../host/attach-lock.ts';
import { type FollowingClock, steadyClock } from '../../host/clock.ts';
import type { Hosts } from '../../host/hosts/hosts.ts';
import type { Journal } from '../../journal/journal.ts';
import { HookReceiver } from '../../panes/hook-receiver.ts';
import { Panes } from '../../panes/panes.ts';
import { Programs } from '../../panes/programs.ts';
import { inTurn } from '../../tmux/attach-turn.ts';
import { TmuxServers } from '../../tmux/servers.ts';
import type { Projects } from '../projects.ts';
import { processesBy, wayBy } from '../ways.ts';

/** Connections to tmux servers, what is known of their panes, and what agents report through their hooks. */
export function assemblePanes(parts: {
  home: string;
  clock: FollowingClock;
  journal: Journal;
  projects: Projects;
  hosts: Hosts;
  emit: (event: TmuxEvent) => void;
}): { servers: TmuxServers; panes: Panes; hooks: HookReceiver } {
  const { home, clock, journal, projects, hosts } = parts;
  const wayTo = wayBy(hosts);
  const servers = new TmuxServers({
    clock: steadyClock,
    aloneAt: (socketPath) => {
      const lock = attachLockFor(socketPath, steadyClock);
      const { commands } = wayTo(socketPath);
      return (work) => lock.exclusive(() => inTurn(commands, steadyClock, work));
    },
    clientsPlaceFor: (socketPath) => join(home, clientsPlace(socketPath)),
    wayTo,
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
    programs: new Programs(processNames, processesBy(hosts)),
    clock,
    choiceFor: (pane) => {
      const { agent, agents } = projects.configFor(pane);
      return { agent, agents };
    },
    hookStateOf: (identity) => hooks.stateOf(identity),
  });
  return { servers, panes, hooks };
}

/** One for each way to a server. */
function clientsPlace(socketPath: string): string {
  return `tmux-clients-${createHash('sha256').update(socketPath).digest('hex').slice(0, 12)}`;
}
