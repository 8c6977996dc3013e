import type { PublicEvent } from '../core/events.ts';

/** The same event with the names of workers as people see them. */
export function withShownNames(event: PublicEvent, shown: (name: string) => string): PublicEvent {
  if ('worker' in event) return { ...event, worker: shown(event.worker) };
  if ('request' in event) return { ...event, request: { ...event.request, worker: shown(event.request.worker) } };
  if (!('delivery' in event)) return event;
  const { delivery } = event;
  return { ...event, delivery: { ...delivery, envelope: { ...delivery.envelope, to: shown(delivery.envelope.to) } } };
}
