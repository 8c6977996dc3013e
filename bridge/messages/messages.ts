import type { Clock } from '../core/clock.ts';
import type { Documents } from '../core/documents.ts';
import type { Delivery, Receipt } from '../core/envelope.ts';
import type { PublicEvent } from '../core/events.ts';
import type { LoopLimits } from '../core/loop-guard.ts';
import { humanName } from '../core/member.ts';
import type { MailState, Message, MessageId, Sender } from '../core/message.ts';
import type { PaneIdentity } from '../core/pane.ts';
import { Chains } from './chains.ts';
import type { Directory } from './directory.ts';
import { Expiry } from './expiry.ts';
import { HumanMail } from './human-mail.ts';
import { LoopTally } from './loop-tally.ts';
import { MailNotices } from './mail-notices.ts';
import { MailReading } from './mail-reading.ts';
import { type MailMemory, MailSteps } from './mail-steps.ts';
import { Offering } from './offering.ts';
import { type MessageOrder, Sending } from './sending.ts';

type OfferingParts = ConstructorParameters<typeof Offering>[0];

interface Memory extends Documents {
  readonly mail: MailMemory;
  delivery: OfferingParts['memory']['delivery'];
  transact<T>(work: () => T): T;
}

type MessagesEvent = Extract<PublicEvent, { type: 'message-sent' | 'mail-changed' | 'human-told' | 'said' }>;

/** Messages between members, from sending to reading. */
export class Messages {
  readonly #memory: Memory;
  readonly #chains: Chains;
  readonly #tally: LoopTally;
  readonly #notices: MailNotices;
  readonly #steps: MailSteps;
  readonly #offering: Offering;
  readonly #human: HumanMail;
  readonly #expiry: Expiry;
  readonly #sending: Sending;
  readonly #reading: MailReading;
  readonly #clock: Clock;
  readonly #directory: Directory;
  readonly #on: (event: MessagesEvent) => void;

  /** @param parts.place writes the page of a message to the person. @returns its file */
  constructor(
    parts: Pick<
      OfferingParts,
      'clock' | 'mint' | 'directory' | 'queue' | 'optionsFor' | 'isAsking' | 'folder' | 'readWith' | 'lookOf'
    > & {
      memory: Memory;
      place: (message: Message) => Promise<string>;
      limits: LoopLimits;
      commits: { commit<T>(work: () => T): Promise<T> };
      on: (event: MessagesEvent) => void;
    },
  ) {
    this.#memory = parts.memory;
    this.#tally = new LoopTally({ memory: parts.memory, mail: parts.memory.mail });
    this.#chains = new Chains(parts.memory, (member) => this.#tally.personReached(member, parts.clock.now()));
    this.#notices = new MailNotices({
      memory: parts.memory,
      mint: parts.mint,
      noted: (note) => this.#sent(note),
      say: (text) => parts.on({ type: 'said', level: 'warning', text }),
    });
    this.#clock = parts.clock;
    this.#directory = parts.directory;
    this.#on = parts.on;
    this.#steps = new MailSteps({ memory: parts.memory.mail, chains: this.#chains, clock: parts.clock, on: parts.on });
    this.#offering = new Offering({ ...parts, steps: this.#steps });
    this.#human = new HumanMail({
      memory: {
        memory: (key) => parts.memory.memory(key),
        saveMemory: (key, value) => parts.memory.saveMemory(key, value),
        mailOf: (member, states) => parts.memory.mail.mailOf(member, states),
        unreadOf: (member) => parts.memory.mail.unreadOf(member),
      },
      ...{ steps: this.#steps, clock: parts.clock, place: parts.place },
      placed: (message) => parts.on({ type: 'human-told', message }),
      say: (text) => parts.on({ type: 'said', level: 'warning', text }),
    });
    this.#expiry = new Expiry({
      ...parts,
      steps: this.#steps,
      offering: this.#offering,
      noted: (note) => this.#sent(note),
      say: (text) => parts.on({ type: 'said', level: 'warning', text }),
    });
    const { memory, clock, mint, directory, limits } = parts;
    const [steps, offering, expiry, notices] = [this.#steps, this.#offering, this.#expiry, this.#notices];
    this.#reading = new MailReading({ memory, clock, directory, steps, offering, expiry, notices });
    this.#sending = new Sending({
      ...{ memory, clock, mint, directory, limits, notices, commits: parts.commits },
      chains: this.#chains,
      tally: this.#tally,
      sent: (message) => this.#sent(message),
      answered: (message) => void this.acknowledge(humanName, [message]),
    });
  }

  /** Kept before anybody is told of it. @throws BridgeError where it is not accepted; then nothing of it is kept */
  send(order: MessageOrder): Message {
    return this.#sending.send(order);
  }

  /** The same for many who write at once: they share a commit. */
  sendSoon(order: MessageOrder): Promise<Message> {
    return this.#sending.sendSoon(order);
  }

  /** A person typed into the member's pane: what it has received before leads to nothing any more. */
  typedByPerson(member: string): void {
    this.#memory.transact(() => this.#chains.end(member));
  }

  #sent(message: Message): void {
    this.#on({ type: 'message-sent', message });
    for (const member of message.to) this.tellOf(member);
  }

  /** Offers the member what is due; the person gets pages. */
  tellOf(member: string): void {
    if (member === humanName) this.#human.tellOf();
    else this.#offering.tellOf(member);
  }

  /** The message of this id, where it is one to the person; null for any other. */
  toHuman(id: string): Message | null {
    const message = this.#memory.mail.message(id);
    return message?.to.includes(humanName) ? message : null;
  }

  /** The person answers a message that he was written. @throws BridgeError where that is not accepted */
  replyOfHuman(answers: Message, body: string): void {
    const from: Sender = { name: humanName, standing: 'human' };
    this.send({ from, to: [answers.from.name], thread: answers.thread, answers, body, noReply: false });
  }

  /** A bridge that watches has started. */
  resume(): void {
    this.#human.resume();
  }

  /** An agent bears this name from now on. */
  back(member: string): void {
    this.#offering.back(member);
  }

  /** A line about mail has come further on its way. Others change nothing. */
  deliveryChanged(delivery: Delivery): void {
    this.#offering.deliveryChanged(delivery);
  }

  /** What is over, and what nobody heard of, as after a crash; and whatever waits for a member that can be told now. */
  tick(): void {
    this.#expiry.tick();
    this.#offering.tick();
    this.#human.tellOf();
  }

  /** Why nobody has told the member yet, in words. */
  whyWaiting(member: string): string {
    if (member === humanName) return 'its page is being written';
    return this.#offering.whyWaiting(member);
  }

  /** Others come first, or its page is being written: each takes a moment. */
  isBehindAnother(member: string): boolean {
    return member === humanName || this.#offering.isBehindAnother(member);
  }

  /**
   * Hands over what the member has not read, and marks it read; its bell is not rung for that any more.
   * @param only ids: of what came since these were shown, the member has seen nothing
   */
  read(member: string, only: readonly string[] | null = null): Message[] {
    return this.#reading.read(member, only);
  }

  /** The member knows these: they are read, and nobody is told of it. @returns those that were not read before */
  acknowledge(member: string, messages: readonly Message[]): Message[] {
    return this.#reading.acknowledge(member, messages);
  }

  /** Of what the member is still to be told, in the order of sending. */
  due(member: string): Message[] {
    return this.#memory.mail.mailOf(member, ['waiting']).map(({ sent }) => sent);
  }

  /** A bridge elsewhere has told the member of these by a doorbell in its pane. */
  rungElsewhere(member: string, ids: readonly string[], receipt: Receipt): void {
    const rung = new Set(ids);
    const mails = this.#memory.mail.mailOf(member, ['waiting']).filter(({ message }) => rung.has(message));
    const input = { type: 'rung-elsewhere', receipt, at: receipt.at } as const;
    this.#memory.transact(() => mails.forEach((mail) => void this.#steps.step(mail, input)));
  }

  /** The message of this id, or the one whose id ends so. @throws BridgeError where none does, or several do */
  named(id: string): Message {
    return this.#reading.named(id);
  }

  /** Takes a message back from whom nobody has told of it yet: its line may be queued, and not typed. @returns from whom */
  unsend(message: Message): string[] {
    const at = this.#clock.now();
    const mails = message.to.flatMap((member) => this.#memory.mail.mail(message.id, member) ?? []);
    const withdrawn = this.#memory.transact(() =>
      mails.filter((mail) => {
        const isQueued = this.#offering.takeBack(mail, 'it was withdrawn');
        const state: MailState = isQueued ? { is: 'waiting' } : mail.state;
        return this.#steps.step({ ...mail, state, sent: message }, { type: 'withdrawn', at });
      }),
    );
    for (const { member } of withdrawn) this.#offering.tellOf(member);
    return withdrawn.map(({ member }) => member);
  }

  /** What the member has not read yet; nothing is marked. */
  unread(member: string): Message[] {
    return this.#reading.unread(member);
  }

  /** How many messages to the member were refused because too many waited, since it last read. */
  refusedFor(member: string): number {
    return this.#notices.refusedFor(member);
  }

  /** What is held for the member, by thread. */
  heldFor(member: string): Array<{ readonly thread: string; readonly messages: number }> {
    const counts = new Map<string, number>();
    for (const { sent } of this.#memory.mail.mailOf(member, ['held']))
      counts.set(sent.thread, (counts.get(sent.thread) ?? 0) + 1);
    return [...counts].map(([thread, messages]) => ({ thread, messages }));
  }

  countUnread(member: string): number {
    return this.#memory.mail.countUnread(member);
  }

  /** It gets what waits from now on; or nothing any more, and what is on its way waits again. */
  enabled(member: string): void {
    if (this.#directory.member(member)?.isEnabled === true) this.#offering.tellOf(member);
    else this.#takeBack(member, 'it was disabled');
  }

  /** Nobody has this name any more: what waits for it is withdrawn. @returns how many messages */
  withdrawAll(member: string): number {
    this.#takeBack(member, 'it was removed');
    const at = this.#clock.now();
    const waiting = this.#memory.mail.mailOf(member, ['waiting', 'held']);
    return waiting.filter((mail) => this.#steps.step(mail, { type: 'withdrawn', at })).length;
  }

  /** Something in this pane waits for an answer from now on: what was on its way there comes after that. */
  asked(pane: PaneIdentity): void {
    this.#offering.asked(pane);
  }

  /** What is on its way to the member, and not being typed yet, waits again. */
  #takeBack(member: string, reason: string): void {
    for (const mail of this.#memory.mail.mailOf(member, ['offered'])) this.#offering.takeBack(mail, reason);
  }

  /** A person lets a thread go on: what was held there is sent, and its chains begin anew. @returns how many messages */
  letGo(thread: string): number {
    const held = this.#memory.mail.mailOf(null, ['held']).filter(({ sent }) => sent.thread === thread);
    this.#memory.transact(() => {
      for (const mail of held) this.#steps.step(mail, { type: 'let-go' });
      for (const { sent } of held) for (const name of [sent.from.name, ...sent.to]) this.#chains.end(name);
      this.#tally.personIn(thread, this.#clock.now());
      this.#notices.letGo(thread);
    });
    for (const member of new Set(held.map((mail) => mail.member))) this.tellOf(member);
    return held.length;
  }

  stateOf(message: MessageId, member: string): MailState | null {
    return this.#memory.mail.mail(message, member)?.state ?? null;
  }
}
