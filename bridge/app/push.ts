import { join } from 'node:path';
import type { PushParts } from '../alerts/push-sender.ts';
import { Subscriptions } from '../alerts/subscriptions.ts';
import type { Config } from '../config/config-values.ts';
import type { Documents } from '../core/documents.ts';
import { systemClock } from '../host/clock.ts';
import { Tokens } from '../messages/tokens.ts';

type Settings = Pick<Config, 'home' | 'notify'>;

/** How browsers are called; null where bridge.yaml has none called. */
export function pushOf({ notify }: Pick<Settings, 'notify'>, subscriptions: Subscriptions): PushParts | null {
  const { webpush } = notify;
  return webpush === undefined ? null : { subscriptions, contact: webpush.contact, clock: systemClock };
}

/** The browsers that asked to be called: each counts as long as the token with which it asked. */
export function subscriptionsOf({ home, notify }: Settings, memory: Documents, tokens: Tokens): Subscriptions {
  return new Subscriptions({
    memory,
    clock: systemClock,
    keyFile: join(home, 'push.key'),
    hosts: notify.webpush?.hosts ?? [],
    counts: ({ name, addedAt }) => tokens.list().some((one) => one.name === name && one.addedAt === addedAt),
  });
}

/** The same for a command that has no bridge. */
export function keptSubscriptions(settings: Settings, memory: Documents): Subscriptions {
  // a person's token ends with no process
  const tokens = new Tokens({ memory, clock: systemClock, isLiving: () => false });
  return subscriptionsOf(settings, memory, tokens);
}
