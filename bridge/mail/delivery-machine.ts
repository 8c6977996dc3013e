import { type Delivery, type DeliveryState, type HoldReason, mayFollow, type Receipt } from '../core/envelope.ts';

/** What can happen to a delivery. Everything the courier sees is one of these; so is everything a human does to it. */
export type DeliveryEvent =
  | { readonly type: 'held'; readonly reason: HoldReason; readonly detail: string; readonly at: number }
  /** back in the queue: after a restart, or when nothing holds it any more */
  | { readonly type: 'released' }
  | { readonly type: 'claimed'; readonly at: number }
  | { readonly type: 'typed'; readonly at: number }
  | { readonly type: 'submitted'; readonly at: number }
  | { readonly type: 'acknowledged'; readonly receipt: Receipt }
  | { readonly type: 'left-in-composer'; readonly reason: string }
  | { readonly type: 'lost-sight'; readonly reason: string }
  | { readonly type: 'failed'; readonly reason: string }
  | { readonly type: 'cancelled'; readonly reason: string }
  | { readonly type: 'body-replaced'; readonly body: string; readonly notes: string }
  /** the clock went on: past its deadline a delivery that waits expires; one that is being typed does not */
  | { readonly type: 'ticked'; readonly at: number };

export interface DeliveryStep {
  readonly delivery: Delivery;
  /** false: the event had no place in this state, and the delivery is the very same object */
  readonly changed: boolean;
}

/**
 *   queued ─► claimed ─► typed ─► submitted ─► acknowledged
 *    │ ▲         │         └─► typed-not-submitted
 *    ▼ │         │         └─► uncertain                  failed(reason) from anywhere above
 *   held ◄───────┘                                        expired, cancelled from queued and held
 *
 * Pure and total. An ended delivery never leaves its end; the body is replaced only while nobody has claimed it.
 */
export function step(delivery: Delivery, event: DeliveryEvent): DeliveryStep {
  const unchanged = { delivery, changed: false };
  const { state } = delivery;
  const waits = state.is === 'queued' || state.is === 'held';
  switch (event.type) {
    case 'body-replaced': {
      const { body, notes } = event;
      if (!waits || (delivery.envelope.body === body && delivery.envelope.notes === notes)) return unchanged;
      return { delivery: { ...delivery, envelope: { ...delivery.envelope, body, notes } }, changed: true };
    }
    case 'cancelled':
      return waits ? become(delivery, { is: 'cancelled', reason: event.reason }) : unchanged;
    case 'ticked': {
      const due = delivery.deadlineAt !== null && event.at >= delivery.deadlineAt;
      return waits && due ? become(delivery, { is: 'expired' }) : unchanged;
    }
    case 'released':
      return state.is === 'held' || state.is === 'claimed' ? become(delivery, { is: 'queued' }) : unchanged;
    case 'held': {
      const { reason, detail, at } = event;
      const same = state.is === 'held' && state.reason === reason;
      if (same && state.detail === detail) return unchanged;
      return become(delivery, { is: 'held', reason, detail, since: same ? state.since : at });
    }
    case 'claimed': {
      const claimed = become(delivery, { is: 'claimed', at: event.at });
      return claimed.changed
        ? { ...claimed, delivery: { ...claimed.delivery, attempts: delivery.attempts + 1 } }
        : unchanged;
    }
    case 'typed':
      return become(delivery, { is: 'typed', at: event.at });
    case 'submitted':
      return become(delivery, { is: 'submitted', at: event.at });
    case 'acknowledged':
      return become(delivery, { is: 'acknowledged', receipt: event.receipt });
    case 'left-in-composer':
      return become(delivery, { is: 'typed-not-submitted', reason: event.reason });
    case 'lost-sight':
      return become(delivery, { is: 'uncertain', reason: event.reason });
    case 'failed':
      return become(delivery, { is: 'failed', reason: event.reason });
  }
}

function become(delivery: Delivery, state: DeliveryState): DeliveryStep {
  return mayFollow(delivery.state, state)
    ? { delivery: { ...delivery, state }, changed: true }
    : { delivery, changed: false };
}
