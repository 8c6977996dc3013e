import type { Bridge } from '../app/bridge.ts';
import { type ForPermit, permit } from '../app/permit.ts';
import { BridgeError } from '../core/failure.ts';
import type { RequestId } from '../core/ids.ts';
import type { Request } from '../core/request.ts';
import type { Decision } from '../requests/requests.ts';
import { decisionArgs } from './arguments.ts';
import { findRequest } from './find-request.ts';
import { method } from './method.ts';
import { decisionView } from './views.ts';

/** @throws BridgeError with the reason, where a request does not take what was decided about it */
export function accepted(what: string, { id }: Request, { accepted, reason }: Decision): void {
  if (!accepted) throw new BridgeError({ what, target: id, reason });
}

/** What somebody decides about a request without an answer to it. */
export function decision<Name extends 'dismiss' | 'settle'>(
  name: Name,
  decide: (requests: Bridge['requests'], id: RequestId, by: string) => Decision,
) {
  return method({
    name,
    args: decisionArgs,
    result: decisionView,
    async run(bridge: ForPermit & Pick<Bridge, 'journal' | 'requests'>, { id, ...who }) {
      const request = findRequest(bridge, id);
      const by = await permit(bridge, { act: name, target: request.id, about: request.pane, ...who });
      accepted(name, request, decide(bridge.requests, request.id, by));
      // a settled one whose answer was never typed is withdrawn by it
      const { state } = bridge.journal.request(request.id) ?? request;
      return { id: request.id, message: `request ${request.id}: ${state.is}` };
    },
  });
}
