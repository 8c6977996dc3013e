import { closeSync, existsSync, fsyncSync, openSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { openStates } from '../core/delivery-machine.ts';
import type { Delivery } from '../core/envelope.ts';
import { BridgeError } from '../core/failure.ts';
import { openRequests, type Request, type RequestState } from '../core/request.ts';
import { isCorruption, journalFault } from './faults.ts';
import { prepareFile } from './opening.ts';
import { migrate, refuseForeign } from './schema.ts';

export interface ArchiveOrder {
  /** nothing that was written to since this instant is moved */
  readonly endedBefore: number;
  readonly now: number;
  /** the most threads of one batch: a batch is two transactions, and whoever types waits for them */
  readonly limit: number;
}

export interface ArchiveBatch {
  /** the threads that were moved: ids of requests, or of direct messages */
  readonly threads: readonly string[];
  readonly events: number;
  /** name of the file they are in; null when nothing was to be moved */
  readonly file: string | null;
}

export interface ArchivedPlace {
  readonly subject: string;
  readonly thread: string;
  readonly file: string;
}

/** Several archives of one month: after a journal was set aside, the next one counts its events from 1 again. */
const mostFilesOfAMonth = 99;

const listed = (words: readonly string[]) => words.map((word) => `'${word}'`).join();

/**
 * Threads of which everything has ended before an instant. A thread is a request with its deliveries, or the deliveries of
 * a direct message; whatever is open in it, or was written to since, keeps all of it.
 */
const endedThreads = `
  SELECT thread, max(updated_at) AS updated_at FROM (
    SELECT id AS thread, updated_at, state IN (${listed(openRequests)}) AS open FROM requests
    UNION ALL
    SELECT thread, updated_at, state IN (${listed(openStates)}) FROM deliveries
  ) GROUP BY thread HAVING max(open) = 0 AND max(updated_at) < :endedBefore`;

const subjectsOf = `SELECT id FROM requests WHERE id = :thread UNION ALL SELECT id FROM deliveries WHERE thread = :thread`;

export function countArchivable(db: DatabaseSyncInstance, endedBefore: number) {
  const row = db
    .prepare(
      `WITH old AS (${endedThreads}), subjects AS (
         SELECT id FROM requests WHERE id IN (SELECT thread FROM old)
         UNION ALL SELECT id FROM deliveries WHERE thread IN (SELECT thread FROM old))
       SELECT (SELECT count(*) FROM old) AS threads,
              (SELECT count(*) FROM events WHERE subject IN (SELECT id FROM subjects)) AS events`,
    )
    .get({ endedBefore }) as { threads: number; events: number };
  return { threads: Number(row.threads), events: Number(row.events) };
}

/** A request that has left, and the deliveries of its thread, out of its archive, which is only read; null where the file is gone. */
export function readArchived(
  folder: string,
  { thread, file }: ArchivedPlace,
): { readonly request: Request; readonly deliveries: readonly Delivery[] } | null {
  const path = join(folder, file);
  if (!existsSync(path)) return null;
  const archive = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
  try {
    const documents = (sql: string) =>
      archive
        .prepare(sql)
        .all(thread)
        .map((row) => JSON.parse(String(row.document)));
    const [request] = documents('SELECT document FROM requests WHERE id = ?') as Request[];
    if (request === undefined) return null;
    return { request, deliveries: documents('SELECT document FROM deliveries WHERE thread = ? ORDER BY seq') };
  } catch (error) {
    throw journalFault(path, error);
  } finally {
    archive.close();
  }
}

export function archivedPlace(db: DatabaseSyncInstance, id: string): ArchivedPlace | null {
  const columns = 'SELECT subject, thread, file FROM archived WHERE';
  const exact = db.prepare(`${columns} subject = ?`).get(id) as ArchivedPlace | undefined;
  if (exact) return exact;
  const ending = db
    .prepare(`${columns} substr(subject, -length(?1)) = ?1 LIMIT 2`)
    .all(id) as unknown as ArchivedPlace[];
  return ending.length === 1 ? ending[0]! : null;
}

/**
 *   read here ─► committed in the archive, and on its disk ─► entered here and taken out here, in one transaction
 *
 * After a crash in between, a thread is in both places: here it counts, there it is met again and written over.
 */
export function archiveThreads(db: DatabaseSyncInstance, folder: string, order: ArchiveOrder): ArchiveBatch {
  const { endedBefore, limit } = order;
  const found = db.prepare(`${endedThreads} ORDER BY updated_at LIMIT :limit`).all({ endedBefore, limit });
  const month = found.length === 0 ? '' : monthOf(Number(found[0]!.updated_at));
  const threads = found.filter((row) => monthOf(Number(row.updated_at)) === month).map((row) => String(row.thread));
  if (threads.length === 0) return { threads, events: 0, file: null };
  const copies = threads.map((thread) => copyOf(db, thread));
  const path = keep(folder, month, copies);
  return takeOut(db, copies, basename(path), order);
}

export interface Copy {
  readonly thread: string;
  readonly requests: Row[];
  readonly deliveries: Row[];
  /** of a message between members, with what became of it for each */
  readonly messages?: Row[];
  readonly mail?: Row[];
  readonly events: Row[];
}

export type Row = Record<string, string | number>;

function copyOf(db: DatabaseSyncInstance, thread: string): Copy {
  const all = (sql: string) => db.prepare(sql).all({ thread }) as Row[];
  return {
    thread,
    requests: all('SELECT * FROM requests WHERE id = :thread'),
    deliveries: all('SELECT * FROM deliveries WHERE thread = :thread ORDER BY seq'),
    events: all(`SELECT * FROM events WHERE subject IN (${subjectsOf}) ORDER BY seq`),
  };
}

/** @returns the file that holds all of them now, on the disk */
export function keep(folder: string, month: string, copies: readonly Copy[]): string {
  for (let number = 1; number <= mostFilesOfAMonth; number += 1) {
    const path = join(folder, `${month}${number === 1 ? '' : `.${number}`}.db`);
    try {
      if (keptIn(path, copies)) {
        syncFolder(folder);
        return path;
      }
    } catch (error) {
      throw isCorruption(error) ? damaged(path, error) : journalFault(path, error);
    }
  }
  throw new BridgeError({ what: 'archive', target: folder, reason: `${month} has too many files already` });
}

function damaged(path: string, cause: unknown): BridgeError {
  return new BridgeError({
    what: 'archive',
    target: path,
    reason: 'it is damaged, and nothing was moved',
    nextStep: 'keep it elsewhere: the next run begins a fresh one',
    cause,
  });
}

/** False when the file holds other events under the same numbers: those of a journal that was set aside. */
function keptIn(path: string, copies: readonly Copy[]): boolean {
  const archive = openArchive(path);
  try {
    archive.exec('BEGIN IMMEDIATE');
    for (const copy of copies) {
      for (const table of ['requests', 'deliveries'] as const) for (const row of copy[table]) put(archive, table, row);
      for (const row of copy.messages ?? []) putMessage(archive, row, copy.mail ?? []);
      for (const event of copy.events) {
        if (!putEvent(archive, event)) {
          archive.exec('ROLLBACK');
          return false;
        }
      }
    }
    archive.exec('COMMIT');
    return true;
  } finally {
    if (archive.isTransaction) archive.exec('ROLLBACK');
    archive.close();
  }
}

/** An archive lies still: no -wal beside it, so that the file alone may be moved, read or deleted by its owner. */
function openArchive(path: string): DatabaseSyncInstance {
  prepareFile(path);
  const archive = new DatabaseSync(path, { timeout: 5_000 });
  try {
    refuseForeign(archive, path);
    archive.exec('PRAGMA journal_mode = DELETE');
    archive.exec('PRAGMA synchronous = FULL');
    migrate(archive);
    return archive;
  } catch (error) {
    archive.close();
    throw error;
  }
}

function put(archive: DatabaseSyncInstance, table: 'requests' | 'deliveries', row: Row): void {
  // numbers of rows are used again after a deletion: here each row gets its own
  const columns = Object.keys(row).filter((column) => column !== 'seq');
  const changes = ['state', 'updated_at', 'document'].map((column) => `${column} = excluded.${column}`);
  archive
    .prepare(
      `INSERT INTO ${table} (${columns.join()}) VALUES (${columns.map(() => '?').join()})
       ON CONFLICT (id) DO UPDATE SET ${changes.join()}`,
    )
    .run(...columns.map((column) => row[column]!));
}

function putMessage(archive: DatabaseSyncInstance, row: Row, mail: readonly Row[]): void {
  const insert = (table: string, given: Row) => {
    const columns = Object.keys(given);
    return archive
      .prepare(`INSERT OR REPLACE INTO ${table} (${columns.join()}) VALUES (${columns.map(() => '?').join()})`)
      .run(...columns.map((column) => given[column]!));
  };
  // a mark that was given again since names another message
  const { seq, sender_key, ...message } = row;
  const { lastInsertRowid } = insert('messages', message);
  for (const one of mail) insert('mail', { ...one, seq: Number(lastInsertRowid) });
}

function putEvent(archive: DatabaseSyncInstance, { seq, at, kind, subject, data }: Row): boolean {
  const known = archive.prepare('SELECT * FROM events WHERE seq = ?').get(seq) as Row | undefined;
  if (known) return known.subject === subject && known.kind === kind && known.at === at && known.data === data;
  const insert = archive.prepare('INSERT INTO events (seq, at, kind, subject, data) VALUES (?, ?, ?, ?, ?)');
  insert.run(seq!, at!, kind!, subject!, data!);
  return true;
}

/** A new file's name is on the disk only when its folder is. */
function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function takeOut(db: DatabaseSyncInstance, copies: readonly Copy[], file: string, order: ArchiveOrder): ArchiveBatch {
  db.exec('BEGIN IMMEDIATE');
  try {
    const still = db.prepare(`SELECT 1 FROM (${endedThreads}) WHERE thread = :thread`);
    const enter = db.prepare(
      'INSERT INTO archived (subject, thread, origin, file, events, at, document) VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
    const dropEvents = db.prepare('DELETE FROM events WHERE subject = ?');
    // Another process may have written to it since it was read, or have moved it already.
    const moved = copies.filter((copy) => {
      if (!still.get({ thread: copy.thread, endedBefore: order.endedBefore })) return false;
      return copyOf(db, copy.thread).events.length === copy.events.length;
    });
    for (const { thread, requests, deliveries, events } of moved) {
      for (const row of [...requests, ...deliveries]) {
        const own = events.filter((event) => event.subject === row.id).length;
        const origin = row.origin ?? null;
        const document = origin === null ? null : JSON.stringify(withoutTexts(JSON.parse(String(row.document))));
        enter.run(row.id!, thread, origin, file, own, Math.trunc(order.now), document);
        dropEvents.run(row.id!);
      }
      db.prepare('DELETE FROM deliveries WHERE thread = ?').run(thread);
      db.prepare('DELETE FROM requests WHERE id = ?').run(thread);
    }
    db.exec('COMMIT');
    const events = moved.reduce((sum, copy) => sum + copy.events.length, 0);
    return { threads: moved.map((copy) => copy.thread), events, file: moved.length === 0 ? null : file };
  } catch (error) {
    // A full disk makes SQLite roll back by itself.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/** What protects against raising it again, and tells how it ended; the words are in the archive. */
function withoutTexts(request: Request): Request {
  const { dialog, turnMark, ...rest } = request;
  return { ...rest, text: '', context: '', attributes: {}, late: [], state: withoutWords(rest.state) };
}

function withoutWords(state: RequestState): RequestState {
  const silent = { instructions: '', notes: '' };
  if ('answer' in state) return { ...state, answer: { ...state.answer, ...silent } };
  if (state.is !== 'withdrawn' || state.notTyped === undefined) return state;
  const { answer, deliveryId } = state.notTyped;
  return { ...state, notTyped: { answer: { ...answer, ...silent }, deliveryId } };
}

export function monthOf(instant: number): string {
  return new Date(instant).toISOString().slice(0, 7);
}
