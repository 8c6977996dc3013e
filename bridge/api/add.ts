import * as z from 'zod';
import { authorityOf, refuse } from '../app/authority.ts';
import type { Bridge } from '../app/bridge.ts';
import { grantedNames } from '../app/granted-names.ts';
import { permit } from '../app/permit.ts';
import { placeFor } from '../app/place-of-member.ts';
import { BridgeError, usageError } from '../core/failure.ts';
import { memberName, withheld } from '../core/member.ts';
import { isCalled } from '../core/names.ts';
import { addressKey, type PaneFacts } from '../core/pane.ts';
import type { Caller } from '../host/caller.ts';
import { callerArgs, word } from './arguments.ts';
import { method } from './method.ts';
import { paneArgs, reachPane } from './reach-pane.ts';
import { placeArgs, provenPane } from './sender.ts';

/** More groups, or more words of a command, nobody has. */
export const mostGroups = 100;

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
    groups: z.array(word(65)).max(mostGroups).optional(),
    /** argv; null: nothing starts it anew */
    revive: z.array(word(4096)).min(1, 'is empty').max(mostGroups).nullable().optional(),
    pane: paneArgs.nullable().default(null),
    /** where another has that name, the next with a number behind it */
    isNumbered: z.boolean().default(false),
    caller: callerArgs.default({ is: 'nobody' }),
    ...placeArgs,
  }),
  result: z.object({
    name: z.string(),
    isNew: z.boolean(),
    /** something of it is not as it was */
    isChanged: z.boolean(),
    pane: z.string().nullable(),
  }),
  async run(bridge: Bridge, { name, pane, isNumbered, caller, above, tmuxSocket, paneHint, ...order }) {
    if (order.revive !== undefined)
      await permit(bridge, { act: 'add --revive', target: name, about: null, caller, by: 'human' });
    const given = Object.fromEntries(Object.entries(order).filter(([, value]) => value !== undefined));
    const facts = pane === null ? null : await paneFacts(bridge, pane);
    const found = facts === null ? null : await placeFor(bridge, facts);
    const isPerson = caller.is === 'nobody';
    const own = isPerson ? null : await provenPane(bridge, { caller, above, tmuxSocket, paneHint });
    const isWithheld = isPerson ? () => false : grantedNames(bridge, found?.identity ?? null);
    if (!isPerson) refuseOthers(bridge, { name, facts, own, caller, isWithheld });
    const place = found === null ? null : { ...found, isWithheld };
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

/**
 * An agent may name its own pane, say what it is itself, and add a name that nobody has.
 * @throws BridgeError for everything else
 */
function refuseOthers(
  { panes, directory }: Pick<Bridge, 'panes' | 'directory'>,
  order: {
    readonly name: string;
    /** the pane that is named; null: none is */
    readonly facts: PaneFacts | null;
    /** its own, as its processes show */
    readonly own: PaneFacts | null;
    readonly caller: Caller;
    readonly isWithheld: (name: string) => boolean;
  },
): void {
  const { facts, own, caller } = order;
  const name = memberName(order.name);
  const check = (isAllowed: boolean, target: string) => {
    const authority = authorityOf({ act: 'add', caller, controller: null });
    if (!isAllowed && authority.is === 'nobody') refuse('add', target, authority);
  };
  if (facts !== null) {
    if (!panes.hasAgent(facts))
      throw new BridgeError({
        what: 'add',
        target: facts.paneId,
        reason: 'no agent program runs in this pane: a shell is no member',
        nextStep: 'start the agent first; or a person adds the pane',
      });
    check(own !== null && addressKey(own) === addressKey(facts), facts.paneId);
    return;
  }
  const known = directory.members().filter((member) => isCalled(member.called, name) || member.name === name);
  const mine = own === null ? null : directory.at(panes.identify(own).identity);
  check(
    known.every((member) => member.name === mine?.name),
    name,
  );
  if (known.length === 0 && order.isWithheld(name)) throw withheld(name);
}

/** @throws BridgeError where that pane is not there any more */
export async function paneFacts(bridge: Pick<Bridge, 'servers' | 'panes'>, pane: z.output<typeof paneArgs>) {
  const facts = await bridge.panes.facts(await reachPane(bridge, pane));
  if (facts === null) throw usageError('pane', pane.paneId, 'is not there any more', 'bridge list');
  return facts;
}
