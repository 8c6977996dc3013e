import { useState } from 'preact/hooks';
import type { AnswerView, RequestView } from '../../api/views.ts';
import { useAct, useDraft } from '../hooks.ts';
import { Outcome } from '../parts/marks.tsx';
import { lineOf, Words } from '../parts/text.tsx';
import { SendButton, WritingField } from '../parts/writing.tsx';
import { inPath, post, Refused } from '../server.ts';
import { isYours } from '../wanted.ts';

/** What you can do about a request: answer it, choose in its dialog, say what became of an answer in doubt, dismiss it. */
export function AnswerForm({ request, again }: { request: RequestView; again: () => void }) {
  const act = useAct();
  const [text, setText] = useDraft(`request:${request.id}`);
  const path = `/requests/${inPath(request.id)}`;
  const isOpen = isYours(request) || request.state === 'asked' || request.state === 'open';

  const answer = (body: object) =>
    act.run(async () => {
      const { accepted, message } = await post<AnswerView>(`${path}/answer`, { isFirst: true, ...body });
      again();
      if (accepted === 'late' || accepted === 'refused') throw new Refused(409, message, null);
      setText('');
      return message;
    });
  const decide = (what: 'dismiss' | 'settle') =>
    act.run(async () => {
      const { message } = await post<{ message: string }>(`${path}/${what}`);
      again();
      return message;
    });

  if (!isOpen)
    return (
      <>
        <Outcome said={act.said} />
        {text !== '' && (
          <div class="kept">
            <p class="muted">What you had written, and was not sent:</p>
            <Words text={text} label="What you had written" />
            <button type="button" class="quiet" onClick={() => setText('')}>
              Throw it away
            </button>
          </div>
        )}
      </>
    );
  return (
    <>
      {request.doubt !== null && <Doubt request={request} isBusy={act.isBusy} answer={answer} decide={decide} />}
      {request.dialog !== null ? (
        <Options request={request} isBusy={act.isBusy} choose={(choose) => void answer({ choose })} />
      ) : (
        <form
          class="answer"
          onSubmit={(event) => {
            event.preventDefault();
            if (text.trim() !== '') void answer({ text });
          }}
        >
          <label for="answer">Your answer</label>
          <WritingField id="answer" rows={4} text={text} setText={setText} />
          <div class="buttons">
            <SendButton isBusy={act.isBusy} isReady={text.trim() !== ''} />
            <button type="button" disabled={act.isBusy} onClick={() => void decide('dismiss')}>
              Dismiss
            </button>
          </div>
        </form>
      )}
      <Outcome said={act.said} />
      {request.dialog !== null && (
        <div class="buttons">
          <button type="button" disabled={act.isBusy} onClick={() => void decide('dismiss')}>
            Dismiss
          </button>
        </div>
      )}
    </>
  );
}

/** The options as its dialog has them. What it does not show whole nobody can approve from here. */
function Options({
  request: { dialog, pane },
  isBusy,
  choose,
}: {
  request: RequestView;
  isBusy: boolean;
  choose: (label: string) => void;
}) {
  const [chosen, setChosen] = useState<string | null>(null);
  const { options, subject } = dialog!;
  const isElided = subject !== null && !subject.isWhole;
  return (
    <fieldset class="options">
      <legend class="unseen">Its options</legend>
      {isElided && (
        <p class="notice yours">
          Its dialog leaves out a part of this {subject.is}, so nobody can choose from here. Look at pane {pane} itself.
        </p>
      )}
      {options.map(({ label }, index) => (
        <button
          key={label}
          type="button"
          disabled={isBusy || isElided}
          onClick={() => {
            setChosen(label);
            choose(label);
          }}
        >
          <span class="number">{index + 1}</span>
          <span>{lineOf(label, 300)}</span>
          {isBusy && chosen === label && <span class="muted">choosing…</span>}
        </button>
      ))}
    </fieldset>
  );
}

/** An answer of which nobody can tell whether it arrived. */
function Doubt({
  request: { doubt },
  isBusy,
  answer,
  decide,
}: {
  request: RequestView;
  isBusy: boolean;
  answer: (body: object) => Promise<boolean>;
  decide: (what: 'settle') => Promise<boolean>;
}) {
  const { delivery, seen, answer: given } = doubt!;
  const says = {
    uncertain: 'This answer was typed, and nobody can tell whether it arrived.',
    'typed-not-submitted': 'This answer stands in the input line of the worker, and was not submitted.',
    'not-typed': 'This answer was taken back before it was typed: another bridge may have answered.',
  }[delivery];
  return (
    <div class="notice yours">
      <p>{says}</p>
      <Words text={given.instructions} label="The answer in doubt" />
      {seen !== undefined && <Words mono text={seen.lines.join('\n')} label="What its screen showed last" />}
      <div class="buttons">
        <button type="button" disabled={isBusy} onClick={() => void decide('settle')}>
          It has arrived
        </button>
        <button type="button" disabled={isBusy} onClick={() => void answer({ again: true, isFirst: false })}>
          Type it once more
        </button>
      </div>
    </div>
  );
}
