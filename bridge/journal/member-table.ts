import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import type { JournaledKind } from '../core/events.ts';
import type { NewJournalEvent } from '../core/journal-event.ts';
import { keptMember, type Member, memberOf } from '../core/member.ts';
import type { Within } from './within.ts';

/** The projection of members: each as the last of its events has it. */
export class MemberTable {
  readonly #db: DatabaseSyncInstance;
  readonly #within: Within;
  readonly #sql: ReturnType<typeof prepare>;
  #writes = 0;
  #known: { readonly version: string; readonly members: readonly Member[] } | null = null;
  /** by the documents that they were read from: where one member has changed, the others are not read again */
  #parsed: ReadonlyMap<string, Member> = new Map();

  constructor(db: DatabaseSyncInstance, within: Within) {
    this.#db = db;
    this.#within = within;
    this.#sql = prepare(db);
  }

  save(member: Member, event: { readonly at: number; readonly kind: JournaledKind }): void {
    this.#write({ ...event, subject: member.name, data: { member } }, () =>
      this.#sql.put.run(member.name, JSON.stringify(member)),
    );
  }

  remove(name: string, at: number): void {
    this.#write({ at, kind: 'member-removed', subject: name, data: {} }, () => this.#sql.drop.run(name));
  }

  of(name: string): Member | null {
    if (this.#known?.version === this.#version()) return memberOf(name, this.#known.members);
    const row = this.#within.run(() => this.#sql.one.get(name)) as { document: string } | undefined;
    return row === undefined ? null : memberIn(row);
  }

  /** In order of their names: the same list while nobody has changed it. What may be undone yet is not remembered. */
  all(): readonly Member[] {
    const version = this.#version();
    if (this.#known?.version === version) return this.#known.members;
    const members = this.#read();
    if (!this.#db.isTransaction) this.#known = { version, members };
    return members;
  }

  /** Another one after each write, here or by another connection. */
  #version(): string {
    const { data_version } = this.#within.run(() => this.#sql.version.get()) as { data_version: number };
    return `${data_version}|${this.#writes}`;
  }

  #read(): readonly Member[] {
    const rows = this.#within.run(() => this.#sql.all.all()) as Array<{ document: string }>;
    const before = this.#parsed;
    const members = rows.map((row) => before.get(row.document) ?? memberIn(row));
    this.#parsed = new Map(rows.map(({ document }, at) => [document, members[at]!]));
    return members;
  }

  #write(event: NewJournalEvent, put: () => unknown): void {
    this.#writes += 1;
    this.#within.transact(() => {
      this.#within.record(event);
      this.#within.run(put);
    });
  }
}

function memberIn({ document }: { readonly document: string }): Member {
  return keptMember(JSON.parse(document) as Member);
}

function prepare(db: DatabaseSyncInstance) {
  return {
    put: db.prepare(
      'INSERT INTO members (name, document) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET document = excluded.document',
    ),
    drop: db.prepare('DELETE FROM members WHERE name = ?'),
    one: db.prepare('SELECT document FROM members WHERE name = ?'),
    all: db.prepare('SELECT document FROM members ORDER BY name'),
    // another number after each commit of another connection
    version: db.prepare('PRAGMA data_version'),
  };
}
