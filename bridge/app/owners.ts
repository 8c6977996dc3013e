import { addressKey, identityKey, type PaneFacts, type PaneIdentity } from '../core/pane.ts';
import { systemClock } from '../host/clock.ts';
import type { Owner } from '../host/owners-table.ts';
import { Ownership } from '../host/ownership.ts';
import { claimIn } from '../tmux/claim.ts';
import { type TmuxCommands, TmuxError } from '../tmux/commands.ts';
import { controlClientsOf } from '../tmux/pane-claims.ts';
import { ownerIn } from './pane-claims.ts';

/** Which bridge watches a pane, and whether it is that of this state directory. */
export interface OwnerView extends Owner {
  readonly isOurs: boolean;
}

/**
 * The owners of these panes of one server by `addressKey`; those that nobody watches are left out. The table tells of bridges
 * that share our runtime folder, the panes themselves of those on other hosts and in containers. Looking claims nothing.
 */
export async function ownersOf(
  home: string,
  tmux: TmuxCommands,
  panes: ReadonlyArray<{ readonly facts: PaneFacts; readonly identity: PaneIdentity }>,
): Promise<ReadonlyMap<string, OwnerView>> {
  const ownership = new Ownership({ home, now: () => systemClock.now() });
  const inTable = ownership.ownersOf(panes.map(({ identity }) => identityKey(identity)));
  const onServer = await claimants(tmux, panes);
  return new Map(
    panes.flatMap(({ identity }) => {
      const address = addressKey(identity);
      const owner = inTable.get(identityKey(identity)) ?? onServer.get(address);
      const isOurs = owner?.home === home && owner.host === undefined;
      return owner === undefined ? [] : [[address, { ...owner, isOurs }] as const];
    }),
  );
}

/** Whose living claims these panes bear; one question more where any does. */
async function claimants(
  tmux: TmuxCommands,
  panes: ReadonlyArray<{ readonly facts: PaneFacts; readonly identity: PaneIdentity }>,
): Promise<ReadonlyMap<string, Owner>> {
  const claims = panes.flatMap(({ facts, identity }) => {
    const claim = claimIn(facts.ownerClaim);
    return claim === null ? [] : [{ address: addressKey(identity), claim }];
  });
  if (claims.length === 0) return new Map();
  const living = await controlClientsOf(tmux).catch((fault) => {
    if (fault instanceof TmuxError) return new Set<string>();
    throw fault;
  });
  return new Map(
    claims.filter(({ claim }) => living.has(claim.client)).map(({ address, claim }) => [address, ownerIn(claim)]),
  );
}
