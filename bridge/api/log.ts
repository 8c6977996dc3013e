import * as z from 'zod';
import type { Reader } from '../app/reader.ts';
import { recordedIn } from '../app/worker-records.ts';
import type { Delivery } from '../core/envelope.ts';
import type { JournalEvent } from '../core/journal-event.ts';
import { shownName } from '../core/names.ts';
import type { Request } from '../core/request.ts';
import type { Journal } from '../journal/journal.ts';
import { cursor, word } from './arguments.ts';
import { eventsAfter, newestIn } from './journal-stream.ts';
import { type Cursor, type Stream, type StreamItem, stream } from './method.ts';
import { document } from './views.ts';

const logged = z.object({
  event: document<JournalEvent>(),
  /** what it is about, as far as the journal still has it, and who that is of; null where that was not asked for */
  about: z
    .object({ request: document<Request>().nullable(), delivery: document<Delivery>().nullable(), who: z.string() })
    .nullable(),
});
export type Logged = z.infer<typeof logged>;

/** What the journal remembers, oldest first: the last so many events, or those after a cursor; and what happens next. */
export const log = stream({
  name: 'log',
  args: z.object({
    /** only what this names: a request with its deliveries, a delivery, or a pane */
    id: word(1024).min(1, 'is empty').nullable().default(null),
    last: z.number().int().min(0).default(50),
    after: cursor.optional(),
    follow: z.boolean().default(false),
    /** each event with what it is about */
    withSubject: z.boolean().default(true),
  }),
  event: logged,
  async *stream(reader: Pick<Reader, 'journal' | 'news'>, given, closed): Stream<Logged> {
    const { id, last, after, follow, withSubject } = given;
    const newest = newestIn(reader);
    const journal = reader.journal();
    if (after === undefined && journal !== null && last > 0) {
      yield* items(journal, lastOf(journal, id, last, newest), withSubject);
    }
    for await (const events of eventsAfter(reader, after ?? newest, closed, follow)) {
      const journal = reader.journal()!;
      yield* items(journal, chosen(journal, events, id), withSubject);
    }
    return 'done';
  },
});

/** The last so many events of what `id` names, up to `newest`. */
function lastOf(journal: Journal, id: string | null, count: number, newest: Cursor): JournalEvent[] {
  if (id === null) return journal.events({ limit: count }).filter(({ seq }) => seq <= newest);
  const events = [...subjectsNamed(journal, id)].flatMap((subject) => journal.events({ subject }));
  return events
    .filter(({ seq }) => seq <= newest)
    .sort((a, b) => a.seq - b.seq)
    .slice(-count);
}

function* items(
  journal: Journal,
  events: readonly JournalEvent[],
  withSubject: boolean,
): Generator<StreamItem<Logged>, void, void> {
  const names = events.length > 0 && withSubject ? recordedIn(journal).map(({ name }) => name) : [];
  for (const event of events) {
    yield { cursor: event.seq, event: { event, about: withSubject ? aboutOf(journal, event, names) : null } };
  }
}

function aboutOf(journal: Journal, { subject }: JournalEvent, names: readonly string[]): Logged['about'] {
  const delivery = journal.delivery(subject);
  const asked = delivery === null ? subject : delivery.envelope.inReplyTo;
  const request = asked === null ? null : journal.request(asked);
  return { delivery, request, who: shownName(request?.worker ?? delivery?.envelope.to ?? subject, names) };
}

/** Fewer characters could be anybody's. */
const leastOfAnId = 4;

function chosen(journal: Journal, events: readonly JournalEvent[], id: string | null): readonly JournalEvent[] {
  if (id === null) return events;
  const named = subjectsNamed(journal, id);
  return events.filter(({ subject }) => named.has(subject));
}

/** What `id` names: itself, a request or delivery whose id ends so, and the deliveries of those requests. */
function subjectsNamed(journal: Journal, id: string): ReadonlySet<string> {
  const isMeant = (one: string) => one === id || (id.length >= leastOfAnId && one.endsWith(id));
  const requests = journal.requests().filter((request) => isMeant(request.id));
  const deliveries = journal.deliveries().filter((delivery) => isMeant(delivery.id));
  const answers = requests.flatMap((request) => journal.deliveries({ thread: request.id }));
  return new Set([id, ...[...requests, ...deliveries, ...answers].map((one) => one.id)]);
}
