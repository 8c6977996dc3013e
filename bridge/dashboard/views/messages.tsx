import { useState } from 'preact/hooks';
import type { MessageView } from '../../api/inbox.ts';
import { linkTo, useAsked, useOlder } from '../hooks.ts';
import { Empty, Fault, Older } from '../parts/marks.tsx';
import { Ago, Line } from '../parts/text.tsx';
import { SearchField } from '../parts/writing.tsx';
import { get } from '../server.ts';
import { AllMail } from './all-mail.tsx';
import { Compose } from './compose.tsx';
import { ThreadDetail } from './thread.tsx';
import { WaitingDetail, type WaitingMessage } from './waiting.tsx';

interface Thread {
  readonly name: string;
  readonly messages: number;
  readonly lastAt: number;
  readonly participants: readonly string[];
  readonly seq: number;
}

const changes = /^(?:message|member)-/;
const pageSize = 100;
const mostFound = 50;

/** What members write to each other: by threads, all of it, what waits and why; found by its words. */
export function MessagesView({ place }: { place: readonly string[] }) {
  const [words, setWords] = useState('');
  const newest = useAsked<Thread[]>(`/threads?last=${pageSize}`, changes);
  const threads = useOlder(
    newest.value ?? [],
    ({ name }) => name,
    ({ seq }) => seq,
    pageSize,
    ({ seq }) => get<Thread[]>(`/threads?last=${pageSize}&before=${seq}`),
  );
  const waiting = useAsked<WaitingMessage[]>('/messages/waiting', /^(?:message|delivery|member)-/);
  const search = new URLSearchParams({ words, last: `${mostFound}` });
  const found = useAsked<MessageView[]>(/[\p{L}\p{N}]/u.test(words) ? `/messages/search?${search}` : null, changes);
  const [what = '', name = ''] = place;
  const held = (waiting.value ?? []).filter(({ outcomes }) => outcomes.some(({ is }) => is === 'held'));
  const thread = threads.all.find((one) => one.name === name);
  const isCurrent = (one: string, other = '') => (what === one && name === other ? 'true' : undefined);
  return (
    <div class={what === '' ? 'two' : 'two opened'}>
      <section class="list" aria-label="Threads" data-list>
        <Fault fault={newest.fault ?? threads.fault} />
        <SearchField label="Search all messages" text={words} setText={setWords} />
        {words.trim() !== '' ? (
          <Found messages={found.value ?? []} fault={found.fault} />
        ) : (
          <>
            <ul>
              <li>
                <a href={linkTo('messages', 'waiting')} aria-current={isCurrent('waiting')}>
                  <span class="row">
                    <b>What waits</b>
                    <span class={held.length > 0 ? 'count' : 'muted'}>
                      {held.length > 0 ? `${held.length} held` : (waiting.value?.length ?? '')}
                    </span>
                  </span>
                </a>
              </li>
              <li>
                <a href={linkTo('messages', 'all')} aria-current={isCurrent('all')}>
                  <b>All mail</b>
                </a>
              </li>
              <li>
                <a href={linkTo('messages', 'to')} aria-current={what === 'to' ? 'true' : undefined}>
                  <b>Write to somebody</b>
                </a>
              </li>
            </ul>
            <h2>Threads</h2>
            <ul>
              {threads.all.map((one) => (
                <li key={one.name}>
                  <a href={linkTo('messages', 'thread', one.name)} aria-current={isCurrent('thread', one.name)}>
                    <span class="row">
                      <b>
                        <Line text={one.name} most={60} />
                      </b>
                      <span class="muted">
                        <Ago at={one.lastAt} />
                      </span>
                    </span>
                    <span class="what">
                      {one.messages} {one.messages === 1 ? 'message' : 'messages'},{' '}
                      <Line text={one.participants.join(', ')} most={120} />
                    </span>
                  </a>
                </li>
              ))}
            </ul>
            <Older more={threads.more} what="threads" />
          </>
        )}
      </section>
      <section class="detail" aria-label="Messages">
        {what === 'thread' && (
          <ThreadDetail
            key={name}
            name={name}
            participants={thread?.participants ?? []}
            waiting={(waiting.value ?? []).filter((one) => one.thread === name)}
          />
        )}
        {what === 'waiting' && <WaitingDetail waiting={waiting.value} />}
        {what === 'all' && <AllMail />}
        {what === 'to' && <Compose key={name} to={name} />}
        {what === '' && (
          <Empty title="Messages">
            <p>Choose a thread, or search all that was ever written.</p>
          </Empty>
        )}
      </section>
    </div>
  );
}

function Found({ messages, fault }: { messages: readonly MessageView[]; fault: { message: string } | null }) {
  return (
    <>
      <Fault fault={fault} />
      <h2>
        Found <span class="muted">{messages.length === mostFound ? `the last ${mostFound}` : messages.length}</span>
      </h2>
      <ul>
        {messages.map(({ id, thread, from, body, sentAt }) => (
          <li key={id}>
            <a href={linkTo('messages', 'thread', thread)}>
              <span class="row">
                <b>
                  <Line text={from} most={40} />
                </b>
                <span class="muted">
                  <Ago at={sentAt} />
                </span>
              </span>
              <span class="what">
                <Line text={body} most={160} />
              </span>
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}
