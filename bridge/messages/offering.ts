import { chatNotice } from '../core/chat-notice.ts';
import type { Clock } from '../core/clock.ts';
import { isEnded, isWaiting } from '../core/delivery-machine.ts';
import type { Delivery, DeliveryOptions, Envelope } from '../core/envelope.ts';
import type { DeliveryId, EnvelopeId } from '../core/ids.ts';
import { type EnvelopeLook, type Heading, inEnvelope, showsTexts } from '../core/mail-envelope.ts';
import { doorbellText, goesAsText, isAboutMail, mailThread, marksOf, senderIn, shortId } from '../core/mail-lines.ts';
import {
  inTurn,
  isOver,
  isRung,
  type MailInput,
  type MailState,
  type Message,
  rankOf,
  type SentMail,
} from '../core/message.ts';
import { type PaneIdentity, sameAgent, samePane } from '../core/pane.ts';
import type { Directory, LivingMember } from './directory.ts';
import type { MailMemory, MailSteps } from './mail-steps.ts';

/** The agent that a line is for is not there; what stands in its place does not get it. */
const absent = ['gone', 'replaced', 'shell'];

export interface OfferingMemory {
  readonly mail: Pick<MailMemory, 'mailOf' | 'membersWith' | 'unreadOf'>;
  delivery(id: DeliveryId): Delivery | null;
  transact<T>(work: () => T): T;
}

export interface OfferingQueue {
  post(
    envelope: Envelope,
    recipient: PaneIdentity,
    agent: string,
    options: DeliveryOptions,
    deadlineAt: number | null,
    id: DeliveryId,
  ): Delivery;
  cancel(id: DeliveryId, reason: string): boolean;
  replaceBody(id: DeliveryId, body: string, notes: string): boolean;
}

/**
 * How a member is told of what waits for it: one thing at a time, by the queue that also types answers. A short text goes
 * whole, the longer ones have one doorbell for all that is unread. What waits is decided anew whenever something has changed.
 */
export class Offering {
  readonly #memory: OfferingMemory;
  readonly #steps: MailSteps;
  readonly #clock: Clock;
  readonly #mint: () => string;
  readonly #directory: Directory;
  readonly #queue: OfferingQueue;
  readonly #optionsFor: (pane: PaneIdentity) => DeliveryOptions;
  readonly #isAsking: (pane: PaneIdentity) => boolean;
  readonly #folder: string;
  readonly #readWith: string;
  readonly #lookOf: (member: string) => EnvelopeLook;

  /**
   * @param parts.isAsking what is open in this pane waits for an answer: an input now would end the turn that asked
   * @param parts.folder the state directory, where threads lie as files
   * @param parts.readWith the command with which a member reads its mail
   */
  constructor(parts: {
    memory: OfferingMemory;
    steps: MailSteps;
    clock: Clock;
    mint: () => string;
    directory: Directory;
    queue: OfferingQueue;
    optionsFor: (pane: PaneIdentity) => DeliveryOptions;
    isAsking: (pane: PaneIdentity) => boolean;
    folder: string;
    readWith: string;
    lookOf: (member: string) => EnvelopeLook;
  }) {
    this.#memory = parts.memory;
    this.#steps = parts.steps;
    this.#clock = parts.clock;
    this.#mint = parts.mint;
    this.#directory = parts.directory;
    this.#queue = parts.queue;
    this.#optionsFor = parts.optionsFor;
    this.#isAsking = parts.isAsking;
    this.#folder = parts.folder;
    this.#readWith = parts.readWith;
    this.#lookOf = parts.lookOf;
  }

  /** Offers the member what is due, one thing at a time; nothing while it has no pane, or is disabled. */
  tellOf(member: string): void {
    const known = this.#directory.member(member);
    if (known?.isEnabled !== true || known.pane === null) return;
    const living = this.#directory.paneOf(member);
    if (living === null || this.#isAsking(living.identity)) return;
    const now = this.#clock.now();
    const due = inTurn(this.#of(member, 'waiting').filter((mail) => !isOver(mail, now)));
    const offered = this.#of(member, 'offered');
    this.#memory.transact(() => {
      if (offered.length === 0) this.#offer(living, due);
      else if (due.length > 0 && rankOf(due[0]!.sent) > Math.max(...offered.map(({ sent }) => rankOf(sent)))) {
        if (this.takeBack(offered[0]!, 'what is more urgent comes first')) this.tellOf(member);
      } else this.#renewBell(living, offered, due);
    });
  }

  /** Something in this pane waits for an answer from now on: what was on its way there, and is not being typed, comes after that. */
  asked(pane: PaneIdentity): void {
    const member = this.#directory.at(pane);
    if (member === null || !this.#isAsking(pane)) return;
    for (const mail of this.#of(member.name, 'offered')) this.takeBack(mail, 'it waits for an answer itself');
  }

  /** An agent bears this name from now on: what another one was rung for, and has not read, is rung for anew. */
  back(member: string): void {
    const living = this.#directory.paneOf(member);
    if (living === null) return;
    this.#memory.transact(() => {
      for (const mail of this.#memory.mail.unreadOf(member)) {
        const told = isRung(mail.state) && mail.state.by !== undefined ? this.#memory.delivery(mail.state.by) : null;
        if (told !== null && isAnother(told.recipient, living.identity)) this.#steps.step(mail, { type: 'unheard' });
      }
    });
    this.tellOf(member);
  }

  /** Offers it no more, unless it is being typed already; then it waits again, and so does whatever the same bell is about. */
  takeBack({ member, state }: Pick<SentMail, 'member' | 'state'>, reason: string): boolean {
    if (state.is !== 'offered') return false;
    const { deliveryId } = state;
    if (!this.#queue.cancel(deliveryId, reason)) return false;
    for (const mail of this.#of(member, 'offered'))
      if (deliveryOf(mail) === deliveryId) this.#steps.step(mail, { type: 'not-typed', deliveryId });
    return true;
  }

  /** These were read, or withdrawn: a line that tells of nothing any more is not typed, and a bell says what is left. */
  settled(member: string, deliveries: ReadonlySet<DeliveryId>): void {
    for (const id of deliveries) {
      const left = this.#of(member, 'offered').filter((mail) => deliveryOf(mail) === id);
      const living = this.#directory.paneOf(member);
      if (left.length === 0) this.#queue.cancel(id, 'its message was read already');
      else if (living !== null) this.#renewBell(living, left, []);
    }
  }

  /** @param due in the order in which the member is told of it */
  #offer(living: LivingMember, due: readonly SentMail[]): void {
    const [first] = due;
    if (first === undefined) return;
    const member = living.name;
    const isText = this.#goesAsText(member, first);
    const offered = isText ? [first] : due.filter((mail) => !this.#goesAsText(member, mail));
    const body = isText ? this.#text(first.sent, living) : this.#bell(living, offered);
    const deliveryId = this.#mint() as DeliveryId;
    for (const { message, sent } of offered)
      this.#steps.step(
        { message, member, sent, state: { is: 'waiting' } },
        { type: 'offered', deliveryId, as: isText ? 'text' : 'doorbell' },
      );
    this.#queue.post(
      {
        id: this.#mint() as EnvelopeId,
        thread: `${mailThread}${deliveryId}`,
        from: isText ? first.sent.from.name : 'bridge',
        to: member,
        inReplyTo: null,
        kind: 'message',
        body,
        notes: '',
        expectsReply: false,
        createdAt: this.#clock.now(),
      },
      living.identity,
      living.agent,
      { ...this.#optionsFor(living.identity), ...(first.sent.urgent === true && { urgent: true }) },
      lastDeadline(offered),
      deliveryId,
    );
  }

  /** A bell that is not being typed yet says what is unread by now. */
  #renewBell(living: LivingMember, offered: readonly SentMail[], due: readonly SentMail[]): void {
    const [first] = offered;
    if (first?.state.is !== 'offered' || first.state.as !== 'doorbell') return;
    const { deliveryId } = first.state;
    const more = due.filter((mail) => !this.#goesAsText(living.name, mail));
    const body = this.#bell(living, [...offered, ...more]);
    const delivery = this.#memory.delivery(deliveryId);
    if (delivery === null || !isWaiting(delivery.state) || delivery.envelope.body === body) return;
    // a bell that is over before what came now is rung anew
    if (delivery.deadlineAt !== lastDeadline([...offered, ...more])) {
      if (this.takeBack(first, 'there is more to say')) this.tellOf(living.name);
    } else if (this.#queue.replaceBody(deliveryId, body, ''))
      for (const mail of more) this.#steps.step(mail, { type: 'offered', deliveryId, as: 'doorbell' });
  }

  #goesAsText(member: string, { sent }: SentMail): boolean {
    return showsTexts(this.#lookOf(member)) && goesAsText(sent);
  }

  #text(sent: Message, living: LivingMember): string {
    const marks = marksOf(sent);
    const from = senderIn(this.#withShownNames(sent));
    return this.#inEnvelope(living, { from, id: shortId(sent.id), at: sent.sentAt }, sent.from.name, sent.body, marks);
  }

  /** What a bell says: what was told of before and is still unread, and these. */
  #bell(living: LivingMember, offered: readonly SentMail[]): string {
    const before = this.#memory.mail.unreadOf(living.name).filter(({ state }) => state.is === 'submitted');
    const unread = [...before, ...offered].sort((a, b) => (a.message < b.message ? -1 : 1));
    const shown = unread.map(({ sent }) => this.#withShownNames(sent));
    const isNotice = !showsTexts(this.#lookOf(living.name));
    const text = isNotice ? chatNotice(shown) : doorbellText(shown, this.#folder, this.#readWith);
    const at = Math.max(...unread.map(({ sent }) => sent.sentAt));
    return this.#inEnvelope(living, { from: 'bridge', id: null, at }, 'bridge', text, []);
  }

  #inEnvelope(
    living: LivingMember,
    heading: Pick<Heading, 'from' | 'id' | 'at'>,
    sender: string,
    text: string,
    marks: readonly string[],
  ): string {
    const { name, identity } = living;
    const fromPane = this.#directory.paneOf(sender)?.identity ?? null;
    const whole = { ...heading, to: this.#directory.shown(name), fromPane, toHost: identity.host };
    return inEnvelope(this.#lookOf(name), whole, text, marks);
  }

  /** A line about mail has come further on its way. Others change nothing. */
  deliveryChanged({ id, envelope, state }: Delivery): void {
    if (!isAboutMail(envelope)) return;
    const mails = this.#of(envelope.to, 'offered').filter((mail) => deliveryOf(mail) === id);
    const at = this.#clock.now();
    if (state.is === 'held' && absent.includes(state.reason)) {
      this.#queue.cancel(id, 'its agent has gone');
      return;
    }
    if (!isEnded(state)) return;
    const input: MailInput =
      state.is === 'acknowledged'
        ? { type: 'submitted', deliveryId: id, receipt: state.receipt, at }
        : state.is === 'uncertain' || state.is === 'typed-not-submitted'
          ? { type: 'lost-sight', deliveryId: id, reason: state.reason, at }
          : { type: 'not-typed', deliveryId: id };
    this.#memory.transact(() => {
      for (const mail of mails) this.#steps.step(mail, input);
    });
    // what was not typed is offered again at the next tick: its pane may be going just now
    if (input.type !== 'not-typed') this.tellOf(envelope.to);
  }

  /** Ends of deliveries that nobody heard of, as after a crash; and whatever waits for a member that can be told now. */
  tick(): void {
    const offered = this.#memory.mail.mailOf(null, ['offered']);
    for (const deliveryId of new Set(offered.flatMap((mail) => deliveryOf(mail) ?? []))) {
      const delivery = this.#memory.delivery(deliveryId);
      if (delivery !== null) this.deliveryChanged(delivery);
    }
    for (const member of this.#memory.mail.membersWith('waiting')) this.tellOf(member);
  }

  /** Why nobody has told the member yet, in words. */
  whyWaiting(member: string): string {
    if (this.#directory.member(member)?.isEnabled === false)
      return 'disabled: it gets nothing until a person enables it';
    const living = this.#directory.paneOf(member);
    if (living === null) return 'offline: it is told when a bridge sees it again';
    if (this.#isAsking(living.identity)) return 'it waits for an answer itself';
    return this.isBehindAnother(member) ? 'behind another message' : 'on its way';
  }

  /** Others come first; each takes a moment. */
  isBehindAnother(member: string): boolean {
    return this.#of(member, 'offered').length > 0;
  }

  #of(member: string, state: MailState['is']): SentMail[] {
    return this.#memory.mail.mailOf(member, [state]);
  }

  #withShownNames(message: Message): Message {
    const name = this.#directory.shown(message.from.name);
    return { ...message, from: { ...message.from, name } };
  }
}

/** The delivery by which it is offered; null where it is not. */
function deliveryOf({ state }: SentMail): DeliveryId | null {
  return state.is === 'offered' ? state.deliveryId : null;
}

/** While the process of an agent is not known, it counts as the one that was there. */
function isAnother(before: PaneIdentity, now: PaneIdentity): boolean {
  if (!samePane(before, now)) return true;
  return before.agentPid !== null && now.agentPid !== null && !sameAgent(before, now);
}

/** From when on there is nothing to tell of; null: never. */
function lastDeadline(offered: readonly SentMail[]): number | null {
  return offered.some(({ expiresAt }) => expiresAt === null)
    ? null
    : Math.max(...offered.map((mail) => mail.expiresAt!));
}
