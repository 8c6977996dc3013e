import { withShownMembers } from '../core/mail-lines.ts';
import type { Message } from '../core/message.ts';
import type { Request } from '../core/request.ts';
import type { Journal } from '../journal/journal.ts';
import type { Directory } from '../messages/directory.ts';

/** So many of the last messages to a worker may still be in its words or on its screen. */
const lateMail = 20;

/** What other agents wrote to the worker that asks. */
export function lateMailOf(
  { directory, journal }: { directory: Directory; journal: Journal },
  { pane }: Request,
): Message[] {
  const member = directory.at(pane);
  if (member === null) return [];
  return journal.mail.history
    .messages({ with: member.name, limit: lateMail })
    .filter(({ from, to }) => from.standing !== 'human' && to.includes(member.name))
    .map((message) => withShownMembers(message, (name) => directory.shown(name)));
}
