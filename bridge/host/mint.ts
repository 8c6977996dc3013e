import { randomInt } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import { mintId } from '../core/ids.ts';

/** A source of ids whose text order is their time order, also for ids made within one millisecond. */
export function minter(clock: Clock): <Id extends string>() => Id {
  let last = 0;
  return () => {
    last = Math.max(clock.now(), last + 1);
    return mintId(
      last,
      randomInt(36 ** 6)
        .toString(36)
        .padStart(6, '0'),
    );
  };
}
