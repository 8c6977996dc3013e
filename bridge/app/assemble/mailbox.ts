import type { Config } from '../../config/config-values.ts';
import { Mailbox } from '../../controllers/mailbox.ts';
import type { MailboxEvent } from '../../core/events.ts';
import { humanName } from '../../core/member.ts';
import { isUnread, type MessageId } from '../../core/message.ts';
import { isOpen, type Request } from '../../core/request.ts';
import { type FollowingClock, steadyClock } from '../../host/clock.ts';
import type { Journal } from '../../journal/journal.ts';

/** The human's mailbox, which asks the journal what became of a request. */
export function assembleMailbox(parts: {
  config: Pick<Config, 'home' | 'splitResponse'>;
  clock: Pick<FollowingClock, 'now' | 'aheadMs'>;
  journal: Journal;
  emit: (event: MailboxEvent) => void;
}): Mailbox {
  const { config, clock, journal } = parts;
  return new Mailbox({
    home: config.home,
    clock: steadyClock,
    fileTime: () => clock.now() + clock.aheadMs,
    split: config.splitResponse,
    state: (id) => {
      const request = journal.request(id);
      if (request !== null) return isOpen(request) ? 'open' : 'ended';
      const mail = journal.mail.mail(id as MessageId, humanName)?.state;
      if (mail !== undefined) return isUnread(mail) ? 'open' : 'ended';
      return journal.archived(id) === null ? 'unknown' : 'ended';
    },
    resolve: (end) => {
      const named = (requests: readonly Request[]) => requests.filter(({ id }) => id.endsWith(end));
      const messages = journal.mail.unreadOf(humanName).filter(({ message }) => message.endsWith(end));
      const open = [...named(journal.requests({ open: true })), ...messages.map(({ sent }) => sent)];
      const known = () => [
        ...named(journal.requests()),
        ...journal.mail.messagesEnding(end).filter(({ to }) => to.includes(humanName)),
      ];
      const [first, ...others] = open.length > 0 ? open : known();
      return others.length > 0 ? 'several' : (first?.id ?? null);
    },
    memory: journal,
    on: parts.emit,
  });
}
