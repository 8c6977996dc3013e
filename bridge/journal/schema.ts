import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import { BridgeError } from '../core/failure.ts';
import { addressRows } from './earlier-panes.ts';
import { indexMail } from './mail-indexes.ts';
import { deferWords } from './message-words.ts';

/** Marks the file as ours: `brdg`. */
const applicationId = 0x62726467;

/**
 * Every step forward, in order; a step that was released is never edited. `PRAGMA user_version` counts the steps taken.
 * A projection is one JSON document a row, with columns only for what is queried.
 */
const migrations: ReadonlyArray<(db: DatabaseSyncInstance) => void> = [
  (db) =>
    db.exec(`
  CREATE TABLE events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    data TEXT NOT NULL
  ) STRICT;
  CREATE INDEX events_by_subject ON events (subject, seq);
  CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
  CREATE TRIGGER events_are_never_deleted BEFORE DELETE ON events
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

  CREATE TABLE requests (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    origin TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    pane TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    document TEXT NOT NULL
  ) STRICT;
  CREATE INDEX requests_by_state ON requests (state, seq);

  CREATE TABLE deliveries (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    thread TEXT NOT NULL,
    state TEXT NOT NULL,
    pane TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    document TEXT NOT NULL
  ) STRICT;
  CREATE INDEX deliveries_by_state ON deliveries (state, seq);
  CREATE INDEX deliveries_by_thread ON deliveries (thread, seq);

  CREATE TABLE memory (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  `),
  // Retention: what has left for an archive, whole threads at a time. An event may go only once its subject is entered here,
  // and what is entered stays: it tells where the rest is, and that the same sighting was raised before.
  (db) =>
    db.exec(`
  CREATE TABLE archived (
    subject TEXT PRIMARY KEY,
    thread TEXT NOT NULL,
    origin TEXT UNIQUE,
    file TEXT NOT NULL,
    events INTEGER NOT NULL,
    at INTEGER NOT NULL,
    document TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE TRIGGER archived_is_never_changed BEFORE UPDATE ON archived
    BEGIN SELECT RAISE(ABORT, 'what was archived stays known'); END;
  CREATE TRIGGER archived_is_never_deleted BEFORE DELETE ON archived
    BEGIN SELECT RAISE(ABORT, 'what was archived stays known'); END;
  DROP TRIGGER events_are_never_deleted;
  CREATE TRIGGER events_are_never_deleted BEFORE DELETE ON events
    WHEN NOT EXISTS (SELECT 1 FROM archived WHERE archived.subject = OLD.subject)
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
  CREATE INDEX requests_by_age ON requests (updated_at);
  CREATE INDEX deliveries_by_age ON deliveries (updated_at);
  `),
  // Addresses: a pane id names nothing without its server, and a server is what tmux says of itself, not a path.
  (db) => {
    for (const table of ['requests', 'deliveries']) {
      db.exec(`ALTER TABLE ${table} ADD COLUMN host TEXT NOT NULL DEFAULT ''`);
      db.exec(`ALTER TABLE ${table} ADD COLUMN server TEXT NOT NULL DEFAULT ''`);
    }
    addressRows(db);
  },
  // Messages between members: what was written, once, and what became of it for each recipient.
  (db) =>
    db.exec(`
  CREATE TABLE members (
    name TEXT PRIMARY KEY,
    document TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE messages (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    thread TEXT NOT NULL,
    sender TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    document TEXT NOT NULL
  ) STRICT;
  CREATE INDEX messages_by_thread ON messages (thread, seq);
  CREATE TABLE mail (
    message TEXT NOT NULL,
    member TEXT NOT NULL,
    state TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (message, member)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX mail_by_member ON mail (member, state);
  CREATE INDEX mail_by_state ON mail (state);
  `),
  // Mail that is looked for: what is unread, due or over, who took part in a thread, and which words were written.
  indexMail,
  // Words are filed for many messages at once.
  deferWords,
];

export const schemaVersion = migrations.length;

/** @throws BridgeError when the database is another program's or a newer bridge's */
export function refuseForeign(db: DatabaseSyncInstance, path: string): void {
  // In one transaction: between two looks another process may have made this database ours.
  db.exec('BEGIN');
  const owner = numberOf(db, 'PRAGMA application_id');
  const objects = numberOf(db, 'SELECT count(*) FROM sqlite_schema');
  const version = versionOf(db);
  db.exec('COMMIT');
  if (owner !== applicationId && (owner !== 0 || objects > 0)) {
    throw new BridgeError({
      what: 'journal',
      target: path,
      reason: 'it is the database of another program',
      nextStep: 'choose another --home; nothing was changed',
    });
  }
  if (version > migrations.length) {
    throw new BridgeError({
      what: 'journal',
      target: path,
      reason: `it was written by a newer bridge (schema ${version}, this one knows ${migrations.length})`,
      nextStep: 'update bridge, or choose another --home; nothing was changed',
    });
  }
}

/** Brings the database to this version of the schema, in one transaction; safe when two processes do it at once. */
export function migrate(db: DatabaseSyncInstance): void {
  if (versionOf(db) >= migrations.length) return;
  db.exec('BEGIN IMMEDIATE');
  try {
    // Another process may have come first while this one waited for the lock: then no step is left.
    for (const step of migrations.slice(versionOf(db))) step(db);
    db.exec(`PRAGMA application_id = ${applicationId}`);
    db.exec(`PRAGMA user_version = ${Math.max(versionOf(db), migrations.length)}`);
    db.exec('COMMIT');
  } catch (error) {
    // A full disk makes SQLite roll back by itself.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

function versionOf(db: DatabaseSyncInstance): number {
  return numberOf(db, 'PRAGMA user_version');
}

function numberOf(db: DatabaseSyncInstance, sql: string): number {
  return Number(Object.values(db.prepare(sql).get() as Record<string, unknown>)[0]);
}
