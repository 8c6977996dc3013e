import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { usageError } from '../core/failure.ts';
import { word } from './arguments.ts';
import { method } from './method.ts';
import { senderArgs, senderOf } from './sender.ts';

/** A member leaves a group, or all of them; then its pane is watched for its label alone. Its name stays, and so does its mail. */
export const leave = method({
  name: 'leave',
  args: z.object({ ...senderArgs, group: word(65).nullable().default(null) }),
  result: z.object({ name: z.string(), left: z.array(z.string()).readonly() }),
  async run(bridge: Bridge, { group, ...evidence }) {
    const who = await senderOf(bridge, evidence);
    if (who.standing === 'human')
      throw usageError('leave', 'a person', 'has joined nothing', 'bridge group remove GROUP NAME takes a member out');
    const left = bridge.membership.leave(who.name, group);
    await bridge.membersChanged();
    return { name: bridge.directory.shown(who.name), left };
  },
});
