import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { method } from './method.ts';

/** Who has a name, where each is, and what it has not read. */
export const members = method({
  name: 'members',
  args: z.object({}),
  result: z.array(
    z.object({
      name: z.string(),
      /** null while it has no pane */
      pane: z.string().nullable(),
      agent: z.string().nullable(),
      state: z.string().nullable(),
      unread: z.number(),
      lastSeenAt: z.number().nullable(),
    }),
  ),
  async run(bridge: Pick<Bridge, 'directory' | 'messages' | 'workers'>) {
    return bridge.directory.members().map(({ name, lastSeenAt }) => {
      const worker = bridge.workers.find((one) => one.name === name);
      return {
        name: bridge.directory.shown(name),
        pane: worker?.identity.paneId ?? null,
        agent: worker?.agent ?? null,
        state: worker?.state ?? null,
        unread: bridge.messages.countUnread(name),
        lastSeenAt,
      };
    });
  },
});
