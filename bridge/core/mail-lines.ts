import type { Envelope } from './envelope.ts';
import type { Message } from './message.ts';
import { visible } from './visible.ts';

/** What a line about mail is filed under, so that it is told from the answer to a request. */
export const mailThread = 'mail:';

export function isAboutMail({ thread }: Pick<Envelope, 'thread'>): boolean {
  return thread.startsWith(mailThread);
}

/**
 * A text that is longer, or has several lines, is named by a doorbell and read with a command. So is one with characters that
 * nobody sees: agents draw them each in its own way, and what is not drawn as it was typed would stay in the composer.
 */
export const longestLine = 500;

/** The characters of an id that people and agents type. */
export function shortId(id: string): string {
  return id.slice(-4);
}

export function fitsInLine({ body }: Pick<Message, 'body'>): boolean {
  return !body.includes('\n') && body.length <= longestLine && visible(body) === body;
}

/**
 * A message as it lands in a pane: `[lead -> coder #a3f2] text`. It is one line, so that no text can bring a second envelope.
 * @param warning of the loop guard
 */
export function textLine(message: Message, to: string, warning: string | null): string {
  const marks = [...(message.noReply ? ['no reply needed'] : []), ...(warning === null ? [] : [warning])];
  const more = marks.length === 0 ? '' : ` (${marks.join('; ')})`;
  return `[${senderIn(message)} -> ${to} #${shortId(message.id)}] ${message.body}${more}`;
}

/** One line for all that is unread: who wrote, where, and the command that reads it. */
export function doorbellLine(unread: readonly Message[], to: string): string {
  const threads = [...new Set(unread.map(({ thread }) => thread))];
  const senders = [...new Set(unread.map(senderIn))];
  const count = unread.length === 1 ? '1 message' : `${unread.length} messages`;
  const where = threads.length === 1 ? ` in thread ${threads[0]}` : ` in ${threads.length} threads`;
  return `[bridge -> ${to}] ${count} from ${senders.join(', ')}${where}; read with: bridge inbox`;
}

/** A name that nothing shows to be the sender's has a question mark. */
export function senderIn({ from }: Pick<Message, 'from'>): string {
  return from.standing === 'claimed' ? `${from.name}?` : from.name;
}

/** One entry of a thread as people read it. */
export function entryOf(message: Message): string {
  const at = new Date(message.sentAt).toISOString().slice(0, 19).replace('T', ' ');
  return `## [${senderIn(message)}→${message.to.join(', ')} ${at}Z] #${shortId(message.id)}\n\n${message.body}\n`;
}
