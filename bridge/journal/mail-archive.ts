import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { fileOfThread } from '../core/mail-lines.ts';
import type { MailState, Message } from '../core/message.ts';
import { type ArchivedPlace, type ArchiveOrder, type Copy, keep, monthOf, type Row } from './archive.ts';
import { journalFault } from './faults.ts';
import { MessageWords } from './message-words.ts';

export interface MailBatch {
  /** how many messages were moved */
  readonly messages: number;
  readonly events: number;
  /** name of the file they are in; null when nothing was to be moved */
  readonly file: string | null;
}

/** What an archived message is filed under beside its id, so that it is told from requests and deliveries. */
const filedUnder = 'message:';

/** Messages that were sent before an instant, are over for each recipient and read by all, and of which nothing was written since. */
const oldMessages = `
  SELECT seq, id, sent_at FROM messages WHERE sent_at < :endedBefore
  AND NOT EXISTS (SELECT 1 FROM mail WHERE mail.message = messages.id AND (unread = 1 OR state IN ('waiting', 'offered', 'held')))
  AND NOT EXISTS (SELECT 1 FROM events WHERE subject = messages.id AND at >= :endedBefore)`;

export function countArchivableMail(db: DatabaseSyncInstance, endedBefore: number) {
  const row = db
    .prepare(
      `WITH old AS (${oldMessages}) SELECT (SELECT count(*) FROM old) AS messages,
       (SELECT count(*) FROM events WHERE subject IN (SELECT id FROM old)) AS events`,
    )
    .get({ endedBefore }) as { messages: number; events: number };
  return { messages: Number(row.messages), events: Number(row.events) };
}

/** Moves old messages into the file of the month in which they were sent, as `archiveThreads` does with requests. */
export function archiveMessages(db: DatabaseSyncInstance, folder: string, order: ArchiveOrder): MailBatch {
  const { endedBefore, limit } = order;
  const found = db.prepare(`${oldMessages} ORDER BY sent_at LIMIT :limit`).all({ endedBefore, limit }) as Row[];
  const month = found.length === 0 ? '' : monthOf(Number(found[0]!.sent_at));
  const copies = found.filter((row) => monthOf(Number(row.sent_at)) === month).map((row) => copyOf(db, String(row.id)));
  if (copies.length === 0) return { messages: 0, events: 0, file: null };
  const file = basename(keep(folder, month, copies));
  return takeOut(db, copies, file, order);
}

function copyOf(db: DatabaseSyncInstance, id: string): Copy {
  const all = (sql: string) => db.prepare(sql).all(id) as Row[];
  return {
    thread: id,
    requests: [],
    deliveries: [],
    messages: all('SELECT * FROM messages WHERE id = ?'),
    mail: all('SELECT * FROM mail WHERE message = ?'),
    events: all('SELECT * FROM events WHERE subject = ? ORDER BY seq'),
  };
}

function takeOut(db: DatabaseSyncInstance, copies: readonly Copy[], file: string, order: ArchiveOrder): MailBatch {
  db.exec('BEGIN IMMEDIATE');
  try {
    const still = db.prepare(`SELECT 1 FROM (${oldMessages}) WHERE id = :id`);
    // another process may have written to it since it was read, or have moved it already
    const moved = copies.filter(({ thread: id, events }) => {
      const isStill = still.get({ id, endedBefore: order.endedBefore }) !== undefined;
      return isStill && copyOf(db, id).events.length === events.length;
    });
    const enter = db.prepare(
      'INSERT INTO archived (subject, thread, origin, file, events, at, document) VALUES (?, ?, NULL, ?, ?, ?, NULL)',
    );
    const drops = [
      'DELETE FROM events WHERE subject = ?',
      'DELETE FROM message_words WHERE rowid = (SELECT seq FROM messages WHERE id = ?)',
      'DELETE FROM mail WHERE message = ?',
      'DELETE FROM messages WHERE id = ?',
    ].map((sql) => db.prepare(sql));
    // what is due is known by its number, and the last numbers may be given again
    new MessageWords(db).fileAll();
    for (const copy of moved) {
      const { thread: id, events } = copy;
      enter.run(id, `${filedUnder}${threadOf(copy)}`, file, events.length, Math.trunc(order.now));
      for (const drop of drops) drop.run(id);
    }
    for (const thread of new Set(moved.map(threadOf))) countAnew(db, thread);
    // what repeats the journal for people is written anew: it has what the journal has
    if (moved.length > 0) db.prepare("DELETE FROM memory WHERE key = 'view|mail.log'").run();
    db.exec('COMMIT');
    const events = moved.reduce((sum, copy) => sum + copy.events.length, 0);
    return { messages: moved.length, events, file: moved.length === 0 ? null : file };
  } catch (error) {
    // A full disk makes SQLite roll back by itself.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

function threadOf({ messages = [] }: Copy): string {
  return String(messages[0]?.thread);
}

/** A thread is listed with what is left of it. Who took part stays known as long as anything is. */
function countAnew(db: DatabaseSyncInstance, thread: string): void {
  const left = db
    .prepare(
      'SELECT count(*) AS messages, max(seq) AS last_seq, max(sent_at) AS last_at FROM messages WHERE thread = ?',
    )
    .get(thread) as Row;
  if (left.messages === 0) {
    db.prepare('DELETE FROM threads WHERE name = ?').run(thread);
    db.prepare('DELETE FROM participants WHERE thread = ?').run(thread);
  } else {
    const change = db.prepare('UPDATE threads SET messages = ?, last_seq = ?, last_at = ? WHERE name = ?');
    change.run(left.messages!, left.last_seq!, left.last_at!, thread);
  }
  db.prepare('DELETE FROM memory WHERE key = ?').run(`view|${fileOfThread(thread)}`);
}

/** A message that has left, out of its archive, which is only read; null where the file is gone, or it is none. */
export function readArchivedMessage(
  folder: string,
  { subject, thread, file }: ArchivedPlace,
): { readonly message: Message; readonly states: ReadonlyMap<string, MailState> } | null {
  const path = join(folder, file);
  if (!thread.startsWith(filedUnder) || !existsSync(path)) return null;
  const archive = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
  try {
    const row = archive.prepare('SELECT document FROM messages WHERE id = ?').get(subject) as Row | undefined;
    if (row === undefined) return null;
    const mails = archive.prepare('SELECT member, document FROM mail WHERE message = ?').all(subject) as Row[];
    const states = mails.map((mail) => [String(mail.member), JSON.parse(String(mail.document)) as MailState] as const);
    return { message: JSON.parse(String(row.document)) as Message, states: new Map(states) };
  } catch (error) {
    throw journalFault(path, error);
  } finally {
    archive.close();
  }
}
