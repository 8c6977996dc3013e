import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, lstatSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type DatabaseSyncInstance, type StatementSyncInstance } from '@photostructure/sqlite';
import { BridgeError } from '../core/failure.ts';
import { type Lock, Locks } from './locks.ts';
import { prepareFolder, runtimeFolder } from './runtime-folder.ts';

/** Which bridge watches and answers a pane. */
export interface Owner {
  readonly pid: number;
  /** its state directory */
  readonly home: string;
  readonly since: number;
}

export function inWords({ home, pid }: Owner): string {
  return `the bridge of ${home} (pid ${pid})`;
}

/** A pane that is ours for one answer. */
export interface Borrowed {
  /** @throws BridgeError where the pane is not ours any more */
  typing(): void;
  release(): void;
}

export type Claim =
  /** @property interrupted the owner of another state directory that died while it was typing there */
  { readonly is: 'ours'; readonly interrupted?: Owner } | { readonly is: 'theirs'; readonly owner: Owner };

/** A change of one row takes far less than a millisecond; this is for a machine on which whoever is at it gets no processor. */
const patienceMs = 5_000;
/** What a dead bridge was typing is remembered this long, for whoever takes its pane over. */
const interruptedLivesMs = 24 * 3_600_000;
const touchEveryMs = 3_600_000;
/** So many names in a row are met by one who tidies up only where something is wrong. */
const nameLimit = 20;

/**
 * Who owns which pane, among all bridges of one user: a table in the runtime folder, changed under a short exclusive
 * transaction. A row counts while its bridge lives, and that is told by a lock that the system frees: one file for each
 * bridge, however many panes it has. A pane's key names its server, its id and its first process, so that a restarted
 * agent keeps its owner, and a pane that got an old id has none.
 *
 * The table is opened anew for each question: where a cleaner of temporary folders took it away, everybody goes on with
 * the same new one, and who comes first has the pane.
 */
export class Ownership {
  #id = randomUUID();
  readonly #folder: string;
  readonly #locks: Locks;
  readonly #home: string;
  readonly #now: () => number;
  #alive: Lock | null = null;
  #touchedAt = 0;
  readonly #kept = new Set<string>();
  readonly #borrowed = new Map<string, number>();
  /** a row of a living bridge is taken by nobody: what the table said stands while the table and our lock do */
  #sure: { readonly table: string; readonly keys: Set<string> } | null = null;

  constructor(parts: { home: string; now: () => number; folder?: string }) {
    this.#folder = parts.folder ?? runtimeFolder(process.env);
    this.#locks = new Locks(this.#folder);
    this.#home = parts.home;
    this.#now = parts.now;
  }

  /** Claims panes to be watched, all in one step; those that are ours already stay so. */
  keep(keys: readonly string[]): Map<string, Claim> {
    return this.#change((rows) => {
      const claims = new Map<string, Claim>();
      for (const key of keys) {
        const claim = this.#claim(rows, key);
        claims.set(key, claim);
        if (claim.is === 'ours') this.#kept.add(key);
        else this.#kept.delete(key);
      }
      return claims;
    });
  }

  /** True while nobody can have taken any of these panes that `keep` said are ours: two small looks at files. */
  isSureOf(keys: readonly string[]): boolean {
    const sure = this.#sureKeys();
    return sure !== null && keys.every((key) => sure.has(key));
  }

  /** Panes that are watched no longer. One that is being answered stays ours until that is over. */
  letGo(keys: readonly string[]): void {
    const left = keys.filter((key) => this.#kept.delete(key) && !this.#borrowed.has(key));
    if (left.length > 0) this.#change((rows) => this.#free(rows, left));
  }

  /** The pane is ours for one answer, until `release`. Whoever is about to type says so, for those who may find us dead. */
  borrow(key: string): Borrowed | { readonly owner: Owner } {
    if (!this.#kept.has(key) || !this.isSureOf([key])) {
      const claim = this.#change((rows) => this.#claim(rows, key));
      if (claim.is === 'theirs') return { owner: claim.owner };
    }
    this.#borrowed.set(key, (this.#borrowed.get(key) ?? 0) + 1);
    let isTyping = false;
    let isOver = false;
    return {
      typing: () => {
        if (!isTyping) this.#change((rows) => this.#type(rows, key));
        isTyping = true;
      },
      release: () => {
        if (!isOver) this.#giveBack(key, isTyping);
        isOver = true;
      },
    };
  }

  #giveBack(key: string, wasTyping: boolean): void {
    const others = this.#borrowed.get(key)! - 1;
    if (others > 0) {
      this.#borrowed.set(key, others);
      return;
    }
    this.#borrowed.delete(key);
    if (!this.#kept.has(key)) this.#change((rows) => this.#free(rows, [key]));
    else if (wasTyping) this.#change((rows) => rows.rest(key));
  }

  #claim(rows: Rows, key: string): Claim {
    const claim = rows.claim(key);
    if (claim.is === 'ours') this.#sure?.keys.add(key);
    else this.#sure?.keys.delete(key);
    return claim;
  }

  #type(rows: Rows, key: string): void {
    const claim = this.#claim(rows, key);
    if (claim.is === 'theirs') throw fault(key, `it is owned by ${inWords(claim.owner)} now`);
    rows.type(key);
  }

  #free(rows: Rows, keys: readonly string[]): void {
    for (const key of keys) {
      rows.free(key);
      this.#sure?.keys.delete(key);
    }
  }

  #sureKeys(): ReadonlySet<string> | null {
    const stands = this.#alive?.stands() === true && this.#sure?.table === this.#tableNow();
    if (!stands) this.#sure = null;
    else this.#touch();
    return this.#sure?.keys ?? null;
  }

  /** Cleaners of temporary folders take away what is old. */
  #touch(): void {
    const now = this.#now();
    if (now - this.#touchedAt < touchEveryMs) return;
    this.#touchedAt = now;
    this.#alive?.touch(now);
    utimesSync(this.#file, now / 1000, now / 1000);
  }

  #tableNow(): string | null {
    const facts = lstatSync(this.#file, { bigint: true, throwIfNoEntry: false });
    return facts === undefined ? null : `${facts.dev}:${facts.ino}:${facts.birthtimeNs}`;
  }

  /** Who owns these panes now, for whoever only wants to know; those without a living owner are left out. */
  ownersOf(keys: readonly string[]): Map<string, Owner> {
    const owners = new Map<string, Owner>();
    if (!existsSync(this.#file)) return owners;
    this.#inTable((rows) => {
      for (const key of keys) {
        const owner = rows.ownerOf(key);
        if (owner !== null) owners.set(key, owner);
      }
    });
    return owners;
  }

  /** Everything that is ours is free. */
  close(): void {
    if (this.#alive === null) return;
    try {
      this.#change((rows) => rows.leave());
    } finally {
      this.#kept.clear();
      this.#sure = null;
      this.#alive.release();
      this.#alive = null;
    }
  }

  /** We are known to live before anything is ours. */
  #change<T>(work: (rows: Rows) => T): T {
    prepareFolder(this.#folder);
    if (!this.#alive?.stands()) this.#alive = this.#comeAlive();
    return this.#inTable((rows) => {
      if (this.#sureKeys() === null) this.#sure = { table: this.#tableNow() ?? '', keys: new Set() };
      return work(rows);
    });
  }

  /** Under a new name each time: whoever tidies up may have the file of a new lock in its hands just then. */
  #comeAlive(): Lock {
    this.#alive?.release();
    this.#alive = null;
    this.#sure = null;
    for (let attempt = 0; attempt < nameLimit; attempt++) {
      this.#id = randomUUID();
      const lock = this.#locks.tryAcquire(aliveKey(this.#id));
      if (lock !== null) return lock;
    }
    throw fault(this.#folder, 'no lock is to be had there');
  }

  #inTable<T>(work: (rows: Rows) => T): T {
    try {
      return this.#transaction(work);
    } catch (cause) {
      if (!/not a database|malformed/i.test(String(cause))) {
        throw cause instanceof BridgeError ? cause : fault(this.#file, String(cause), cause);
      }
      // a power cut, or somebody's file: nobody can read what it says, and everybody claims anew
      for (const file of [this.#file, `${this.#file}-journal`]) rmSync(file, { force: true });
      return this.#transaction(work);
    }
  }

  #transaction<T>(work: (rows: Rows) => T): T {
    const table = new DatabaseSync(this.#file, { timeout: patienceMs });
    try {
      chmodSync(this.#file, 0o600);
      // nobody who owned a pane outlives a power cut: nothing has to be on the disk
      table.exec('PRAGMA synchronous = OFF; BEGIN IMMEDIATE');
      table.exec(schema);
      const result = work(new Rows(table, this.#me, (id) => this.#lives(id)));
      table.exec('COMMIT');
      return result;
    } finally {
      table.close();
    }
  }

  #lives(id: string): boolean {
    if (id === this.#id) return true;
    const lock = this.#locks.tryAcquire(aliveKey(id));
    lock?.release();
    return lock === null;
  }

  get #me(): { readonly id: string } & Owner {
    return { id: this.#id, pid: process.pid, home: this.#home, since: this.#now() };
  }

  get #file(): string {
    return join(this.#folder, 'owners.db');
  }
}

const schema = `
  CREATE TABLE IF NOT EXISTS bridges (id TEXT PRIMARY KEY, pid INTEGER NOT NULL, home TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS panes (
    pane TEXT PRIMARY KEY, bridge TEXT NOT NULL, since INTEGER NOT NULL, typing INTEGER NOT NULL
  ) WITHOUT ROWID;`;

interface Row extends Owner {
  readonly bridge: string;
  readonly typing: number;
}

/** The table, within one transaction. */
class Rows {
  readonly #table: DatabaseSyncInstance;
  readonly #me: { readonly id: string } & Owner;
  readonly #lives: (id: string) => boolean;
  readonly #statements = new Map<string, StatementSyncInstance>();
  readonly #known = new Map<string, boolean>();
  #isListed = false;

  constructor(table: DatabaseSyncInstance, me: { readonly id: string } & Owner, lives: (id: string) => boolean) {
    this.#table = table;
    this.#me = me;
    this.#lives = lives;
  }

  claim(pane: string): Claim {
    const row = this.#row(pane);
    if (row?.bridge === this.#me.id) return { is: 'ours' };
    if (row !== null && this.#isAlive(row.bridge)) return { is: 'theirs', owner: ownerIn(row) };
    this.#enter();
    this.#do('INSERT OR REPLACE INTO panes (pane, bridge, since, typing) VALUES (?, ?, ?, 0)').run(
      pane,
      this.#me.id,
      this.#me.since,
    );
    const diedTyping = row !== null && row.typing === 1 && row.home !== this.#me.home;
    return diedTyping ? { is: 'ours', interrupted: ownerIn(row) } : { is: 'ours' };
  }

  type(pane: string): void {
    this.#do('UPDATE panes SET typing = 1 WHERE pane = ? AND bridge = ?').run(pane, this.#me.id);
  }

  /** Nothing is being typed there any more. */
  rest(pane: string): void {
    this.#do('UPDATE panes SET typing = 0 WHERE pane = ? AND bridge = ?').run(pane, this.#me.id);
  }

  free(pane: string): void {
    this.#do('DELETE FROM panes WHERE pane = ? AND bridge = ?').run(pane, this.#me.id);
  }

  ownerOf(pane: string): Owner | null {
    const row = this.#row(pane);
    return row !== null && this.#isAlive(row.bridge) ? ownerIn(row) : null;
  }

  leave(): void {
    this.#do('DELETE FROM panes WHERE bridge = ?').run(this.#me.id);
    this.#do('DELETE FROM bridges WHERE id = ?').run(this.#me.id);
  }

  #row(pane: string): Row | null {
    const found = this.#do(
      'SELECT bridge, typing, since, pid, home FROM panes JOIN bridges ON bridges.id = panes.bridge WHERE pane = ?',
    ).get(pane);
    return (found as Row | undefined) ?? null;
  }

  /** Writes who we are, once, and on that occasion puts away what dead bridges left. */
  #enter(): void {
    const { id, pid, home, since } = this.#me;
    if (this.#isListed || this.#do('SELECT 1 FROM bridges WHERE id = ?').get(id) !== undefined) return;
    this.#isListed = true;
    for (const { id: other } of this.#do('SELECT id FROM bridges').all() as { id: string }[]) {
      if (this.#isAlive(other)) continue;
      const oldest = since - interruptedLivesMs;
      this.#do('DELETE FROM panes WHERE bridge = ? AND (typing = 0 OR since < ?)').run(other, oldest);
      this.#do('DELETE FROM bridges WHERE id = ? AND NOT EXISTS (SELECT 1 FROM panes WHERE bridge = ?)').run(
        other,
        other,
      );
    }
    this.#do('INSERT INTO bridges (id, pid, home) VALUES (?, ?, ?)').run(id, pid, home);
  }

  /** A statement, prepared once. */
  #do(sql: string): StatementSyncInstance {
    const known = this.#statements.get(sql) ?? this.#table.prepare(sql);
    this.#statements.set(sql, known);
    return known;
  }

  /** Asked once for each bridge in a transaction. */
  #isAlive(id: string): boolean {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const lives = this.#lives(id);
    this.#known.set(id, lives);
    return lives;
  }
}

function ownerIn({ pid, home, since }: Row): Owner {
  return { pid, home, since };
}

function aliveKey(id: string): string {
  return `bridge ${id}`;
}

function fault(target: string, reason: string, cause?: unknown): BridgeError {
  return new BridgeError({
    what: 'ownership',
    target,
    reason,
    nextStep: 'free some space there, or set XDG_RUNTIME_DIR to a folder of your own',
    cause,
  });
}
