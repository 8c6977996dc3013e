import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { knownWorkers, pausesSeen } from '../app/pausing.ts';
import { method } from './method.ts';
import { seenPauses } from './views.ts';

/** Who is paused. */
export const pauses = method({
  name: 'pauses',
  args: z.object({}),
  result: seenPauses,
  run: async (bridge: Pick<Bridge, 'journal' | 'requests' | 'workerNames'>) =>
    pausesSeen(bridge.requests.pauses, knownWorkers(bridge)),
});
