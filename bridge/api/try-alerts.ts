import * as z from 'zod';
import { tryAllWays } from '../app/alert-trial.ts';
import type { Bridge } from '../app/bridge.ts';
import { pushOf } from '../app/push.ts';
import { alertWays } from '../core/alert.ts';
import { BridgeError } from '../core/failure.ts';
import { method } from './method.ts';

/** Calls you by every way that is set up, and says what became of each. */
export const tryAlerts = method({
  name: 'tryAlerts',
  args: z.object({}),
  result: z.array(z.object({ way: z.enum(alertWays), isSent: z.boolean(), said: z.string() })),
  async run({ config, subscriptions }: Pick<Bridge, 'config' | 'subscriptions'>) {
    if (config.dryRun) throw new BridgeError({ what: 'alerts', target: 'test', reason: 'a dry run calls nobody' });
    return tryAllWays(config, pushOf(config, subscriptions));
  },
});
