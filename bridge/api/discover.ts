import * as z from 'zod';
import type { Reader } from '../app/reader.ts';
import { recordedIn } from '../app/worker-records.ts';
import { memberShown } from '../core/member.ts';
import { addressKey, identityKey } from '../core/pane.ts';
import { oncePerPane } from '../tmux/facts.ts';
import { path } from './arguments.ts';
import { method } from './method.ts';
import { describePane, paneView } from './pane-view.ts';

/** A user has fewer servers. */
const mostSockets = 200;

/** Every agent program in these tmux servers, and in those where workers and members have been seen. */
export const discover = method({
  name: 'discover',
  args: z.object({
    sockets: z.array(path).max(mostSockets, `has more than ${mostSockets} sockets`),
    /** these alone */
    isOnly: z.boolean().default(false),
  }),
  result: z.array(
    paneView.extend({
      socketPath: z.string(),
      agent: z.string(),
      /** whose pane it is; null: nobody's */
      member: z.string().nullable(),
    }),
  ),
  async run(reader: Reader, { sockets, isOnly }) {
    const journal = reader.journal();
    const members = journal?.mail.members() ?? [];
    const known =
      journal === null || isOnly ? [] : [...recordedIn(journal), ...members.flatMap(({ pane }) => pane ?? [])];
    const names = new Map(members.flatMap(({ name, pane }) => (pane === null ? [] : [[identityKey(pane), name]])));
    const seen = new Set<string>();
    const found = await Promise.all(
      [...new Set([...sockets, ...known.map(({ socketPath }) => socketPath)])].map(async (socketPath) => {
        const { panes } = reader.look(socketPath, null);
        // where no server is, there is no agent
        const there = await panes.list().catch(() => []);
        return oncePerPane(there).flatMap((facts) => {
          const agent = facts.dead || !panes.hasAgent(facts) ? null : panes.programOf(facts);
          return agent === null ? [] : [{ facts, agent, socketPath }];
        });
      }),
    );
    return found
      .flat()
      .filter(({ facts }) => seen.size < seen.add(addressKey(facts)).size)
      .map(({ facts, agent, socketPath }) => {
        const name = names.get(identityKey(facts));
        const member = name === undefined ? null : memberShown(name, members);
        return { ...describePane(facts), socketPath, agent, member };
      });
  },
});
