import type { Bridge } from '../app/bridge.ts';
import { type ForPermit, permit } from '../app/permit.ts';
import { decisionArgs } from './arguments.ts';
import { accepted } from './decision.ts';
import { findRequest } from './find-request.ts';
import { method } from './method.ts';
import { decisionView } from './views.ts';

/** Ends a request without an answer. */
export const dismiss = method({
  name: 'dismiss',
  args: decisionArgs,
  result: decisionView,
  async run(bridge: ForPermit & Pick<Bridge, 'journal' | 'requests'>, { id, ...who }) {
    const request = findRequest(bridge, id);
    const by = await permit(bridge, { act: 'dismiss', target: request.id, about: request.pane, ...who });
    accepted('dismiss', request, bridge.requests.dismiss(request.id, by));
    return { id: request.id, message: `request ${request.id}: dismissed` };
  },
});
