import type { Member } from '../core/member.ts';
import type { PaneFacts } from '../core/pane.ts';
import type { Directory } from '../messages/directory.ts';
import type { Place } from '../messages/membership.ts';
import type { Panes } from '../panes/panes.ts';
import type { TmuxServers } from '../tmux/servers.ts';
import type { Projects } from './projects.ts';
import { whereMembersAre } from './where-members-are.ts';

/** A pane as it becomes a member's: who sits there, in which project, and which names are free for it. */
export async function placeFor(
  {
    panes,
    projects,
    directory,
    servers,
  }: { panes: Panes; projects: Projects; directory: Directory; servers: TmuxServers },
  facts: PaneFacts,
): Promise<Place> {
  const { identity } = panes.identify(facts);
  const places = await whereMembersAre(directory.members(), (socketPath) => servers.lone(socketPath));
  return {
    identity,
    project: projects.projectNameOf(identity, facts),
    isGone: (member: Member) => places.isGone(member),
  };
}
