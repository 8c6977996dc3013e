import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { unknownName } from '../core/failure.ts';
import { word } from './arguments.ts';
import { messageView, viewOfMessage } from './inbox.ts';
import { method } from './method.ts';

/** The last messages of a thread, oldest first. */
export const thread = method({
  name: 'thread',
  args: z.object({ name: word(128), last: z.number().int().min(1).max(100_000).default(50) }),
  result: z.array(messageView),
  async run(bridge: Pick<Bridge, 'journal' | 'directory'>, { name, last }) {
    const found = bridge.journal.mail.thread(name, last);
    if (found.length === 0)
      throw unknownName(
        'thread',
        name,
        bridge.journal.mail.threads().map((one) => one.name),
        'bridge threads',
      );
    return found.map((message) => viewOfMessage(bridge, message));
  },
});
