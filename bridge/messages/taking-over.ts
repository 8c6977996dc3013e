import { cleaned, isBlank } from '../core/cleaning.ts';
import { usageError } from '../core/failure.ts';
import { memberName } from '../core/member.ts';
import type { Message, MessageId } from '../core/message.ts';
import type { MailMemory } from './mail-steps.ts';
import { threadNamed } from './thread-names.ts';

/** What another tool has kept of a thread. */
export interface Entry {
  readonly thread: string;
  readonly from: string;
  /** null: whoever reads the thread */
  readonly to: string | null;
  readonly model: string | null;
  readonly sentAt: number;
  readonly body: string;
  /** the same for the same entry, whenever it is found */
  readonly key: string;
}

/**
 * Keeps it as a message that is read: nobody is told of it.
 * @returns false where it is kept already. @throws BridgeError for what is no message
 */
export function takeOver(
  parts: {
    readonly mail: Pick<MailMemory, 'messageOfKey' | 'saveMessage' | 'threadLike'>;
    readonly mint: () => string;
  },
  { thread: given, from, to, model, sentAt, body: text, key }: Entry,
): boolean {
  const name = memberName(from);
  if (parts.mail.messageOfKey(name, key) !== null) return false;
  const thread = threadNamed(given);
  const body = cleaned(text).trim();
  if (isBlank(body)) throw usageError('import', thread, `holds an entry of ${name} in which nothing is visible`);
  const message: Message = {
    id: parts.mint() as MessageId,
    thread: parts.mail.threadLike(thread) ?? thread,
    from: { name, standing: 'claimed' },
    to: to === null ? [] : [memberName(to)],
    body,
    sentAt,
    causedBy: null,
    hops: 0,
    noReply: /\[no-reply\]/i.test(body),
    ...(model === null ? {} : { model }),
    key,
  };
  parts.mail.saveMessage(message, { is: 'read', at: sentAt });
  return true;
}
