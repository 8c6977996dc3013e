import type { DatabaseSyncInstance, StatementSyncInstance } from '@photostructure/sqlite';
import type { JournaledKind } from '../core/events.ts';
import type { NewJournalEvent } from '../core/journal-event.ts';
import {
  type Mail,
  type MailState,
  type Member,
  type Message,
  type MessageId,
  mayMailBecome,
} from '../core/message.ts';

/** What the journal does for these tables: one event with each change, in its transaction, and its faults. */
interface Within {
  record(event: NewJournalEvent): number;
  transact<T>(work: () => T): T;
  run<T>(action: () => T): T;
}

/** The projections of messages: members, what they wrote, and what became of it for each recipient. */
export class MailTables {
  readonly #within: Within;
  readonly #sql: ReturnType<typeof prepare>;

  constructor(db: DatabaseSyncInstance, within: Within) {
    this.#within = within;
    this.#sql = prepare(db);
  }

  saveMember(member: Member, event: { readonly at: number; readonly kind: JournaledKind }): void {
    this.#within.transact(() => {
      this.#within.record({ ...event, subject: member.name, data: { member } });
      this.#within.run(() => this.#sql.putMember.run(member.name, JSON.stringify(member)));
    });
  }

  member(name: string): Member | null {
    return this.#one<Member>(this.#sql.member, name);
  }

  /** In order of their names. */
  members(): Member[] {
    return this.#all<Member>(this.#sql.members);
  }

  /** A message is written once, with what it is to each of its recipients at first. */
  saveMessage(message: Message, first: MailState): void {
    this.#within.transact(() => {
      const event = { at: message.sentAt, kind: 'message-sent', subject: message.id } as const;
      this.#within.record({ ...event, data: { message, state: first } });
      this.#within.run(() => {
        this.#sql.putMessage.run(
          message.id,
          message.thread,
          message.from.name,
          message.sentAt,
          JSON.stringify(message),
        );
        for (const member of message.to) this.#sql.putMail.run(message.id, member, first.is, JSON.stringify(first));
      });
    });
  }

  message(id: string): Message | null {
    return this.#one<Message>(this.#sql.message, id);
  }

  /** The message whose id ends so; null where none or several do. */
  messageEnding(end: string): Message | null {
    const found = this.#all<Message>(this.#sql.messageEnding, end.length, end);
    return found.length === 1 ? found[0]! : null;
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

  /** Who has written in a thread or was written to. */
  participants(thread: string): string[] {
    const rows = this.#within.run(() => this.#sql.participants.all({ thread })) as Record<string, unknown>[];
    return rows.map((row) => String(row.name));
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
      this.#within.run(() => this.#sql.putMail.run(message, member, state.is, JSON.stringify(state)));
    });
  }

  /** What is in one of these states for this member, in the order in which it was sent; null: for any. */
  mailOf(member: string | null, states: ReadonlyArray<MailState['is']>): Array<Mail & { readonly sent: Message }> {
    const found = states.flatMap((state) => this.#within.run(() => this.#sql.mailOf.all({ member, state }))) as Record<
      string,
      unknown
    >[];
    return found
      .sort((a, b) => Number(a.seq) - Number(b.seq))
      .map((row) => ({
        message: String(row.message) as MessageId,
        member: String(row.member),
        state: JSON.parse(String(row.mail)) as MailState,
        sent: JSON.parse(String(row.document)) as Message,
      }));
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

function prepare(db: DatabaseSyncInstance) {
  return {
    putMember: db.prepare(
      'INSERT INTO members (name, document) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET document = excluded.document',
    ),
    member: db.prepare('SELECT document FROM members WHERE name = ?'),
    members: db.prepare('SELECT document FROM members ORDER BY name'),
    putMessage: db.prepare('INSERT INTO messages (id, thread, sender, sent_at, document) VALUES (?, ?, ?, ?, ?)'),
    message: db.prepare('SELECT document FROM messages WHERE id = ?'),
    messageEnding: db.prepare('SELECT document FROM messages WHERE substr(id, -?) = ? ORDER BY seq DESC LIMIT 2'),
    thread: db.prepare('SELECT document FROM messages WHERE thread = ? ORDER BY seq DESC LIMIT ?'),
    threads: db.prepare(
      'SELECT thread, count(*) AS messages, max(sent_at) AS last_at FROM messages GROUP BY thread ORDER BY max(seq) DESC',
    ),
    participants: db.prepare(`
      SELECT sender AS name FROM messages WHERE thread = :thread
      UNION SELECT mail.member FROM mail JOIN messages ON messages.id = mail.message WHERE messages.thread = :thread`),
    putMail: db.prepare(`
      INSERT INTO mail (message, member, state, document) VALUES (?, ?, ?, ?)
      ON CONFLICT (message, member) DO UPDATE SET state = excluded.state, document = excluded.document`),
    mail: db.prepare('SELECT document FROM mail WHERE message = ? AND member = ?'),
    mailOf: db.prepare(`
      SELECT messages.seq, mail.message, mail.member, mail.document AS mail, messages.document
      FROM mail JOIN messages ON messages.id = mail.message
      WHERE mail.state = :state AND (:member IS NULL OR mail.member = :member)`),
  };
}
