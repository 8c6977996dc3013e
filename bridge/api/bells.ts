import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { BridgeError } from '../core/failure.ts';
import { mostMarked } from '../core/message.ts';
import { word } from './arguments.ts';
import { method } from './method.ts';
import { senderArgs, senderOf } from './sender.ts';

const ids = z.array(word(64).min(1, 'is empty')).max(mostMarked, `has more than ${mostMarked} ids`);

/**
 * Mail of which its reader is still to be told, for a bridge elsewhere that types into its pane; and the receipt of a doorbell that
 * it has typed there. The texts stay unread.
 */
export const bells = method({
  name: 'bells',
  args: z.object({
    ...senderArgs,
    /** of a doorbell that is on the screen: which messages it told of, and what showed that */
    rung: z
      .object({ ids, evidence: word(64), typedAt: z.number(), at: z.number() })
      .nullable()
      .default(null),
  }),
  result: z.object({
    member: z.string(),
    due: z.array(z.object({ id: z.string(), thread: z.string(), from: z.string() })).readonly(),
  }),
  async run(bridge: Bridge, { rung, ...evidence }) {
    const { name, standing } = await senderOf(bridge, evidence, { isLook: true });
    const member = bridge.directory.shown(name);
    if (standing !== 'verified')
      throw new BridgeError({
        what: 'bells',
        target: member,
        reason: 'nothing shows that this is who asks',
        nextStep: 'bridge token add gives a member a token',
      });
    if (rung !== null) {
      const { ids, ...receipt } = rung;
      bridge.messages.rungElsewhere(name, ids, { ...receipt, lines: [] });
    }
    const due = bridge.messages
      .due(name)
      .map(({ id, thread, from }) => ({ id, thread, from: bridge.directory.shown(from.name) }));
    return { member, due };
  },
});
