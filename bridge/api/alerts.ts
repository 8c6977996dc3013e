import * as z from 'zod';
import { keptAlerts } from '../alerts/alert-queue.ts';
import type { Bridge } from '../app/bridge.ts';
import type { SentAlert } from '../core/alert.ts';
import { method } from './method.ts';
import { document } from './views.ts';

/** The last calls for a person, oldest first: what each was about, and what became of it by each way. */
export const alerts = method({
  name: 'alerts',
  args: z.object({}),
  result: z.array(document<SentAlert>()).readonly(),
  run: async ({ journal }: Pick<Bridge, 'journal'>) => keptAlerts(journal),
});
