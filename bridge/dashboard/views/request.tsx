import type { RequestView } from '../../api/views.ts';
import { eventInWords } from '../../core/event-words.ts';
import type { JournalEvent } from '../../core/journal-event.ts';
import { linkTo, useAsked } from '../hooks.ts';
import { Empty, Fault, State } from '../parts/marks.tsx';
import { Ago, At, Line, Words } from '../parts/text.tsx';
import { inPath } from '../server.ts';
import { kinds } from '../wanted.ts';
import { AnswerForm } from './answer.tsx';

interface Story {
  readonly screen: string;
  readonly onlyYou: string | null;
  readonly events: readonly JournalEvent[];
}

const changes = /^(?:request|delivery)-/;

/** One request: what it wants to the letter, what you can do, what became of it, and what it looked like. */
export function RequestDetail({ id }: { id: string }) {
  const path = `/requests/${inPath(id)}`;
  const asked = useAsked<RequestView>(path, changes);
  const story = useAsked<Story>(`${path}/story`, changes);
  const request = asked.value;
  if (request === null)
    return (
      <>
        <Back />
        {asked.fault === null ? (
          <p class="hint">…</p>
        ) : (
          <Empty title="Not there">
            <Fault fault={asked.fault} />
          </Empty>
        )}
      </>
    );
  const { dialog, screen } = request;
  return (
    <article>
      <Back />
      <header>
        <h2>
          <Line text={request.worker} most={80} />{' '}
          <span class="plain">
            <Line text={kinds[request.kind] ?? request.kind} most={40} />
          </span>
        </h2>
        <p class="facts">
          <State is={request.state} says={request.status} />
          <span>
            <Ago at={request.openedAt} /> ago
          </span>
          <span>
            <Line text={request.agent} />
            {request.project !== null && (
              <>
                {' in '}
                <Line text={request.project} />
              </>
            )}
          </span>
          {request.claimed !== null && (
            <span>
              says that it is in pane <Line text={request.claimed} most={40} />: nothing shows that
            </span>
          )}
        </p>
        {story.value?.onlyYou != null && (
          <p class="notice yours">
            Only you may {dialog === null ? 'answer' : 'choose'}: <Line text={story.value.onlyYou} most={400} />
          </p>
        )}
      </header>
      {dialog === null ? (
        <Words text={request.text} label="What it asks" />
      ) : (
        <DialogSubject dialog={dialog} text={request.text} isKnown={story.value?.onlyYou === null} />
      )}
      <AnswerForm request={request} again={asked.again} />
      <Became request={request} />
      <section aria-label="Its screen">
        <h3>Its screen, as it was</h3>
        {story.value !== null && <Words mono text={screen ?? story.value.screen} label="The screen, as it was" />}
      </section>
      <section aria-label="What happened">
        <h3>What happened</h3>
        <ol class="steps">
          {(story.value?.events ?? []).map((event) => (
            <li key={event.seq}>
              <At at={event.at} />
              <span>
                <Line text={eventInWords(event, { request: null, delivery: null })} most={400} />
              </span>
            </li>
          ))}
        </ol>
      </section>
    </article>
  );
}

function Back() {
  return (
    <a class="back" href={linkTo('requests')}>
      ← All requests
    </a>
  );
}

/** @param isKnown whether what the dialog shows is known to be all of it: some agents leave characters out, and draw no sign of that */
function DialogSubject({
  dialog,
  text,
  isKnown,
}: {
  dialog: NonNullable<RequestView['dialog']>;
  text: string;
  isKnown: boolean;
}) {
  const { subject, question } = dialog;
  return (
    <>
      <p class="question">
        <Line text={question || text} most={2_000} />
      </p>
      {subject !== null && (
        <figure class={subject.isWhole ? 'subject' : 'subject cut'}>
          <figcaption>
            {subject.is === 'command' ? 'The command' : 'The file'}
            {!subject.isWhole
              ? ', of which the agent shows a part only'
              : isKnown
                ? ', to the letter'
                : ', as its dialog draws it'}
          </figcaption>
          <Words mono text={subject.text} label={subject.is === 'command' ? 'The command' : 'The file'} />
        </figure>
      )}
    </>
  );
}

/** The answer, how it went, and with what evidence. */
function Became({ request: { answer, notTyped, late, delivery } }: { request: RequestView }) {
  const given = answer ?? notTyped;
  if (given === null && late.length === 0) return null;
  const receipt = delivery?.state.is === 'acknowledged' ? delivery.state.receipt : null;
  return (
    <section class="became" aria-label="Answer and receipt">
      {given !== null && (
        <>
          <h3>
            {answer === null ? 'An answer that was never typed, by ' : 'Answered by '}
            <Line text={given.by} />{' '}
            <span class="muted">
              <At at={given.at} />
            </span>
          </h3>
          <Words text={given.instructions} label="The answer" />
          {given.notes !== '' && (
            <p class="muted">
              {given.by === 'rules' ? 'The rule that decided: ' : 'For you alone: '}
              <Line text={given.notes} most={1_000} />
            </p>
          )}
        </>
      )}
      {receipt !== null && (
        <div class="receipt">
          <State
            is="delivered"
            says={receipt.evidence === 'composer-emptied-and-echoed' ? 'confirmed on its screen' : receipt.evidence}
          />
          <span class="muted">
            <At at={receipt.at} />
          </span>
          {receipt.lines.length > 0 && <Words mono text={receipt.lines.join('\n')} label="The lines that show it" />}
        </div>
      )}
      {late.map((one) => (
        <p key={one.at} class="notice">
          Came too late, by <Line text={one.by} />: <Line text={one.instructions} most={600} />
        </p>
      ))}
    </section>
  );
}
