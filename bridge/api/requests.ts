import * as z from 'zod';
import { knownWorkers } from '../app/pausing.ts';
import { type ForOwn, isShownTo } from './answerer.ts';
import { type ForViews, viewIn } from './find-request.ts';
import { keptName, ofArgs } from './history.ts';
import { method } from './method.ts';
import { requestView } from './views.ts';

const mostRequests = 1_000;

/** The requests that are open, or all that the journal has, oldest first; of one member what it asked, and what it may answer now. */
export const requests = method({
  name: 'requests',
  args: z.object({
    all: z.boolean().default(false),
    of: ofArgs,
    /** only those that changed last; left out: all of them */
    last: z.number().int().min(1, 'is less than 1').max(mostRequests, `is more than ${mostRequests}`).optional(),
  }),
  result: z.array(requestView),
  async run(bridge: ForViews & ForOwn, { all, of, last }) {
    const known = knownWorkers(bridge);
    const member = of === null ? null : keptName(bridge.directory, of);
    return bridge.journal
      .requests({ open: !all, ...(last !== undefined && { limit: last, byChange: true }) })
      .filter((request) => member === null || isShownTo(bridge, request, member))
      .map((request) => viewIn(bridge, request, known));
  },
});
