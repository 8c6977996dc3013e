import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { permit } from '../app/permit.ts';
import { placeFor } from '../app/place-of-member.ts';
import { usageError } from '../core/failure.ts';
import { callerArgs, word } from './arguments.ts';
import { method } from './method.ts';
import { paneArgs, reachPane } from './reach-pane.ts';

/** More groups, or more words of a command, nobody has. */
const most = 100;

/** What is said of a member; left out: it stays as it is. */
export const memberArgs = {
  description: word(1024).optional(),
  role: word(64).optional(),
  model: word(64).optional(),
  colour: word(32).optional(),
};

/** A name before there is a pane of that name, mail for which waits; or for a pane; or what is said of a member. */
export const add = method({
  name: 'add',
  args: z.object({
    name: word(),
    ...memberArgs,
    groups: z.array(word(65)).max(most).optional(),
    /** argv; null: nothing starts it anew */
    revive: z.array(word(4096)).min(1, 'is empty').max(most).nullable().optional(),
    pane: paneArgs.nullable().default(null),
    /** where another has that name, the next with a number behind it */
    isNumbered: z.boolean().default(false),
    caller: callerArgs.default({ is: 'nobody' }),
  }),
  result: z.object({
    name: z.string(),
    isNew: z.boolean(),
    /** something of it is not as it was */
    isChanged: z.boolean(),
    pane: z.string().nullable(),
  }),
  async run(bridge: Bridge, { name, pane, isNumbered, caller, ...order }) {
    if (order.revive !== undefined)
      await permit(bridge, { act: 'add --revive', target: name, about: null, caller, by: 'human' });
    const given = Object.fromEntries(Object.entries(order).filter(([, value]) => value !== undefined));
    const place = pane === null ? null : await placeFor(bridge, await paneFacts(bridge, pane));
    const { member, is } = bridge.membership.add(name, given, place, isNumbered ? 'number' : 'refuse');
    if (place !== null) await bridge.membersChanged();
    return {
      name: bridge.directory.shown(member.name),
      isNew: is === 'new',
      isChanged: is !== 'known',
      pane: place?.identity.paneId ?? null,
    };
  },
});

/** @throws BridgeError where that pane is not there any more */
export async function paneFacts(bridge: Pick<Bridge, 'servers' | 'panes'>, pane: z.output<typeof paneArgs>) {
  const facts = await bridge.panes.facts(await reachPane(bridge, pane));
  if (facts === null) throw usageError('pane', pane.paneId, 'is not there any more', 'bridge list');
  return facts;
}
