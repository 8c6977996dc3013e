import type { Clock } from '../core/clock.ts';
import { usageError } from '../core/failure.ts';
import type { Message, SentMail } from '../core/message.ts';
import type { Directory } from './directory.ts';
import type { Expiry } from './expiry.ts';
import type { MailNotices } from './mail-notices.ts';
import type { MailMemory, MailSteps } from './mail-steps.ts';
import type { Offering } from './offering.ts';

interface ReadingParts {
  readonly memory: { readonly mail: MailMemory; transact<T>(work: () => T): T };
  readonly clock: Clock;
  readonly directory: Directory;
  readonly steps: MailSteps;
  readonly offering: Offering;
  readonly expiry: Expiry;
  readonly notices: MailNotices;
}

/** What a member reads of its mail, and what is read for good with that. */
export class MailReading {
  readonly #memory: ReadingParts['memory'];
  readonly #clock: Clock;
  readonly #directory: Directory;
  readonly #steps: MailSteps;
  readonly #offering: Offering;
  readonly #expiry: Expiry;
  readonly #notices: MailNotices;

  constructor(parts: ReadingParts) {
    this.#memory = parts.memory;
    this.#clock = parts.clock;
    this.#directory = parts.directory;
    this.#steps = parts.steps;
    this.#offering = parts.offering;
    this.#expiry = parts.expiry;
    this.#notices = parts.notices;
  }

  /**
   * Hands over what the member has not read, and marks it read; its bell is not rung for that any more.
   * @param only ids: of what came since these were shown, the member has seen nothing
   */
  read(member: string, only: readonly string[] | null = null): Message[] {
    // what was shown was read in time
    if (only === null) this.#expiry.tick();
    const unread = this.#memory.mail.unreadOf(member).filter(({ message }) => only === null || only.includes(message));
    this.#markRead(member, unread);
    this.#notices.roomAgain(member);
    return unread.map(({ sent }) => sent);
  }

  /** The member knows these: they are read, and nobody is told of it. @returns those that were not read before */
  acknowledge(member: string, messages: readonly Message[]): Message[] {
    const mails = messages.flatMap((sent) => {
      const mail = this.#memory.mail.mail(sent.id, member);
      return mail === null ? [] : [{ ...mail, sent }];
    });
    return this.#markRead(member, mails).map(({ sent }) => sent);
  }

  /** The message of this id, or the one whose id ends so. @throws BridgeError where none does, or several do */
  named(id: string): Message {
    const exact = this.#memory.mail.message(id);
    const found = exact === null ? this.#memory.mail.messagesEnding(id) : [exact];
    if (found.length === 1) return found[0]!;
    if (found.length > 1)
      throw usageError(
        'message',
        id,
        `fits several: ${found.map((one) => `${one.id.slice(-6)} from ${this.#directory.shown(one.from.name)}`).join(', ')}, …`,
        'use the last six characters of its id',
      );
    throw usageError('message', id, 'unknown', 'the characters behind # in the line that landed, or in `bridge inbox`');
  }

  /** What the member has not read yet; nothing is marked. */
  unread(member: string): Message[] {
    this.#expiry.tick();
    return this.#memory.mail.unreadOf(member).map(({ sent }) => sent);
  }

  #markRead<M extends Omit<SentMail, 'expiresAt'>>(member: string, mails: readonly M[]): M[] {
    const at = this.#clock.now();
    const marked = this.#memory.transact(() => mails.filter((mail) => this.#steps.step(mail, { type: 'read', at })));
    const lines = new Set(marked.flatMap(({ state }) => (state.is === 'offered' ? [state.deliveryId] : [])));
    this.#offering.settled(member, lines);
    return marked;
  }
}
