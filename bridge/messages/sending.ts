import { cleaned, holdsControls, isBlank } from '../core/cleaning.ts';
import type { Clock } from '../core/clock.ts';
import { NotNow, usageError } from '../core/failure.ts';
import { free, type LoopLimits, type LoopVerdict, loopVerdict } from '../core/loop-guard.ts';
import { shortId } from '../core/mail-lines.ts';
import { humanName, isProgram, type Member, memberOf } from '../core/member.ts';
import type { MailState, Message, MessageId, Priority } from '../core/message.ts';
import { type AudienceOrder, audienceOf } from './audience.ts';
import type { Chains } from './chains.ts';
import type { Directory } from './directory.ts';
import type { LoopTally } from './loop-tally.ts';
import type { MailNotices } from './mail-notices.ts';
import type { MailMemory } from './mail-steps.ts';
import { threadNamed, threadOf } from './thread-names.ts';

/** What a message may hold: a letter, not a file. */
const mostCharacters = 64 * 1024;
/** More than so many that wait for one member are refused: nobody reads them any more. */
const mostWaiting = 200;
/** A program that asks for its mail reads it in pages, and may be away for long. */
const mostWaitingForPrograms = 20_000;

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
  /** what it answers, where it goes to others than whom that was from */
  readonly about?: Message;
}

interface SendingParts {
  readonly memory: { readonly mail: MailMemory; transact<T>(work: () => T): T };
  readonly clock: Clock;
  readonly mint: () => string;
  readonly directory: Directory;
  readonly chains: Chains;
  readonly tally: LoopTally;
  readonly limits: LoopLimits;
  readonly notices: MailNotices;
  readonly commits: { commit<T>(work: () => T): Promise<T> };
  /** a message was kept: whoever is to be told of it */
  readonly sent: (message: Message) => void;
  /** the person has answered it, and so has read it */
  readonly answered: (message: Message) => void;
}

type Accepted =
  | { readonly message: Message; readonly is: 'known' }
  | {
      readonly message: Message;
      readonly is: 'new';
      readonly verdict: LoopVerdict;
      readonly answers: Message | undefined;
    };

/** Too much waits for one of its recipients. */
class Full extends NotNow {
  /** under which it is kept */
  readonly member: string;

  constructor(member: string, shown: string, most: number) {
    super({
      what: 'tell',
      target: shown,
      reason: `${most} messages wait for it already`,
      nextStep: `it reads them with \`bridge inbox\`; nothing was sent`,
    });
    this.member = member;
  }
}

/** How a message is accepted: checked, found to be the same as one before, held by the loop guard, kept. */
export class Sending {
  readonly #memory: SendingParts['memory'];
  readonly #clock: Clock;
  readonly #mint: () => string;
  readonly #directory: Directory;
  readonly #chains: Chains;
  readonly #tally: LoopTally;
  readonly #limits: LoopLimits;
  readonly #notices: MailNotices;
  readonly #sent: SendingParts['sent'];
  readonly #answered: SendingParts['answered'];
  readonly #commits: SendingParts['commits'];
  /** how many more may be sent to a program for certain */
  readonly #room = new Map<string, number>();

  constructor(parts: SendingParts) {
    this.#memory = parts.memory;
    this.#clock = parts.clock;
    this.#mint = parts.mint;
    this.#directory = parts.directory;
    this.#chains = parts.chains;
    this.#tally = parts.tally;
    this.#limits = parts.limits;
    this.#notices = parts.notices;
    this.#sent = parts.sent;
    this.#answered = parts.answered;
    this.#commits = parts.commits;
  }

  /** Kept before anybody is told of it. @throws BridgeError where it is not accepted; then nothing of it is kept */
  send(order: MessageOrder): Message {
    try {
      return this.#tell(this.#memory.transact(() => this.#accept(order)));
    } catch (fault) {
      throw this.#refused(order, fault);
    }
  }

  /** The same for many who write at once: they share a commit. */
  async sendSoon(order: MessageOrder): Promise<Message> {
    try {
      return this.#tell(await this.#commits.commit(() => this.#accept(order)));
    } catch (fault) {
      throw this.#refused(order, fault);
    }
  }

  /** In the transaction that keeps it: what it is decided by stays true until then. */
  #accept(order: MessageOrder): Accepted {
    const { from, noReply } = order;
    const takenUp = order.id === undefined ? null : this.#memory.mail.message(order.id);
    if (takenUp !== null && takenUp.from.name === from.name) return { message: takenUp, is: 'known' };
    if (takenUp !== null) throw usageError('message', takenUp.id, 'is the id of a message of another');
    const body = bodyOf(order);
    const given = order.thread === null ? null : this.#known(threadNamed(order.thread));
    const members = this.#directory.members();
    const { to, group, ...found } = audienceOf({ ...order, thread: given }, members, (name) =>
      this.#memory.mail.participants(name),
    );
    const thread = found.thread === null ? this.#threadOf([from.name, ...to]) : this.#known(found.thread);
    const { key, answers = order.about } = order;
    const known =
      key === undefined
        ? null
        : this.#sentBefore(from.name, key, { thread, to: order.to.length === 0 ? null : to, body });
    if (known !== null) return { message: known, is: 'known' };
    const programs = programsAmong([from.name, ...to], members);
    for (const member of to) this.#refuseFull(member, programs.has(member));
    const isFree = from.standing === 'human' || order.begins === true;
    const isAmongPrograms = programs.size > to.length;
    const chain = isFree ? null : this.#chains.of(from.name);
    const sentAt = this.#clock.now();
    const hops = isFree ? 0 : Math.max(chain?.hops ?? 0, answers?.hops ?? 0) + 1;
    const draft = { thread, from, to, hops, sentAt };
    const verdict = isFree || isAmongPrograms ? free : this.#verdictOn(draft);
    const message: Message = {
      ...draft,
      id: order.id ?? (this.#mint() as MessageId),
      body,
      causedBy: answers?.id ?? chain?.message ?? null,
      ...(answers !== undefined && { answers: answers.id }),
      noReply: noReply || /\[no-reply\]/.test(body),
      ...(group === null ? {} : { group }),
      ...this.#modelOf(from),
      ...choicesOf(order, sentAt),
      ...(verdict.is === 'warned' && { warning: verdict.words }),
    };
    const first: MailState =
      verdict.is === 'held' ? { is: 'held', why: verdict.why, since: message.sentAt } : { is: 'waiting' };
    this.#memory.mail.saveMessage(message, first);
    if (from.standing === 'human') this.#tally.personIn(thread, sentAt);
    else if (!isAmongPrograms) this.#tally.sent(draft);
    return { message, is: 'new', verdict, answers: order.answers };
  }

  /** It is on the disk now. */
  #tell(accepted: Accepted): Message {
    const { message } = accepted;
    if (accepted.is === 'known') return message;
    const { verdict, answers } = accepted;
    if (message.from.standing === 'human' && answers !== undefined) this.#answered(answers);
    this.#sent(message);
    if (verdict.is === 'held') this.#notices.held(message, this.#directory.shown(message.from.name), verdict.why);
    return message;
  }

  #refused({ from }: MessageOrder, fault: unknown): unknown {
    if (fault instanceof Full) {
      const shown = (name: string) => this.#directory.shown(name);
      this.#notices.full(fault.member, shown(fault.member), shown(from.name), this.#clock.now());
    }
    return fault;
  }

  /** A chain that reaches the person is no loop any more; too much is too much for him, too. */
  #verdictOn(draft: Pick<Message, 'thread' | 'from' | 'to' | 'hops' | 'sentAt'>): LoopVerdict {
    const isToHim = draft.to.length > 0 && draft.to.every((name) => name === humanName);
    const limits = isToHim ? { ...this.#limits, hops: 0, rounds: 0 } : this.#limits;
    return loopVerdict(this.#tally.with(draft, limits), limits);
  }

  #modelOf({ name }: Message['from']): Pick<Message, 'model'> {
    const model = this.#directory.member(name)?.model;
    const known = model || this.#directory.paneOf(name)?.agent;
    return known === undefined ? {} : { model: known };
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

  #refuseFull(member: string, isProgram: boolean): void {
    const { mail } = this.#memory;
    if (!isProgram) {
      if (mail.countWaiting(member, mostWaiting) >= mostWaiting) throw this.#full(member, mostWaiting);
      return;
    }
    // of many thousands they are not counted each time: only where they may have become too many
    const room = this.#room.get(member) ?? mostWaitingForPrograms - mail.countWaiting(member, mostWaitingForPrograms);
    if (room > 0) this.#room.set(member, room - 1);
    else this.#room.delete(member);
    if (room <= 0) throw this.#full(member, mostWaitingForPrograms);
  }

  #full(member: string, most: number): Full {
    return new Full(member, this.#directory.shown(member), most);
  }

  /** Of the same people it is the same, whoever writes; those of two projects that have one label are two. */
  #threadOf(names: readonly string[]): string {
    return this.#known(threadOf(names.map((name) => this.#directory.shown(name))));
  }

  /** Names that a file system may take for one are one. */
  #known(name: string): string {
    return this.#memory.mail.threadLike(name) ?? name;
  }
}

/** Those of these names that are programs'. */
function programsAmong(names: readonly string[], members: readonly Member[]): ReadonlySet<string> {
  const isOfProgram = (name: string) => {
    const member = memberOf(name, members);
    return member !== null && isProgram(member);
  };
  return new Set(names.filter(isOfProgram));
}

/** @throws BridgeError where it is no letter */
function bodyOf(order: Pick<MessageOrder, 'body'>): string {
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
  return body;
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
