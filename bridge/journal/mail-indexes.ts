import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import { isUnread, type MailState, type Message, mayExpire } from '../core/message.ts';
import { insertWords, searchable } from './message-words.ts';

/**
 * Schema 5. With a million messages, what a member has not read, who took part in a thread and which messages hold some
 * words are each found without reading the others.
 */
export function indexMail(db: DatabaseSyncInstance): void {
  db.exec(`
  ALTER TABLE messages ADD COLUMN cause TEXT;
  ALTER TABLE messages ADD COLUMN member_group TEXT;
  ALTER TABLE messages ADD COLUMN sender_key TEXT;
  CREATE INDEX messages_by_sender ON messages (sender, seq);
  CREATE INDEX messages_by_time ON messages (sent_at);
  CREATE INDEX messages_by_ending ON messages (substr(id, -4));
  CREATE INDEX messages_by_cause ON messages (cause) WHERE cause IS NOT NULL;
  CREATE INDEX messages_by_group ON messages (member_group, seq) WHERE member_group IS NOT NULL;
  CREATE UNIQUE INDEX messages_by_key ON messages (sender, sender_key) WHERE sender_key IS NOT NULL;

  ALTER TABLE mail ADD COLUMN seq INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE mail ADD COLUMN unread INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE mail ADD COLUMN expires_at INTEGER;
  DROP INDEX mail_by_member;
  DROP INDEX mail_by_state;
  CREATE INDEX mail_by_state ON mail (state, member);
  CREATE INDEX mail_by_member ON mail (member, seq);
  CREATE INDEX mail_unread ON mail (member, seq) WHERE unread = 1;
  CREATE INDEX mail_expiring ON mail (expires_at) WHERE expires_at IS NOT NULL;

  CREATE TABLE threads (
    name TEXT PRIMARY KEY,
    folded TEXT NOT NULL,
    messages INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    last_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX threads_by_age ON threads (last_seq);
  CREATE INDEX threads_by_folded ON threads (folded);
  CREATE TABLE participants (
    thread TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (thread, name)
  ) STRICT, WITHOUT ROWID;
  CREATE VIRTUAL TABLE message_words USING fts5(
    body, content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 2"
  );
  CREATE INDEX events_of_mail ON events (seq) WHERE kind GLOB 'message-*';
  `);
  const put = mailIndexes(db);
  const putWords = db.prepare(insertWords);
  for (const row of db.prepare('SELECT seq, document FROM messages ORDER BY seq').all()) {
    const message = JSON.parse(String(row.document)) as Message;
    const seq = Number(row.seq);
    put.message(message, seq);
    putWords.run(seq, searchable(message.body));
    db.prepare('UPDATE messages SET cause = ? WHERE seq = ?').run(message.causedBy, seq);
    for (const { member, document } of db
      .prepare('SELECT member, document FROM mail WHERE message = ?')
      .all(message.id)) {
      const { unread, expiresAt } = mailColumns(message, JSON.parse(String(document)) as MailState);
      db.prepare('UPDATE mail SET seq = ?, unread = ?, expires_at = ? WHERE message = ? AND member = ?').run(
        ...[seq, unread, expiresAt, message.id, String(member)],
      );
    }
  }
}

/** What follows from a message besides its own row. */
export function mailIndexes(db: DatabaseSyncInstance) {
  const thread = db.prepare(`
    INSERT INTO threads (name, folded, messages, last_seq, last_at) VALUES (?, ?, 1, ?, ?)
    ON CONFLICT (name) DO UPDATE SET messages = messages + 1, last_seq = excluded.last_seq,
      last_at = max(last_at, excluded.last_at)`);
  const participant = db.prepare('INSERT OR IGNORE INTO participants (thread, name) VALUES (?, ?)');
  return {
    message(message: Message, seq: number): void {
      thread.run(message.thread, foldedName(message.thread), seq, message.sentAt);
      for (const name of namesIn(message)) participant.run(message.thread, name);
    },
  };
}

/** Who takes part in its thread by it. A note of bridge adds nobody. */
export function namesIn({ from, to, note }: Message): readonly string[] {
  return note === true ? [] : [from.name, ...to];
}

/** What is looked for of a message's state for one recipient. */
export function mailColumns(
  { expiresAt }: Pick<Message, 'expiresAt'>,
  state: MailState,
): { readonly unread: 0 | 1; readonly expiresAt: number | null } {
  return { unread: isUnread(state) ? 1 : 0, expiresAt: mayExpire(state) ? (expiresAt ?? null) : null };
}

/** The same for names that a file system may take for one: those that differ in case or in how their letters are composed. */
export function foldedName(name: string): string {
  return name.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC');
}
