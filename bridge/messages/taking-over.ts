import { cleaned, isBlank } from '../core/cleaning.ts';
import { usageError } from '../core/failure.ts';
import { groupName, memberName } from '../core/member.ts';
import type { Message, MessageId } from '../core/message.ts';
import type { MailMemory } from './mail-steps.ts';
import { threadNamed, threadOf } from './thread-names.ts';

/** What another tool has kept of a thread. */
export interface Entry {
  /** null: that of its group, or of the people concerned */
  readonly thread: string | null;
  readonly from: string;
  /** null: whoever reads the thread, or those of `group` who are named in `recipients` */
  readonly to: string | null;
  readonly group: string | null;
  readonly recipients: readonly string[];
  /** of its recipients: who has not read it yet */
  readonly unreadBy: readonly string[];
  /** the entry that it answers: of whom, by its key */
  readonly answers: { readonly from: string; readonly key: string } | null;
  readonly model: string | null;
  readonly sentAt: number;
  readonly body: string;
  /** the same for the same entry, whenever it is found */
  readonly key: string;
}

/**
 * Keeps it as a message that is read, but by whom it says: nobody is told of it at once.
 * @returns false where it is kept already. @throws BridgeError for what is no message
 */
export function takeOver(
  parts: {
    readonly mail: Pick<MailMemory, 'messageOfKey' | 'saveMessage' | 'saveMail' | 'threadLike'>;
    readonly mint: () => string;
  },
  { from, to, model, sentAt, body: text, key, recipients, unreadBy, answers, ...entry }: Entry,
): boolean {
  const { mail, mint } = parts;
  const name = memberName(from);
  if (mail.messageOfKey(name, key) !== null) return false;
  const all = [...new Set((to === null ? recipients : [to]).map(memberName))].filter((one) => one !== name);
  const group = entry.group === null ? null : groupName(entry.group);
  const thread = entry.thread === null ? (group ?? threadOf([name, ...all])) : threadNamed(entry.thread);
  const body = cleaned(text).trim();
  if (isBlank(body)) throw usageError('import', thread, `holds an entry of ${name} in which nothing is visible`);
  const answered = answers === null ? null : mail.messageOfKey(memberName(answers.from), answers.key);
  const message: Message = {
    id: mint() as MessageId,
    thread: mail.threadLike(thread) ?? thread,
    from: { name, standing: 'claimed' },
    to: all,
    body,
    sentAt,
    causedBy: answered?.id ?? null,
    ...(answered !== null && { answers: answered.id }),
    hops: 0,
    noReply: /\[no-reply\]/i.test(body),
    ...(group === null ? {} : { group }),
    ...(model === null ? {} : { model }),
    key,
  };
  const unread = unreadBy.map(memberName);
  const readers = all.filter((one) => !unread.includes(one));
  if (readers.length === all.length) mail.saveMessage(message, { is: 'read', at: sentAt });
  else {
    mail.saveMessage(message, { is: 'waiting' });
    for (const member of readers)
      mail.saveMail({ message: message.id, member, state: { is: 'read', at: sentAt } }, sentAt);
  }
  return true;
}
