import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { BridgeError, usageError } from '../core/failure.ts';
import { mostMarked } from '../core/message.ts';
import { word } from './arguments.ts';
import { method } from './method.ts';
import { senderArgs, senderOf } from './sender.ts';

/** Marks messages as read by whoever runs it, whatever pane or file he has read them in. Nobody is told of it. */
export const ack = method({
  name: 'ack',
  args: z.object({
    ...senderArgs,
    ids: z.array(word(64).min(1, 'is empty')).min(1, 'is empty').max(mostMarked, `has more than ${mostMarked} ids`),
  }),
  result: z.object({
    member: z.string(),
    /** ids of those that are read from now on, and of those that were read before, or taken back, or expired */
    read: z.array(z.string()).readonly(),
    unchanged: z.array(z.string()).readonly(),
  }),
  async run(bridge: Bridge, { ids, ...evidence }) {
    const { name, standing } = await senderOf(bridge, evidence);
    const shown = bridge.directory.shown(name);
    if (standing === 'claimed')
      throw new BridgeError({
        what: 'ack',
        target: shown,
        reason: 'nothing shows that this is who runs it, and nobody marks the mail of another',
        nextStep: 'run it in the pane of that member, or with its token in BRIDGE_TOKEN',
      });
    const messages = ids.map((id) => bridge.messages.named(id.replace(/^#/, '')));
    const foreign = messages.findIndex(({ to }) => !to.includes(name));
    if (foreign !== -1) throw usageError('ack', ids[foreign]!, `is no message to ${shown}; nothing was marked`);
    const read = bridge.messages.acknowledge(name, messages).map(({ id }) => id as string);
    return {
      member: shown,
      read,
      unchanged: messages.map(({ id }) => id as string).filter((id) => !read.includes(id)),
    };
  },
});
