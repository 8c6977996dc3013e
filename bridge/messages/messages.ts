import { cleaned, holdsControls, isBlank } from '../core/cleaning.ts';
import type { Clock } from '../core/clock.ts';
import type { Documents } from '../core/documents.ts';
import type { Delivery } from '../core/envelope.ts';
import type { PublicEvent } from '../core/events.ts';
import { NotNow, usageError } from '../core/failure.ts';
import { free, type LoopLimits, type LoopVerdict, loopVerdict } from '../core/loop-guard.ts';
import { shortId } from '../core/mail-lines.ts';
import { humanName } from '../core/member.ts';
import type { MailState, Message, MessageId, Priority, Sender, SentMail } from '../core/message.ts';
import type { PaneIdentity } from '../core/pane.ts';
import { type Audience, type AudienceOrder, audienceOf } from './audience.ts';
import { Chains } from './chains.ts';
import type { Directory } from './directory.ts';
import { Expiry } from './expiry.ts';
import { HumanMail } from './human-mail.ts';
import { LoopTally } from './loop-tally.ts';
import { MailNotices } from './mail-notices.ts';
import { type MailMemory, MailSteps } from './mail-steps.ts';
import { Offering } from './offering.ts';
import { threadNamed, threadOf } from './thread-names.ts';

/** What a message may hold: a letter, not a file. */
const mostCharacters = 64 * 1024;
/** More than so many that wait for one member are refused: nobody reads them any more. */
const mostWaiting = 200;

export interface MessageOrder extends AudienceOrder {
  readonly body: string;
  readonly noReply: boolean;
  /** given where the message was left in the outbox: it is taken up once */
  readonly id?: MessageId;
  readonly priority?: Priority;
  /** nobody is told of it later than so many milliseconds from now */
  readonly ttlMs?: number;
  /** the sender's own mark: sent once, however often it is tried */
  readonly key?: string;
  readonly inline?: boolean;
  /** does not wait for the running turn of its recipient; who may is decided before */
  readonly urgent?: boolean;
  /** it says what nothing written before has led to, and is of no chain */
  readonly begins?: true;
}

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
  readonly #limits: LoopLimits;
  readonly #steps: MailSteps;
  readonly #offering: Offering;
  readonly #human: HumanMail;
  readonly #expiry: Expiry;
  readonly #clock: Clock;
  readonly #mint: () => string;
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
      on: (event: MessagesEvent) => void;
    },
  ) {
    this.#memory = parts.memory;
    this.#tally = new LoopTally({ memory: parts.memory, mail: parts.memory.mail });
    this.#chains = new Chains(parts.memory, (member) => this.#tally.personReached(member, parts.clock.now()));
    this.#limits = parts.limits;
    this.#notices = new MailNotices({
      memory: parts.memory,
      mint: parts.mint,
      noted: (note) => this.#sent(note),
      say: (text) => parts.on({ type: 'said', level: 'warning', text }),
    });
    this.#clock = parts.clock;
    this.#mint = parts.mint;
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
  }

  /** Kept before anybody is told of it. @throws BridgeError where it is not accepted; then nothing of it is kept */
  send(order: MessageOrder): Message {
    const { from, noReply } = order;
    const takenUp = order.id === undefined ? null : this.#memory.mail.message(order.id);
    if (takenUp !== null && takenUp.from.name === from.name) return takenUp;
    if (takenUp !== null) throw usageError('message', takenUp.id, 'is the id of a message of another');
    const body = cleaned(order.body).trim();
    if (isBlank(body)) throw usageError('tell', 'message', 'holds nothing visible');
    if (holdsControls(order.body))
      throw usageError('tell', 'message', 'holds control characters, and is no text', 'write words, and name the file');
    if (body.length > mostCharacters)
      throw usageError(
        'tell',
        'message',
        `has ${body.length} characters, and ${mostCharacters} are the most`,
        'write it into a file, and name that',
      );
    const given = order.thread === null ? null : this.#threadNamed(order.thread);
    const { to, group, ...found } = this.#audienceOf({ ...order, thread: given });
    const thread = found.thread === null ? this.#threadOf([from.name, ...to]) : this.#known(found.thread);
    const { answers, key } = order;
    const known =
      key === undefined
        ? null
        : this.#sentBefore(from.name, key, { thread, to: order.to.length === 0 ? null : to, body });
    if (known !== null) return known;
    this.#refuseFull(from, to);
    const isFree = from.standing === 'human' || order.begins === true;
    const chain = isFree ? null : this.#chains.of(from.name);
    const sentAt = this.#clock.now();
    const hops = isFree ? 0 : Math.max(chain?.hops ?? 0, answers?.hops ?? 0) + 1;
    const draft = { thread, from, to, hops, sentAt };
    const verdict = isFree ? free : this.#verdictOn(draft);
    const message: Message = {
      ...draft,
      id: order.id ?? (this.#mint() as MessageId),
      body,
      causedBy: answers?.id ?? chain?.message ?? null,
      noReply: noReply || /\[no-reply\]/.test(body),
      ...(group === null ? {} : { group }),
      ...this.#modelOf(from),
      ...choicesOf(order, sentAt),
      ...(verdict.is === 'warned' && { warning: verdict.words }),
    };
    const first: MailState =
      verdict.is === 'held' ? { is: 'held', why: verdict.why, since: message.sentAt } : { is: 'waiting' };
    this.#memory.transact(() => {
      this.#memory.mail.saveMessage(message, first);
      if (from.standing === 'human') this.#tally.personIn(thread, sentAt);
      else this.#tally.sent(draft);
    });
    if (from.standing === 'human' && answers !== undefined) this.acknowledge(humanName, [answers]);
    this.#sent(message);
    if (verdict.is === 'held') this.#notices.held(message, this.#directory.shown(from.name), verdict.why);
    return message;
  }

  /** A chain that reaches the person is no loop any more; too much is too much for him, too. */
  #verdictOn(draft: Pick<Message, 'thread' | 'from' | 'to' | 'hops' | 'sentAt'>): LoopVerdict {
    const isToHim = draft.to.length > 0 && draft.to.every((name) => name === humanName);
    const limits = isToHim ? { ...this.#limits, hops: 0, rounds: 0 } : this.#limits;
    return loopVerdict(this.#tally.with(draft, limits), limits);
  }

  /** A person typed into the member's pane: what it has received before leads to nothing any more. */
  typedByPerson(member: string): void {
    this.#memory.transact(() => this.#chains.end(member));
  }

  #modelOf({ name }: Message['from']): Pick<Message, 'model'> {
    const model = this.#directory.members().find((member) => member.name === name)?.model;
    const known = model || this.#directory.paneOf(name)?.agent;
    return known === undefined ? {} : { model: known };
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

  /** To whom that would go: everybody's names as they are kept. @throws BridgeError where it is refused */
  #audienceOf(order: AudienceOrder): Audience {
    return audienceOf(order, this.#directory.members(), (thread) => this.#memory.mail.participants(thread));
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
    this.#expiry.tick();
    return this.#memory.mail.unreadOf(member).map(({ sent }) => sent);
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

  #markRead<M extends Omit<SentMail, 'expiresAt'>>(member: string, mails: readonly M[]): M[] {
    const at = this.#clock.now();
    const marked = this.#memory.transact(() => mails.filter((mail) => this.#steps.step(mail, { type: 'read', at })));
    const lines = new Set(marked.flatMap(({ state }) => (state.is === 'offered' ? [state.deliveryId] : [])));
    this.#offering.settled(member, lines);
    return marked;
  }

  /** @param now.to null: whoever takes part in the thread. @throws BridgeError where the same mark was given to another message */
  #sentBefore(
    sender: string,
    key: string,
    now: Pick<Message, 'thread' | 'body'> & { readonly to: readonly string[] | null },
  ): Message | null {
    const before = this.#memory.mail.messageOfKey(sender, key);
    if (before === null) return null;
    const isToSame = now.to === null || [...now.to].sort().join('\n') === [...before.to].sort().join('\n');
    if (isToSame && before.thread === now.thread && before.body === now.body) return before;
    throw usageError(
      '--idempotency-key',
      key,
      `names another message of ${this.#directory.shown(sender)}: #${shortId(before.id)}`,
      'nothing was sent; choose another key for another message',
    );
  }

  #refuseFull(from: Sender, to: readonly string[]): void {
    const full = to.find((member) => this.#memory.mail.mailOf(member, ['waiting']).length >= mostWaiting);
    if (full === undefined) return;
    const shown = (name: string) => this.#directory.shown(name);
    this.#notices.full(full, shown(full), shown(from.name), this.#clock.now());
    throw new NotNow({
      what: 'tell',
      target: this.#directory.shown(full),
      reason: `${mostWaiting} messages wait for it already`,
      nextStep: `it reads them with \`bridge inbox\`; nothing was sent`,
    });
  }

  /** Of the same people it is the same, whoever writes; those of two projects that have one label are two. */
  #threadOf(names: readonly string[]): string {
    return this.#known(threadOf(names.map((name) => this.#directory.shown(name))));
  }

  #threadNamed(given: string): string {
    return this.#known(threadNamed(given));
  }

  /** Names that a file system may take for one are one. */
  #known(name: string): string {
    return this.#memory.mail.threadLike(name) ?? name;
  }
}

/** What is kept of an order only where it was chosen. */
function choicesOf({ priority, ttlMs, key, inline, urgent }: MessageOrder, sentAt: number): Partial<Message> {
  return {
    ...(priority !== undefined && priority !== 'normal' && { priority }),
    ...(ttlMs !== undefined && { expiresAt: sentAt + ttlMs }),
    ...(key !== undefined && { key }),
    ...(inline === true && { inline }),
    ...(urgent === true && { urgent }),
  };
}
