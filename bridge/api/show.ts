import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { id } from './arguments.ts';
import { archivedView, type ForViews, findRequest, viewIn } from './find-request.ts';
import { method } from './method.ts';
import { requestView, textView } from './views.ts';

/** One request whole, wherever it is kept; or a text that was sent. */
export const show = method({
  name: 'show',
  args: z.object({ id }),
  result: z.union([requestView, textView]),
  async run(bridge: ForViews & Pick<Bridge, 'config'>, { id }) {
    const { journal } = bridge;
    const sent = journal.delivery(id) ?? journal.deliveries().find((one) => one.id.endsWith(id));
    const request = journal.request(id) ?? journal.requests().find((one) => one.id.endsWith(id));
    if (sent && !request) return { sent };
    const archived = request ? null : archivedView(bridge, id);
    return archived ?? viewIn(bridge, findRequest(bridge, id));
  },
});
