import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { unknownName } from '../core/failure.ts';
import { word } from './arguments.ts';
import { keptName, ofArgs } from './history.ts';
import { messageView, viewOfMessage } from './inbox.ts';
import { method } from './method.ts';
import { threadNames } from './threads.ts';

/** The last messages of a thread, oldest first. */
export const thread = method({
  name: 'thread',
  args: z.object({ name: word(128), of: ofArgs, last: z.number().int().min(1).max(100_000).default(50) }),
  result: z.array(messageView),
  async run(bridge: Pick<Bridge, 'journal' | 'directory'>, { name, of, last }) {
    const { mail } = bridge.journal;
    const member = of === null ? null : keptName(bridge.directory, of);
    const found =
      member === null ? mail.thread(name, last) : mail.history.messages({ of: member, thread: name, limit: last });
    if (found.length === 0) throw unknownName('thread', name, threadNames(mail, member), 'bridge threads');
    return found.map((message) => viewOfMessage(bridge, message));
  },
});
