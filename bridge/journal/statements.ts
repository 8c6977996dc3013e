import { createHash } from 'node:crypto';
import type { DatabaseSyncInstance, StatementSyncInstance } from '@photostructure/sqlite';

/** Every sentence the journal says to SQLite, prepared once. A limit of -1 is none. */
export function prepareStatements(db: DatabaseSyncInstance) {
  return {
    append: db.prepare('INSERT INTO events (at, kind, subject, data) VALUES (?, ?, ?, ?)'),
    // a sentence each, so that SQLite knows its way beforehand: with `:subject IS NULL OR …` it looks for one each time (40 µs)
    lastEvents: db.prepare('SELECT * FROM events ORDER BY seq DESC LIMIT ?'),
    lastEventsOf: db.prepare('SELECT * FROM events WHERE subject = ? ORDER BY seq DESC LIMIT ?'),
    eventsSince: db.prepare('SELECT * FROM events WHERE seq > ? ORDER BY seq LIMIT ?'),
    eventsSinceOf: db.prepare('SELECT * FROM events WHERE subject = ? AND seq > ? ORDER BY seq LIMIT ?'),
    newestEvent: db.prepare('SELECT max(seq) AS seq FROM events'),
    // An update keeps `seq`: the order of writing is that of the first writing.
    putRequest: db.prepare(`
      INSERT INTO requests (id, origin, state, host, server, pane, updated_at, document)
      VALUES (:id, :origin, :state, :host, :server, :pane, :updatedAt, :document)
      ON CONFLICT (id) DO UPDATE SET origin = :origin, state = :state, updated_at = :updatedAt, document = :document`),
    request: db.prepare('SELECT document FROM requests WHERE id = ?'),
    requests: lister(db, 'requests'),
    putDelivery: db.prepare(`
      INSERT INTO deliveries (id, thread, state, host, server, pane, updated_at, document)
      VALUES (:id, :thread, :state, :host, :server, :pane, :updatedAt, :document)
      ON CONFLICT (id) DO UPDATE SET state = :state, updated_at = :updatedAt, document = :document`),
    delivery: db.prepare('SELECT document FROM deliveries WHERE id = ?'),
    deliveries: lister(db, 'deliveries'),
    remember: db.prepare(
      'INSERT INTO memory (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    ),
    forget: db.prepare('DELETE FROM memory WHERE key = ?'),
    archivedOrigin: db.prepare('SELECT document FROM archived WHERE origin = ?'),
    // another number after each commit of another connection
    version: db.prepare('PRAGMA data_version'),
    memory: db.prepare('SELECT value AS document FROM memory WHERE key = ?'),
  };
}

export interface ListFilter {
  readonly states: readonly string[] | null;
  readonly pane: string | null;
  /** of a request */
  readonly origin: string | null;
  /** of a delivery */
  readonly thread: string | null;
  readonly limit: number | null;
  /** what changed last first, and not what was opened last */
  readonly byChange?: boolean;
}

/** One statement for each combination of filters, so that each finds its index; newest first. */
function lister(db: DatabaseSyncInstance, table: 'requests' | 'deliveries') {
  const prepared = new Map<string, StatementSyncInstance>();
  return (filter: ListFilter): Record<string, unknown>[] => {
    const conditions: string[] = [];
    const values: string[] = [];
    const where = (condition: string, ...given: readonly string[]) => {
      conditions.push(condition);
      values.push(...given);
    };
    if (filter.states) where(`state IN (${filter.states.map(() => '?').join()})`, ...filter.states);
    if (filter.pane !== null) where('pane = ?', filter.pane);
    if (filter.origin !== null) where('origin = ?', digest(filter.origin));
    if (filter.thread !== null) where('thread = ?', filter.thread);
    const sql = `SELECT id, document FROM ${table} ${conditions.length ? `WHERE ${conditions.join(' AND ')}` : ''} ORDER BY ${filter.byChange ? 'updated_at' : 'seq'} DESC LIMIT ?`;
    const statement = prepared.get(sql) ?? db.prepare(sql);
    prepared.set(sql, statement);
    return statement.all(...values, filter.limit ?? -1);
  };
}

export type Statements = ReturnType<typeof prepareStatements>;

/** A text of any length as a short key. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
