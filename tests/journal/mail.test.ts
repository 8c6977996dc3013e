import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { DeliveryId } from '../../bridge/core/ids.ts';
import type { MailState, Message, MessageId } from '../../bridge/core/message.ts';
import { auditJournal } from '../../bridge/journal/audit.ts';
import { Journal } from '../../bridge/journal/journal.ts';
import { now } from './samples.ts';

// Written at schema 4: three messages in two threads, one read, one in a pane, two of which a doorbell tells or nobody.
const fourth = join(import.meta.dirname, 'fixtures/schema-4.db');

let folder: string;
let path: string;
let journal: Journal;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridge-mail-'));
  path = join(folder, 'bridge.db');
  journal = Journal.open(path, { now }).journal;
});
afterEach(() => {
  journal.close();
  rmSync(folder, { recursive: true });
});

const waiting: MailState = { is: 'waiting' };
let count = 0;
function message(over: Partial<Message> = {}): Message {
  count += 1;
  return {
    id: `20261130T000000.000Z-${count.toString(36).padStart(6, '0')}` as MessageId,
    thread: 'coder+lead',
    from: { name: 'lead', standing: 'verified' },
    to: ['coder'],
    body: `number ${count}`,
    sentAt: now + count,
    causedBy: null,
    hops: 1,
    noReply: false,
    ...over,
  };
}

function sent(over: Partial<Message> = {}, first: MailState = waiting): Message {
  const one = message(over);
  journal.mail.saveMessage(one, first);
  return one;
}

const findings = () => auditJournal(path, folder).findings;
const found = (words: string) => journal.mail.history.search(words, 10).map(({ body }) => body);

test('a journal of schema 4 is brought forward: what is unread, who takes part and which words were written is found', () => {
  const old = join(folder, 'old');
  copyFileSync(fourth, old);
  chmodSync(old, 0o600);
  const { journal: brought } = Journal.open(old, { now });
  expect(brought.mail.unreadOf('shop/lead').map(({ sent: { body } }) => body)).toEqual(['two\nlines about 数据库']);
  expect([brought.mail.countUnread('shop/coder'), brought.mail.threads()]).toEqual([
    1,
    [
      { name: 'release/plan', messages: 1, lastAt: expect.any(Number) },
      { name: 'coder+lead', messages: 2, lastAt: expect.any(Number) },
    ],
  ]);
  expect(brought.mail.participants('release/plan')).toEqual(['human', 'shop/coder', 'shop/lead']);
  expect(brought.mail.history.search('grosse', 10)).toEqual([]);
  expect(brought.mail.history.search('größe wrong', 10)).toHaveLength(1);
  expect(brought.mail.history.search('数据', 10)).toHaveLength(1);
  const [first] = brought.mail.history.messages({ thread: 'coder+lead', limit: 1 });
  expect(brought.mail.causedBy(first!.causedBy!)).toEqual([first]);
  brought.close();
  expect(auditJournal(old, folder).findings).toEqual([]);
});

test('a message is found by its words, its last characters, its mark, its cause, its group, its members and its time', () => {
  const first = sent({ body: 'The build is green.', group: 'shop', key: 'build-7' });
  const second = sent({ from: { name: 'coder', standing: 'verified' }, to: ['lead', 'critic'], causedBy: first.id });
  const third = sent({ from: { name: 'critic', standing: 'claimed' }, to: ['lead'], body: 'the build broke' });
  expect(found('build')).toEqual(['the build broke', 'The build is green.']);
  expect(found('build green')).toEqual(['The build is green.']);
  const { mail } = journal;
  expect(mail.messagesEnding(second.id.slice(-4))).toEqual([second]);
  expect(mail.messagesEnding('0')).toHaveLength(0);
  expect([mail.messageOfKey('lead', 'build-7'), mail.messageOfKey('coder', 'build-7')]).toEqual([first, null]);
  expect(mail.causedBy(first.id)).toEqual([second]);
  const history = (filter: Parameters<typeof mail.history.messages>[0]) => mail.history.messages(filter);
  expect(history({ limit: 2 })).toEqual([second, third]);
  expect(history({ with: 'critic', limit: 9 })).toEqual([second, third]);
  expect(history({ with: 'coder', until: second.sentAt, limit: 9 })).toEqual([first]);
  expect(history({ with: 'lead', limit: 1 })).toEqual([third]);
  expect(history({ of: 'critic', limit: 9 })).toEqual(history({ with: 'critic', limit: 9 }));
  for (const [of, partner] of [
    ['critic', 'lead'],
    ['lead', 'critic'],
  ] as const)
    expect(history({ of, with: partner, limit: 9 })).toEqual([third]);
  expect(history({ of: 'critic', with: 'coder', limit: 9 })).toEqual([second]);
  expect(mail.history.search('build', 9, 'critic')).toEqual([third]);
  expect(mail.history.search('build', 9, 'coder')).toEqual([first]);
  expect(mail.history.search('build', 9, 'lead')).toEqual([third, first]);
  expect(history({ group: 'shop', limit: 9 })).toEqual([first]);
  expect(history({ since: second.sentAt, until: third.sentAt, limit: 9 })).toEqual([second]);
  expect(() => sent({ key: 'build-7' })).toThrow();
  expect(history({ limit: 9 })).toHaveLength(3);
  expect(findings()).toEqual([]);
});

test('whatever is searched for is words, and no language of SQLite', () => {
  sent({ body: 'a "quoted" NEAR(thing) OR body:x* -y ^z C++ foo-bar; DROP TABLE messages' });
  for (const words of [
    '"quoted"',
    'NEAR(thing)',
    'OR',
    'body:x*',
    '-y',
    '^z',
    'C++',
    'foo-bar',
    "'); DROP TABLE",
    '"""quoted',
  ])
    expect([words, found(words)]).toEqual([words, [expect.stringContaining('quoted')]]);
  for (const words of ['', '"', '* - ( ) AND', 'x* OR nothing', 'bar-foo', '\0', '"'.repeat(99)])
    expect([words, found(words)]).toEqual([words, []]);
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom(...'"*():^-+{} \0ab') })),
      (words) => {
        expect(() => found(words)).not.toThrow();
      },
    ),
    { numRuns: 500 },
  );
});

test('what a member has not read follows from its state, and so does what may expire', () => {
  const { mail } = journal;
  const one = sent({ expiresAt: now + 10_000 });
  const unread = () => [mail.countUnread('coder'), mail.unreadOf('coder').length, mail.overdue(now + 10_000).length];
  const become = (state: MailState) => mail.saveMail({ message: one.id, member: 'coder', state }, now);
  const receipt = { at: now, typedAt: now, evidence: 'busy-began', lines: [] };
  expect([unread(), mail.overdue(now + 9_999)]).toEqual([[1, 1, 1], []]);
  become({ is: 'offered', deliveryId: 'd' as DeliveryId, as: 'doorbell' });
  expect(unread()).toEqual([1, 1, 1]);
  become({ is: 'submitted', as: 'doorbell', receipt, at: now });
  expect(unread()).toEqual([1, 1, 0]);
  become({ is: 'read', at: now });
  expect(unread()).toEqual([0, 0, 0]);
  expect(() => become({ is: 'expired', at: now })).toThrow(/read does not become expired/);
  // rung anew for whoever comes next, when the clock was set meanwhile
  const again = sent({ expiresAt: now + 10_000 });
  const next = (state: MailState) => mail.saveMail({ message: again.id, member: 'coder', state }, now);
  mail.moveDeadlines(5_000, now);
  next({ is: 'offered', deliveryId: 'd' as DeliveryId, as: 'doorbell' });
  next({ is: 'submitted', as: 'doorbell', receipt, at: now });
  mail.moveDeadlines(7_000, now);
  next(waiting);
  expect([mail.overdue(now + 9_999).length, mail.overdue(now + 10_000).length]).toEqual([0, 1]);
  next({ is: 'read', at: now });
  const two = sent({}, { is: 'held', why: 'a loop', since: now });
  mail.saveMail({ message: two.id, member: 'coder', state: { is: 'expired', at: now } }, now);
  expect(unread()).toEqual([0, 0, 0]);
  expect(findings()).toEqual([]);
});

test('every message is found at once, however many were written since somebody searched, and none that was undone', () => {
  for (const many of [1, 63, 64, 65, 200]) {
    const mark = `mark${many}`;
    journal.transact(() => {
      for (let index = 0; index < many; index += 1) {
        sent({ body: `${mark} kept` });
        const undone = () =>
          journal.transact(() => {
            sent({ body: `${mark} undone` });
            throw new Error('undone');
          });
        expect(undone).toThrow('undone');
      }
    });
    expect(journal.mail.history.search(mark, 999)).toHaveLength(many);
    expect(found(`${mark} undone`)).toEqual([]);
    expect(findings()).toEqual([]);
  }
});

test('what another process has written is found, and what it files is filed once', () => {
  const other = Journal.open(path, { now }).journal;
  for (const of of [journal, other, journal]) of.mail.saveMessage(message({ body: 'from both' }), waiting);
  expect(other.mail.history.search('both', 9)).toHaveLength(3);
  expect(found('both')).toHaveLength(3);
  other.close();
  expect(findings()).toEqual([]);
});

test('threads that a file system may take for one are one', () => {
  sent({ thread: 'Straße/Café' });
  expect(['straße/cafe\u0301', 'STRASSE/CAFÉ'].map((name) => journal.mail.threadLike(name))).toEqual([
    'Straße/Café',
    'Straße/Café',
  ]);
  expect(journal.mail.threadLike('strasse/cafe')).toBeNull();
});

test.each([
  ['UPDATE threads SET messages = 7', /its messages is filed as 7/],
  ['DELETE FROM threads', /not listed as a thread/],
  ["DELETE FROM participants WHERE name = 'lead'", /who takes part/],
  ['DELETE FROM message_words WHERE rowid = 1', /its words are not searched/],
  ['DELETE FROM words_due', /its words are not searched/],
  ['UPDATE words_due SET seq = 99', /its words are not searched/],
  ["INSERT INTO message_words (rowid, body) VALUES (99, 'x')", /it finds 1 messages that are not there/],
  ['UPDATE mail SET unread = 0', /its unread is filed as 0/],
  ['UPDATE mail SET expires_at = 5', /its expires_at is filed as 5/],
  ["UPDATE messages SET cause = 'x'", /its cause is filed as x/],
  ["UPDATE mail SET state = 'read'", /its state is filed as read/],
])('an audit finds: %s', (sql, what) => {
  sent();
  // words are filed when somebody searches
  if (sql.includes('message_words')) expect(found('number')).toHaveLength(1);
  expect(findings()).toEqual([]);
  const db = new DatabaseSync(path);
  db.exec(sql);
  db.close();
  expect(findings().map((finding) => finding.what)).toEqual([expect.stringMatching(what)]);
});
