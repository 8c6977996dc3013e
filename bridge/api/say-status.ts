import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { usageError } from '../core/failure.ts';
import { memberStatuses } from '../core/member.ts';
import { method } from './method.ts';
import { senderArgs, senderOf } from './sender.ts';

/** A member says whether it works, for others to see in the list of members. */
export const sayStatus = method({
  name: 'sayStatus',
  args: z.object({ ...senderArgs, status: z.enum(memberStatuses) }),
  result: z.object({ name: z.string(), status: z.enum(memberStatuses) }),
  async run(bridge: Bridge, { status, ...evidence }) {
    const { name, standing } = await senderOf(bridge, evidence);
    if (standing === 'human') throw usageError('status', 'a person', 'has none', 'bridge members');
    bridge.membership.sayStatus(name, status);
    return { name: bridge.directory.shown(name), status };
  },
});
