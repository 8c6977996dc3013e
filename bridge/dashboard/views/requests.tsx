import { useState } from 'preact/hooks';
import type { RequestView } from '../../api/views.ts';
import { type Asked, linkTo, useAsked } from '../hooks.ts';
import { Empty, Fault, State } from '../parts/marks.tsx';
import { Ago, Line } from '../parts/text.tsx';
import { isYours, kinds } from '../wanted.ts';
import { RequestDetail } from './request.tsx';

const mostEnded = 100;

/** Who needs you, and what for: what waits for you first. */
export function RequestsView({ open, chosen }: { open: Asked<RequestView[]>; chosen: string | null }) {
  const [isAll, setAll] = useState(false);
  const all = useAsked<RequestView[]>(isAll ? `/requests?all=true&last=${mostEnded}` : null, /^(?:request|delivery)-/);
  const waiting = open.value ?? [];
  const yours = waiting.filter(isYours);
  const others = waiting.filter((one) => !isYours(one));
  const isOpen = new Set(waiting.map(({ id }) => id));
  const ended = (all.value ?? []).filter(({ id }) => !isOpen.has(id)).sort((a, b) => b.openedAt - a.openedAt);
  const shown = chosen ?? '';
  return (
    <div class={shown === '' ? 'two' : 'two opened'}>
      <section class="list" aria-label="All requests" data-list>
        <Fault fault={open.fault} />
        {open.value !== null && yours.length === 0 && (
          <p class="hint">
            <span class="tick">✓</span> Nobody waits for you.
          </p>
        )}
        <Group title="Waiting for you" requests={yours} shown={shown} />
        <Group title="On their way" requests={others} shown={shown} />
        {isAll && <Group title="Ended" requests={ended} shown={shown} />}
        <button type="button" class="quiet" onClick={() => setAll(!isAll)}>
          {isAll ? 'Hide what has ended' : 'Show what has ended'}
        </button>
      </section>
      <section class="detail" aria-label="Request">
        {shown !== '' ? (
          <RequestDetail key={shown} id={shown} />
        ) : (
          <Empty title={yours.length > 0 ? `${yours.length} waiting for you` : 'Nothing to do'}>
            <p>
              {yours.length > 0
                ? 'Choose one to see what it wants, with its screen as it was.'
                : 'What a worker asks appears here the moment that it stands on its screen.'}
            </p>
          </Empty>
        )}
      </section>
    </div>
  );
}

function Group({ title, requests, shown }: { title: string; requests: readonly RequestView[]; shown: string }) {
  if (requests.length === 0) return null;
  return (
    <>
      <h2>
        {title} <span class="muted">{requests.length}</span>
      </h2>
      <ul>
        {requests.map((request) => (
          <li key={request.id}>
            <a href={linkTo('requests', request.id)} aria-current={request.id === shown ? 'true' : undefined}>
              <span class="row">
                <b>
                  <Line text={request.worker} most={40} />
                </b>
                <span class="muted">
                  <Ago at={request.openedAt} />
                </span>
              </span>
              <span class="what">
                <Line text={gist(request)} most={140} />
              </span>
              <span class="row">
                <State
                  is={request.state}
                  says={isYours(request) ? (kinds[request.kind] ?? request.kind) : request.state}
                />
              </span>
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}

function gist({ dialog, text }: RequestView): string {
  return dialog?.subject?.text ?? dialog?.question ?? text;
}
