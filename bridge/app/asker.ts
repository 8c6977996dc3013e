import { asPaneId } from '../core/ids.ts';
import type { PaneFacts, PaneIdentity } from '../core/pane.ts';
import { isHere } from '../core/way.ts';
import type { Caller, ProcessId } from '../host/caller.ts';
import { isAmong } from './authority.ts';

/** What `bridge ask` can show for who asks. */
export interface AskerEvidence {
  readonly caller: Caller;
  /** the processes above the command, nearest first */
  readonly above: readonly ProcessId[];
  /** what its environment says: a claim, which anybody can write there */
  readonly tmuxSocket: string | null;
  readonly paneHint: string | null;
}

export type Asker =
  | { readonly is: 'proven'; readonly pane: PaneFacts }
  /** it says that it is this pane, and its processes do not show it */
  | { readonly is: 'claimed'; readonly name: string; readonly pane: PaneFacts | null }
  /** a shell, or a program, of which nothing is known and that claims nothing */
  | { readonly is: 'unknown' };

/** Who asks something by a token: in the pane of its member, or, where that has none, as that member. */
export type Bearer =
  | Extract<Asker, { readonly is: 'proven' }>
  | { readonly is: 'member'; readonly name: string; readonly called: string };

/**
 * The pane in which the agent program above the caller sits; without an agent above, the pane whose first process is
 * above the caller. An agent that sits in none of our panes may have been started from one of them: that proves nothing.
 */
export function askerOf(
  { caller, above, tmuxSocket, paneHint }: AskerEvidence,
  panes: readonly PaneFacts[],
  processes: {
    identify(facts: PaneFacts): PaneIdentity;
    /** when a process started, as `ProcessId` has it; null where it is gone */
    startOf(pid: number): string | null;
  },
): Asker {
  // another machine's processes may have the same pids
  const here = panes.filter(isHere);
  const proven = here.find((facts) => {
    if (caller.is === 'apart') return false;
    if (caller.is === 'agent') {
      // it sits below the pane's first process: of other panes nobody has to ask who is in them
      if (above.length > 0 && !above.some(({ pid }) => pid === facts.panePid)) return false;
      const { agentPid, agentStartedAt } = processes.identify(facts);
      return agentPid !== null && isAmong({ pid: agentPid, startedAt: agentStartedAt ?? '' }, caller.at);
    }
    // two processes of different containers may have the same pid
    const known = above.find(({ pid }) => pid === facts.panePid);
    return known !== undefined && processes.startOf(known.pid) === known.startedAt;
  });
  if (proven !== undefined) return { is: 'proven', pane: proven };
  if (paneHint === null || asPaneId(paneHint) === null) return { is: 'unknown' };
  const claimed = here.find(
    (facts) => facts.paneId === paneHint && (tmuxSocket ?? facts.socketPath) === facts.socketPath,
  );
  return { is: 'claimed', name: claimed?.label || paneHint, pane: claimed ?? null };
}
