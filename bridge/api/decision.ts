import { BridgeError } from '../core/failure.ts';
import type { Request } from '../core/request.ts';
import type { Decision } from '../requests/requests.ts';

/** @throws BridgeError with the reason, where a request does not take what was decided about it */
export function accepted(what: string, { id }: Request, { accepted, reason }: Decision): void {
  if (!accepted) throw new BridgeError({ what, target: id, reason });
}
