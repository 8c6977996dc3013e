import type { MessageView } from '../../api/inbox.ts';
import { linkTo, useAct, useAsked, useDraft, useOlder } from '../hooks.ts';
import { Fault, Older, Outcome, State } from '../parts/marks.tsx';
import { At, Line, Words } from '../parts/text.tsx';
import { SendButton, WritingField } from '../parts/writing.tsx';
import { inPath, post } from '../server.ts';
import { outcomesInWords, type Told } from './compose.tsx';
import { olderMail, pageSize } from './mail-pages.ts';
import { Held, type WaitingMessage } from './waiting.tsx';

/** A thread: what was written, what waits in it, and a field to write there. */
export function ThreadDetail({
  name,
  participants,
  waiting,
}: {
  name: string;
  participants: readonly string[];
  waiting: readonly WaitingMessage[];
}) {
  const newest = useAsked<MessageView[]>(`/threads/${inPath(name)}?last=${pageSize}`, /^message-/);
  const messages = useOlder(
    (newest.value ?? []).toReversed(),
    ({ id }) => id,
    ({ sentAt }) => sentAt,
    pageSize,
    ({ sentAt }) => olderMail({ thread: name }, sentAt),
  );
  const others = participants.filter((one) => one !== 'human');
  return (
    <article>
      <a class="back" href={linkTo('messages')}>
        ← All threads
      </a>
      <header>
        <h2>
          <Line text={name} most={120} />
        </h2>
        <p class="facts">
          <Line text={participants.join(', ')} most={400} />
        </p>
      </header>
      <Held thread={name} waiting={waiting} />
      <Fault fault={newest.fault ?? messages.fault} />
      <Older more={messages.more} what="messages" />
      <ol class="talk">
        {messages.all.toReversed().map((message) => (
          <Message key={message.id} message={message} waiting={waiting.find(({ id }) => id === message.id) ?? null} />
        ))}
      </ol>
      {others.length > 0 && <Reply thread={name} to={others} />}
    </article>
  );
}

/** One message, and for whom it waits. */
export function Message({ message, waiting }: { message: MessageView; waiting: WaitingMessage | null }) {
  const { from, standing, to, body, sentAt } = message;
  return (
    <li class={standing === 'human' ? 'mine' : ''}>
      <p class="row">
        <b>
          <Line text={from} most={60} />
        </b>
        <span class="muted">
          to <Line text={to.join(', ')} most={120} />
          {standing === 'claimed' && ' — by a name that nothing proves'}
        </span>
        <span class="muted">
          <At at={sentAt} />
        </span>
      </p>
      <Words text={body} label={`What ${from.slice(0, 60)} wrote`} />
      {waiting?.outcomes.map(({ member, is, why }) => (
        <p key={member} class="facts">
          <State is={is} says={`${is} for ${member}: ${why}`} />
        </p>
      ))}
    </li>
  );
}

function Reply({ thread, to }: { thread: string; to: readonly string[] }) {
  const act = useAct();
  const [text, setText] = useDraft(`thread:${thread}`);
  return (
    <form
      class="answer"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() === '') return;
        void act.run(async () => {
          const told = await post<Told>('/messages', { to, thread, body: text, waitMs: 2_000 });
          setText('');
          return outcomesInWords(told);
        });
      }}
    >
      <label for="reply">
        Write to <Line text={to.join(', ')} most={120} />
      </label>
      <WritingField id="reply" rows={3} text={text} setText={setText} />
      <div class="buttons">
        <SendButton isBusy={act.isBusy} isReady={text.trim() !== ''} />
      </div>
      <Outcome said={act.said} />
    </form>
  );
}
