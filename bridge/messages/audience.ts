import { BridgeError, NotNow, usageError } from '../core/failure.ts';
import { type Group, groupNamed, groupOfThread } from '../core/groups.ts';
import { groupName, humanMember, humanName, type Member, memberNamed, memberOf, memberShown } from '../core/member.ts';
import type { Message, Sender } from '../core/message.ts';
import { labelOf } from '../core/names.ts';

/** To whom somebody writes. */
export interface AudienceOrder {
  readonly from: Sender;
  /** names of members, and of groups behind an `@`; empty: the group whose thread it is, or else all who have taken part in it */
  readonly to: readonly string[];
  readonly thread: string | null;
  /** all members but oneself */
  readonly isToAll?: boolean;
  /** what it answers: whoever wrote that may be told in any thread */
  readonly answers?: Message;
}

export interface Audience {
  /** names as they are kept, in order, each once */
  readonly to: readonly string[];
  /** the group that it goes to as a whole; null: to members by name */
  readonly group: string | null;
  /** null: that of the people concerned */
  readonly thread: string | null;
}

/**
 * Who is told: those who are named; or the group, or those of the thread, without who writes and who is disabled.
 * @param takenPart who has written in a thread, or was written to
 * @throws BridgeError where anybody of them is not to be written to: then nobody is
 */
export function audienceOf(
  order: AudienceOrder,
  members: readonly Member[],
  takenPart: (thread: string) => readonly string[],
): Audience {
  const { from, thread } = order;
  const audience = order.answers === undefined ? chosen(order, members, takenPart) : answered(order.answers, members);
  const to = [...new Map(audience.to.map((one) => [one.name, one])).values()];
  if (to.some(({ name }) => name === from.name))
    throw usageError('tell', memberShown(from.name, members), 'is who writes: nobody writes to himself');
  const disabled = to.find(({ isEnabled }) => !isEnabled);
  if (disabled !== undefined) {
    const name = memberShown(disabled.name, members);
    const reason = 'is disabled, and gets nothing; nothing was sent';
    throw new NotNow({
      what: 'tell',
      target: name,
      reason,
      nextStep: `a person enables it: bridge enable ${name}`,
    });
  }
  const group = audience.group?.name ?? null;
  return { to: to.map(({ name }) => name), group, thread: thread ?? group };
}

interface Chosen {
  readonly to: readonly Member[];
  readonly group: Group | null;
}

function answered({ from }: Message, members: readonly Member[]): Chosen {
  if (from.name === humanName) return { to: [humanMember], group: null };
  const author = memberOf(from.name, members) ?? memberNamed(from.name, members);
  return { to: [author], group: null };
}

function chosen(
  { from, to, thread, isToAll }: AudienceOrder,
  members: readonly Member[],
  takenPart: (thread: string) => readonly string[],
): Chosen {
  const others = (all: readonly Member[]) => all.filter(({ name, isEnabled }) => name !== from.name && isEnabled);
  if (isToAll === true) return { to: someOf(others(members), 'broadcast', 'members'), group: null };
  const owner = thread === null ? null : groupOfThread(thread, members);
  if (to.length > 0) {
    const named = to.map((name) =>
      name.startsWith('@') ? groupNamed(groupName(name), members) : memberMeant(name, from, members),
    );
    const groups = named.filter((one) => 'members' in one);
    const all = named.flatMap((one) => ('members' in one ? someOf(others(one.members), `@${one.name}`, 'it') : [one]));
    if (owner !== null)
      refuseStrangers(
        all.filter(({ name }) => name !== humanName),
        owner,
        members,
      );
    return { to: all, group: named.length === 1 ? (groups[0] ?? null) : null };
  }
  if (thread === null) throw usageError('tell', 'recipient', 'is missing', 'bridge tell NAME "message"');
  if (owner !== null) return { to: others(owner.members), group: owner };
  const names = takenPart(thread);
  // where nobody has, it is kept, and read by whoever comes
  return { to: others([...members, humanMember].filter(({ name }) => names.includes(name))), group: null };
}

/** A label alone is that of the sender's own project, where there is one. */
function memberMeant(given: string, from: Sender, members: readonly Member[]): Member {
  if (given === humanName) return humanMember;
  const sender = memberOf(from.name, members)?.called ?? '';
  const project = sender.slice(0, -labelOf(sender).length);
  return members.find(({ called }) => called === `${project}${given}`) ?? memberNamed(given, members);
}

function someOf(found: readonly Member[], target: string, where: string): readonly Member[] {
  if (found.length > 0) return found;
  throw usageError('tell', target, `nobody else who could be told is in ${where}`, 'name who is to be told: --to NAME');
}

function refuseStrangers(all: readonly Member[], { name, members: own }: Group, members: readonly Member[]): void {
  const stranger = all.find((one) => !own.some((member) => member.name === one.name));
  if (stranger === undefined) return;
  throw new BridgeError({
    what: 'post',
    target: memberShown(stranger.name, members),
    reason: `is not in group ${name}, whose thread this is; nothing was sent`,
    nextStep: `in it are: ${own.map((member) => memberShown(member.name, members)).join(', ')}`,
  });
}
