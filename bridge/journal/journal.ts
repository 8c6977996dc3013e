import type { DatabaseSyncInstance, StatementSyncInstance } from '@photostructure/sqlite';
import { openStates } from '../core/delivery-machine.ts';
import type { Delivery } from '../core/envelope.ts';
import { BridgeError } from '../core/failure.ts';
import type { DeliveryId, RequestId } from '../core/ids.ts';
import type { JournalEvent, NewJournalEvent } from '../core/journal-event.ts';
import { identityKey, type PaneIdentity } from '../core/pane.ts';
import { openRequests, originOf, type Request, type RequestFilter } from '../core/request.ts';
import {
  type ArchiveBatch,
  type ArchivedPlace,
  type ArchiveOrder,
  archivedPlace,
  archiveThreads,
  countArchivable,
} from './archive.ts';
import { refuseStale } from './delivery-order.ts';
import { movePane, panesToPlace } from './earlier-panes.ts';
import { journalFault } from './faults.ts';
import { archiveMessages, countArchivableMail, type MailBatch } from './mail-archive.ts';
import { MailTables } from './mail-tables.ts';
import { openDatabase } from './opening.ts';
import { lookLater } from './soundness.ts';
import { digest, type ListFilter, type Statements } from './statements.ts';

export interface OpenResult {
  readonly journal: Journal;
  /** where a corrupt predecessor was moved; then what is on the screens now goes to the human, not to a controller */
  readonly setAside: string | null;
}

export interface DeliveryFilter {
  /** only those that have not ended */
  readonly open?: boolean;
  /** of the envelope; a request's id names its thread */
  readonly thread?: string;
  readonly limit?: number;
}

interface Bounds {
  readonly begin: StatementSyncInstance;
  readonly end: StatementSyncInstance;
}

function pointAt(depth: number): string {
  return `depth_${depth}`;
}

/**
 * The memory: an append-only list of events, and projections of it (requests, deliveries, small documents) written in
 * the same transaction. Several processes may have one journal open. Every method is synchronous; when it returns, what
 * it wrote is on the disk. All lists are in order of writing, oldest first.
 * @throws BridgeError from every method when the disk or another process refuses; then nothing of it was written
 */
export class Journal {
  readonly #path: string;
  readonly #db: DatabaseSyncInstance;
  readonly #sql: Statements;
  /** members, their messages, and what became of those */
  readonly mail: MailTables;
  /** by key, as of which change by others they were parsed */
  readonly #kept = new Map<string, { readonly version: number; readonly value: unknown }>();
  #depth = 0;
  readonly #bounds: Bounds[] = [];

  static open(path: string, opts: { now: number }): OpenResult {
    const { db, sql, setAside } = openDatabase(path, opts.now);
    return { journal: new Journal(path, db, sql), setAside };
  }

  private constructor(path: string, db: DatabaseSyncInstance, sql: Statements) {
    this.#path = path;
    this.#db = db;
    this.#sql = sql;
    this.mail = new MailTables(db, {
      record: (event) => this.record(event),
      transact: (work) => this.transact(work),
      run: (action) => this.#run(action),
    });
  }

  /**
   * Does all of `work` or none of it. The write lock is taken before `work` starts, so what it reads stays true until it
   * has written. A nested call joins the outer transaction; when it throws, only its own writes are undone, and the
   * outer one may go on.
   */
  transact<T>(work: () => T): T {
    const bounds = this.#boundsAt(this.#depth);
    this.#run(() => bounds.begin.run());
    this.#depth += 1;
    let result: T;
    try {
      result = work();
      if (result instanceof Promise) throw this.#fault('a transaction cannot wait for a promise');
    } catch (error) {
      this.#depth -= 1;
      this.#undo();
      throw error;
    }
    this.#depth -= 1;
    try {
      this.#run(() => bounds.end.run());
    } catch (error) {
      this.#undo();
      throw error;
    }
    return result;
  }

  /** Appends one event and returns its number. */
  record(event: NewJournalEvent): number {
    const data = JSON.stringify(event.data ?? null);
    return this.#run(() =>
      Number(this.#sql.append.run(Math.trunc(event.at), event.kind, event.subject, data).lastInsertRowid),
    );
  }

  /** With `since` (a seq) the first `limit` events after it; without, the last `limit` events. */
  events(filter: { since?: number; subject?: string; limit?: number } = {}): JournalEvent[] {
    const { since, subject, limit = -1 } = filter;
    const { lastEvents, lastEventsOf, eventsSince, eventsSinceOf } = this.#sql;
    const of = subject === undefined ? [] : [subject];
    const rows = this.#run(() =>
      since === undefined
        ? (subject === undefined ? lastEvents : lastEventsOf).all(...of, limit).reverse()
        : (subject === undefined ? eventsSince : eventsSinceOf).all(...of, since, limit),
    ) as Record<string, unknown>[];
    return rows.map((row) => ({
      seq: Number(row.seq),
      at: Number(row.at),
      kind: String(row.kind),
      subject: String(row.subject),
      data: this.#parse(String(row.data), `event ${row.seq}`),
    }));
  }

  /** The number of the newest event; 0 where there is none. */
  newestEvent(): number {
    const row = this.#run(() => this.#sql.newestEvent.get()) as { seq: number | null };
    return Number(row.seq ?? 0);
  }

  saveRequest(request: Request, event: NewJournalEvent): void {
    this.transact(() => {
      this.record(event);
      this.#run(() =>
        this.#sql.putRequest.run({
          id: request.id,
          origin: digest(originOf(request)),
          state: request.state.is,
          host: request.pane.host,
          server: request.pane.server,
          pane: identityKey(request.pane),
          updatedAt: Math.trunc(event.at),
          document: JSON.stringify(request),
        }),
      );
    });
  }

  request(id: RequestId | string): Request | null {
    return this.#document<Request>(this.#sql.request, id);
  }

  requests(filter: RequestFilter = {}): Request[] {
    const states = filter.states ?? (filter.open ? openRequests : null);
    const { pane = null, origin = null, limit = null, byChange = false } = filter;
    const found = this.#documents<Request>(this.#sql.requests, { states, pane, origin, thread: null, limit, byChange });
    if (found.length > 0 || origin === null) return found;
    // What was raised once is known for ever: of an archived request, without its texts.
    const archived = this.#document<Request>(this.#sql.archivedOrigin, digest(origin));
    return archived === null || (states !== null && !states.includes(archived.state.is)) ? [] : [archived];
  }

  /** Where a request or delivery is that has left for an archive; by the last characters of its id, too. */
  archived(id: string): ArchivedPlace | null {
    return this.#run(() => archivedPlace(this.#db, id));
  }

  /**
   * Moves whole threads that have ended before `endedBefore` into a file of `folder`, at most `limit` of them: copied and
   * committed there first, only then taken out here. Called again, it goes on where it was, whatever happened in between.
   */
  archive(folder: string, order: ArchiveOrder): ArchiveBatch {
    if (this.#depth > 0) throw this.#fault('a transaction cannot archive');
    return this.#run(() => archiveThreads(this.#db, folder, order));
  }

  /** The same with messages between members, of threads as old as they are: those that are over, and that all have read. */
  archiveMail(folder: string, order: ArchiveOrder): MailBatch {
    if (this.#depth > 0) throw this.#fault('a transaction cannot archive');
    return this.#run(() => archiveMessages(this.#db, folder, order));
  }

  /** How many messages that would move. */
  archivableMail(endedBefore: number): { readonly messages: number; readonly events: number } {
    return this.#run(() => countArchivableMail(this.#db, endedBefore));
  }

  /** How many threads have ended before this instant; nothing is moved. */
  archivable(endedBefore: number): { readonly threads: number; readonly events: number } {
    return this.#run(() => countArchivable(this.#db, endedBefore));
  }

  /**
   * @throws BridgeError when the copy in hand is older than what is stored: the delivery has ended, its text was
   * replaced, or it would go back on its way. Whoever is about to type must then not type.
   */
  saveDelivery(delivery: Delivery, event: NewJournalEvent): void {
    this.transact(() => {
      const stored = this.delivery(delivery.id);
      if (stored === null && this.archived(delivery.id) !== null) {
        throw new BridgeError({ what: 'delivery', target: delivery.id, reason: 'it has ended, and was archived' });
      }
      refuseStale(stored, delivery, event.kind);
      this.record(event);
      this.#run(() =>
        this.#sql.putDelivery.run({
          id: delivery.id,
          thread: delivery.envelope.thread,
          state: delivery.state.is,
          host: delivery.recipient.host,
          server: delivery.recipient.server,
          pane: identityKey(delivery.recipient),
          updatedAt: Math.trunc(event.at),
          document: JSON.stringify(delivery),
        }),
      );
    });
  }

  delivery(id: DeliveryId | string): Delivery | null {
    return this.#document<Delivery>(this.#sql.delivery, id);
  }

  deliveries(filter: DeliveryFilter = {}): Delivery[] {
    const states = filter.open ? openStates : null;
    const { thread = null, limit = null } = filter;
    return this.#documents(this.#sql.deliveries, { states, pane: null, origin: null, thread, limit });
  }

  /** Keeps one small JSON document under `key`; null forgets it. */
  saveMemory(key: string, value: unknown): void {
    this.#kept.delete(key);
    if (value === null || value === undefined) this.#run(() => this.#sql.forget.run(key));
    else this.#run(() => this.#sql.remember.run(key, JSON.stringify(value)));
  }

  memory<T>(key: string): T | null {
    return this.#document<T>(this.#sql.memory, key);
  }

  /**
   * The same, for a large document that is read often: parsed anew only where somebody has written since, or something
   * was undone. Nobody may change what this returns.
   */
  kept<T>(key: string): T | null {
    const { data_version: version } = this.#run(() => this.#sql.version.get()) as { data_version: number };
    const known = this.#kept.get(key);
    if (known?.version === version) return known.value as T | null;
    const value = this.memory<T>(key);
    this.#kept.set(key, { version, value });
    return value;
  }

  /** Panes of journals of older bridges, of which no server is known for certain. */
  panesToPlace(): PaneIdentity[] {
    return this.#run(() => panesToPlace(this.#db));
  }

  /** What was kept of `from` is that of `to`: the one living pane that it can only have been. */
  movePane(from: PaneIdentity, to: PaneIdentity): void {
    this.#kept.clear();
    this.transact(() => this.#run(() => movePane(this.#db, from, to)));
  }

  /** @returns what is wrong with the file; null where nothing is. Of a small one that is known since it was opened. */
  lookLater(ended: AbortSignal): Promise<string | null> {
    return lookLater(this.#path, ended);
  }

  close(): void {
    if (this.#db.isOpen) this.#db.close();
  }

  #document<T>(statement: StatementSyncInstance, key: string): T | null {
    const row = this.#run(() => statement.get(key) as { document: string } | undefined);
    return row === undefined ? null : this.#parse<T>(row.document, key);
  }

  #documents<T>(list: (filter: ListFilter) => Record<string, unknown>[], filter: ListFilter): T[] {
    const newestFirst = this.#run(() => list(filter));
    return newestFirst.reverse().map((row) => this.#parse<T>(String(row.document), String(row.id)));
  }

  #parse<T>(text: string, key: string): T {
    try {
      return JSON.parse(text) as T;
    } catch (cause) {
      throw this.#fault(`the entry of ${key} is unreadable`, cause);
    }
  }

  /** What begins and ends a transaction, or one within others: prepared once, since a message takes several. */
  #boundsAt(depth: number): Bounds {
    this.#bounds[depth] ??= {
      begin: this.#db.prepare(depth === 0 ? 'BEGIN IMMEDIATE' : `SAVEPOINT ${pointAt(depth)}`),
      end: this.#db.prepare(depth === 0 ? 'COMMIT' : `RELEASE ${pointAt(depth)}`),
    };
    return this.#bounds[depth]!;
  }

  #undo(): void {
    this.#kept.clear();
    // A full disk makes SQLite roll back by itself: then there is nothing left to undo.
    if (!this.#db.isTransaction) return;
    const point = pointAt(this.#depth);
    this.#run(() => this.#db.exec(this.#depth === 0 ? 'ROLLBACK' : `ROLLBACK TO ${point}; RELEASE ${point}`));
  }

  #run<T>(action: () => T): T {
    // Outside its transaction a write would be committed by itself.
    if (this.#depth > 0 && !this.#db.isTransaction) throw this.#fault('the transaction was undone by the disk');
    try {
      return action();
    } catch (error) {
      throw journalFault(this.#path, error);
    }
  }

  #fault(reason: string, cause?: unknown): BridgeError {
    return new BridgeError({ what: 'journal', target: this.#path, reason, cause });
  }
}
