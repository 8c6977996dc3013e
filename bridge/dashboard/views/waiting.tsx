import type { MessageView } from '../../api/inbox.ts';
import type { Outcome as MailOutcome } from '../../api/mail-outcomes.ts';
import { linkTo, useAct } from '../hooks.ts';
import { Empty, Outcome, State } from '../parts/marks.tsx';
import { Ago, Line } from '../parts/text.tsx';
import { inPath, post } from '../server.ts';

export type WaitingMessage = MessageView & { readonly outcomes: readonly MailOutcome[] };

/** Everything of which somebody has not been told, and what would free it. */
export function WaitingDetail({ waiting }: { waiting: readonly WaitingMessage[] | null }) {
  const all = waiting ?? [];
  const threads = [...new Set(all.filter(isHeld).map(({ thread }) => thread))];
  return (
    <article>
      <a class="back" href={linkTo('messages')}>
        ← All threads
      </a>
      <h2>What waits</h2>
      {waiting !== null && all.length === 0 && (
        <Empty title="Nothing waits">
          <p>Everybody has been told of all that was written.</p>
        </Empty>
      )}
      {threads.map((thread) => (
        <Held key={thread} thread={thread} waiting={all.filter((one) => one.thread === thread)} />
      ))}
      <ul class="talk">
        {all.map(({ id, thread, from, body, outcomes }) => (
          <li key={id}>
            <p class="row">
              <b>
                <Line text={from} most={60} />
              </b>
              <a href={linkTo('messages', 'thread', thread)}>
                <Line text={thread} most={80} />
              </a>
            </p>
            <p>
              <Line text={body} most={300} />
            </p>
            {outcomes.map(({ member, is, why, since }) => (
              <p key={member} class="facts">
                <State is={is} says={`${is} for ${member}: ${why}`} />
                {since !== null && (
                  <span>
                    for <Ago at={since} />
                  </span>
                )}
              </p>
            ))}
          </li>
        ))}
      </ul>
    </article>
  );
}

const isHeld = ({ outcomes }: WaitingMessage) => outcomes.some(({ is }) => is === 'held');

/** A loop that the guard holds, why, and what lets it go on. */
export function Held({ thread, waiting }: { thread: string; waiting: readonly WaitingMessage[] }) {
  const act = useAct();
  const held = waiting.filter(isHeld);
  const why = held.flatMap(({ outcomes }) => outcomes).find(({ is }) => is === 'held')?.why;
  return (
    <>
      {why !== undefined && (
        <div class="notice yours">
          <p>
            {held.length} {held.length === 1 ? 'message is' : 'messages are'} held in{' '}
            <b>
              <Line text={thread} most={80} />
            </b>
            : <Line text={why} most={400} />
          </p>
          <div class="buttons">
            <button
              type="button"
              disabled={act.isBusy}
              onClick={() =>
                void act.run(async () => {
                  const { messages } = await post<{ messages: number }>(`/threads/${inPath(thread)}/release`);
                  return `${messages} went on.`;
                })
              }
            >
              Let it go on
            </button>
          </div>
        </div>
      )}
      <Outcome said={act.said} />
    </>
  );
}
