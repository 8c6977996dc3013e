import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { BridgeError } from '../core/failure.ts';
import { Code, codeOf, isCorruption, journalFault } from './faults.ts';
import { migrate, refuseForeign } from './schema.ts';
import { believe, damageIn } from './soundness.ts';
import { prepareStatements, type Statements } from './statements.ts';

/** How long a writer waits for another process's transaction. Ours are short; whoever needs longer is stuck. */
const busyTimeoutMs = 5_000;

/** How long an opener waits for one that begins or sets aside the journal: a whole schema on a slow disk. */
const openingTimeoutMs = 20_000;

export interface OpenedDatabase {
  readonly db: DatabaseSyncInstance;
  readonly sql: Statements;
  /** where a corrupt predecessor was moved, or null */
  readonly setAside: string | null;
}

/**
 * Opens the database at `path`, sound and at this version's schema. A corrupt one is renamed, together with its -wal and
 * -shm, and a fresh one is made; nothing is ever deleted.
 * @throws BridgeError when it cannot be used: no permission, full disk, newer schema, another program's file
 */
export function openDatabase(path: string, now: number): OpenedDatabase {
  // A dry run remembers nothing.
  if (path === ':memory:') return { ...connect(path), setAside: null };
  try {
    prepareFile(path);
    // An empty file is one that somebody begins, or is moving away, right now.
    if (sizeOf(path) === 0) return openAlone(path, now);
    try {
      return { ...connect(path), setAside: null };
    } catch (error) {
      // SQLite may say that it is busy at once, while others open it too: then they come one after another
      if (!isCorruption(error) && codeOf(error) !== Code.busy) throw error;
      return openAlone(path, now);
    }
  } catch (error) {
    throw journalFault(path, error);
  }
}

/**
 * Opens a journal that is to be begun or set aside, or that others open just then, one process at a time, under a lock that
 * the system frees when its holder dies: of two that find the same damage at once, the second meets the fresh file of the
 * first and moves nothing.
 */
function openAlone(path: string, now: number): OpenedDatabase {
  prepareFile(`${path}.lock`);
  const lock = new DatabaseSync(`${path}.lock`, { timeout: openingTimeoutMs });
  try {
    lock.exec('BEGIN EXCLUSIVE');
    prepareFile(path);
    try {
      return { ...connect(path), setAside: null };
    } catch (error) {
      if (!isCorruption(error)) throw error;
      const setAside = moveAside(path, now);
      prepareFile(path);
      return { ...connect(path), setAside };
    }
  } finally {
    lock.close();
  }
}

/**
 * Makes folder and file with their permissions before SQLite sees them: it gives -wal and -shm the mode of the file.
 * A file that exists is looked at, never opened: closing a descriptor would drop the locks of any other connection that
 * this process has on it (POSIX; sqlite.org/howtocorrupt.html, 2.2).
 */
export function prepareFile(path: string): void {
  if (!existsSync(dirname(path))) mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const facts = lstatSync(path, { throwIfNoEntry: false });
  if (facts === undefined) {
    createFile(path);
    return;
  }
  if (facts.isSymbolicLink()) throw unusable(path, 'it is a symbolic link');
  if (!facts.isFile()) throw unusable(path, 'it is not a regular file');
  if (process.getuid && facts.uid !== process.getuid()) throw unusable(path, 'it belongs to another user');
  if ((facts.mode & 0o077) !== 0) chmodSync(path, 0o600);
  accessSync(path, constants.R_OK | constants.W_OK);
  accessSync(dirname(path), constants.W_OK);
}

function createFile(path: string): void {
  try {
    closeSync(openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600));
  } catch (error) {
    // Another process came first; its file has to pass the same look.
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    prepareFile(path);
  }
}

function unusable(path: string, reason: string): BridgeError {
  return new BridgeError({ what: 'journal', target: path, reason, nextStep: 'move it away, or choose another --home' });
}

function connect(path: string): Omit<OpenedDatabase, 'setAside'> {
  // SQLite throws a -wal away whose database is empty: that would delete what was not yet moved into the file.
  if (sizeOf(path) === 0 && sizeOf(`${path}-wal`) > 0) throw corruption('the file is empty, its -wal is not');
  // @photostructure/sqlite 1.2.1 really closes a database only when its statements are collected: -wal and -shm may stay
  // after close(). They are whole, and SQLite leaves them alone once the file they belong to was renamed.
  const db = new DatabaseSync(path, { timeout: busyTimeoutMs, enableForeignKeyConstraints: true });
  try {
    // Before anything is written: a file that is not ours stays as it is.
    refuseForeign(db, path);
    db.exec('PRAGMA journal_mode = WAL');
    // FULL: a commit is on the disk before its effect is performed, so that `typed` and a human's answer outlive a power
    // cut too. Measured 0.15 ms a commit against 0.05 with NORMAL (ext4 on a virtual disk).
    db.exec('PRAGMA synchronous = FULL');
    // a message touches some eighteen pages, most of them the same ones: moved into the file rarely, each is moved once for many
    db.exec('PRAGMA wal_autocheckpoint = 4000');
    // what a step within a transaction may undo is kept in memory, and not in a file that is made and removed for each message
    db.exec('PRAGMA temp_store = MEMORY');
    const damage = path === ':memory:' ? null : damageIn(db, path);
    if (damage !== null) throw corruption(damage);
    migrate(db);
    return { db, sql: prepareAll(db) };
  } catch (error) {
    db.close();
    throw error;
  }
}

/** A schema that says it is ours but lacks what ours has is damage, too. */
function prepareAll(db: DatabaseSyncInstance): Statements {
  try {
    return prepareStatements(db);
  } catch (error) {
    throw codeOf(error) === Code.error ? corruption(String(error)) : error;
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function corruption(found: string): Error {
  return Object.assign(new Error(found), { errcode: Code.corrupt });
}

/** Renames the database to `<path>.corrupt-<stamp>`, which it returns. */
function moveAside(path: string, now: number): string {
  const aside = freeName(`${path}.corrupt-${new Date(now).toISOString().replace(/[-:]/g, '')}`);
  // The file first: should we die in between, the next opener meets an empty file beside a -wal, and moves that too.
  for (const tail of ['', '-wal', '-shm']) {
    if (existsSync(path + tail)) renameSync(path + tail, aside + tail);
  }
  believe(path);
  return aside;
}

function freeName(wanted: string): string {
  for (let turn = 1; ; turn += 1) {
    const name = turn === 1 ? wanted : `${wanted}-${turn}`;
    if (![name, `${name}-wal`, `${name}-shm`].some((path) => existsSync(path))) return name;
  }
}
