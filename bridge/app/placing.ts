import { isEnded, mustStep } from '../core/delivery-machine.ts';
import { serverPidOf } from '../core/ids.ts';
import { identityKey, type PaneFacts, type PaneIdentity } from '../core/pane.ts';
import { isUnaddressed } from '../journal/earlier-panes.ts';
import type { Journal } from '../journal/journal.ts';
import { ExecCommands } from '../tmux/exec.ts';
import { listPanes } from '../tmux/pane.ts';

/** Why a text that an older bridge left is not typed. */
export const unplaced = 'an older bridge left it, and which pane it was meant for is not certain any more';

/**
 * Journals of bridges before schema 3 name a pane by its socket and the process of its server. Each is taken for the one
 * living pane that it can only have been; what waits for any other is given up, never typed.
 * @param parts.cancel gives up a delivery that waits
 */
export async function placeEarlierPanes(parts: {
  journal: Journal;
  cancel: (id: string, reason: string) => void;
  now: number;
}): Promise<void> {
  const { journal, cancel, now } = parts;
  const earlier = journal.panesToPlace();
  if (earlier.length === 0) return;
  const living = new Map<string, PaneFacts>();
  for (const socketPath of new Set(earlier.map((pane) => pane.socketPath))) {
    const panes = await listPanes(new ExecCommands({ socketPath })).catch(() => []);
    for (const pane of panes) living.set(identityKey(pane), pane);
  }
  for (const pane of earlier) {
    const fitting = [...living.values()].filter((facts) => isThat(pane, facts));
    if (fitting.length === 1) journal.movePane(pane, { ...pane, host: fitting[0]!.host, server: fitting[0]!.server });
  }
  for (const delivery of journal.deliveries({ open: true })) {
    if (!isUnaddressed(delivery.recipient) || isEnded(delivery.state)) continue;
    // claimed and not typed: it goes back to those that wait
    if (delivery.state.is === 'claimed') {
      const released = mustStep(delivery, { type: 'released' });
      const { id: subject, state } = released;
      journal.saveDelivery(released, { at: now, kind: 'delivery-queued', subject, data: { state } });
    }
    cancel(delivery.id, unplaced);
  }
}

function isThat(pane: PaneIdentity, facts: PaneFacts): boolean {
  return (
    facts.paneId === pane.paneId &&
    facts.panePid === pane.panePid &&
    facts.socketPath === pane.socketPath &&
    serverPidOf(facts.server) === serverPidOf(pane.server)
  );
}
