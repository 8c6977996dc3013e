import { addressKey, identityKey, type PaneIdentity } from '../core/pane.ts';
import { systemClock } from '../host/clock.ts';
import type { Owner } from '../host/owners-table.ts';
import { Ownership } from '../host/ownership.ts';

/** Which bridge watches a pane, and whether it is that of this state directory. */
export interface OwnerView extends Owner {
  readonly isOurs: boolean;
}

/** The owners of these panes by `addressKey`; those that nobody watches are left out. Looking claims nothing. */
export function ownersOf(home: string, identities: readonly PaneIdentity[]): ReadonlyMap<string, OwnerView> {
  const ownership = new Ownership({ home, now: () => systemClock.now() });
  const keys = new Map(identities.map((identity) => [addressKey(identity), identityKey(identity)]));
  const owners = ownership.ownersOf([...keys.values()]);
  return new Map(
    [...keys].flatMap(([address, key]) => {
      const owner = owners.get(key);
      return owner === undefined ? [] : [[address, { ...owner, isOurs: owner.home === home }] as const];
    }),
  );
}
