import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { permit } from '../app/permit.ts';
import { callerArgs, word } from './arguments.ts';
import { method } from './method.ts';

/** Whether a member gets anything. What waits for one that is disabled stays. */
export const enable = method({
  name: 'enable',
  args: z.object({ name: word(), isEnabled: z.boolean(), caller: callerArgs.default({ is: 'nobody' }) }),
  result: z.object({ name: z.string(), isChanged: z.boolean(), waiting: z.number() }),
  async run(bridge: Bridge, { name: given, isEnabled, caller }) {
    const act = isEnabled ? 'enable' : 'disable';
    await permit(bridge, { act, target: given, about: null, caller, by: 'human' });
    const { member, isChanged } = bridge.membership.enable(given, isEnabled);
    if (isChanged) bridge.messages.enabled(member.name);
    return {
      name: bridge.directory.shown(member.name),
      isChanged,
      waiting: bridge.messages.countUnread(member.name),
    };
  },
});
