import { expect, test } from 'vitest';
import { hasEnded } from '../../bridge/app/ended-agent.ts';
import { type PaneId, serverId } from '../../bridge/core/ids.ts';
import type { ListedPane, PaneIdentity } from '../../bridge/core/pane.ts';
import { systemSource } from '../../bridge/host/process-source.ts';
import type { TmuxServer } from '../../bridge/tmux/server.ts';

/** An agent is taken for gone where that is certain, and nowhere else. */

/** A process that lives as long as this test, and its tmux server. */
const own = systemSource().read(process.pid)!;
/** No system gives such a pid. */
const nobody = 2 ** 30;

const agent: PaneIdentity = {
  ...{ socketPath: '/run/tmux/s', host: 'here', server: serverId(own.pid, 1_764_000_000), paneId: '%3' as PaneId },
  ...{ panePid: 200, agentPid: own.pid, agentStartedAt: own.startedAt },
};
const away: PaneIdentity = { ...agent, socketPath: 'gpu:', host: 'gpu', agentPid: nobody };
const listed = (pane: PaneIdentity, more: Partial<PaneIdentity> = {}) =>
  ({ ...pane, ...more }) as unknown as ListedPane;
const another = (pane: PaneIdentity) => listed(pane, { paneId: '%9' as PaneId, panePid: 900 });
const serversWith = (isUp: boolean | null, panes: readonly ListedPane[]) => ({
  at: () => (isUp === null ? null : ({ isUp } as TmuxServer)),
  listed: panes,
});

test.each<[string, boolean, PaneIdentity, ReturnType<typeof serversWith>, readonly PaneIdentity[]]>([
  ['it lives, and its pane is listed', false, agent, serversWith(true, [listed(agent)]), [agent]],
  ['it lives, and its server lists nothing yet', false, agent, serversWith(true, []), []],
  ['it lives, and its server is not known, and lives', false, agent, serversWith(null, []), []],
  ['its process has ended', true, { ...agent, agentPid: nobody }, serversWith(true, [listed(agent)]), []],
  ['its pid is another process now', true, { ...agent, agentStartedAt: '1' }, serversWith(true, [listed(agent)]), []],
  ['its pane is listed no more', true, agent, serversWith(true, [another(agent)]), []],
  ['another process was started in its pane', true, agent, serversWith(true, [listed(agent, { panePid: 201 })]), []],
  ['another agent is watched there', true, agent, serversWith(true, [listed(agent)]), [{ ...agent, agentPid: 7 }]],
  [
    'nothing is known of it but its server, which has ended',
    true,
    { ...agent, agentPid: null, server: serverId(nobody, 1) },
    serversWith(false, []),
    [],
  ],
  ['its host is reached, and lists its pane', false, away, serversWith(true, [listed(away)]), []],
  ['its host is reached, and lists others', true, away, serversWith(true, [another(away)]), []],
  ['its host is not reached', false, away, serversWith(false, [another(away)]), []],
  ['its host is not known any more', false, away, serversWith(null, []), []],
])('%s: %s', (_what, isOver, one, servers, watched) => {
  expect(hasEnded(one, servers, watched)).toBe(isOver);
});
