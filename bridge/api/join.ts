import * as z from 'zod';
import { askerOf } from '../app/asker.ts';
import type { Bridge } from '../app/bridge.ts';
import { grantedNames } from '../app/granted-names.ts';
import { ownPane } from '../app/own-pane.ts';
import { placeFor } from '../app/place-of-member.ts';
import { BridgeError } from '../core/failure.ts';
import { groupName, isNumbered, type Member } from '../core/member.ts';
import { fullName, labelOf } from '../core/names.ts';
import { identityKey } from '../core/pane.ts';
import { systemSource } from '../host/process-source.ts';
import { memberArgs, paneFacts } from './add.ts';
import { word } from './arguments.ts';
import { panesFor } from './asking-panes.ts';
import { method } from './method.ts';
import { paneArgs } from './reach-pane.ts';
import { senderArgs } from './sender.ts';

/** The agent in whose pane this runs is a member of a group from now on. The group is told once. */
export const join = method({
  name: 'join',
  args: z.object({
    ...senderArgs,
    group: word(65),
    model: memberArgs.model,
    role: memberArgs.role,
    pane: paneArgs.nullable().default(null),
  }),
  result: z.object({
    name: z.string(),
    fullName: z.string(),
    group: z.string(),
    /** `back`: the name waited for it, with its mail */
    is: z.enum(['new', 'back', 'known']),
    /** the name that it asked for and did not get; null where it got it */
    taken: z.string().nullable(),
    /** that name is a person's to give: bridge.yaml grants something to it */
    isWithheld: z.boolean(),
    /** the name that it had before; null where it has kept it */
    before: z.string().nullable(),
    pane: z.string(),
    foundBy: z.string(),
    /** a bridge watches its pane, and mail comes at once */
    isWatched: z.boolean(),
    unread: z.number(),
    greeted: z.array(z.string()).readonly(),
    /** why nobody was greeted; null where somebody was, or need not be */
    notGreeted: z.string().nullable(),
  }),
  async run(bridge: Bridge, { as, group: given, model, role, pane, token, ...evidence }) {
    const { directory, panes } = bridge;
    const group = groupName(given);
    const asker = askerOf(evidence, await panesFor(bridge, evidence.tmuxSocket), {
      identify: (facts) => panes.identify(facts).identity,
      startOf: (pid) => systemSource().read(pid)?.startedAt ?? null,
    });
    const own = ownPane({
      caller: evidence.caller,
      asker,
      named: pane === null ? null : await paneFacts(bridge, pane),
      hasAgent: (facts) => panes.hasAgent(facts),
    });
    await bridge.servers.reach(own.pane, own.pane.socketPath);
    const place = await placeFor(bridge, own.pane);
    const asked = as ?? panes.programOf(own.pane) ?? 'agent';
    const mine = directory.at(place.identity);
    if (mine !== null && !own.isCertain && !isNumbered(mine.called, fullName(place.project, asked)))
      throw new BridgeError({
        what: 'join',
        target: own.pane.paneId,
        reason: `is the pane of ${directory.shown(mine.name)}, and nothing shows that this command runs in it`,
        nextStep: `a person renames it: bridge rename ${directory.shown(mine.name)} ${asked}`,
      });
    const isByPerson = evidence.caller.is === 'nobody' && own.by === '--pane';
    const isWithheld = isByPerson ? () => false : grantedNames(bridge, place.identity);
    const order = { groups: [group], ...said({ model, role }) };
    const joined = bridge.membership.join(asked, order, { ...place, isWithheld });
    const { member } = joined;
    // at once: who joins meanwhile has found it there
    const greeting = joined.isToGreet ? greet(bridge, member, group, own.isCertain) : nobody;
    await bridge.membersChanged();
    const key = identityKey(place.identity);
    const taken = labelOf(member.called) === asked.normalize('NFC') ? null : asked;
    return {
      name: directory.shown(member.name),
      fullName: member.called,
      group,
      is: joined.is,
      taken,
      isWithheld: taken !== null && isWithheld(fullName(place.project, taken)),
      before: joined.before === null ? null : labelOf(joined.before),
      pane: own.pane.paneId,
      foundBy: own.by,
      isWatched: bridge.watchedMembers.some(({ identity }) => identityKey(identity) === key),
      unread: bridge.messages.countUnread(member.name),
      ...greeting,
    };
  },
});

function said(given: { readonly model?: string | undefined; readonly role?: string | undefined }) {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

const nobody = { greeted: [], notGreeted: null };

/** A line in the group's thread. That it joined stands, whether anybody can be told or not. */
function greet(bridge: Bridge, member: Member, group: string, isCertain: boolean) {
  const name = bridge.directory.shown(member.name);
  const role = member.role === '' ? '' : ` as ${member.role}`;
  const model = member.model === '' ? '' : ` (${member.model})`;
  const others = bridge.directory
    .members()
    .filter(({ groups, isEnabled, name: other }) => groups.includes(group) && isEnabled && other !== member.name);
  if (others.length === 0) return nobody;
  try {
    const message = bridge.messages.send({
      from: { name: member.name, standing: isCertain ? 'verified' : 'claimed' },
      to: [`@${group}`],
      thread: null,
      body: `${name} has joined ${group}${role}${model}`,
      noReply: true,
      begins: true,
    });
    return { greeted: message.to.map((one) => bridge.directory.shown(one)), notGreeted: null };
  } catch (fault) {
    if (!(fault instanceof BridgeError)) throw fault;
    return { greeted: [], notGreeted: fault.message };
  }
}
