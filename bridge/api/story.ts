import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import type { JournalEvent } from '../core/journal-event.ts';
import { id } from './arguments.ts';
import { findRequest } from './find-request.ts';
import { method } from './method.ts';
import { document } from './views.ts';

/** A request that is asked again and again for weeks has more. */
const mostEvents = 1_000;

/** What a request was opened on, and each step of it and of its answers since. */
export const story = method({
  name: 'story',
  args: z.object({ id }),
  result: z.object({
    id: z.string(),
    /** the worker's screen as it was then, or its last words */
    screen: z.string(),
    /** why nobody but a person may answer; null where others may */
    onlyYou: z.string().nullable(),
    /** oldest first, the last ones */
    events: z.array(document<JournalEvent>()).readonly(),
  }),
  async run({ journal }: Pick<Bridge, 'journal'>, given) {
    const request = findRequest({ journal }, given.id);
    const answers = journal.deliveries({ thread: request.id });
    const events = [request, ...answers]
      .flatMap(({ id }) => journal.events({ subject: id, limit: mostEvents }))
      .sort((a, b) => a.seq - b.seq)
      .slice(-mostEvents);
    return { id: request.id, screen: request.context, onlyYou: request.humanOnly ?? request.noChoice ?? null, events };
  },
});
