import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, fsyncSync, lstatSync, openSync, readSync, rmSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { BridgeError, usageError } from '../core/failure.ts';
import { Code, codeOf, isCorruption } from './faults.ts';

/** One file of a state directory, by its path within. */
export interface BackupEntry {
  readonly path: string;
  readonly content: Buffer;
}

export interface BackupFacts {
  readonly madeAt: number;
  /** of bridge */
  readonly version: string;
  readonly home: string;
}

/** "BRBK": what tells a backup from any other SQLite file. */
const applicationId = 0x4252424b;
const format = 1;
const longestPath = 500;
/** SQLite's own limit of one value; zipped, a journal of a few gigabytes is below it. */
const mostBytes = 1_000_000_000;

/**
 * Writes a backup: one SQLite file with a row for each file, zipped, and its digest. Nothing is left where it cannot be written.
 * @param file must not be there yet
 * @param entries taken one by one, in order
 */
export function writeBackup(file: string, facts: BackupFacts, entries: Iterable<BackupEntry>): { files: number } {
  begin(file);
  let db: DatabaseSyncInstance | null = null;
  try {
    db = new DatabaseSync(file);
    // nobody sees it before it is whole: what goes wrong is deleted, not rolled back
    db.exec(`PRAGMA journal_mode = OFF; PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${format};
      CREATE TABLE facts (made_at INTEGER NOT NULL, version TEXT NOT NULL, home TEXT NOT NULL, files INTEGER NOT NULL);
      CREATE TABLE entries (path TEXT PRIMARY KEY, size INTEGER NOT NULL, sha256 TEXT NOT NULL, zipped BLOB NOT NULL);
      BEGIN`);
    const put = db.prepare('INSERT INTO entries VALUES (?, ?, ?, ?)');
    let files = 0;
    for (const { path, content } of entries) {
      const zipped = gzipSync(content);
      if (zipped.length > mostBytes)
        throw fault('backup', path, 'is too large for one file', 'run `bridge archive` first');
      put.run(path, content.length, digestOf(content), zipped);
      files += 1;
    }
    db.prepare('INSERT INTO facts VALUES (?, ?, ?, ?)').run(facts.madeAt, facts.version, facts.home, files);
    db.exec('COMMIT');
    db.close();
    db = null;
    sync(file);
    return { files };
  } catch (cause) {
    db?.close();
    rmSync(file, { force: true });
    throw cause instanceof BridgeError ? cause : unwritable(file, cause);
  }
}

/**
 * Reads a backup whole before anything is made of it.
 * @throws BridgeError where it is none, or not whole, or made by a newer bridge
 */
export function readBackup(file: string): { readonly facts: BackupFacts; readonly entries: readonly BackupEntry[] } {
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (found === undefined) throw usageError('restore', file, 'no such file');
  if (!found.isFile())
    throw usageError('restore', file, 'is not a regular file', 'name the file that `bridge backup` wrote');
  if (process.getuid && found.uid !== process.getuid()) {
    throw fault(
      'restore',
      file,
      'belongs to another user, and would decide what is typed for you',
      'make it yours first',
    );
  }
  let db: DatabaseSyncInstance | null = null;
  try {
    const header = headerOf(file);
    if (header === null) throw noBackup(file);
    if (header.bytes !== header.size) throw damaged(file, `it has ${header.size} bytes, and had ${header.bytes}`);
    db = new DatabaseSync(file, { readOnly: true });
    db.exec('PRAGMA trusted_schema = OFF');
    const made = pragma(db, 'user_version');
    if (made > format) {
      const next = 'restore it with the version of bridge that made it, or a newer one';
      throw fault('restore', file, `was made by a newer bridge (format ${made}; this one knows ${format})`, next);
    }
    const kinds = db.prepare('SELECT name FROM sqlite_schema').all() as ReadonlyArray<{ name: string }>;
    const names = kinds.map(({ name }) => name).filter((name) => !name.startsWith('sqlite_autoindex_'));
    if (names.sort().join(' ') !== 'entries facts') throw damaged(file, `it holds ${names.join(', ')}`);
    const check = db.prepare('PRAGMA integrity_check(1)').get() as { integrity_check: string };
    if (check.integrity_check !== 'ok') throw damaged(file, check.integrity_check);
    const [facts] = db.prepare('SELECT * FROM facts').all() as Array<Record<string, unknown>>;
    if (facts === undefined) throw damaged(file, 'its end is missing');
    const rows = db.prepare('SELECT * FROM entries ORDER BY path').all() as Array<Record<string, unknown>>;
    if (rows.length !== Number(facts.files))
      throw damaged(file, `${facts.files} files are named, ${rows.length} are in it`);
    const entries = rows.map((row) => entryOf(row, file));
    return {
      facts: { madeAt: Number(facts.made_at), version: String(facts.version), home: String(facts.home) },
      entries,
    };
  } catch (cause) {
    if (cause instanceof BridgeError) throw cause;
    if (codeOf(cause) === Code.notADatabase) throw noBackup(file);
    if (isCorruption(cause)) throw damaged(file, String(cause));
    throw fault('restore', file, `cannot be read (${String(cause)})`, 'is it readable, and all there?', cause);
  } finally {
    db?.close();
  }
}

/**
 * A copy of a database as it is at one moment, whoever writes to it meanwhile.
 * @param to must not be there yet
 */
export function copyDatabase(from: string, to: string): void {
  begin(to);
  const db = new DatabaseSync(from, { readOnly: true, timeout: 5_000 });
  try {
    db.prepare('VACUUM INTO ?').run(to);
  } catch (cause) {
    rmSync(to, { force: true });
    throw isCorruption(cause)
      ? fault('backup', from, `is damaged (${String(cause)})`, '`bridge verify` says what is left of it', cause)
      : unwritable(to, cause);
  } finally {
    db.close();
  }
}

/**
 * What no SQLite is asked about is not opened by it: its header has our number, and says that it keeps no log beside it.
 * @returns how many bytes it has, and how many its pages make (sqlite.org/fileformat.html); null for another file
 */
function headerOf(file: string): { readonly size: number; readonly bytes: number } | null {
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const header = Buffer.alloc(100);
    const isWhole = readSync(descriptor, header, 0, header.length, 0) === header.length;
    if (!isWhole || header.readUInt32BE(68) !== applicationId || header[18] !== 1 || header[19] !== 1) return null;
    return { size: fstatSync(descriptor).size, bytes: header.readUInt16BE(16) * header.readUInt32BE(28) };
  } finally {
    closeSync(descriptor);
  }
}

function entryOf({ path, size, sha256, zipped }: Record<string, unknown>, file: string): BackupEntry {
  if (typeof path !== 'string' || typeof size !== 'number' || !(zipped instanceof Uint8Array)) {
    throw damaged(file, 'an entry of it cannot be read');
  }
  if (!isWithin(path)) throw damaged(file, `it names ${JSON.stringify(path)}, which is no file of a state directory`);
  let content: Buffer;
  try {
    content = gunzipSync(zipped, { maxOutputLength: Math.max(size, 1) });
  } catch (cause) {
    throw damaged(file, `${path}: ${String(cause)}`);
  }
  if (content.length !== size || digestOf(content) !== sha256) throw damaged(file, `${path} is not what was written`);
  return { path, content };
}

/** A plain path below: nothing of it leads anywhere else. */
function isWithin(path: string): boolean {
  const names = path.split('/');
  return path.length <= longestPath && !/[\0\\]/.test(path) && names.every((name) => !['', '.', '..'].includes(name));
}

/** Made here, with its mode, or not at all: a link or a FIFO that stands there is never written to. */
function begin(file: string): void {
  try {
    closeSync(openSync(file, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600));
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'EEXIST')
      throw usageError('backup', file, 'is there already', 'name a new file: none is written over');
    if (code === 'ENOENT') throw usageError('backup', file, 'lies in a folder that does not exist');
    throw unwritable(file, cause);
  }
}

function sync(file: string): void {
  const descriptor = openSync(file, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}

function pragma(db: DatabaseSyncInstance, name: string): number {
  return Number(Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0]);
}

function digestOf(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

function noBackup(file: string): BridgeError {
  return usageError('restore', file, 'is no backup of bridge', 'name the file that `bridge backup` wrote');
}

function damaged(file: string, what: string): BridgeError {
  return fault('restore', file, `is damaged or cut short: ${what}`, 'nothing was restored; try another copy');
}

function unwritable(file: string, cause: unknown): BridgeError {
  const isFull = codeOf(cause) === Code.full || (cause as NodeJS.ErrnoException).code === 'ENOSPC';
  const reason = isFull ? 'the disk is full' : `cannot be written (${String(cause)})`;
  return fault('backup', file, reason, 'nothing of it is left; name a file in a place with room for it', cause);
}

function fault(what: string, target: string, reason: string, nextStep: string, cause?: unknown): BridgeError {
  return new BridgeError({ what, target, reason, nextStep, cause });
}
