import { addressKey, identityKey, type PaneFacts } from '../core/pane.ts';
import { systemClock } from '../host/clock.ts';
import type { Owner } from '../host/owners-table.ts';
import { Ownership } from '../host/ownership.ts';
import type { Sight } from '../sight.ts';
import type { Context } from './context.ts';

/** Which bridge watches a pane, and whether it is the one of this command's own state directory. */
export interface OwnerView extends Owner {
  readonly isOurs: boolean;
}

/** The owners of these panes by `addressKey`; those that nobody watches are left out. Looking claims nothing. */
export function ownersOf(
  { config: { home } }: Context,
  sight: Sight,
  panes: readonly PaneFacts[],
): ReadonlyMap<string, OwnerView> {
  const ownership = new Ownership({ home, now: () => systemClock.now() });
  const keys = new Map(panes.map((facts) => [addressKey(facts), identityKey(sight.identify(facts).identity)]));
  const owners = ownership.ownersOf([...keys.values()]);
  return new Map(
    [...keys].flatMap(([address, key]) => {
      const owner = owners.get(key);
      return owner === undefined ? [] : [[address, { ...owner, isOurs: owner.home === home }] as const];
    }),
  );
}
