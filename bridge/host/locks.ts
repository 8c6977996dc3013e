import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { closeKept, keepOpen } from './kept-open.ts';
import { fault, prepareFolder, runtimeFolder } from './runtime-folder.ts';

/** A lock that is held. `stands` is false where its file was taken away from under it: others may have it too, then. */
export interface Lock {
  release(): void;
  stands(): boolean;
  /** keeps its file young: cleaners of temporary folders take old ones away */
  touch(now: number): void;
}

/**
 * An exclusive lock for each key, valid across the processes of one user, and freed by the system when its holder dies:
 * an open exclusive transaction on an empty SQLite file in a folder of the user's own.
 */
export class Locks {
  readonly #folder: string;
  #tidied = false;

  constructor(folder: string = runtimeFolder(process.env)) {
    this.#folder = folder;
  }

  /** null while somebody else holds it. @throws BridgeError where the folder cannot be trusted or used */
  tryAcquire(key: string): Lock | null {
    prepareFolder(this.#folder);
    if (!this.#tidied) this.#tidy();
    this.#tidied = true;
    const name = createHash('sha256').update(key).digest('hex').slice(0, 32);
    return acquire(join(this.#folder, `${name}.lock`));
  }

  /** What killed holders left: each is removed only while we hold its lock. */
  #tidy(): void {
    for (const name of readdirSync(this.#folder)) {
      if (/^[0-9a-f]{32}\.lock$/.test(name)) acquire(join(this.#folder, name))?.release();
    }
  }
}

/** Losing this many races in a row means that the lock is in demand: it counts as held. */
const raceLimit = 20;

/**
 * The lock counts only while the file we locked is the one that the path names: a holder removes its file, and who opened
 * that one before begins again. The path named the same file before we opened it and after we locked it, so it is ours.
 * The file is only ever opened through SQLite: closing any other handle of it would free the process's own lock (POSIX).
 */
function acquire(path: string): Lock | null {
  for (let attempt = 0; attempt < raceLimit; attempt++) {
    const before = fileAt(path);
    const database = open(path);
    if (before === null) {
      database.close();
      continue;
    }
    if (!lock(database, path)) return null;
    if (before === fileAt(path)) return held(path, before, database);
    unlock(database, null);
  }
  return null;
}

function held(path: string, file: string, database: DatabaseSyncInstance): Lock {
  keepOpen(database);
  const stands = () => fileAt(path) === file;
  return {
    stands,
    touch: (now) => {
      // by its path: closing another handle of the file would free the lock
      if (stands()) utimesSync(path, now / 1000, now / 1000);
    },
    release: once(() => unlock(database, stands() ? path : null)),
  };
}

function open(path: string): DatabaseSyncInstance {
  try {
    return new DatabaseSync(path, { timeout: 0 });
  } catch (cause) {
    throw fault('lock', path, String(cause), cause);
  }
}

function lock(database: DatabaseSyncInstance, path: string): boolean {
  try {
    // nothing is ever written, so there is no journal file to leave behind either
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    return true;
  } catch (cause) {
    database.close();
    if (/locked|busy/i.test(String(cause))) return false;
    throw fault('lock', path, String(cause), cause);
  }
}

/** The file goes while the lock is still held: afterwards it may be somebody else's. */
function unlock(database: DatabaseSyncInstance, remove: string | null): void {
  if (remove !== null) rmSync(remove, { force: true });
  database.exec('ROLLBACK');
  closeKept(database);
}

function once(act: () => void): () => void {
  let done = false;
  return () => {
    if (!done) act();
    done = true;
  };
}

/** Which file lies there: another one under the same name is told from it. */
export function fileAt(path: string): string | null {
  const facts = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return facts === undefined ? null : `${facts.dev}:${facts.ino}:${facts.birthtimeNs}`;
}
