import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import type { JournalEvent } from '../core/journal-event.ts';
import type { Message } from '../core/message.ts';
import { type MessageWords, searchExpression } from './message-words.ts';
import type { Within } from './within.ts';

export interface HistoryFilter {
  /** full name of a member: what it wrote or was written */
  readonly of?: string;
  /** the same; besides `of`: what one of the two wrote to the other */
  readonly with?: string;
  readonly group?: string;
  readonly thread?: string;
  /** instants: from this one on, and before that one */
  readonly since?: number;
  readonly until?: number;
  readonly limit: number;
}

/** That a member, named twice, wrote the message or was written it. */
const tookPart =
  '(messages.sender = ? OR EXISTS (SELECT 1 FROM mail AS got WHERE got.seq = messages.seq AND got.member = ?))';

/** What was written between members, whatever became of it. */
export class MailHistory {
  readonly #db: DatabaseSyncInstance;
  readonly #within: Pick<Within, 'run' | 'transact'>;
  readonly #words: MessageWords;

  constructor(db: DatabaseSyncInstance, parts: { within: Pick<Within, 'run' | 'transact'>; words: MessageWords }) {
    this.#db = db;
    this.#within = parts.within;
    this.#words = parts.words;
  }

  /** The last `limit` messages that fit, oldest first. */
  messages({ of, with: partner, group, thread, since, until, limit }: HistoryFilter): Message[] {
    const conditions: string[] = [];
    const values: Array<string | number> = [];
    const where = (condition: string, ...given: Array<string | number | undefined>) => {
      if (given.includes(undefined)) return;
      conditions.push(condition);
      values.push(...(given as Array<string | number>));
    };
    const member = of ?? partner;
    if (of !== undefined && partner !== undefined) {
      where('messages.sender IN (?, ?)', of, partner);
      where(tookPart, partner, partner);
    }
    where('member_group = ?', group);
    where('thread = ?', thread);
    where('sent_at >= ?', since);
    where('sent_at < ?', until);
    const latest = (from: string, condition?: string) => {
      const all = [...conditions, ...(condition === undefined ? [] : [condition])];
      const narrowed = all.length === 0 ? '' : `WHERE ${all.join(' AND ')}`;
      return `SELECT messages.seq, messages.document FROM ${from} ${narrowed} ORDER BY messages.seq DESC LIMIT ?`;
    };
    if (member === undefined) return this.#documents(latest('messages'), ...values, limit).reverse();
    const received = latest('mail JOIN messages ON messages.seq = mail.seq', 'mail.member = ?').replace(
      'ORDER BY messages.seq',
      'ORDER BY mail.seq',
    );
    const sql = `SELECT * FROM (${latest('messages', 'sender = ?')}) UNION SELECT * FROM (${received}) ORDER BY seq DESC LIMIT ?`;
    return this.#documents(sql, ...values, member, limit, ...values, member, limit, limit).reverse();
  }

  /**
   * The last `limit` messages that hold all of these words, newest first; none where there is no word.
   * @param of full name of a member: only what it wrote or was written
   */
  search(words: string, limit: number, of?: string): Message[] {
    const expression = searchExpression(words);
    if (expression === null) return [];
    if (this.#within.run(() => this.#words.areDue))
      this.#within.transact(() => this.#within.run(() => this.#words.fileAll()));
    return this.#documents(
      `SELECT messages.document FROM message_words JOIN messages ON messages.seq = message_words.rowid
       WHERE message_words MATCH ? ${of === undefined ? '' : `AND ${tookPart}`} ORDER BY message_words.rowid DESC LIMIT ?`,
      ...(of === undefined ? [expression, limit] : [expression, of, of, limit]),
    );
  }

  /** Events of messages, in order: the last `limit`, or with `after` (a seq) the first of those after it. */
  events({ after, limit }: { readonly after?: number; readonly limit: number }): JournalEvent[] {
    const sql = `SELECT * FROM events WHERE kind GLOB 'message-*' AND seq > ? ORDER BY seq ${after === undefined ? 'DESC' : 'ASC'} LIMIT ?`;
    const rows = this.#within.run(() => this.#db.prepare(sql).all(after ?? 0, limit)) as Record<string, unknown>[];
    const events = rows.map((row) => ({
      seq: Number(row.seq),
      at: Number(row.at),
      kind: String(row.kind),
      subject: String(row.subject),
      data: JSON.parse(String(row.data)) as unknown,
    }));
    return after === undefined ? events.reverse() : events;
  }

  #documents(sql: string, ...values: Array<string | number>): Message[] {
    const rows = this.#within.run(() => this.#db.prepare(sql).all(...values)) as Array<{ document: string }>;
    return rows.map(({ document }) => JSON.parse(document) as Message);
  }
}
