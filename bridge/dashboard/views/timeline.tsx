import { useMemo, useState } from 'preact/hooks';
import type { RequestView } from '../../api/views.ts';
import { eventInWords } from '../../core/event-words.ts';
import type { JournalEvent } from '../../core/journal-event.ts';
import { now } from '../clock.ts';
import { linkTo, useAsked } from '../hooks.ts';
import { Fault } from '../parts/marks.tsx';
import { Plots } from '../parts/plots.tsx';
import { At, Line, Words } from '../parts/text.tsx';
import { get } from '../server.ts';

interface EventPage {
  readonly events: ReadonlyArray<{ readonly cursor: number; readonly event: JournalEvent }>;
}

const pageSize = 500;

const filters = [
  { name: 'Everything', fits: /./ },
  { name: 'Decisions', fits: /^request-(?:answered|answer-replaced|answer-late|dismissed|expired)$/ },
  { name: 'Requests', fits: /^request-/ },
  { name: 'Deliveries', fits: /^delivery-/ },
  { name: 'Messages', fits: /^message-/ },
  { name: 'Members and pauses', fits: /^(?:member|worker)-/ },
] as const;

const spans = [
  { name: 'at any time', ms: Number.POSITIVE_INFINITY },
  { name: 'in the last hour', ms: 3_600_000 },
  { name: 'in the last day', ms: 86_400_000 },
] as const;

/** Everything that was journaled, the newest first, each with its evidence; above it how requests and answers went. */
export function TimelineView() {
  const newest = useAsked<EventPage>(`/events?last=${pageSize}`, /./);
  const requests = useAsked<RequestView[]>('/requests?all=true&last=500', /^request-/);
  const [older, setOlder] = useState<readonly JournalEvent[]>([]);
  const [isAll, setIsAll] = useState(false);
  const [filter, setFilter] = useState(0);
  const [span, setSpan] = useState(0);
  const events = useMemo(() => {
    const all = [...older, ...(newest.value?.events ?? []).map(({ event }) => event)];
    return [...new Map(all.map((event) => [event.seq, event])).values()].sort((a, b) => b.seq - a.seq);
  }, [newest.value, older]);
  const workers = useMemo(() => namesIn(requests.value ?? [], events), [requests.value, events]);
  const since = now() - spans[span]!.ms;
  const shown = runsIn(events.filter(({ kind, at }) => at >= since && filters[filter]!.fits.test(kind)));
  const isMoreBefore = !isAll && events.length >= pageSize && (events.at(-1)?.at ?? 0) >= since;
  const more = async () => {
    const first = events.at(-1)?.seq ?? 1;
    const after = Math.max(0, first - 1 - pageSize);
    const page = await get<EventPage>(`/events?after=${after}&last=${pageSize}`);
    setIsAll(after === 0);
    setOlder([...older, ...page.events.map(({ event }) => event).filter(({ seq }) => seq < first)]);
  };
  return (
    <div class="detail">
      <article class="wide">
        <h2>What happened</h2>
        <Fault fault={newest.fault} />
        <Plots events={events} />
        <div class="filters">
          <Choice label="Show" of={filters} chosen={filter} choose={setFilter} />
          <Choice label="of what happened" of={spans} chosen={span} choose={setSpan} />
        </div>
        {shown.length === 0 && <p class="muted">Nothing of this{isMoreBefore && ', as far as it is shown'}.</p>}
        <ol class="steps events">
          {shown.map(({ event, times }) => (
            <li key={event.seq}>
              <At at={event.at} />
              <details>
                <summary>
                  <b>{nameOf(event, workers)}</b>: <Line text={wordsOf(event)} most={300} />
                  {times > 1 && <span class="muted"> {times} times</span>}
                </summary>
                {event.kind.startsWith('request-') && (
                  <p>
                    <a href={linkTo('requests', event.subject)}>To the request</a>
                  </p>
                )}
                <Words
                  mono
                  text={`${event.kind} ${event.subject}\n${JSON.stringify(event.data, null, 2)}`}
                  label="Its evidence"
                />
              </details>
            </li>
          ))}
        </ol>
        {isMoreBefore && (
          <button type="button" class="quiet" onClick={() => void more()}>
            Show what was before
          </button>
        )}
      </article>
    </div>
  );
}

function Choice(props: {
  readonly label: string;
  readonly of: ReadonlyArray<{ readonly name: string }>;
  readonly chosen: number;
  readonly choose: (index: number) => void;
}) {
  return (
    <label>
      {props.label}{' '}
      <select value={props.chosen} onChange={(event) => props.choose(Number(event.currentTarget.value))}>
        {props.of.map(({ name }, index) => (
          <option key={name} value={index}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The same of the same again and again, as a hold whose reason is worded anew, is one line: the last of them. */
function runsIn(events: readonly JournalEvent[]): Array<{ readonly event: JournalEvent; times: number }> {
  const runs: Array<{ readonly event: JournalEvent; times: number }> = [];
  for (const event of events) {
    const last = runs.at(-1);
    if (last?.event.kind === event.kind && last.event.subject === event.subject) last.times++;
    else runs.push({ event, times: 1 });
  }
  return runs;
}

/** Whom an event is about: requests and deliveries bear an id only. Of a text, a message that it tells of says who gets it. */
function namesIn(requests: readonly RequestView[], events: readonly JournalEvent[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { id, worker, delivery } of requests) {
    names.set(id, worker);
    if (delivery !== null) names.set(delivery.id, worker);
  }
  for (const { data } of events) {
    const { member, state } = (data ?? {}) as MailData;
    const text = state?.deliveryId ?? state?.by;
    if (member !== undefined && text !== undefined) names.set(text, member);
  }
  return names;
}

function nameOf({ subject, data, kind }: JournalEvent, workers: ReadonlyMap<string, string>) {
  const { member, message } = (data ?? {}) as MailData;
  if (subject === '*') return 'everybody';
  if (kind.startsWith('message-')) return <Line text={message?.from.name ?? member ?? 'mail'} most={40} />;
  const known = workers.get(subject);
  if (known === undefined && kind.startsWith('delivery-'))
    return (
      <>
        text <Line text={subject.slice(-6)} />
      </>
    );
  return <Line text={known ?? subject} most={40} />;
}

/** Of a message its own words say the most. */
function wordsOf(event: JournalEvent): string {
  const { message, state } = (event.data ?? {}) as MailData;
  if (event.kind === 'message-sent' && message !== undefined)
    return `writes to ${message.to.join(', ')}: ${message.body}`;
  if (event.kind === 'message-held' && state?.why !== undefined) return `gets nothing: held, ${state.why}`;
  return eventInWords(event, { request: null, delivery: null });
}

/** What events of mail tell. */
interface MailData {
  readonly member?: string;
  readonly message?: {
    readonly from: { readonly name: string };
    readonly to: readonly string[];
    readonly body: string;
  };
  readonly state?: { readonly why?: string; readonly deliveryId?: string; readonly by?: string };
}
