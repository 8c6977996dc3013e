import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { knownWorkers } from '../app/pausing.ts';
import { askerIn, type ForViews, viewIn } from './find-request.ts';
import { keptName, ofArgs } from './history.ts';
import { method } from './method.ts';
import { requestView } from './views.ts';

/** The requests that are open, or all that the journal has, oldest first. */
export const requests = method({
  name: 'requests',
  args: z.object({ all: z.boolean().default(false), of: ofArgs }),
  result: z.array(requestView),
  async run(bridge: ForViews & Pick<Bridge, 'directory'>, { all, of }) {
    const known = knownWorkers(bridge);
    const member = of === null ? null : keptName(bridge.directory, of);
    return bridge.journal
      .requests({ open: !all })
      .filter((request) => member === null || askerIn(bridge, request) === member)
      .map((request) => viewIn(bridge, request, known));
  },
});
