import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { Overview } from '../api/overview.ts';
import type { RequestView } from '../api/views.ts';
import { linkTo, useAct, useAsked, useConnection, usePlace } from './hooks.ts';
import { focusOn, step, useKeys } from './keys.ts';
import { Key, Outcome } from './parts/marks.tsx';
import { Line } from './parts/text.tsx';
import { post } from './server.ts';
import { MessagesView } from './views/messages.tsx';
import { NowView, starting } from './views/now.tsx';
import { RequestsView } from './views/requests.tsx';
import { SettingsView } from './views/settings.tsx';
import { TimelineView } from './views/timeline.tsx';
import { isYours } from './wanted.ts';

const views = [
  { name: 'requests', title: 'Requests' },
  { name: 'now', title: 'Now' },
  { name: 'messages', title: 'Messages' },
  { name: 'timeline', title: 'Timeline' },
  { name: 'settings', title: 'Settings' },
] as const;

type Pauses = Readonly<
  Record<string, { readonly by: string; readonly reason: string; readonly at: number; readonly shown: string }>
>;

/** All of the page: what is wanted of you, where you are, and what stops everything. */
export function Page() {
  const place = usePlace();
  const view = views.find(({ name }) => name === place[0]) ?? views[0];
  const requests = useAsked<RequestView[]>('/requests', /^(?:request|delivery)-/);
  const overview = useAsked<Overview>('/overview', /^(?:request|worker|member)-/);
  const pauses = useAsked<Pauses>('/pauses', /^worker-/);
  const pausing = useAct();
  const help = useRef<HTMLDialogElement>(null);
  const yours = (requests.value ?? []).filter(isYours);
  const everybody = pauses.value?.['*'] ?? null;

  const keys = useMemo(
    () => ({
      ...Object.fromEntries(views.map(({ name }, index) => [`${index + 1}`, () => location.assign(linkTo(name))])),
      p: () => void pausing.run(pauseAll),
      n: () => location.assign(linkTo('now', starting)),
      j: () => step(1),
      k: () => step(-1),
      a: () => focusOn('[data-writes]'),
      '/': () => focusOn('[data-searches]'),
      '?': () => help.current?.showModal(),
    }),
    [pausing.run],
  );
  useKeys(keys);
  useEffect(() => {
    document.title = yours.length > 0 ? `(${yours.length}) bridge` : 'bridge';
  }, [yours.length]);

  return (
    <>
      <button type="button" class="skip" onClick={() => focusOn('#content')}>
        To the content
      </button>
      <header>
        <strong class="brand">bridge</strong>
        <nav aria-label="Views">
          {views.map(({ name, title }) => (
            <a key={name} href={linkTo(name)} aria-current={view.name === name ? 'page' : undefined}>
              {title}
              {name === 'requests' && yours.length > 0 && (
                <span class="count">
                  {yours.length}
                  <span class="unseen"> waiting for you</span>
                </span>
              )}
            </a>
          ))}
        </nav>
        <div class="tools">
          <Connected />
          {everybody === null ? (
            <button type="button" class="pause" disabled={pausing.isBusy} onClick={() => void pausing.run(pauseAll)}>
              Pause all <Key name="P" />
            </button>
          ) : (
            <button type="button" class="pause" disabled={pausing.isBusy} onClick={() => void pausing.run(resumeAll)}>
              Resume all
            </button>
          )}
          <button type="button" class="quiet" aria-label="Keys" onClick={() => help.current?.showModal()}>
            <Key name="?" />
          </button>
        </div>
      </header>
      {everybody !== null && (
        <p class="banner yours" role="status">
          Everything is paused by <Line text={everybody.by} />: nothing automatic is typed, and what is asked comes to
          you.
        </p>
      )}
      {pausing.said?.isFault === true && <Outcome said={pausing.said} />}
      <main id="content" tabIndex={-1} class={view.name}>
        <h1 class="unseen">{view.title}</h1>
        {view.name === 'requests' && <RequestsView open={requests} chosen={place[1] ?? null} />}
        {view.name === 'now' && (
          <NowView overview={overview} requests={requests.value ?? []} chosen={place[1] ?? null} />
        )}
        {view.name === 'messages' && <MessagesView place={place.slice(1)} />}
        {view.name === 'timeline' && <TimelineView />}
        {view.name === 'settings' && <SettingsView />}
      </main>
      <Help dialog={help} />
    </>
  );
}

const pauseAll = async () => (await post<{ message: string }>('/pause', { reason: 'from the dashboard' })).message;
const resumeAll = async () => (await post<{ message: string }>('/resume')).message;

/** Says at once when the page shows what was, and not what is. */
function Connected() {
  const connection = useConnection();
  return (
    <span class={`connection ${connection}`} role="status">
      {connection === 'live' ? 'live' : connection === 'first' ? 'connecting' : 'no connection'}
      {connection === 'lost' && <span class="unseen">: what you see is from before</span>}
    </span>
  );
}

function Help({ dialog }: { dialog: { current: HTMLDialogElement | null } }) {
  const rows = [
    ['1 – 5', 'the views'],
    ['J, K', 'down and up in a list; Enter opens'],
    ['A', 'to the field where you write'],
    ['Ctrl Enter', 'sends what you wrote'],
    ['/', 'search'],
    ['N', 'starts an agent'],
    ['P', 'pauses everything automatic'],
    ['?', 'this'],
  ];
  return (
    <dialog ref={dialog} aria-label="Keys">
      <h2>Keys</h2>
      <dl class="keys">
        {rows.map(([key, does]) => (
          <div key={key}>
            <dt>
              <Key name={key!} />
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog">
        <button type="submit">Close</button>
      </form>
    </dialog>
  );
}
