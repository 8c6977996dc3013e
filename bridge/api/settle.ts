import type { Bridge } from '../app/bridge.ts';
import { type ForPermit, permit } from '../app/permit.ts';
import { decisionArgs } from './arguments.ts';
import { accepted } from './decision.ts';
import { findRequest } from './find-request.ts';
import { method } from './method.ts';
import { decisionView } from './views.ts';

/** Ends a request whose answer is in doubt: somebody saw that it has arrived. */
export const settle = method({
  name: 'settle',
  args: decisionArgs,
  result: decisionView,
  async run(bridge: ForPermit & Pick<Bridge, 'journal' | 'requests'>, { id, ...who }) {
    const request = findRequest(bridge, id);
    const by = await permit(bridge, { act: 'settle', target: request.id, about: request.pane, ...who });
    accepted('settle', request, bridge.requests.confirmDelivered(request.id, by));
    // one whose answer was never typed is withdrawn by it
    const { state } = bridge.journal.request(request.id) ?? request;
    return { id: request.id, message: `request ${request.id}: ${state.is}` };
  },
});
