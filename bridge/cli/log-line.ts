import { type About, eventInWords } from '../core/event-words.ts';
import type { JournalEvent } from '../core/journal-event.ts';
import { short } from './live-log.ts';
import { paint } from './output.ts';

/**
 * One event of the journal for a person: when, who, which request, and what happened, in words. A delivery of an answer goes
 * under the request's id: `bridge show` and `log --id` take both.
 * @param shown the worker's name as people see it
 */
export function logLine(event: JournalEvent, about: About, shown: (name: string) => string): string {
  const time = new Date(event.at).toISOString().replace('T', ' ').slice(0, 19);
  const { request, delivery } = about;
  const isText = request !== null || delivery !== null;
  const named = request?.worker ?? delivery?.envelope.to ?? event.subject;
  const who = named === '*' ? 'all workers' : named === 'bridge' ? 'bridge' : shown(named);
  const id = isText ? short((request ?? delivery)!.id) : '';
  const parts = [paint('dim', `${time}Z`), paint('bold', inOneLine(who).padEnd(12)), id.padEnd(6)];
  return [...parts, inOneLine(eventInWords(event, about))].join('  ');
}

/** What others wrote begins no line of its own: it would pass for an event. */
function inOneLine(text: string): string {
  return text.replace(/\s*[\r\n\u2028\u2029]\s*/g, ' ');
}
