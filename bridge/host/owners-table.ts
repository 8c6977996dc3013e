import type { DatabaseSyncInstance, StatementSyncInstance } from '@photostructure/sqlite';

/** Which bridge watches and answers a pane. */
export interface Owner {
  readonly pid: number;
  /** its state directory */
  readonly home: string;
  readonly since: number;
  /** left out: this one */
  readonly host?: string;
}

export function inWords({ home, pid, host }: Pick<Owner, 'pid' | 'home' | 'host'>): string {
  return `the bridge of ${home}${host === undefined ? '' : ` on ${host}`} (pid ${pid})`;
}

/** What a bridge of another state directory typed last into a pane that was its own. */
export interface Typed {
  readonly by: Pick<Owner, 'pid' | 'home' | 'host'>;
  readonly at: number;
  /** what became of it has been seen on the screen; else it may still be drawn there, as an answer that has arrived */
  readonly isSettled: boolean;
}

/** What a bridge typed is remembered this long, for whoever takes its pane over. */
const typedLivesMs = 24 * 3_600_000;

const version = 3;
const schema = `
  CREATE TABLE bridges (id TEXT PRIMARY KEY, pid INTEGER NOT NULL, home TEXT NOT NULL);
  CREATE TABLE panes (pane TEXT PRIMARY KEY, bridge TEXT NOT NULL, since INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE typed (
    pane TEXT PRIMARY KEY, pid INTEGER NOT NULL, home TEXT NOT NULL, host TEXT, at INTEGER NOT NULL, settled INTEGER NOT NULL
  ) WITHOUT ROWID;
  PRAGMA user_version = ${version};`;

/** A table of an older bridge is begun anew: everybody claims again. */
export function prepareTable(table: DatabaseSyncInstance): void {
  const { user_version: found } = table.prepare('PRAGMA user_version').get() as { user_version: number };
  if (found === version) return;
  for (const name of ['bridges', 'panes', 'typed']) table.exec(`DROP TABLE IF EXISTS ${name}`);
  table.exec(schema);
}

interface TypedRow {
  readonly pid: number;
  readonly home: string;
  readonly host: string | null;
  readonly at: number;
  readonly settled: number;
}

interface Row extends Owner {
  readonly bridge: string;
}

/** Who owns which pane, and what was typed there last: the rows, within one transaction. */
export class OwnersTable {
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

  /** @returns whose it is, where it is not ours now */
  claim(pane: string): Owner | null {
    const row = this.#row(pane);
    if (row?.bridge === this.#me.id) return null;
    if (row !== null && this.#isAlive(row.bridge)) return ownerIn(row);
    this.#enter();
    this.#do('INSERT OR REPLACE INTO panes (pane, bridge, since) VALUES (?, ?, ?)').run(
      pane,
      this.#me.id,
      this.#me.since,
    );
    return null;
  }

  /** Somebody has typed there; left out: we. */
  type(pane: string, by: Typed['by'] = this.#me): void {
    const { pid, home, host = null } = by;
    const row = 'INSERT OR REPLACE INTO typed (pane, pid, home, host, at, settled) VALUES (?, ?, ?, ?, ?, 0)';
    this.#do(row).run(pane, pid, home, host, this.#me.since);
  }

  typed(pane: string): Typed | null {
    const found = this.#do('SELECT pid, home, host, at, settled FROM typed WHERE pane = ?').get(pane);
    if (found === undefined) return null;
    const { pid, home, host, at, settled } = found as unknown as TypedRow;
    const by = { pid, home, ...(host !== null && { host }) };
    const { since: now } = this.#me;
    // a clock that was set back since: nothing is typed later than now
    if (at > now) this.#do('UPDATE typed SET at = ? WHERE pane = ?').run(now, pane);
    return { by, at: Math.min(at, now), isSettled: settled === 1 };
  }

  settle(pane: string): void {
    this.#do('UPDATE typed SET settled = 1 WHERE pane = ?').run(pane);
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
      'SELECT bridge, since, pid, home FROM panes JOIN bridges ON bridges.id = panes.bridge WHERE pane = ?',
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
      this.#do('DELETE FROM panes WHERE bridge = ?').run(other);
      this.#do('DELETE FROM bridges WHERE id = ?').run(other);
    }
    this.#do('DELETE FROM typed WHERE at < ?').run(since - typedLivesMs);
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
