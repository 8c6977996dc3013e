import type { PublicEvent } from '../core/events.ts';
import { withShownMembers } from '../core/mail-lines.ts';
import type { Message } from '../core/message.ts';

/** The same event with the names of workers as people see them. */
export function withShownNames(event: PublicEvent, shown: (name: string) => string): PublicEvent {
  if ('worker' in event) return { ...event, worker: shown(event.worker) };
  if ('request' in event) return { ...event, request: { ...event.request, worker: shown(event.request.worker) } };
  if ('message' in event) return { ...event, ...shownMail(event, shown) };
  if (!('delivery' in event)) return event;
  const { delivery } = event;
  return { ...event, delivery: { ...delivery, envelope: { ...delivery.envelope, to: shown(delivery.envelope.to) } } };
}

function shownMail(
  event: Extract<PublicEvent, { readonly message: Message }>,
  shown: (name: string) => string,
): Pick<typeof event, 'message'> {
  const mail = 'mail' in event ? { mail: { ...event.mail, member: shown(event.mail.member) } } : {};
  return { message: withShownMembers(event.message, shown), ...mail };
}
