import { holdsEnvelope } from './mail-envelope.ts';
import { marksOf, senderIn, shortId } from './mail-lines.ts';
import type { Message } from './message.ts';
import { visible, visibleLine } from './visible.ts';

/** So much of a text stands in a notice; all of it is read with check_messages. */
const longestContent = 200;

/**
 * What a doorbell says in agent-chat's words: that there is something to read, or that an answer came, which wants none. The last message
 * is named, by its id too: a notice that said the same as the one before could not be told from it on the screen.
 * @param unread in the order of sending, names as people see them
 */
export function chatNotice(unread: readonly Message[]): string {
  const last = unread.at(-1)!;
  const senders = [...new Set(unread.map(senderIn))].map((name) => name.replace(/[\s|]/g, '_'));
  const group = last.group === undefined ? '' : ` group=${last.group.replace(/[\s|]/g, '_')}`;
  const about = `from=${senders.join(',')}${group}${contentOf(last)}`;
  const marks = marksOf(last).map((mark) => ` (${mark})`);
  return `${whatToDo(unread, last)} | ${visibleLine(about)}${marks.join('')}`;
}

function whatToDo(unread: readonly Message[], last: Message): string {
  const id = `#${shortId(last.id)}`;
  if (unread.length > 1) return `Call check_messages: ${unread.length} messages up to ${id}`;
  if (last.answers !== undefined) return `REPLY received: call check_messages to read ${id}, then wait for instruction`;
  return `Call check_messages to read ${last.group === undefined ? '' : 'group '}message ${id}`;
}

/** Nothing of a text that could be taken for another message, or that a terminal draws in its own way. */
function contentOf({ body }: Message): string {
  const line = body.replace(/\s+/g, ' ');
  if (visible(line) !== line || holdsEnvelope(body)) return '';
  const characters = [...line];
  const shown = characters.slice(0, longestContent).join('').replace(/"/g, "'");
  return ` content="${shown}${characters.length > longestContent ? '…' : ''}"`;
}
