import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { method } from './method.ts';
import { senderArgs, senderOf } from './sender.ts';

/** As whom a command writes, and how that was found out. */
export const whoami = method({
  name: 'whoami',
  args: z.object(senderArgs),
  result: z.object({
    name: z.string(),
    standing: z.enum(['verified', 'claimed', 'human']),
    /** how that was found out, in words */
    how: z.string(),
  }),
  async run(bridge: Bridge, evidence) {
    const { name, standing, how } = await senderOf(bridge, evidence, { isLook: true });
    return { name: bridge.directory.shown(name), standing, how };
  },
});
