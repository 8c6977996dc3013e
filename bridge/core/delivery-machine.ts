import type { Delivery, DeliveryState, HoldReason, LastSeen, Receipt } from './envelope.ts';
import { BridgeError } from './failure.ts';
import type { InputMethod } from './native-input.ts';
import type { TypedNote } from './typed-note.ts';

/** What can happen to a delivery. Everything the courier sees is one of these; so is everything a human does to it. */
export type DeliveryInput =
  | { readonly type: 'held'; readonly reason: HoldReason; readonly detail: string; readonly at: number }
  /** back in the queue: after a restart, or when nothing holds it any more */
  | { readonly type: 'released' }
  | { readonly type: 'claimed'; readonly at: number }
  /** about to be pasted, pressed or handed over; `turnBefore` marks the turn that is on the screen before */
  | {
      readonly type: 'typed';
      readonly at: number;
      readonly turnBefore?: string;
      readonly way?: InputMethod;
      readonly note?: TypedNote;
    }
  /** its tmux server says that it was not done, and that it cannot be any more: as if nothing had been about to be typed */
  | { readonly type: 'not-typed' }
  /** Enter is about to be pressed, for the first time or again */
  | { readonly type: 'submitted'; readonly at: number; readonly way?: InputMethod; readonly note?: TypedNote }
  | { readonly type: 'acknowledged'; readonly receipt: Receipt }
  | { readonly type: 'left-in-composer'; readonly reason: string; readonly seen?: LastSeen }
  | { readonly type: 'lost-sight'; readonly reason: string; readonly seen?: LastSeen }
  | { readonly type: 'failed'; readonly reason: string }
  | { readonly type: 'cancelled'; readonly reason: string }
  /** the running turn is about to be broken off for it, once */
  | { readonly type: 'interrupting'; readonly at: number }
  | { readonly type: 'body-replaced'; readonly body: string; readonly notes: string }
  /** time went on: past its deadline a delivery that waits expires; one that is being typed does not */
  | { readonly type: 'ticked'; readonly at: number }
  /** the clock tells so much more than before, or less: its deadline moves along */
  | { readonly type: 'clock-set'; readonly byMs: number };

export interface DeliveryStep {
  readonly delivery: Delivery;
  /** false: nothing is new, and the delivery is the very same object */
  readonly changed: boolean;
  /** why the event has no place in this state; null where it has, also where it changes nothing */
  readonly refused: string | null;
}

/** A delivery as it is when it enters its queue. */
export function newDelivery(given: Omit<Delivery, 'state' | 'attempts'>): Delivery {
  return { ...given, state: { is: 'queued' }, attempts: 0 };
}

/**
 *   queued ─► claimed ─► typed ─► submitted ─► acknowledged
 *    │ ▲         │         ├───────────┴─► typed-not-submitted, uncertain
 *    ▼ │         │         │                                      failed from anywhere before an end
 *   held ◄───────┴─────────┘ where nothing reached the pane       expired, cancelled from queued and held
 *
 * Back from `typed` it comes in two ways, each a positive word of whoever would have typed: tmux held the paste back (`held`), or,
 * asked after a cut or a crash, says that it was not done and cannot be any more (`not-typed`, to `queued`).
 *
 * Pure and total, and the only place where a state is made: whoever writes one takes it from here, and the journal holds
 * every writer to the same table. An ended delivery never leaves its end; its text changes only while it waits.
 */
export function step(delivery: Delivery, event: DeliveryInput): DeliveryStep {
  const { state } = delivery;
  switch (event.type) {
    case 'held': {
      const { reason, detail, at } = event;
      const isSame = state.is === 'held' && state.reason === reason;
      if (isSame && wordsOf(state.detail) === wordsOf(detail)) return unchanged(delivery);
      return become(delivery, { is: 'held', reason, detail, since: isSame ? state.since : at });
    }
    case 'released':
      return state.is === 'held' || state.is === 'claimed'
        ? become(delivery, { is: 'queued' })
        : refused(delivery, event);
    case 'claimed':
      return become({ ...delivery, attempts: delivery.attempts + 1 }, { is: 'claimed', at: event.at }, delivery);
    case 'typed': {
      const { at, turnBefore, way, note } = event;
      return become(delivery, { is: 'typed', at, ...given({ turnBefore, way, note }) });
    }
    case 'not-typed':
      return state.is === 'typed' ? become(delivery, { is: 'queued' }) : refused(delivery, event);
    case 'submitted': {
      if (!isTyped(state)) return refused(delivery, event);
      const { turnBefore } = state;
      const submitted = { is: 'submitted', at: event.at, typedAt: typedAt(delivery) } as const;
      return become(delivery, { ...submitted, ...given({ turnBefore, way: event.way, note: event.note }) });
    }
    case 'acknowledged':
      return become(delivery, { is: 'acknowledged', receipt: event.receipt });
    case 'left-in-composer':
      return become(delivery, { is: 'typed-not-submitted', reason: event.reason, ...given({ seen: event.seen }) });
    case 'lost-sight':
      return become(delivery, { is: 'uncertain', reason: event.reason, ...given({ seen: event.seen }) });
    case 'failed':
      return become(delivery, { is: 'failed', reason: event.reason });
    case 'cancelled':
      return become(delivery, { is: 'cancelled', reason: event.reason });
    case 'body-replaced': {
      const { body, notes } = event;
      const { envelope } = delivery;
      if (!isWaiting(state)) return refused(delivery, event);
      if (envelope.body === body && envelope.notes === notes) return unchanged(delivery);
      return { ...unchanged({ ...delivery, envelope: { ...envelope, body, notes } }), changed: true };
    }
    case 'interrupting':
      if (!isWaiting(state) || delivery.interruptedAt !== undefined) return refused(delivery, event);
      return { ...unchanged({ ...delivery, interruptedAt: event.at }), changed: true };
    case 'ticked': {
      const isDue = delivery.deadlineAt !== null && event.at >= delivery.deadlineAt;
      return isDue && isWaiting(state) ? become(delivery, { is: 'expired' }) : unchanged(delivery);
    }
    case 'clock-set': {
      if (delivery.deadlineAt === null || isEnded(state)) return unchanged(delivery);
      return { ...unchanged({ ...delivery, deadlineAt: delivery.deadlineAt + event.byMs }), changed: true };
    }
  }
}

/**
 * The same for whoever is about to act on it.
 * @throws BridgeError where the event has no place in this state
 */
export function mustStep(delivery: Delivery, event: DeliveryInput): Delivery {
  const next = step(delivery, event);
  if (next.refused !== null) throw new BridgeError({ what: 'delivery', target: delivery.id, reason: next.refused });
  return next.delivery;
}

/** What may be written over what. */
const successors: Readonly<Record<DeliveryState['is'], readonly DeliveryState['is'][]>> = {
  queued: ['queued', 'held', 'claimed', 'failed', 'expired', 'cancelled'],
  held: ['queued', 'held', 'claimed', 'failed', 'expired', 'cancelled'],
  claimed: ['queued', 'held', 'claimed', 'typed', 'failed', 'expired'],
  // back only where tmux said that it did not paste, or a native input that it did not take the text
  typed: ['queued', 'held', 'typed', 'submitted', 'acknowledged', 'typed-not-submitted', 'uncertain', 'failed'],
  submitted: ['submitted', 'acknowledged', 'typed-not-submitted', 'uncertain', 'failed'],
  acknowledged: [],
  'typed-not-submitted': [],
  uncertain: [],
  failed: [],
  expired: [],
  cancelled: [],
};

/** The states of a delivery with which something will still happen. */
export const openStates = (Object.keys(successors) as DeliveryState['is'][]).filter((is) => successors[is].length > 0);

export function mayFollow(from: DeliveryState, to: DeliveryState): boolean {
  return successors[from.is].includes(to.is);
}

/** True once nothing more will happen to the delivery without a human. */
export function isEnded({ is }: DeliveryState): boolean {
  return successors[is].length === 0;
}

/** Nobody has begun with it. */
export function isWaiting({ is }: DeliveryState): boolean {
  return is === 'queued' || is === 'held';
}

/** What is said without what a spinner and a clock change in it each second: that is no news. */
function wordsOf(detail: string): string {
  return detail.replace(/[^\p{L}]+/gu, ' ').trim();
}

/** It was sent, or was about to be: what became of it is read from the screen, and it is never typed again. */
export function isTyped(state: DeliveryState): state is Extract<DeliveryState, { is: 'typed' | 'submitted' }> {
  return state.is === 'typed' || state.is === 'submitted';
}

/** When its text was typed; before that, when it was posted. */
export function typedAt({ state, createdAt }: Delivery): number {
  if (state.is === 'typed') return state.at;
  return state.is === 'submitted' ? (state.typedAt ?? state.at) : createdAt;
}

function become(delivery: Delivery, state: DeliveryState, before = delivery): DeliveryStep {
  if (mayFollow(before.state, state)) return { delivery: { ...delivery, state }, changed: true, refused: null };
  return { delivery: before, changed: false, refused: `it is ${before.state.is} and cannot become ${state.is}` };
}

function unchanged(delivery: Delivery): DeliveryStep {
  return { delivery, changed: false, refused: null };
}

function refused(delivery: Delivery, { type }: DeliveryInput): DeliveryStep {
  return { delivery, changed: false, refused: `it is ${delivery.state.is} and cannot be ${type}` };
}

/** The fields that are there. */
function given<Fields extends object>(fields: Fields): { [Key in keyof Fields]?: NonNullable<Fields[Key]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Fields]?: NonNullable<Fields[Key]>;
  };
}
