import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { usageError } from '../core/failure.ts';
import { word } from './arguments.ts';
import { method } from './method.ts';
import { senderArgs, senderOf } from './sender.ts';

/** Takes back a message of one's own from those whom nobody has told of it yet; a person may take back any. */
export const unsend = method({
  name: 'unsend',
  args: z.object({ ...senderArgs, id: word(64).min(1, 'is empty') }),
  result: z.object({ id: z.string(), withdrawn: z.array(z.string()).readonly() }),
  async run(bridge: Bridge, { id, ...evidence }) {
    const who = await senderOf(bridge, evidence);
    const message = bridge.messages.named(id);
    if (who.standing !== 'human' && who.name !== message.from.name)
      throw usageError('unsend', id, `is a message of ${bridge.directory.shown(message.from.name)}`);
    const withdrawn = bridge.messages.unsend(message);
    return { id: message.id, withdrawn: withdrawn.map((name) => bridge.directory.shown(name)) };
  },
});
