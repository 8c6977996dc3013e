import { type BridgeError, Forbidden, unknownName, usageError } from '../core/failure.ts';
import { groupName, humanName, isProgram, type Member, memberName } from '../core/member.ts';
import { type Message, mostMarked } from '../core/message.ts';
import { isCalled } from '../core/names.ts';
import type { Bridge } from './bridge.ts';
import { grantedNames } from './granted-names.ts';

/** What a program writes in the name that it gives itself. */
export interface ClaimedLetter {
  readonly from: string;
  /** a member, or all of a group */
  readonly to: { readonly member: string } | { readonly group: string };
  readonly body: string;
  /** id of the message that it answers */
  readonly answers: string | null;
  readonly key: string | null;
}

type Parts = Pick<Bridge, 'config' | 'projects' | 'directory' | 'membership' | 'messages' | 'journal'>;

/** So many are looked at for those that programs wrote or were written. */
const mostLooked = 200;

/**
 * Mail of programs that speak as agent-chat's clients do: each name counts as claimed, and nothing shows that it is the caller's. So
 * only names that were registered this way, and have never had a pane, are written and read as; what is any other's stays its own.
 */
export class ClaimedMail {
  readonly #bridge: Parts;

  constructor(bridge: Parts) {
    this.#bridge = bridge;
  }

  /**
   * The name is a program's from now on.
   * @param groups it is in these and no others from now on; null: in those in which it was
   * @throws BridgeError where another has the name, or bridge.yaml grants something to it
   */
  register(given: string, groups: readonly string[] | null): Member {
    const { directory, membership, journal } = this.#bridge;
    const name = memberName(given);
    return journal.transact(() => {
      const known = directory.members().find((one) => one.name === name || isCalled(one.called, name));
      if (known !== undefined && !isProgram(known)) throw another(known);
      if (known === undefined && grantedNames(this.#bridge, null)(name)) throw granted(name);
      const { member } = membership.add(known?.name ?? name, { registeredBy: 'agent-chat', groups: groups ?? [] });
      const left = groups === null ? [] : member.groups.filter((group) => !groups.includes(group));
      for (const group of left) membership.leave(member.name, group);
      return directory.member(member.name)!;
    });
  }

  /** The name is nobody's any more; what waits for it is withdrawn. @returns null where nobody had it */
  deregister(given: string): Member | null {
    const { directory, membership, messages, journal } = this.#bridge;
    return journal.transact(() => {
      if (!directory.members().some((one) => one.name === given || isCalled(one.called, given))) return null;
      const member = this.as(given);
      messages.withdrawAll(member.name);
      membership.remove(member);
      return member;
    });
  }

  /** In whose name a program acts. @throws BridgeError where it did not register, or the name is another's */
  as(given: string): Member {
    const { directory } = this.#bridge;
    const known = directory.members().find((one) => one.name === given || isCalled(one.called, given));
    if (known === undefined) throw unknownName('agent', given, [], 'POST /api/register first');
    if (!isProgram(known)) throw another(known);
    if (!known.isEnabled)
      throw new Forbidden({ what: 'agent', target: given, reason: 'is disabled', nextStep: 'a person enables it' });
    return known;
  }

  /** Accepts a letter whole, or keeps nothing of it. It is on the disk when this resolves. */
  async send({ from: given, to, body, answers, key }: ClaimedLetter): Promise<Message> {
    const { messages, config } = this.#bridge;
    const from = this.as(given);
    if (config.senders === 'verified')
      throw new Forbidden({
        what: 'send',
        target: from.called,
        reason: 'nothing shows that this is who writes, and bridge.yaml has `senders: verified`; nothing was sent',
        nextStep: 'give it a token of its own, for /api/v1: bridge token add',
      });
    const about = answers === null ? null : this.#own(from.name, answers);
    const isToItsSender =
      about !== null && 'member' in to && to.member === this.#bridge.directory.shown(about.from.name);
    return messages.sendSoon({
      from: { name: from.name, standing: 'claimed' },
      to: ['group' in to ? `@${groupName(to.group)}` : memberAddressed(to.member)],
      thread: null,
      body,
      noReply: false,
      ...(key !== null && { key }),
      ...(about !== null && (isToItsSender ? { answers: about, thread: about.thread } : { about })),
    });
  }

  /** What it has not read, the first `limit` of them in the order in which they were sent. */
  unread(given: string, limit: number): Message[] {
    const { name } = this.as(given);
    return this.#bridge.journal.mail.unreadAfter(name, 0, limit).map(({ message }) => message);
  }

  /** These are read. Of ids that are none of its own nothing becomes. @returns how many it had not read before */
  markRead(given: string, ids: readonly string[]): number {
    const { name } = this.as(given);
    if (ids.length > mostMarked) throw usageError('message_ids', `${ids.length} ids`, `has more than ${mostMarked}`);
    const { journal, messages } = this.#bridge;
    const own = ids.flatMap((id) => journal.mail.message(id) ?? []).filter(({ to }) => to.includes(name));
    return messages.acknowledge(name, own).length;
  }

  /** What it wrote or was written, the last `limit`, newest first. @param filter.since, until instants */
  history(
    given: string,
    filter: {
      readonly with: string | null;
      readonly group: string | null;
      readonly since: number | null;
      readonly until: number | null;
      readonly limit: number;
    },
  ): Message[] {
    const { name } = this.as(given);
    const { journal, directory } = this.#bridge;
    const { with: partner, group, since, until, limit } = filter;
    const found = journal.mail.history.messages({
      of: name,
      ...(partner !== null && { with: partner === humanName ? partner : directory.named(partner).name }),
      ...(group !== null && { group }),
      ...(since !== null && { since }),
      ...(until !== null && { until }),
      limit,
    });
    return found.reverse();
  }

  /** What programs wrote or were written, the last `limit`, newest first. */
  recent(limit: number): Message[] {
    const { journal, directory } = this.#bridge;
    const programs = new Set(
      directory
        .members()
        .filter(isProgram)
        .map(({ name }) => name),
    );
    const isTheirs = ({ from, to }: Message) => programs.has(from.name) || to.some((name) => programs.has(name));
    return journal.mail.history.messages({ limit: mostLooked }).reverse().filter(isTheirs).slice(0, limit);
  }

  /** @throws BridgeError where it neither wrote it nor was written it */
  #own(name: string, id: string): Message {
    const message = this.#bridge.journal.mail.message(id);
    if (message !== null && (message.from.name === name || message.to.includes(name))) return message;
    throw usageError('message', id, 'unknown', 'in_reply_to is an id that it was sent');
  }
}

/** @throws BridgeError where it is no name: a group is not meant by one */
function memberAddressed(given: string): string {
  return given === humanName ? given : memberName(given);
}

function another({ called, pane }: Member): BridgeError {
  const where = pane === null ? 'was not registered by a program' : `is an agent in pane ${pane.paneId}`;
  return new Forbidden({
    what: 'agent',
    target: called,
    reason: `${where}: nobody writes or reads as it by saying so`,
    nextStep: 'register under another name',
  });
}

function granted(name: string): BridgeError {
  return new Forbidden({
    what: 'agent',
    target: name,
    reason: 'bridge.yaml grants something to this name, and only a person says who has it',
    nextStep: 'register under another name',
  });
}
