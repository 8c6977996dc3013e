import { useState } from 'preact/hooks';
import type { Outcome as MailOutcome } from '../../api/mail-outcomes.ts';
import type { MemberView } from '../../api/members.ts';
import { linkTo, useAct, useAsked, useDraft } from '../hooks.ts';
import { Outcome } from '../parts/marks.tsx';
import { lineOf } from '../parts/text.tsx';
import { SendButton, WritingField } from '../parts/writing.tsx';
import { post } from '../server.ts';

export interface Told {
  readonly thread: string;
  readonly outcomes: readonly MailOutcome[];
}

/** What became of a message so far, for each. */
export function outcomesInWords({ outcomes }: Told): string {
  return outcomes.map(({ member, is, why }) => `${member}: ${is}${why ? `, ${why}` : ''}`).join('; ');
}

/** A message to a member or a group by name. */
export function Compose({ to }: { to: string }) {
  const act = useAct();
  const members = useAsked<MemberView[]>('/members', /^member-/);
  const [whom, setWhom] = useState(to);
  const [text, setText] = useDraft(`to:${to}`);
  const groups = new Set((members.value ?? []).flatMap(({ groups }) => groups));
  return (
    <article>
      <a class="back" href={linkTo('messages')}>
        ← All threads
      </a>
      <h2>Write to somebody</h2>
      <form
        class="answer"
        onSubmit={(event) => {
          event.preventDefault();
          void act.run(async () => {
            const names = whom.split(',').map((name) => name.trim());
            const told = await post<Told>('/messages', { to: names.filter(Boolean), body: text, waitMs: 2_000 });
            setText('');
            return outcomesInWords(told);
          });
        }}
      >
        <label for="whom">To: names, or @ and a group</label>
        <input
          id="whom"
          list="names"
          value={whom}
          autocomplete="off"
          onInput={(event) => setWhom(event.currentTarget.value)}
        />
        <datalist id="names">
          {(members.value ?? []).map(({ fullName }) => (
            <option key={fullName} value={lineOf(fullName)} />
          ))}
          {[...groups].map((name) => (
            <option key={name} value={`@${lineOf(name)}`} />
          ))}
        </datalist>
        <label for="text">Your message</label>
        <WritingField id="text" rows={5} text={text} setText={setText} />
        <div class="buttons">
          <SendButton isBusy={act.isBusy} isReady={whom.trim() !== '' && text.trim() !== ''} />
        </div>
        <Outcome said={act.said} />
      </form>
    </article>
  );
}
