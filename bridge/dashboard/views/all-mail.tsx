import { useState } from 'preact/hooks';
import type { MessageView } from '../../api/inbox.ts';
import type { MemberView } from '../../api/members.ts';
import { linkTo, useAsked } from '../hooks.ts';
import { Fault } from '../parts/marks.tsx';
import { At, Line, lineOf } from '../parts/text.tsx';

/** The last messages of all, of one member, or of a group; the newest first. */
export function AllMail() {
  const [member, setMember] = useState('');
  const [group, setGroup] = useState('');
  const members = useAsked<MemberView[]>('/members', /^member-/);
  const query = new URLSearchParams({ last: '200', ...(member && { with: member }), ...(group && { group }) });
  const mail = useAsked<MessageView[]>(`/messages/history?${query}`, /^message-/);
  const groups = [...new Set((members.value ?? []).flatMap((one) => one.groups))].sort();
  return (
    <article>
      <a class="back" href={linkTo('messages')}>
        ← All threads
      </a>
      <h2>All mail</h2>
      <div class="filters">
        <label>
          Of{' '}
          <select value={member} onChange={(event) => setMember(event.currentTarget.value)}>
            <option value="">everybody</option>
            {(members.value ?? []).map(({ fullName }) => (
              <option key={fullName} value={fullName}>
                {lineOf(fullName, 60)}
              </option>
            ))}
          </select>
        </label>
        <label>
          To group{' '}
          <select value={group} onChange={(event) => setGroup(event.currentTarget.value)}>
            <option value="">any</option>
            {groups.map((name) => (
              <option key={name} value={name}>
                {lineOf(name, 60)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <Fault fault={mail.fault} />
      <ul class="steps">
        {(mail.value ?? []).toReversed().map(({ id, thread, from, to, body, sentAt }) => (
          <li key={id}>
            <At at={sentAt} />
            <span>
              <b>
                <Line text={from} most={40} />
              </b>{' '}
              to <Line text={to.join(', ')} most={80} />:{' '}
              <a href={linkTo('messages', 'thread', thread)}>
                <Line text={body} most={200} />
              </a>
            </span>
          </li>
        ))}
      </ul>
    </article>
  );
}
