import type { Reader } from '../app/reader.ts';
import type { JournalEvent } from '../core/journal-event.ts';
import type { Cursor } from './method.ts';

/** Several processes write the journal: it is asked so often, and sooner where this one has seen something happen. */
const askEveryMs = 250;
const batchSize = 500;

/**
 * The events after a cursor, in batches that are never empty, until `closed` aborts.
 * @param goesOn false: ends after the newest event
 */
export async function* eventsAfter(
  reader: Pick<Reader, 'journal' | 'news'>,
  after: Cursor,
  closed: AbortSignal,
  goesOn: boolean,
): AsyncGenerator<readonly JournalEvent[], void, void> {
  for (let cursor = after; !closed.aborted; ) {
    const some = reader.journal()?.events({ since: cursor, limit: batchSize }) ?? [];
    if (some.length > 0) yield some;
    else if (goesOn) await reader.news(askEveryMs, closed);
    else return;
    cursor = some.at(-1)?.seq ?? cursor;
  }
}

export function newestIn(reader: Pick<Reader, 'journal'>): Cursor {
  return reader.journal()?.newestEvent() ?? 0;
}
