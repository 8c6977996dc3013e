import { useState } from 'preact/hooks';
import type { MessageView } from '../../api/inbox.ts';
import type { MemberView } from '../../api/members.ts';
import { linkTo, useAsked, useOlder } from '../hooks.ts';
import { Fault, Older } from '../parts/marks.tsx';
import { At, Line, lineOf } from '../parts/text.tsx';
import { mailPath, olderMail, pageSize } from './mail-pages.ts';

/** The last messages of all, of one member, or of a group; the newest first. */
export function AllMail() {
  const [member, setMember] = useState('');
  const [group, setGroup] = useState('');
  const members = useAsked<MemberView[]>('/members', /^member-/);
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
      <Mail key={`${member}|${group}`} about={{ ...(member && { with: member }), ...(group && { group }) }} />
    </article>
  );
}

function Mail({ about }: { about: Readonly<Record<string, string>> }) {
  const newest = useAsked<MessageView[]>(mailPath(about), /^message-/);
  const mail = useOlder(
    (newest.value ?? []).toReversed(),
    ({ id }) => id,
    ({ sentAt }) => sentAt,
    pageSize,
    ({ sentAt }) => olderMail(about, sentAt),
  );
  return (
    <>
      <Fault fault={newest.fault ?? mail.fault} />
      {newest.value?.length === 0 && <p class="muted">Nothing was written.</p>}
      <ul class="steps">
        {mail.all.map(({ id, thread, from, to, body, sentAt }) => (
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
      <Older more={mail.more} what="messages" />
    </>
  );
}
