import type { Clock } from '../core/clock.ts';
import { isEnded } from '../core/delivery-machine.ts';
import type { Delivery, DeliveryOptions, Envelope } from '../core/envelope.ts';
import type { DeliveryId, EnvelopeId } from '../core/ids.ts';
import { type LoopVerdict, loopVerdict } from '../core/loop-guard.ts';
import { doorbellLine, fitsInLine, isAboutMail, mailThread, textLine } from '../core/mail-lines.ts';
import { isDue, type MailInput, type MailState, type Message } from '../core/message.ts';
import type { PaneIdentity } from '../core/pane.ts';
import type { Directory } from './directory.ts';
import type { MailMemory, MailSteps, SentMail } from './mail-steps.ts';

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

  /** @param parts.isAsking what is open in this pane waits for an answer: an input now would end the turn that asked */
  constructor(parts: {
    memory: OfferingMemory;
    steps: MailSteps;
    clock: Clock;
    mint: () => string;
    directory: Directory;
    queue: OfferingQueue;
    optionsFor: (pane: PaneIdentity) => DeliveryOptions;
    isAsking: (pane: PaneIdentity) => boolean;
  }) {
    this.#memory = parts.memory;
    this.#steps = parts.steps;
    this.#clock = parts.clock;
    this.#mint = parts.mint;
    this.#directory = parts.directory;
    this.#queue = parts.queue;
    this.#optionsFor = parts.optionsFor;
    this.#isAsking = parts.isAsking;
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
      for (const mail of offered)
        this.#steps.step(mail, { type: 'offered', deliveryId, as: isText ? 'text' : 'doorbell' });
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
      for (const mail of mails) this.#steps.step(mail, input);
    });
    // what was not typed is offered again at the next tick: its pane may be going just now
    if (input.type !== 'not-typed') this.tellOf(envelope.to);
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

  #of(member: string, state: MailState['is']): SentMail[] {
    return this.#memory.mail.mailOf(member, [state]);
  }

  #withShownNames(message: Message): Message {
    const name = this.#directory.shown(message.from.name);
    return { ...message, from: { ...message.from, name } };
  }
}

function warningOf(verdict: LoopVerdict): string | null {
  return verdict.is === 'warned' ? verdict.words : null;
}
