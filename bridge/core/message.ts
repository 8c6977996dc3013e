import type { Receipt } from './envelope.ts';
import type { DeliveryId } from './ids.ts';

declare const brand: unique symbol;
export type MessageId = string & { readonly [brand]: 'MessageId' };

/** Who wrote it. `claimed`: the sender says so, and nothing shows it. */
export interface Sender {
  readonly name: string;
  readonly standing: 'verified' | 'claimed' | 'human';
}

/** What comes first among what waits for one member, last to first. */
export const priorities = ['low', 'normal', 'high'] as const;
export type Priority = (typeof priorities)[number];

/** What one wrote to one or several, in a thread. It never changes. */
export interface Message {
  readonly id: MessageId;
  /** names a topic: what belongs together is read together */
  readonly thread: string;
  readonly from: Sender;
  /** full names of members */
  readonly to: readonly string[];
  readonly body: string;
  readonly sentAt: number;
  /** of its sender, or its agent program; absent: not known */
  readonly model?: string;
  /** what its sender had received last, or answers: with that it makes a chain */
  readonly causedBy: MessageId | null;
  /** the message that it answers, as its sender says; absent: none that he names */
  readonly answers?: MessageId;
  /** messages from agents in that chain, this one among them, since a person last wrote; 0: a person's own */
  readonly hops: number;
  /** no answer is wanted, and the recipient is told so */
  readonly noReply: boolean;
  /** the group that it was written to; absent: to members by name */
  readonly group?: string;
  /** absent: normal */
  readonly priority?: Priority;
  /** nobody is told of it from this instant on; absent: it waits for ever */
  readonly expiresAt?: number;
  /** the sender's own mark of it: the same mark again is the same message, and is not sent twice */
  readonly key?: string;
  /** its text goes into the pane whole, several lines too */
  readonly inline?: true;
  /** it does not wait for the running turn of its recipient */
  readonly urgent?: true;
  /** of the loop guard, in words: it stands in the line that lands */
  readonly warning?: string;
  /** bridge's own word to who wrote another one; none is written about it */
  readonly note?: true;
}

/**
 * What becomes of a message for one recipient:
 *
 *   waiting ─► offered ─► submitted ─► read    (a page of the human's is submitted as it is written)
 *    ▲  │ ▲        │ └─► uncertain      ▲     (a bell whose agent has gone, unread, is rung anew: back to waiting)
 *    │  │ └────────┘ (not typed)        │
 *    │  ├─────────────────────────────► │ (read before it was offered)
 *    │  ├─► withdrawn
 *    │  ├─► expired (nobody was told of it in time)
 *   held (a loop, or restored from a backup; a person lets it go on), from where it is withdrawn or expires, too
 */
export type MailState =
  | { readonly is: 'waiting' }
  | { readonly is: 'held'; readonly why: string; readonly since: number }
  /** a line about it is on its way to the recipient's pane: the text itself, or a doorbell for all that is unread */
  | { readonly is: 'offered'; readonly deliveryId: DeliveryId; readonly as: 'text' | 'doorbell' }
  | {
      readonly is: 'submitted';
      /** `page`: the human's, in `inbox/` */
      readonly as: 'text' | 'doorbell' | 'page';
      readonly receipt: Receipt;
      readonly at: number;
      /** the line that told of it; an older bridge did not keep that */
      readonly by?: DeliveryId;
    }
  | {
      readonly is: 'uncertain';
      readonly reason: string;
      readonly at: number;
      readonly as?: 'text' | 'doorbell';
      readonly by?: DeliveryId;
    }
  | { readonly is: 'read'; readonly at: number }
  | { readonly is: 'withdrawn'; readonly at: number }
  | { readonly is: 'expired'; readonly at: number };

/** So many are marked as read by one call. */
export const mostMarked = 500;

/** One message for one recipient. */
export interface Mail {
  readonly message: MessageId;
  readonly member: string;
  readonly state: MailState;
}

/** The same with what was written. */
export interface SentMail extends Mail {
  readonly sent: Message;
  /** nobody is told of it from this instant on; null: it cannot expire, or not any more. It moves where the clock is set */
  readonly expiresAt: number | null;
}

export type MailInput =
  | { readonly type: 'offered'; readonly deliveryId: DeliveryId; readonly as: 'text' | 'doorbell' }
  /** its delivery ended without anything typed */
  | { readonly type: 'not-typed'; readonly deliveryId: DeliveryId }
  | { readonly type: 'submitted'; readonly deliveryId: DeliveryId; readonly receipt: Receipt; readonly at: number }
  | { readonly type: 'lost-sight'; readonly deliveryId: DeliveryId; readonly reason: string; readonly at: number }
  /** its page is in the human's `inbox/` */
  | { readonly type: 'placed'; readonly receipt: Receipt; readonly at: number }
  /** a bridge elsewhere, beside the pane of its recipient, typed a doorbell there */
  | { readonly type: 'rung-elsewhere'; readonly receipt: Receipt; readonly at: number }
  /** the agent for whom its bell rang has gone, and has not read it */
  | { readonly type: 'unheard' }
  | { readonly type: 'read'; readonly at: number }
  | { readonly type: 'withdrawn'; readonly at: number }
  | { readonly type: 'expired'; readonly at: number }
  | { readonly type: 'recalled'; readonly why: string; readonly at: number }
  | { readonly type: 'let-go' };

/** The next state; the same one where the input means nothing in it. */
export function stepMail(state: MailState, input: MailInput): MailState {
  switch (input.type) {
    case 'offered':
      return state.is === 'waiting' ? { is: 'offered', deliveryId: input.deliveryId, as: input.as } : state;
    case 'not-typed':
      return isOfferedBy(state, input.deliveryId) ? { is: 'waiting' } : state;
    case 'submitted':
      return isOfferedBy(state, input.deliveryId)
        ? { is: 'submitted', as: state.as, receipt: input.receipt, at: input.at, by: input.deliveryId }
        : state;
    case 'lost-sight':
      return isOfferedBy(state, input.deliveryId)
        ? { is: 'uncertain', reason: input.reason, at: input.at, as: state.as, by: input.deliveryId }
        : state;
    case 'placed':
      return state.is === 'waiting' ? { is: 'submitted', as: 'page', receipt: input.receipt, at: input.at } : state;
    case 'rung-elsewhere':
      return state.is === 'waiting' ? { is: 'submitted', as: 'doorbell', receipt: input.receipt, at: input.at } : state;
    case 'unheard':
      return isRung(state) ? { is: 'waiting' } : state;
    case 'read':
      return mayMailBecome(state, { is: 'read', at: input.at }) ? { is: 'read', at: input.at } : state;
    case 'withdrawn':
      return state.is === 'waiting' || state.is === 'held' ? { is: 'withdrawn', at: input.at } : state;
    case 'expired':
      return state.is === 'waiting' || state.is === 'held' ? { is: 'expired', at: input.at } : state;
    case 'recalled':
      return state.is === 'waiting' || state.is === 'offered' ? { is: 'held', why: input.why, since: input.at } : state;
    case 'let-go':
      return state.is === 'held' ? { is: 'waiting' } : state;
  }
}

function isOfferedBy(
  state: MailState,
  deliveryId: DeliveryId,
): state is Extract<MailState, { readonly is: 'offered' }> {
  return state.is === 'offered' && state.deliveryId === deliveryId;
}

/** A bell told of it, or may have; its text was shown to nobody. */
export function isRung(
  state: MailState,
): state is Extract<MailState, { readonly is: 'submitted' | 'uncertain' }> & { readonly as: 'doorbell' } {
  return (state.is === 'submitted' || state.is === 'uncertain') && state.as === 'doorbell';
}

/** What waits for one member in the order in which it is told of it: by priority, then as it was sent. */
export function inTurn<M extends { readonly sent: Pick<Message, 'priority' | 'urgent'> }>(mails: readonly M[]): M[] {
  return [...mails].sort((a, b) => rankOf(b.sent) - rankOf(a.sent));
}

export function rankOf({ priority = 'normal', urgent }: Pick<Message, 'priority' | 'urgent'>): number {
  return urgent === true ? priorities.length : priorities.indexOf(priority);
}

export function isOver({ expiresAt }: Pick<SentMail, 'expiresAt'>, now: number): boolean {
  return expiresAt !== null && now >= expiresAt;
}

/** Whether the recipient has still to be told of it. */
export function isDue({ is }: MailState): boolean {
  return is === 'waiting';
}

/** Whether the recipient has not seen its text: a doorbell only says that there is one. */
export function isUnread(state: MailState): boolean {
  const { is } = state;
  // of one in doubt nobody can tell whether the recipient has seen it: to read it types nothing
  return is === 'waiting' || is === 'offered' || is === 'uncertain' || (is === 'submitted' && state.as !== 'text');
}

/** Whether it can still expire. */
export function mayExpire({ is }: MailState): boolean {
  return is === 'waiting' || is === 'held' || is === 'offered';
}

/** Which state may follow which: the audit holds every recorded step to it. */
const successors: Readonly<Record<MailState['is'], ReadonlyArray<MailState['is']>>> = {
  waiting: ['offered', 'submitted', 'held', 'read', 'withdrawn', 'expired'],
  held: ['waiting', 'withdrawn', 'expired'],
  offered: ['waiting', 'held', 'submitted', 'uncertain', 'read'],
  submitted: ['read', 'waiting'],
  uncertain: ['read', 'waiting'],
  read: [],
  withdrawn: [],
  expired: [],
};

export function mayMailBecome(from: MailState, to: MailState): boolean {
  return successors[from.is].includes(to.is) && (to.is !== 'waiting' || !isTold(from) || isRung(from));
}

function isTold({ is }: MailState): boolean {
  return is === 'submitted' || is === 'uncertain';
}
