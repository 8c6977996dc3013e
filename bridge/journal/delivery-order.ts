import { mayFollow } from '../core/delivery-machine.ts';
import type { Delivery } from '../core/envelope.ts';
import { BridgeError } from '../core/failure.ts';

/**
 * Holds every writer to the delivery's lifecycle. A courier works with a copy it read a moment ago; when the delivery
 * was cancelled, expired, replaced or typed meanwhile (perhaps by another process), its write is refused before its
 * effect, and nothing is typed on old knowledge.
 */
export function refuseStale(stored: Delivery | null, next: Delivery, event: string): void {
  if (stored === null) return;
  if (!mayFollow(stored.state, next.state)) {
    throw stale(next, `it is ${stored.state.is} and cannot become ${next.state.is}`);
  }
  if (stored.state.is === 'typed') refuseBack(stored, next, event);
  const sameText = stored.envelope.body === next.envelope.body && stored.envelope.notes === next.envelope.notes;
  if (!sameText && event !== 'delivery-body-replaced') throw stale(next, 'its text was replaced meanwhile');
}

/** Back from `typed` is for who typed it, or was told that it was not; an older copy has seen fewer attempts. */
function refuseBack(stored: Delivery, next: Delivery, event: string): void {
  const isQueued = next.state.is === 'queued';
  if (isQueued && event !== 'delivery-not-typed') throw stale(next, 'it is typed and cannot become queued');
  if ((isQueued || next.state.is === 'held') && next.attempts < stored.attempts) {
    throw stale(next, 'it was typed meanwhile');
  }
}

function stale(delivery: Delivery, reason: string): BridgeError {
  return new BridgeError({ what: 'delivery', target: delivery.id, reason });
}
