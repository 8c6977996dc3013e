import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { MailState, Message, MessageId } from '../../bridge/core/message.ts';
import { auditJournal } from '../../bridge/journal/audit.ts';
import { Journal } from '../../bridge/journal/journal.ts';
import { readArchivedMessage } from '../../bridge/journal/mail-archive.ts';

const day = 86_400_000;
const now = Date.parse('2026-11-21T00:00:00Z');

let folder: string;
let archive: string;
let journal: Journal;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridge-mail-archive-'));
  archive = join(folder, 'archive');
  mkdirSync(archive);
  journal = Journal.open(join(folder, 'bridge.db'), { now }).journal;
});
afterEach(() => {
  journal.close();
  expect(auditJournal(join(folder, 'bridge.db'), archive).findings).toEqual([]);
  rmSync(folder, { recursive: true });
});

let count = 0;
/** A message of so many days ago, for one who has read it then. */
function past(
  daysAgo: number,
  over: Partial<Message> = {},
  then: readonly MailState[] = [{ is: 'read', at: 1 }],
): Message {
  count += 1;
  const sentAt = now - daysAgo * day;
  const message: Message = {
    id: `20260801T000000.000Z-${count.toString(36).padStart(6, '0')}` as MessageId,
    thread: 'plan',
    from: { name: 'lead', standing: 'verified' },
    to: ['coder'],
    body: `number ${count}`,
    sentAt,
    causedBy: null,
    hops: 1,
    noReply: false,
    ...over,
  };
  journal.mail.saveMessage(message, { is: 'waiting' });
  for (const state of then)
    for (const member of message.to) journal.mail.saveMail({ message: message.id, member, state }, sentAt);
  return message;
}
const run = (days = 90) => journal.archiveMail(archive, { endedBefore: now - days * day, now, limit: 100 });
const kept = () => journal.mail.history.messages({ limit: 99 }).map(({ id }) => id);

test('what takes the number of a message that has left is found, whether the words of that one were filed or not', () => {
  for (const isFiled of [true, false]) {
    past(112, { body: `old ${isFiled}` });
    if (isFiled) expect(journal.mail.history.search('old', 9)).toHaveLength(1);
    expect(run()).toMatchObject({ messages: 1 });
    const next = past(1, { body: `next ${isFiled}` }, []);
    expect(journal.mail.history.search('old', 9)).toEqual([]);
    expect(journal.mail.history.search('next', 9)).toEqual([next]);
    expect(auditJournal(join(folder, 'bridge.db'), archive).findings).toEqual([]);
    journal.mail.saveMail({ message: next.id, member: 'coder', state: { is: 'read', at: 1 } }, now);
    expect(journal.archiveMail(archive, { endedBefore: now + day, now, limit: 100 })).toMatchObject({ messages: 1 });
  }
});

test('old messages that all have read leave for the month in which they were sent, and are found there', () => {
  const [first, second] = [past(112), past(111)];
  const last = past(1);
  expect(journal.archivableMail(now - 90 * day)).toEqual({ messages: 2, events: 4 });
  expect(run()).toEqual({ messages: 2, events: 4, file: '2026-08.db' });
  expect(run()).toEqual({ messages: 0, events: 0, file: null });
  expect([kept(), journal.mail.threads()]).toEqual([[last.id], [{ name: 'plan', messages: 1, lastAt: last.sentAt }]]);
  expect(journal.mail.history.search('number', 9)).toEqual([last]);
  expect(readdirSync(archive)).toEqual(['2026-08.db']);
  for (const one of [first, second]) {
    const place = journal.archived(one.id.slice(-6))!;
    expect(place).toEqual({ subject: one.id, thread: 'message:plan', file: '2026-08.db' });
    expect(readArchivedMessage(archive, place)).toEqual({
      message: one,
      states: new Map([['coder', { is: 'read', at: 1 }]]),
    });
  }
});

test('what somebody has not read, or is held, or was written to since, stays', () => {
  const receipt = { at: 1, typedAt: 1, evidence: 'busy-began', lines: [] };
  const bell = { is: 'submitted', as: 'doorbell', receipt, at: 1 } as const;
  const offered = { is: 'offered', deliveryId: 'd' as never, as: 'doorbell' } as const;
  const stay = [past(200, {}, []), past(199, {}, [offered, bell]), past(198, {}, [{ is: 'held', why: 'x', since: 1 }])];
  const late = past(197, {}, []);
  journal.mail.saveMail({ message: late.id, member: 'coder', state: { is: 'read', at: now } }, now);
  past(196, {}, [offered, { ...bell, as: 'text' }]);
  past(195, {}, [{ is: 'expired', at: 1 }]);
  past(194, {}, [{ is: 'withdrawn', at: 1 }]);
  expect(run().messages).toBe(3);
  expect(kept()).toEqual([...stay, late].map(({ id }) => id));
});

test('a thread of which nothing is left is none any more; who took part in what is left is known', () => {
  past(112, { thread: 'gone' });
  past(112, { from: { name: 'critic', standing: 'claimed' } });
  past(2);
  while (run().file !== null);
  expect(journal.mail.threads().map(({ name }) => name)).toEqual(['plan']);
  expect(journal.mail.participants('plan')).toEqual(['coder', 'critic', 'lead']);
  expect(journal.mail.participants('gone')).toEqual([]);
});

test('the same mark, given again after its message has left, loses neither of them', () => {
  const first = past(112, { key: 'release' });
  run();
  expect(journal.mail.messageOfKey('lead', 'release')).toBeNull();
  const second = past(111, { key: 'release' });
  run();
  for (const one of [first, second])
    expect(readArchivedMessage(archive, journal.archived(one.id)!)?.message).toEqual(one);
});
