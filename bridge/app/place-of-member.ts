import type { Member } from '../core/member.ts';
import type { PaneFacts } from '../core/pane.ts';
import type { Place } from '../messages/membership.ts';
import type { Bridge } from './bridge.ts';
import { whereMembersAre } from './where-members-are.ts';

/** A pane as it becomes a member's: who sits there, in which project, and which names are free for it. */
export async function placeFor(
  { panes, projects, directory }: Pick<Bridge, 'panes' | 'projects' | 'directory'>,
  facts: PaneFacts,
): Promise<Place> {
  const { identity } = panes.identify(facts);
  const places = await whereMembersAre(directory.members());
  return {
    identity,
    project: projects.projectNameOf(identity, facts),
    isGone: (member: Member) => places.isGone(member),
  };
}
