import type { Clock } from '../core/clock.ts';
import type { PublicEvent } from '../core/events.ts';
import {
  type Mail,
  type MailInput,
  type MailState,
  type Message,
  type MessageId,
  type SentMail,
  stepMail,
} from '../core/message.ts';
import type { Chains } from './chains.ts';
import type { CountedMail } from './loop-tally.ts';

/** What is needed of the journal for mail. */
export interface MailMemory extends CountedMail {
  saveMessage(message: Message, first: MailState): void;
  saveMail(mail: Mail, at: number): void;
  mail(message: MessageId, member: string): Mail | null;
  mailOf(member: string | null, states: ReadonlyArray<MailState['is']>): SentMail[];
  overdue(now: number): SentMail[];
  messageOfKey(sender: string, key: string): Message | null;
  /** how many wait for this member, counted up to `most` */
  countWaiting(member: string, most: number): number;
  unreadOf(member: string): SentMail[];
  countUnread(member: string): number;
  membersWith(state: MailState['is']): string[];
  message(id: string): Message | null;
  messagesEnding(end: string): Message[];
  thread(name: string, limit: number): Message[];
  threadLike(name: string): string | null;
  participants(thread: string): string[];
}

/** The one writer of what becomes of a message for a recipient: it is kept, then told. */
export class MailSteps {
  readonly #memory: Pick<MailMemory, 'saveMail'>;
  readonly #chains: Chains;
  readonly #clock: Clock;
  readonly #on: (event: Extract<PublicEvent, { type: 'mail-changed' }>) => void;

  constructor(parts: {
    memory: Pick<MailMemory, 'saveMail'>;
    chains: Chains;
    clock: Clock;
    on: (event: Extract<PublicEvent, { type: 'mail-changed' }>) => void;
  }) {
    this.#memory = parts.memory;
    this.#chains = parts.chains;
    this.#clock = parts.clock;
    this.#on = parts.on;
  }

  /** @returns false where the input means nothing in its state */
  step(mail: Pick<SentMail, 'message' | 'member' | 'state' | 'sent'>, input: MailInput): boolean {
    const state = stepMail(mail.state, input);
    if (state === mail.state) return false;
    const next = { message: mail.message, member: mail.member, state };
    this.#memory.saveMail(next, this.#clock.now());
    // a doorbell only says that there is something: what it says begins no chain before it is read
    const isKnown = state.is === 'read' || (state.is === 'submitted' && state.as === 'text');
    if (isKnown) this.#chains.received(mail.member, mail.sent);
    this.#on({ type: 'mail-changed', message: mail.sent, mail: next });
    return true;
  }
}
