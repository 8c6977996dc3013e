import { serverPidOf } from '../core/ids.ts';
import { identityKey, type PaneIdentity, sameAgent, samePane, sameServer } from '../core/pane.ts';
import { isHere } from '../core/way.ts';
import { systemSource } from '../host/process-source.ts';
import type { TmuxServers } from '../tmux/servers.ts';

/**
 * Whether it is certain that an agent is there no more: its process has ended, its pane is listed no more, another agent is
 * watched in its pane, or its tmux server has ended. Of a machine that is not reached nothing is certain.
 * @param watched whom bridge watches by now
 */
export function hasEnded(
  agent: PaneIdentity,
  servers: Pick<TmuxServers, 'at' | 'listed'>,
  watched: readonly PaneIdentity[],
): boolean {
  if (isHere(agent) && hasProcessEnded(agent)) return true;
  if (watched.some((other) => samePane(other, agent) && !sameAgent(other, agent))) return true;
  const server = servers.at(agent);
  if (server?.isUp) {
    const panes = servers.listed.filter((pane) => sameServer(pane, agent));
    return panes.length > 0 && !panes.some((pane) => identityKey(pane) === identityKey(agent));
  }
  return isHere(agent) && systemSource().read(serverPidOf(agent.server)) === null;
}

function hasProcessEnded({ agentPid, agentStartedAt }: PaneIdentity): boolean {
  return agentPid !== null && systemSource().read(agentPid)?.startedAt !== agentStartedAt;
}
