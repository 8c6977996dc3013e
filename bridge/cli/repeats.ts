import type { PublicEvent } from '../core/events.ts';
import { recordOf } from './live-record.ts';

/** Of so many requests, deliveries and panes it is remembered what was said last. */
const rememberedSubjects = 1_000;

/**
 * Whether an event says the same as the one before about its request, delivery or pane. Changes are told at least once, and a
 * reader sees each once; a call for a person may come again.
 */
export function repeats(): (event: PublicEvent) => boolean {
  const last = new Map<string, string>();
  return (event) => {
    const subject = subjectOf(event);
    if (subject === null) return false;
    const said = JSON.stringify([event.type, recordOf(event)]);
    const isSame = last.get(subject) === said;
    last.delete(subject);
    last.set(subject, said);
    if (last.size > rememberedSubjects) last.delete(last.keys().next().value!);
    return isSame;
  };
}

function subjectOf(event: PublicEvent): string | null {
  switch (event.type) {
    case 'request-changed':
    case 'would-send':
    case 'would-ask':
    case 'would-notify':
      return event.request.id;
    case 'delivery-changed':
      return event.delivery.id;
    case 'state-changed':
      return `${event.host} ${event.server} ${event.paneId}`;
    default:
      return null;
  }
}
