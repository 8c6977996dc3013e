import type { Member } from '../core/member.ts';
import { identityKey, type PaneFacts } from '../core/pane.ts';
import { type TmuxCommands, TmuxError } from '../tmux/commands.ts';
import { listPanes } from '../tmux/pane.ts';

/** Where members are, whether anybody watches their panes or not. */
export interface MemberPlaces {
  /** its pane; null where it has gone, or nobody can tell */
  paneOf(member: Member): PaneFacts | null;
  /** its pane is certain to be there no more */
  isGone(member: Member): boolean;
}

/**
 * Asks every tmux server that one of them was on.
 * @param by commands to the server at a socket; null where it is on a machine that is not reached
 */
export async function whereMembersAre(
  members: readonly Member[],
  by: (socketPath: string) => TmuxCommands | null,
): Promise<MemberPlaces> {
  const sockets = [...new Set(members.flatMap(({ pane }) => (pane === null ? [] : [pane.socketPath])))];
  const found = new Map<string, PaneFacts>();
  const asked = new Set<string>();
  await Promise.all(
    sockets.map(async (socketPath) => {
      const tmux = by(socketPath);
      const panes = tmux && (await listPanes(tmux).catch(absent));
      if (panes === null) return;
      asked.add(socketPath);
      for (const facts of panes) if (!facts.dead) found.set(identityKey(facts), facts);
    }),
  );
  const paneOf = ({ pane }: Member) => (pane === null ? null : (found.get(identityKey(pane)) ?? null));
  return {
    paneOf,
    isGone: (member) => paneOf(member) === null && (member.pane === null || asked.has(member.pane.socketPath)),
  };
}

/** No panes where no server is there; null where nobody can tell. */
function absent(fault: unknown): PaneFacts[] | null {
  return fault instanceof TmuxError && fault.kind === 'gone' ? [] : null;
}
