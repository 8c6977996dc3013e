import type { Clock } from '../../core/clock.ts';
import type { DeliveryEvent } from '../../core/events.ts';
import { identityKey, type PaneAddress } from '../../core/pane.ts';
import { Courier } from '../../delivery/courier.ts';
import { steadyClock } from '../../host/clock.ts';
import type { Ownership } from '../../host/ownership.ts';
import { PaneLocks } from '../../host/pane-locks.ts';
import { ProcessFiles } from '../../host/process-files.ts';
import { GroupCommit } from '../../journal/group-commit.ts';
import type { Journal } from '../../journal/journal.ts';
import { DeliveryQueue } from '../../messages/delivery-queue.ts';
import { nativeInputIo } from '../../native-input/io.ts';
import { NativeInputs } from '../../native-input/native-inputs.ts';
import type { HookReceiver } from '../../panes/hook-receiver.ts';
import type { Panes } from '../../panes/panes.ts';
import { TmuxError } from '../../tmux/commands.ts';
import type { PaneClaims } from '../../tmux/pane-claims.ts';
import type { TmuxServer } from '../../tmux/server.ts';
import type { TmuxServers } from '../../tmux/servers.ts';
import { leaveMode, paste, press } from '../../tmux/typing.ts';
import { ownerIn } from '../pane-claims.ts';
import { taking } from '../watching/owned-panes.ts';
import type { OwnerClaims } from '../watching/owner-claims.ts';
import { WriterLocks } from './writer-locks.ts';

export function assembleDeliveries(parts: {
  clock: Clock;
  mint: () => string;
  journal: Journal;
  servers: TmuxServers;
  panes: Panes;
  hooks: HookReceiver;
  /** null: a dry run types nowhere */
  owning: { readonly ownership: Ownership; readonly owners: OwnerClaims; readonly writers: PaneClaims } | null;
  emit: (event: DeliveryEvent) => void;
}): DeliveryQueue {
  const { clock, journal, servers, panes, hooks, owning } = parts;
  const commits = new GroupCommit(journal);
  const tmuxOf = (pane: PaneAddress) => serverOf(servers, pane);
  const courier = new Courier({
    io: {
      // what is typed depends on who sits there now; looks follow each other within a few hundredths of a second
      capture: (pane) => panes.capture(pane, { processesOldMs: 50 }),
      paste: (pane, text, condition, how) =>
        paste(tmuxOf(pane), pane.paneId, text, { ...condition, server: pane.server }, how),
      press: (pane, keys, condition, written) =>
        press(tmuxOf(pane), pane.paneId, keys, { ...condition, server: pane.server }, written),
      leaveMode: (pane) => leaveMode(tmuxOf(pane), pane),
      outputCount: (pane) => panes.outputCount(pane),
      nextOutput: (pane, limitMs, after) => panes.nextOutput(pane, limitMs, after),
    },
    readers: {
      composerFacts: (agent, pane) => panes.composerFacts(agent, pane),
      read: (snapshot, agent) => panes.readAs(snapshot, agent),
      isWholeFrame: (snapshot, agent) => panes.isWholeFrame(snapshot, agent),
      suspectedDialog: (snapshot) => panes.suspectedDialog(snapshot),
    },
    ...(owning === null
      ? { locks: new PaneLocks() }
      : {
          locks: new WriterLocks({
            files: new PaneLocks(),
            writers: owning.writers,
            servers,
            leftBy: (pane, claim) => owning.ownership.typedBy(identityKey(pane), ownerIn(claim)),
          }),
          owners: taking(owning.ownership, owning.owners),
        }),
    memory: {
      saveDelivery: (delivery, event) => journal.saveDelivery(delivery, event),
      commit: (work) => commits.commit(work),
    },
    clock,
    nativeInputs: new NativeInputs({
      processes: new ProcessFiles(),
      clock: steadyClock,
      io: nativeInputIo(steadyClock),
    }),
    hookEvents: {
      took: (identity, text, since) => hooks.took(identity, text, since),
      asks: (identity) => hooks.asks(identity),
    },
  });
  return new DeliveryQueue({ memory: journal, clock, mint: parts.mint, courier, on: parts.emit });
}

/** @throws TmuxError where the pane's own server is not there: no other one gets what was meant for it */
function serverOf(servers: TmuxServers, pane: PaneAddress): TmuxServer {
  const server = servers.at(pane);
  if (server === null) throw new TmuxError('error', pane.paneId, 'its tmux server is gone');
  return server;
}
