import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { permit } from '../app/permit.ts';
import { BridgeError } from '../core/failure.ts';
import { callerArgs, word } from './arguments.ts';
import { method } from './method.ts';

/** Forgets a member. What waits for it is withdrawn. */
export const remove = method({
  name: 'remove',
  args: z.object({ name: word(), caller: callerArgs.default({ is: 'nobody' }) }),
  result: z.object({ name: z.string(), withdrawn: z.number() }),
  async run(bridge: Bridge, { name: given, caller }) {
    const { directory } = bridge;
    const member = directory.named(given);
    const name = directory.shown(member.name);
    await permit(bridge, { act: 'remove', target: name, about: null, caller, by: 'human' });
    const living = directory.paneOf(member.name);
    if (living !== null && !member.isJoined)
      throw new BridgeError({
        what: 'remove',
        target: name,
        reason: `its pane ${living.identity.paneId} is watched as a worker's, and it would be back at once`,
        nextStep: `bridge disable ${name}`,
      });
    const withdrawn = bridge.journal.transact(() => {
      const count = bridge.messages.withdrawAll(member.name);
      bridge.membership.remove(member);
      return count;
    });
    await bridge.membersChanged();
    return { name, withdrawn };
  },
});
