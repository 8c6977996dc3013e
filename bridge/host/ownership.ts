import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { BridgeError } from '../core/failure.ts';
import { folderId } from './folder-id.ts';
import { fileAt, type Lock, Locks } from './locks.ts';
import { inWords, type Owner, OwnersTable, prepareTable, type Typed } from './owners-table.ts';
import { prepareFolder, runtimeFolder } from './runtime-folder.ts';

/** A pane that is ours for one answer. */
export interface Borrowed {
  /** @throws BridgeError where the pane is not ours any more */
  typing(): void;
  /** what became of what was typed has been seen */
  settled(): void;
  release(): void;
}

export type Claim = { readonly is: 'ours'; readonly typed?: Typed } | { readonly is: 'theirs'; readonly owner: Owner };

/** A change of one row takes far less than a millisecond; this is for a machine on which whoever is at it gets no processor. */
const busyTimeoutMs = 5_000;
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
  /** what was typed last into panes that are ours: by others, and what nobody has seen the end of */
  readonly #typed = new Map<string, Typed>();
  readonly #unsettled = new Set<string>();
  /** a row of a living bridge is taken by nobody: what the table said stands while the table and our lock do */
  #sure: { readonly table: string; readonly keys: Set<string> } | null = null;

  constructor(parts: { home: string; now: () => number; folder?: string }) {
    this.#folder = parts.folder ?? runtimeFolder(process.env);
    this.#locks = new Locks(this.#folder);
    this.#home = parts.home;
    this.#now = parts.now;
  }

  /** Names the folder of the table: whoever shares it has agreed with us there. */
  get folder(): string {
    return folderId(this.#folder);
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

  /**
   * The pane is ours for one answer, until `release`. Whoever is about to type says so, for those who come after us.
   * @param askedAt when what is answered was asked: where another state directory's bridge has typed since, that may have
   *   been the answer, and the pane is not lent
   */
  borrow(key: string, askedAt: number): Borrowed | { readonly owner: Owner } | { readonly typed: Typed } {
    if (!this.#kept.has(key) || !this.isSureOf([key])) {
      const claim = this.#change((rows) => this.#claim(rows, key));
      if (claim.is === 'theirs') return { owner: claim.owner };
    }
    const typed = this.#typed.get(key);
    if (typed !== undefined && typed.at >= askedAt) {
      this.#giveBack(key);
      return { typed };
    }
    this.#borrowed.set(key, (this.#borrowed.get(key) ?? 0) + 1);
    let isTyping = false;
    let isOver = false;
    return {
      typing: () => {
        if (!isTyping) this.#change((rows) => this.#type(rows, key));
        isTyping = true;
      },
      settled: () => this.settle(key),
      release: () => {
        if (isOver) return;
        isOver = true;
        const others = this.#borrowed.get(key)! - 1;
        if (others > 0) this.#borrowed.set(key, others);
        else this.#borrowed.delete(key);
        this.#giveBack(key);
      },
    };
  }

  /**
   * A bridge that does not share our table may have typed into this pane, and nobody saw what became of it: kept here, for whoever
   * answers there next.
   */
  typedBy(key: string, by: Typed['by']): void {
    this.#change((rows) => rows.type(key, by));
    this.#forget(key);
  }

  /** What became of what was typed last into this pane of ours has been seen on its screen. */
  settle(key: string): void {
    if (!this.#unsettled.has(key)) return;
    this.#change((rows) => rows.settle(key));
    this.#unsettled.delete(key);
  }

  #giveBack(key: string): void {
    if (!this.#kept.has(key) && !this.#borrowed.has(key)) this.#change((rows) => this.#free(rows, [key]));
  }

  #claim(rows: OwnersTable, key: string): Claim {
    const owner = rows.claim(key);
    this.#forget(key);
    if (owner !== null) return { is: 'theirs', owner };
    this.#sure?.keys.add(key);
    const typed = rows.typed(key);
    if (typed?.isSettled === false) this.#unsettled.add(key);
    // what our own state directory typed stands in its journal
    if (typed === null || (typed.by.home === this.#home && typed.by.host === undefined)) return { is: 'ours' };
    this.#typed.set(key, typed);
    return { is: 'ours', typed };
  }

  #type(rows: OwnersTable, key: string): void {
    const claim = this.#claim(rows, key);
    if (claim.is === 'theirs') throw fault(key, `it is owned by ${inWords(claim.owner)} now`);
    rows.type(key);
    this.#typed.delete(key);
    this.#unsettled.add(key);
  }

  #free(rows: OwnersTable, keys: readonly string[]): void {
    for (const key of keys) {
      rows.free(key);
      this.#forget(key);
    }
  }

  #forget(key: string): void {
    this.#sure?.keys.delete(key);
    this.#typed.delete(key);
    this.#unsettled.delete(key);
  }

  #sureKeys(): ReadonlySet<string> | null {
    const stands = this.#alive?.stands() === true && this.#sure?.table === fileAt(this.#file);
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
  #change<T>(work: (rows: OwnersTable) => T): T {
    prepareFolder(this.#folder);
    if (!this.#alive?.stands()) this.#alive = this.#comeAlive();
    return this.#inTable((rows) => {
      if (this.#sureKeys() === null) this.#sure = { table: fileAt(this.#file) ?? '', keys: new Set() };
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

  #inTable<T>(work: (rows: OwnersTable) => T): T {
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

  #transaction<T>(work: (rows: OwnersTable) => T): T {
    const table = new DatabaseSync(this.#file, { timeout: busyTimeoutMs });
    try {
      chmodSync(this.#file, 0o600);
      // nobody who owned a pane outlives a power cut: nothing has to be on the disk
      table.exec('PRAGMA synchronous = OFF; BEGIN IMMEDIATE');
      prepareTable(table);
      const result = work(new OwnersTable(table, this.#me, (id) => this.#lives(id)));
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
