import type { DatabaseSyncInstance, StatementSyncInstance } from '@photostructure/sqlite';
import type { JournaledKind } from '../core/events.ts';
import type { Member } from '../core/member.ts';
import {
  type Mail,
  type MailState,
  type Message,
  type MessageId,
  mayMailBecome,
  type SentMail,
} from '../core/message.ts';
import { MailHistory } from './mail-history.ts';
import { foldedName, mailColumns, mailIndexes } from './mail-indexes.ts';
import { MemberTable } from './member-table.ts';
import { MessageWords } from './message-words.ts';
import type { Within } from './within.ts';

/** The projections of messages: members, what they wrote, and what became of it for each recipient. */
export class MailTables {
  readonly #within: Within;
  readonly #sql: ReturnType<typeof prepare>;
  readonly #indexes: ReturnType<typeof mailIndexes>;
  readonly #words: MessageWords;
  readonly #members: MemberTable;
  /** what was written, when, to whom, and in which words */
  readonly history: MailHistory;

  constructor(db: DatabaseSyncInstance, within: Within) {
    this.#within = within;
    this.#sql = prepare(db);
    this.#indexes = mailIndexes(db);
    this.#words = new MessageWords(db);
    this.#members = new MemberTable(db, within);
    this.history = new MailHistory(db, { within, words: this.#words });
  }

  saveMember(member: Member, event: { readonly at: number; readonly kind: JournaledKind }): void {
    this.#members.save(member, event);
  }

  member(name: string): Member | null {
    return this.#members.of(name);
  }

  /** In order of their names. */
  members(): readonly Member[] {
    return this.#members.all();
  }

  removeMember(name: string, at: number): void {
    this.#members.remove(name, at);
  }

  transact<T>(work: () => T): T {
    return this.#within.transact(work);
  }

  /** A message is written once, with what it is to each of its recipients at first. */
  saveMessage(message: Message, first: MailState): void {
    this.#within.transact(() => {
      const event = { at: message.sentAt, kind: 'message-sent', subject: message.id } as const;
      this.#within.record({ ...event, data: { message, state: first } });
      this.#within.run(() => {
        const { lastInsertRowid } = this.#sql.putMessage.run({
          id: message.id,
          thread: message.thread,
          sender: message.from.name,
          sentAt: message.sentAt,
          cause: message.causedBy,
          group: message.group ?? null,
          key: message.key ?? null,
          document: JSON.stringify(message),
        });
        const seq = Number(lastInsertRowid);
        this.#indexes.message(message, seq);
        this.#words.add(seq);
        for (const member of message.to) this.#putMail(message, member, first, seq);
      });
    });
  }

  message(id: string): Message | null {
    return this.#one<Message>(this.#sql.message, id);
  }

  /** The messages whose ids end so, newest first, two at most. */
  messagesEnding(end: string): Message[] {
    return end.length < 4
      ? this.#all<Message>(this.#sql.messagesEnding, end.length, end)
      : this.#all<Message>(this.#sql.messagesEndingLong, end.slice(-4), end.length, end);
  }

  /** What this sender has sent under this mark of his own. */
  messageOfKey(sender: string, key: string): Message | null {
    return this.#one<Message>(this.#sql.messageOfKey, sender, key);
  }

  /** What was written because of this message: answers, and what its recipients wrote next. Oldest first. */
  causedBy(message: MessageId): Message[] {
    return this.#all<Message>(this.#sql.causedBy, message);
  }

  /** The last `limit` messages of a thread, oldest first. */
  thread(name: string, limit: number): Message[] {
    return this.#all<Message>(this.#sql.thread, name, limit).reverse();
  }

  /** Every thread, the one that was written to last first. */
  threads(): Array<{ readonly name: string; readonly messages: number; readonly lastAt: number }> {
    const rows = this.#within.run(() => this.#sql.threads.all()) as Record<string, unknown>[];
    return rows.map((row) => ({
      name: String(row.thread),
      messages: Number(row.messages),
      lastAt: Number(row.last_at),
    }));
  }

  /** The threads that were written to last, before the message of this number, the newest first; `seq` is that of the last message of each. */
  threadsBefore(
    seq: number,
    most: number,
  ): Array<{ readonly name: string; readonly messages: number; readonly lastAt: number; readonly seq: number }> {
    const rows = this.#within.run(() => this.#sql.threadsBefore.all(seq, most)) as Record<string, unknown>[];
    return rows.map((row) => ({
      name: String(row.thread),
      messages: Number(row.messages),
      lastAt: Number(row.last_at),
      seq: Number(row.last_seq),
    }));
  }

  /** What was written in a thread after the message of this number, oldest first. */
  entriesAfter(thread: string, seq: number, limit: number): Array<{ readonly seq: number; readonly message: Message }> {
    const rows = this.#within.run(() => this.#sql.entriesAfter.all(thread, seq, limit)) as Record<string, unknown>[];
    return rows.map((row) => ({ seq: Number(row.seq), message: JSON.parse(String(row.document)) as Message }));
  }

  /** Names of threads in order, after this one. */
  threadNamesAfter(name: string, limit: number): string[] {
    const rows = this.#within.run(() => this.#sql.threadNamesAfter.all(name, limit)) as Record<string, unknown>[];
    return rows.map((row) => String(row.name));
  }

  /** The thread that a file system may take for one of this name; null where there is none. */
  threadLike(name: string): string | null {
    const row = this.#within.run(() => this.#sql.threadLike.get(foldedName(name))) as { name: string } | undefined;
    return row?.name ?? null;
  }

  /** Who has written in a thread or was written to. */
  participants(thread: string): string[] {
    const rows = this.#within.run(() => this.#sql.participants.all(thread)) as Record<string, unknown>[];
    return rows.map((row) => String(row.name));
  }

  /** When the last `most` messages of a thread were sent, the newest first. */
  timesInThread(thread: string, most: number): number[] {
    return this.#times(this.#sql.timesInThread, thread, most);
  }

  timesOf(sender: string, most: number): number[] {
    return this.#times(this.#sql.timesOf, sender, most);
  }

  #times(statement: StatementSyncInstance, key: string, most: number): number[] {
    const rows = this.#within.run(() => statement.all(key, most)) as Array<{ sent_at: number }>;
    return rows.map((row) => Number(row.sent_at));
  }

  mail(message: MessageId, member: string): Mail | null {
    const row = this.#within.run(() => this.#sql.mail.get(message, member)) as { document: string } | undefined;
    return row === undefined ? null : { message, member, state: JSON.parse(row.document) as MailState };
  }

  /** @throws Error where the state may not follow the one that is kept */
  saveMail({ message, member, state }: Mail, at: number): void {
    this.#within.transact(() => {
      const before = this.mail(message, member);
      if (before !== null && !mayMailBecome(before.state, state))
        throw new Error(`message ${message} for ${member}: ${before.state.is} does not become ${state.is}`);
      const kind = `message-${state.is}` as JournaledKind;
      this.#within.record({ at, kind, subject: message, data: { member, state } });
      this.#within.run(() => {
        const { seq, document } = this.#sql.message.get(message) as { seq: number; document: string };
        this.#putMail(JSON.parse(document) as Message, member, state, seq);
      });
    });
  }

  /** What is in one of these states for this member, in the order in which it was sent; null: for any. */
  mailOf(member: string | null, states: ReadonlyArray<MailState['is']>): SentMail[] {
    const found = states.flatMap((state) =>
      this.#mails(
        member === null ? this.#sql.mailIn : this.#sql.mailOf,
        ...[state, ...(member === null ? [] : [member])],
      ),
    );
    return inOrder(found);
  }

  /** What this member has not read, in the order in which it was sent. */
  unreadOf(member: string): SentMail[] {
    return inOrder(this.#mails(this.#sql.unreadOf, member));
  }

  /** What it has not read of what was sent after the message of this number, in the order in which it was sent. */
  unreadAfter(member: string, seq: number, limit: number): Array<{ readonly seq: number; readonly message: Message }> {
    const rows = this.#mails(this.#sql.unreadAfter, member, seq, limit);
    return rows.map((row) => ({ seq: Number(row.seq), message: JSON.parse(String(row.document)) as Message }));
  }

  /** In which order it was sent, as a number; null where it is not kept. */
  numberOf(message: MessageId): number | null {
    const row = this.#within.run(() => this.#sql.message.get(message)) as { seq: number } | undefined;
    return row === undefined ? null : Number(row.seq);
  }

  /** Of the last message; 0 where there is none. */
  lastNumber(): number {
    const row = this.#within.run(() => this.#sql.lastNumber.get()) as { seq: number | null };
    return Number(row.seq ?? 0);
  }

  /** How many wait for this member; of more than `most` it is not said how many. */
  countWaiting(member: string, most: number): number {
    const row = this.#within.run(() => this.#sql.countWaiting.get(member, most)) as { count: number };
    return Number(row.count);
  }

  countUnread(member: string): number {
    const row = this.#within.run(() => this.#sql.countUnread.get(member)) as { count: number };
    return Number(row.count);
  }

  /** What can still expire, and whose time is over at this instant. */
  overdue(now: number): SentMail[] {
    return inOrder(this.#mails(this.#sql.overdue, now));
  }

  /** The clock tells so much more than before, or less: what can expire does so as much later, or earlier. */
  moveDeadlines(byMs: number, at: number): void {
    const moved = new Set(this.overdue(Number.MAX_SAFE_INTEGER).map(({ message }) => message));
    this.#within.transact(() => {
      for (const subject of moved) this.#within.record({ at, kind: 'message-deadline-moved', subject, data: { byMs } });
      this.#within.run(() => this.#sql.moveDeadlines.run(byMs));
    });
  }

  /** For whom something is in this state. */
  membersWith(state: MailState['is']): string[] {
    const rows = this.#within.run(() => this.#sql.membersWith.all(state)) as Record<string, unknown>[];
    return rows.map(({ member }) => String(member));
  }

  #putMail(message: Message, member: string, state: MailState, seq: number): void {
    const { unread, expiresAt } = mailColumns(message, state);
    const document = JSON.stringify(state);
    this.#sql.putMail.run({ message: message.id, member, state: state.is, document, seq, unread, expiresAt });
  }

  #mails(statement: StatementSyncInstance, ...keys: Array<string | number>): Array<Record<string, unknown>> {
    return this.#within.run(() => statement.all(...keys)) as Array<Record<string, unknown>>;
  }

  #one<T>(statement: StatementSyncInstance, ...keys: string[]): T | null {
    const row = this.#within.run(() => statement.get(...keys)) as { document: string } | undefined;
    return row === undefined ? null : (JSON.parse(row.document) as T);
  }

  #all<T>(statement: StatementSyncInstance, ...keys: Array<string | number>): T[] {
    const rows = this.#within.run(() => statement.all(...keys)) as Array<{ document: string }>;
    return rows.map(({ document }) => JSON.parse(document) as T);
  }
}

function inOrder(rows: Array<Record<string, unknown>>): SentMail[] {
  return rows
    .sort((a, b) => Number(a.seq) - Number(b.seq))
    .map((row) => ({
      message: String(row.message) as MessageId,
      member: String(row.member),
      state: JSON.parse(String(row.mail)) as MailState,
      sent: JSON.parse(String(row.document)) as Message,
      expiresAt: row.expires_at === null ? null : Number(row.expires_at),
    }));
}

function prepare(db: DatabaseSyncInstance) {
  const mails = `SELECT mail.seq, mail.message, mail.member, mail.document AS mail, mail.expires_at, messages.document
    FROM mail JOIN messages ON messages.seq = mail.seq`;
  return {
    putMessage: db.prepare(`
      INSERT INTO messages (id, thread, sender, sent_at, cause, member_group, sender_key, document)
      VALUES (:id, :thread, :sender, :sentAt, :cause, :group, :key, :document)`),
    message: db.prepare('SELECT seq, document FROM messages WHERE id = ?'),
    messagesEnding: db.prepare('SELECT document FROM messages WHERE substr(id, -?) = ? ORDER BY seq DESC LIMIT 2'),
    messagesEndingLong: db.prepare(
      'SELECT document FROM messages WHERE substr(id, -4) = ? AND substr(id, -?) = ? ORDER BY seq DESC LIMIT 2',
    ),
    messageOfKey: db.prepare('SELECT document FROM messages WHERE sender = ? AND sender_key = ?'),
    causedBy: db.prepare('SELECT document FROM messages WHERE cause = ? ORDER BY seq'),
    timesInThread: db.prepare('SELECT sent_at FROM messages WHERE thread = ? ORDER BY seq DESC LIMIT ?'),
    timesOf: db.prepare('SELECT sent_at FROM messages WHERE sender = ? ORDER BY seq DESC LIMIT ?'),
    thread: db.prepare('SELECT document FROM messages WHERE thread = ? ORDER BY seq DESC LIMIT ?'),
    threads: db.prepare('SELECT name AS thread, messages, last_at FROM threads ORDER BY last_seq DESC'),
    threadsBefore: db.prepare(
      'SELECT name AS thread, messages, last_at, last_seq FROM threads WHERE last_seq < ? ORDER BY last_seq DESC LIMIT ?',
    ),
    entriesAfter: db.prepare('SELECT seq, document FROM messages WHERE thread = ? AND seq > ? ORDER BY seq LIMIT ?'),
    threadNamesAfter: db.prepare('SELECT name FROM threads WHERE name > ? ORDER BY name LIMIT ?'),
    threadLike: db.prepare('SELECT name FROM threads WHERE folded = ? LIMIT 1'),
    participants: db.prepare('SELECT name FROM participants WHERE thread = ?'),
    putMail: db.prepare(`
      INSERT INTO mail (message, member, state, document, seq, unread, expires_at)
      VALUES (:message, :member, :state, :document, :seq, :unread, :expiresAt)
      ON CONFLICT (message, member) DO UPDATE
      SET state = excluded.state, document = excluded.document, unread = excluded.unread,
        expires_at = iif(excluded.expires_at IS NULL, NULL, coalesce(expires_at, excluded.expires_at))`),
    moveDeadlines: db.prepare('UPDATE mail SET expires_at = expires_at + ? WHERE expires_at IS NOT NULL'),
    mail: db.prepare('SELECT document FROM mail WHERE message = ? AND member = ?'),
    mailIn: db.prepare(`${mails} WHERE mail.state = ?`),
    mailOf: db.prepare(`${mails} WHERE mail.state = ? AND mail.member = ?`),
    unreadOf: db.prepare(`${mails} WHERE mail.member = ? AND mail.unread = 1`),
    unreadAfter: db.prepare(
      `${mails} WHERE mail.member = ? AND mail.unread = 1 AND mail.seq > ? ORDER BY mail.seq LIMIT ?`,
    ),
    lastNumber: db.prepare('SELECT max(seq) AS seq FROM messages'),
    countWaiting: db.prepare(
      "SELECT count(*) AS count FROM (SELECT 1 FROM mail WHERE state = 'waiting' AND member = ? LIMIT ?)",
    ),
    countUnread: db.prepare('SELECT count(*) AS count FROM mail WHERE member = ? AND unread = 1'),
    overdue: db.prepare(`${mails} WHERE mail.expires_at <= ?`),
    membersWith: db.prepare('SELECT DISTINCT member FROM mail WHERE state = ?'),
  };
}
