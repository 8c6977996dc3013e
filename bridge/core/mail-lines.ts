import type { Envelope } from './envelope.ts';
import { holdsEnvelope } from './mail-envelope.ts';
import type { Message } from './message.ts';
import { visible, visibleLine } from './visible.ts';

/** What a line about mail is filed under, so that it is told from the answer to a request. */
export const mailThread = 'mail:';

export function isAboutMail({ thread }: Pick<Envelope, 'thread'>): boolean {
  return thread.startsWith(mailThread);
}

/** A text that is longer, or has several lines, is named by a doorbell and read with a command, unless its sender wants it whole. */
export const longestLine = 500;

/** The characters of an id that people and agents type. */
export function shortId(id: string): string {
  return id.slice(-4);
}

/**
 * Whether its text goes into the pane. One with characters that nobody sees does not: agents draw them each in its own way, and
 * what is not drawn as it was typed would stay in the composer. Nor does one in which something looks like another message.
 */
export function goesAsText({ body, inline, urgent }: Pick<Message, 'body' | 'inline' | 'urgent'>): boolean {
  const isShort = !body.includes('\n') && body.length <= longestLine;
  return (isShort || inline === true || urgent === true) && visible(body) === body && !holdsEnvelope(body);
}

/** What stands behind a text: that no answer is wanted, and the warning of the loop guard. */
export function marksOf({ noReply, warning }: Pick<Message, 'noReply' | 'warning'>): string[] {
  return [...(noReply ? ['no reply needed'] : []), ...(warning === undefined ? [] : [warning])];
}

/** So many threads are named; of more it is said how many they are. */
const namedThreads = 3;

/**
 * What a doorbell says of all that is unread, in one line: who wrote, in which threads, where those are to be read as files, and the command that reads it.
 * It names the last message: a bell that said the same as the one before could not be told from it on the screen.
 * @param unread in the order of sending
 * @param folder the state directory, as people write it
 * @param readWith the command that reads it, whatever the recipient's environment
 */
export function doorbellText(unread: readonly Message[], folder: string, readWith: string): string {
  const threads = [...new Set(unread.map(({ thread }) => thread))];
  const senders = [...new Set(unread.map(senderIn))];
  const last = `#${shortId(unread.at(-1)?.id ?? '')}`;
  const count = unread.length === 1 ? `1 message ${last}` : `${unread.length} messages up to ${last}`;
  const where = threads.length > namedThreads ? `${threads.length} threads` : threadsNamed(threads);
  const file = threads.length === 1 ? fileOfThread(threads[0]!) : null;
  const warning = unread.findLast((message) => message.warning !== undefined)?.warning;
  const more = warning === undefined ? '' : ` (${warning})`;
  return `${count} from ${senders.join(', ')} in ${where} (${folder}/${file ?? 'threads/'}); read with: ${readWith}${more}`;
}

function threadsNamed(threads: readonly string[]): string {
  return `thread${threads.length === 1 ? '' : 's'} ${threads.join(', ')}`;
}

/** The same message with the names of its members as people see them. */
export function withShownMembers(message: Message, shown: (name: string) => string): Message {
  const from = { ...message.from, name: shown(message.from.name) };
  return { ...message, from, to: message.to.map(shown) };
}

/** A name that nothing shows to be the sender's has a question mark. */
export function senderIn({ from }: Pick<Message, 'from'>): string {
  return from.standing === 'claimed' ? `${from.name}?` : from.name;
}

/**
 * One entry of a thread's file: `## [shop/lead→shop/coder (codex) 2026-11-30 06:15:02Z] #a3f2`, the text below it. Names are
 * whole: they stay the same. No line of a text passes for the heading of an entry.
 */
export function entryOf(message: Message): string {
  const at = new Date(message.sentAt).toISOString().slice(0, 19).replace('T', ' ');
  const model = message.model === undefined ? '' : ` (${message.model})`;
  const to = message.group ?? message.to.join(', ');
  const head = visibleLine(`## [${senderIn(message)}→${to}${model} ${at}Z] #${shortId(message.id)}`);
  const body = visible(message.body).replace(/^(\s*)(#{1,6}\s*\[)/gm, '$1\\$2');
  return `${head}\n\n${body}\n\n`;
}

/** The log of who wrote to whom, within the state directory. */
export const mailLogName = 'mail.log';

/** The file of a thread within the state directory; null for a name that may lead elsewhere: none that a bridge gives today. */
export function fileOfThread(thread: string): string | null {
  return isThreadName(thread) ? `threads/${thread}.md` : null;
}

/** Plain names, with `/` between folders: none is hidden, empty or leads upwards. */
export function isThreadName(name: string): boolean {
  return /^[\p{L}\p{N}][\p{L}\p{N}\p{M}._+ -]*(?:\/[\p{L}\p{N}][\p{L}\p{N}\p{M}._+ -]*)*$/u.test(name);
}
