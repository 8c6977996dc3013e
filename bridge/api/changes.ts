import * as z from 'zod';
import type { Reader } from '../app/reader.ts';
import type { JournalEvent } from '../core/journal-event.ts';
import { cursor } from './arguments.ts';
import { eventsAfter, newestIn } from './journal-stream.ts';
import { type Stream, stream } from './method.ts';
import { document } from './views.ts';

/** Every event of the journal after a cursor, or from now on: none is left out, and none comes twice. */
export const changes = stream({
  name: 'changes',
  args: z.object({ after: cursor.optional() }),
  event: document<JournalEvent>(),
  async *stream(reader: Pick<Reader, 'journal' | 'news'>, { after }, closed): Stream<JournalEvent> {
    for await (const events of eventsAfter(reader, after ?? newestIn(reader), closed, true)) {
      for (const event of events) yield { cursor: event.seq, event };
    }
    return 'done';
  },
});
