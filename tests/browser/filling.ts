import type { Message, MessageId } from '../../bridge/core/message.ts';
import { bridge } from '../live/hub-fixture.ts';

const members = 200;
const messages = 100_000;

/** A journal with 200 members and 100,000 messages that they have read. */
export function fill(): void {
  const names = Array.from({ length: members }, (_, at) => `member-${at}`);
  for (const name of names) bridge.membership.add(name, {}, null, 'refuse');
  const { journal } = bridge;
  for (let from = 0; from < messages; from += 5_000)
    journal.transact(() => {
      for (let at = from; at < from + 5_000; at++) {
        const [author, reader] = [names[at % members]!, names[(at * 7 + 1) % members]!];
        const message: Message = {
          id: `20261121T012706.123Z-${at.toString(36).padStart(6, '0')}` as MessageId,
          thread: `topic-${at % 300}`,
          from: { name: author, standing: 'verified' },
          to: [reader],
          body: `Message ${at}: the build of part ${at % 97} is green again.`,
          sentAt: 1_700_000_000_000 + at * 1_000,
          ...{ causedBy: null, hops: 1, noReply: false },
        };
        journal.mail.saveMessage(message, { is: 'read', at: message.sentAt });
      }
    });
}
