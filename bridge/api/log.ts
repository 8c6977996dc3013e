import * as z from 'zod';
import type { Reader } from '../app/reader.ts';
import { recordedIn } from '../app/recorded-workers.ts';
import type { Delivery } from '../core/envelope.ts';
import type { JournalEvent } from '../core/journal-event.ts';
import { shownName } from '../core/names.ts';
import type { Request } from '../core/request.ts';
import type { Journal } from '../journal/journal.ts';
import { cursor, word } from './arguments.ts';
import { eventsAfter } from './journal-stream.ts';
import { type Stream, type StreamItem, stream } from './method.ts';
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
    let [journal, since] = [reader.journal(), after ?? 0];
    if (journal !== null) {
      const events = after !== undefined ? journal.events({ since }) : lastOf(journal, id === null ? last : null);
      since = events.at(-1)?.seq ?? since;
      const wanted = chosen(journal, events, id);
      const shown = after !== undefined ? wanted : wanted.slice(Math.max(0, wanted.length - last));
      yield* items(journal, shown, withSubject);
    }
    if (!follow) return 'done';
    for await (const events of eventsAfter(reader, since, closed)) {
      journal = reader.journal()!;
      yield* items(journal, chosen(journal, events, id), withSubject);
    }
    return 'done';
  },
});

/** The newest event, and as many before it as are wanted; null: all. */
function lastOf(journal: Journal, count: number | null): JournalEvent[] {
  return count === null ? journal.events() : journal.events({ limit: Math.max(1, count) });
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

/** The events of what `id` names: itself, a request or delivery whose id ends so, and the deliveries of those requests. */
function chosen(journal: Journal, events: readonly JournalEvent[], id: string | null): readonly JournalEvent[] {
  if (id === null || events.length === 0) return events;
  const isMeant = (one: string) => one === id || (id.length >= leastOfAnId && one.endsWith(id));
  const requests = journal.requests().filter((request) => isMeant(request.id));
  const deliveries = journal.deliveries().filter((delivery) => isMeant(delivery.id));
  const answers = requests.flatMap((request) => journal.deliveries({ thread: request.id }));
  const named = new Set([id, ...[...requests, ...deliveries, ...answers].map((one) => one.id)]);
  return events.filter(({ subject }) => named.has(subject));
}
