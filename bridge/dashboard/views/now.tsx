import { useMemo, useState } from 'preact/hooks';
import type { MemberView } from '../../api/members.ts';
import type { Overview } from '../../api/overview.ts';
import type { RequestView } from '../../api/views.ts';
import { type Asked, linkTo, useAsked } from '../hooks.ts';
import { Empty, Fault, State } from '../parts/marks.tsx';
import { Ago, Line } from '../parts/text.tsx';
import { SearchField } from '../parts/writing.tsx';
import { type Seat, seatsOf, type Written } from '../seats.ts';
import { kinds } from '../wanted.ts';
import { MemberDetail } from './member.tsx';
import { StartAgent } from './start.tsx';

/** No member is called so. */
export const starting = '+';

/** What nobody journals, as a screen that goes idle, is looked at so often. */
const lookEveryMs = 2_000;

/** Every member of every project and host: what each does, since when, and what it waits for. */
export function NowView({
  overview,
  requests,
  chosen,
}: {
  overview: Asked<Overview>;
  requests: readonly RequestView[];
  chosen: string | null;
}) {
  const members = useAsked<MemberView[]>('/members', /^(?:member|message|worker|request)-/, lookEveryMs);
  const written = useAsked<Written[]>('/messages/history?last=200', /^message-sent/);
  const [words, setWords] = useState('');
  const seats = useMemo(
    () => seatsOf(members.value ?? [], overview.value, requests, written.value ?? []),
    [members.value, overview.value, requests, written.value],
  );
  const shown = seats.filter((seat) => fits(seat, words));
  const one = seats.find(({ fullName }) => fullName === chosen);
  const groups = groupedBy(shown, ({ fullName, address }) => placeOf(fullName, address?.socketPath ?? null));
  return (
    <div class={one === undefined && chosen !== starting ? 'two' : 'two opened'}>
      <section class="list" aria-label="Members" data-list>
        <Fault fault={members.fault} />
        <SearchField label="Find a member" text={words} setText={setWords} />
        <ul>
          <li>
            <a href={linkTo('now', starting)} aria-current={chosen === starting ? 'true' : undefined}>
              <b class="act">
                <span aria-hidden="true">+ </span>Start an agent
              </b>
            </a>
          </li>
        </ul>
        {members.value !== null && seats.length === 0 && (
          <p class="hint">
            Nobody has a name yet: <code>bridge enrol</code> or a pane’s label gives one.
          </p>
        )}
        {[...groups].map(([place, its]) => (
          <Place key={place} name={place} seats={its} chosen={chosen} />
        ))}
      </section>
      <section class="detail" aria-label="Member">
        {chosen === starting ? (
          <StartAgent seats={seats} again={members.again} />
        ) : one === undefined ? (
          <Empty title={overview.value === null ? '…' : summary(seats)}>
            <p>Choose one to see its screen as it is now.</p>
          </Empty>
        ) : (
          <MemberDetail key={one.fullName} seat={one} again={members.again} />
        )}
      </section>
    </div>
  );
}

function Place({ name, seats, chosen }: { name: string; seats: readonly Seat[]; chosen: string | null }) {
  return (
    <>
      <h2>
        <Line text={name} most={60} /> <span class="muted">{seats.length}</span>
      </h2>
      <ul>
        {seats.map((seat) => (
          <li key={seat.fullName}>
            <a href={linkTo('now', seat.fullName)} aria-current={seat.fullName === chosen ? 'true' : undefined}>
              <span class="row">
                <b>
                  <Line text={seat.name} most={40} />
                </b>
                {seat.unread > 0 && <span class="count">{seat.unread} unread</span>}
              </span>
              <span class="what">{whatIn(seat)}</span>
              <span class="row">
                <State is={seat.isEnabled ? seat.state : 'disabled'} />
                <span class="muted">{seat.since !== null && <Ago at={seat.since} />}</span>
              </span>
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}

function whatIn({ request, words, description, agent }: Seat) {
  if (request !== null)
    return (
      <>
        <em>{kinds[request.kind] ?? request.kind}:</em>{' '}
        <Line text={request.dialog?.subject?.text ?? request.dialog?.question ?? request.text} most={110} />
      </>
    );
  return <Line text={words ?? (description || (agent ?? ''))} most={120} />;
}

function groupedBy<Item>(items: readonly Item[], nameOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const name = nameOf(item);
    groups.set(name, [...(groups.get(name) ?? []), item]);
  }
  return groups;
}

/** Project, and the host where it is another. */
function placeOf(fullName: string, way: string | null): string {
  const project = fullName.includes('/') ? fullName.slice(0, fullName.indexOf('/')) : 'No project';
  const host = way === null ? null : (/^([A-Za-z0-9][A-Za-z0-9._-]*):/.exec(way)?.[1] ?? null);
  return host === null ? project : `${project} on ${host}`;
}

function fits({ fullName, role, groups, state }: Seat, words: string): boolean {
  const all = [fullName, role, state, ...groups].join(' ').toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}

function summary(seats: readonly Seat[]): string {
  const count = (state: string) => seats.filter((seat) => seat.state === state).length;
  const parts = [
    [count('dialog'), 'at a dialog'],
    [count('busy'), 'busy'],
    [count('idle'), 'idle'],
  ].filter(([many]) => many !== 0);
  return parts.length === 0 ? `${seats.length} members` : parts.map(([many, what]) => `${many} ${what}`).join(', ');
}
