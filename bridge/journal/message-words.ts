import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import type { Message } from '../core/message.ts';

/**
 * Schema 6. The words of a message are filed with those of many others, and no later than when somebody searches. The table
 * has the number of the first message whose words are due, or nothing: all that were written since are due, too.
 */
export function deferWords(db: DatabaseSyncInstance): void {
  db.exec('CREATE TABLE words_due (seq INTEGER PRIMARY KEY) STRICT');
}

export const insertWords = 'INSERT INTO message_words (rowid, body) VALUES (?, ?)';

/**
 * So many are filed at once. One by one they take a fifth of the pages that a message touches and a quarter of its processor
 * time: each commit, and each step within one, writes an index of its own, to be merged with the others (FTS5, SQLite 3.51).
 */
const manyAtOnce = 64;

/** The words of messages, so that they are found. Every method is within a transaction. */
export class MessageWords {
  readonly #sql: ReturnType<typeof prepare>;

  constructor(db: DatabaseSyncInstance) {
    this.#sql = prepare(db);
  }

  /** Those of the message of this number are to be found from now on. */
  add(seq: number): void {
    const first = this.#first();
    if (first === null) this.#sql.putDue.run(seq);
    else if (seq - first >= manyAtOnce - 1) this.fileAll();
  }

  /** Something was written since words were filed. */
  get areDue(): boolean {
    return this.#first() !== null;
  }

  /** Files what is due: after it, a search finds every message. */
  fileAll(): void {
    const first = this.#first();
    if (first === null) return;
    for (const row of this.#sql.from.all(first)) {
      const { body } = JSON.parse(String(row.document)) as Message;
      this.#sql.insert.run(Number(row.seq), searchable(body));
    }
    this.#sql.noneDue.run();
  }

  #first(): number | null {
    const row = this.#sql.first.get() as { seq: number | null };
    return row.seq === null ? null : Number(row.seq);
  }
}

function prepare(db: DatabaseSyncInstance) {
  return {
    putDue: db.prepare('INSERT INTO words_due (seq) VALUES (?)'),
    first: db.prepare('SELECT min(seq) AS seq FROM words_due'),
    from: db.prepare('SELECT seq, document FROM messages WHERE seq >= ? ORDER BY seq'),
    insert: db.prepare(insertWords),
    noneDue: db.prepare('DELETE FROM words_due'),
  };
}

/** Scripts without blanks between words are found by each of their characters. */
export function searchable(text: string): string {
  return text.replace(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/gu, ' $& ');
}

/** More words narrow nothing any more. */
const mostWords = 32;

/** What SQLite looks for: every word, as it stands, whatever it means to SQLite. Null where there is none. */
export function searchExpression(text: string): string | null {
  const words = text
    .split(/[\s\p{Cc}\p{Cs}"]+/u)
    .filter((word) => /[\p{L}\p{N}]/u.test(word))
    .slice(0, mostWords);
  return words.length === 0 ? null : words.map((word) => `"${searchable(word)}"`).join(' ');
}
