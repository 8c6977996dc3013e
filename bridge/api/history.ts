import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { groupNamed } from '../core/groups.ts';
import { humanName } from '../core/member.ts';
import { word } from './arguments.ts';
import { messageView, viewOfMessage } from './inbox.ts';
import { method } from './method.ts';

const mostMessages = 1_000;

/** A member: only what is its own, as it wrote it or was written it. */
export const ofArgs = word().min(1, 'is empty').nullable().default(null);

/** How many messages; those that were sent last. */
export const lastArgs = z
  .number()
  .int()
  .min(1, 'is less than 1')
  .max(mostMessages, `is more than ${mostMessages}`)
  .default(50);

/** What members wrote, oldest first: with one of them, to a group, in a thread, in a time. */
export const history = method({
  name: 'history',
  args: z.object({
    of: ofArgs,
    /** a member, who wrote or was written to; besides `of`: only what the two wrote to each other */
    with: word().min(1, 'is empty').nullable().default(null),
    group: word().min(1, 'is empty').nullable().default(null),
    thread: word(128).min(1, 'is empty').nullable().default(null),
    /** instants: from this one on, and before that one */
    since: z.number().nullable().default(null),
    until: z.number().nullable().default(null),
    last: lastArgs,
  }),
  result: z.array(messageView),
  async run(bridge: Pick<Bridge, 'journal' | 'directory'>, { of, with: partner, group, thread, since, until, last }) {
    const { directory, journal } = bridge;
    const found = journal.mail.history.messages({
      ...(of !== null && { of: keptName(directory, of) }),
      ...(partner !== null && { with: keptName(directory, partner) }),
      ...(group !== null && { group }),
      ...(thread !== null && { thread: journal.mail.threadLike(thread) ?? thread }),
      ...(since !== null && { since }),
      ...(until !== null && { until }),
      limit: last,
    });
    // one that has ended has a history, too
    if (group !== null && found.length === 0) groupNamed(group, directory.members());
    return found.map((message) => viewOfMessage(bridge, message));
  },
});

/** Under which name its mail is kept. @throws BridgeError where nobody is called so */
export function keptName(directory: Bridge['directory'], name: string): string {
  return name === humanName ? name : directory.named(name).name;
}
