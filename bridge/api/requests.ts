import * as z from 'zod';
import { knownWorkers } from '../app/pausing.ts';
import { type ForViews, viewIn } from './find-request.ts';
import { method } from './method.ts';
import { requestView } from './views.ts';

/** The requests that are open, or all that the journal has, oldest first. */
export const requests = method({
  name: 'requests',
  args: z.object({ all: z.boolean().default(false) }),
  result: z.array(requestView),
  async run(bridge: ForViews, { all }) {
    const known = knownWorkers(bridge);
    return bridge.journal.requests({ open: !all }).map((request) => viewIn(bridge, request, known));
  },
});
