import { cleaned, isBlank } from '../core/cleaning.ts';
import type { Clock } from '../core/clock.ts';
import { isEnded } from '../core/delivery-machine.ts';
import type { Documents } from '../core/documents.ts';
import type { Delivery, DeliveryOptions, Envelope } from '../core/envelope.ts';
import type { PublicEvent } from '../core/events.ts';
import { BridgeError, usageError } from '../core/failure.ts';
import type { DeliveryId, EnvelopeId } from '../core/ids.ts';
import { type LoopVerdict, loopVerdict } from '../core/loop-guard.ts';
import { doorbellLine, fitsInLine, isAboutMail, mailThread, textLine } from '../core/mail-lines.ts';
import {
  isDue,
  type Mail,
  type MailInput,
  type MailState,
  type Message,
  type MessageId,
  type Sender,
  stepMail,
} from '../core/message.ts';
import type { PaneIdentity } from '../core/pane.ts';
import { Chains } from './chains.ts';
import type { Directory } from './directory.ts';

/** What a message may hold: a letter, not a file. */
const mostCharacters = 64 * 1024;
/** More than so many that wait for one member are refused: nobody reads them any more. */
const mostWaiting = 200;
/** The agent that a line is for is not there; what stands in its place does not get it. */
const absent = ['gone', 'replaced', 'shell'];

export interface MessageOrder {
  readonly from: Sender;
  readonly to: readonly string[];
  readonly body: string;
  /** null: that of these two, or of these several */
  readonly thread: string | null;
  readonly noReply: boolean;
  /** what it answers: it is of that one's chain */
  readonly answers?: Message;
}

interface Memory extends Documents {
  readonly mail: {
    saveMessage(message: Message, first: MailState): void;
    saveMail(mail: Mail, at: number): void;
    mail(message: MessageId, member: string): Mail | null;
    mailOf(member: string | null, states: ReadonlyArray<MailState['is']>): Array<Mail & { readonly sent: Message }>;
    message(id: string): Message | null;
    messagesEnding(end: string): Message[];
    unreadOf(member: string): Array<Mail & { readonly sent: Message }>;
    countUnread(member: string): number;
    membersWith(state: MailState['is']): string[];
    thread(name: string, limit: number): Message[];
  };
  delivery(id: DeliveryId): Delivery | null;
  transact<T>(work: () => T): T;
}

interface Queue {
  post(
    envelope: Envelope,
    recipient: PaneIdentity,
    agent: string,
    options: DeliveryOptions,
    deadlineAt: number | null,
    id: DeliveryId,
  ): Delivery;
  cancel(id: DeliveryId, reason: string): boolean;
}

/**
 * Messages between members, from sending to reading. A member is told of one thing at a time, by the queue that also types
 * answers: a short text whole, the longer ones by one doorbell for all that is unread. What waits is decided anew whenever
 * something has changed: who reads before the bell has rung is not rung for.
 */
export class Messages {
  readonly #memory: Memory;
  readonly #chains: Chains;
  readonly #clock: Clock;
  readonly #mint: () => string;
  readonly #directory: Directory;
  readonly #queue: Queue;
  readonly #optionsFor: (pane: PaneIdentity) => DeliveryOptions;
  readonly #isAsking: (pane: PaneIdentity) => boolean;
  readonly #on: (event: Extract<PublicEvent, { type: 'message-sent' | 'mail-changed' | 'said' }>) => void;

  /** @param parts.isAsking what is open in this pane waits for an answer: an input now would end the turn that asked */
  constructor(parts: {
    memory: Memory;
    clock: Clock;
    mint: () => string;
    directory: Directory;
    queue: Queue;
    optionsFor: (pane: PaneIdentity) => DeliveryOptions;
    isAsking: (pane: PaneIdentity) => boolean;
    on: (event: Extract<PublicEvent, { type: 'message-sent' | 'mail-changed' | 'said' }>) => void;
  }) {
    this.#memory = parts.memory;
    this.#chains = new Chains(parts.memory);
    this.#clock = parts.clock;
    this.#mint = parts.mint;
    this.#directory = parts.directory;
    this.#queue = parts.queue;
    this.#optionsFor = parts.optionsFor;
    this.#isAsking = parts.isAsking;
    this.#on = parts.on;
  }

  /** Kept before anybody is told of it. @throws BridgeError where it is not accepted; then nothing of it is kept */
  send(order: MessageOrder): Message {
    const { from, noReply } = order;
    const body = cleaned(order.body).trim();
    if (isBlank(body)) throw usageError('tell', 'message', 'holds nothing visible');
    if (body.length > mostCharacters)
      throw usageError(
        'tell',
        'message',
        `has ${body.length} characters, and ${mostCharacters} are the most`,
        'write it into a file, and name that',
      );
    const to = [...new Set(order.to.map((name) => this.#directory.named(name).name))];
    if (to.length === 0) throw usageError('tell', 'recipient', 'is missing', 'bridge tell NAME "message"');
    if (to.includes(from.name)) throw usageError('tell', from.name, 'is who writes: nobody writes to himself');
    this.#refuseFull(to);
    const { answers } = order;
    const chain = from.standing === 'human' ? null : this.#chains.of(from.name);
    const hops = from.standing === 'human' ? 0 : Math.max(chain?.hops ?? 0, answers?.hops ?? 0) + 1;
    const message: Message = {
      id: this.#mint() as MessageId,
      thread: order.thread === null ? this.#threadOf([from.name, ...to]) : threadNamed(order.thread),
      from,
      to,
      body,
      sentAt: this.#clock.now(),
      causedBy: answers?.id ?? chain?.message ?? null,
      hops,
      noReply: noReply || /\[no-reply\]/.test(body),
    };
    const verdict = loopVerdict(hops);
    const first: MailState =
      verdict.is === 'held' ? { is: 'held', why: verdict.why, since: message.sentAt } : { is: 'waiting' };
    this.#memory.transact(() => this.#memory.mail.saveMessage(message, first));
    this.#on({ type: 'message-sent', message });
    if (verdict.is === 'held') this.#sayHeld(message, verdict);
    for (const member of to) this.tellOf(member);
    return message;
  }

  /** Offers the member what is due, one thing at a time; nothing while it has no pane. */
  tellOf(member: string): void {
    const living = this.#directory.paneOf(member);
    if (living === null || this.#isAsking(living.identity) || this.#of(member, 'offered').length > 0) return;
    const due = this.#of(member, 'waiting').filter(({ state }) => isDue(state));
    const [first] = due;
    if (first === undefined) return;
    const isText = fitsInLine(first.sent);
    const offered = isText ? [first] : due.filter(({ sent }) => !fitsInLine(sent));
    const shown = this.#directory.shown(member);
    const unread = [...this.#memory.mail.unreadOf(member).filter(({ state }) => state.is === 'submitted'), ...offered];
    const body = isText
      ? textLine(this.#withShownNames(first.sent), shown, warningOf(loopVerdict(first.sent.hops)))
      : doorbellLine(
          unread.map(({ sent }) => this.#withShownNames(sent)),
          shown,
        );
    const deliveryId = this.#mint() as DeliveryId;
    this.#memory.transact(() => {
      for (const mail of offered) this.#step(mail, { type: 'offered', deliveryId, as: isText ? 'text' : 'doorbell' });
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
        this.#optionsFor(living.identity),
        null,
        deliveryId,
      );
    });
  }

  /** A line about mail has come further on its way. Others change nothing. */
  deliveryChanged({ id, envelope, state }: Delivery): void {
    if (!isAboutMail(envelope)) return;
    const mails = this.#of(envelope.to, 'offered').filter(
      (mail) => 'deliveryId' in mail.state && mail.state.deliveryId === id,
    );
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
      for (const mail of mails) this.#step(mail, input);
    });
    // what was not typed is offered again at the next tick: its pane may be going just now
    if (input.type !== 'not-typed') this.tellOf(envelope.to);
  }

  /** Hands over what the member has not read, and marks it read; its bell is not rung for that any more. */
  read(member: string): Message[] {
    const unread = this.#memory.mail.unreadOf(member);
    const at = this.#clock.now();
    this.#memory.transact(() => {
      for (const mail of unread) this.#step(mail, { type: 'read', at });
    });
    const bells = new Set(unread.flatMap(({ state }) => ('deliveryId' in state ? [state.deliveryId] : [])));
    for (const bell of bells) this.#queue.cancel(bell, 'its message was read already');
    return unread.map(({ sent }) => sent);
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

  /** Takes a message back from whom nobody has told of it yet. @returns from whom */
  unsend(message: Message): string[] {
    const at = this.#clock.now();
    const waiting = message.to.flatMap((member) => this.#memory.mail.mail(message.id, member) ?? []);
    return this.#memory.transact(() =>
      waiting
        .filter((mail) => this.#step({ ...mail, sent: message }, { type: 'withdrawn', at }))
        .map(({ member }) => member),
    );
  }

  /** What the member has not read yet; nothing is marked. */
  unread(member: string): Message[] {
    return this.#memory.mail.unreadOf(member).map(({ sent }) => sent);
  }

  countUnread(member: string): number {
    return this.#memory.mail.countUnread(member);
  }

  /** A person lets a thread go on: what was held there is sent, and its chains begin anew. @returns how many messages */
  letGo(thread: string): number {
    const held = this.#memory.mail.mailOf(null, ['held']).filter(({ sent }) => sent.thread === thread);
    this.#memory.transact(() => {
      for (const mail of held) this.#step(mail, { type: 'let-go' });
      for (const { sent } of held) for (const name of [sent.from.name, ...sent.to]) this.#chains.end(name);
    });
    for (const member of new Set(held.map((mail) => mail.member))) this.tellOf(member);
    return held.length;
  }

  /** Ends of deliveries that nobody heard of, as after a crash; and whatever waits for a member that can be told now. */
  tick(): void {
    for (const { state } of this.#memory.mail.mailOf(null, ['offered'])) {
      const delivery = 'deliveryId' in state ? this.#memory.delivery(state.deliveryId) : null;
      if (delivery !== null) this.deliveryChanged(delivery);
    }
    for (const member of this.#memory.mail.membersWith('waiting')) this.tellOf(member);
  }

  /** Why nobody has told the member yet, in words. */
  whyWaiting(member: string): string {
    const living = this.#directory.paneOf(member);
    if (living === null) return 'offline: it is told when a bridge sees it again';
    if (this.#isAsking(living.identity)) return 'it waits for an answer itself';
    return this.isBehindAnother(member) ? 'behind another message' : 'on its way';
  }

  /** Others come first; each takes a moment. */
  isBehindAnother(member: string): boolean {
    return this.#of(member, 'offered').length > 0;
  }

  stateOf(message: MessageId, member: string): MailState | null {
    return this.#memory.mail.mail(message, member)?.state ?? null;
  }

  /** @returns false where the input means nothing in its state */
  #step(mail: Mail & { readonly sent: Message }, input: MailInput): boolean {
    const state = stepMail(mail.state, input);
    if (state === mail.state) return false;
    const next = { message: mail.message, member: mail.member, state };
    this.#memory.mail.saveMail(next, this.#clock.now());
    // a doorbell only says that there is something: what it says begins no chain before it is read
    const isKnown = state.is === 'read' || (state.is === 'submitted' && state.as === 'text');
    if (isKnown) this.#chains.received(mail.member, mail.sent);
    this.#on({ type: 'mail-changed', message: mail.sent, mail: next });
    return true;
  }

  #of(member: string, state: MailState['is']): Array<Mail & { readonly sent: Message }> {
    return this.#memory.mail.mailOf(member, [state]);
  }

  #refuseFull(to: readonly string[]): void {
    const full = to.find((member) => this.#of(member, 'waiting').length >= mostWaiting);
    if (full === undefined) return;
    throw new BridgeError({
      what: 'tell',
      target: this.#directory.shown(full),
      reason: `${mostWaiting} messages wait for it already`,
      nextStep: `it reads them with \`bridge inbox\`; nothing was sent`,
    });
  }

  #sayHeld({ thread, from }: Message, { why }: Extract<LoopVerdict, { is: 'held' }>): void {
    const text = `thread ${thread}: a message of ${this.#directory.shown(from.name)} is held: ${why}; \`bridge resume --thread ${thread}\` lets it go on`;
    this.#on({ type: 'said', level: 'warning', text });
  }

  /** Of the same people it is the same, whoever writes; those of two projects that have one label are two. */
  #threadOf(names: readonly string[]): string {
    const shown = [...new Set(names)].map((name) => this.#directory.shown(name).replaceAll('/', '.'));
    return shown.sort().join('+');
  }

  #withShownNames(message: Message): Message {
    const name = this.#directory.shown(message.from.name);
    return { ...message, from: { ...message.from, name } };
  }
}

function warningOf(verdict: LoopVerdict): string | null {
  return verdict.is === 'warned' ? verdict.words : null;
}

/** A thread names a file too: no name leads out of its folder. */
function threadNamed(name: string): string {
  const isGood =
    /^[\p{L}\p{N}][\p{L}\p{N}._+ -]*(?:\/[\p{L}\p{N}][\p{L}\p{N}._+ -]*)*$/u.test(name) && name.length <= 128;
  if (isGood) return name;
  throw usageError(
    'thread',
    name,
    'invalid: letters, digits, . _ + - and blanks, / for folders, 128 characters at most',
  );
}
