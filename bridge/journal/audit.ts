import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import type { Delivery } from '../core/envelope.ts';
import type { Finding, FindingKind } from '../core/finding.ts';
import type { JournalEvent } from '../core/journal-event.ts';
import { identityKey } from '../core/pane.ts';
import { originOf, type Request } from '../core/request.ts';
import { isCorruption, journalFault } from './faults.ts';
import { auditMail, type MailFile } from './mail-audit.ts';
import { auditMembers } from './member-audit.ts';
import { rebuildDelivery, rebuildRequest, rebuildThread } from './rebuild.ts';
import { refuseForeign } from './schema.ts';
import { digest } from './statements.ts';

/** How a reader waits for the moment in which a writer holds the whole database. */
const busyTimeoutMs = 5_000;

export interface Audit {
  readonly findings: readonly Finding[];
  readonly counts: {
    readonly requests: number;
    readonly deliveries: number;
    readonly events: number;
    readonly archived: number;
  };
  /** every request that is not archived, by id */
  readonly requests: ReadonlyMap<string, { readonly request: Request; readonly updatedAt: number }>;
  /** what has left for an archive, by id: the archive's file */
  readonly archived: ReadonlyMap<string, string>;
  /** the files that repeat what the journal has of mail, by their path in the state directory */
  readonly mailFiles: ReadonlyMap<string, MailFile>;
}

/**
 * Reads a whole journal, as it is at one moment, and changes nothing; a bridge may go on with its work meanwhile. Every
 * life is rebuilt from its events, held to the lifecycle, and compared with what is kept of it.
 * @param archive the folder of the archives
 * @throws BridgeError when it cannot be opened, is another program's, or was written by a newer bridge
 */
export function auditJournal(path: string, archive: string): Audit {
  let db: DatabaseSyncInstance | null = null;
  try {
    db = new DatabaseSync(path, { readOnly: true, timeout: busyTimeoutMs });
    refuseForeign(db, path);
    db.exec('BEGIN');
    // A journal that is just being begun.
    const version = Number(Object.values(db.prepare('PRAGMA user_version').get() ?? {})[0]);
    if (version === 0) return nothingFound;
    return new Auditor(db, path, archive, version >= addressedSince).audit();
  } catch (error) {
    if (isCorruption(error)) {
      return { ...nothingFound, findings: [{ kind: 'damaged', target: path, what: String(error) }] };
    }
    throw journalFault(path, error);
  } finally {
    if (db?.isTransaction) db.exec('COMMIT');
    db?.close();
  }
}

/** Of a home where nothing has happened yet. */
export const nothingFound: Audit = {
  findings: [],
  counts: { requests: 0, deliveries: 0, events: 0, archived: 0 },
  requests: new Map(),
  archived: new Map(),
  mailFiles: new Map(),
};

/** The schema from which on rows name the servers of their panes. */
const addressedSince = 3;

class Auditor {
  readonly #db: DatabaseSyncInstance;
  readonly #path: string;
  readonly #archive: string;
  readonly #isAddressed: boolean;
  readonly #findings: Finding[] = [];

  /** @param isAddressed rows name the servers of their panes */
  constructor(db: DatabaseSyncInstance, path: string, archive: string, isAddressed: boolean) {
    this.#db = db;
    this.#path = path;
    this.#archive = archive;
    this.#isAddressed = isAddressed;
  }

  audit(): Audit {
    this.#integrity();
    const archived = this.#archivedRows();
    const requests = new Map<string, { request: Request; updatedAt: number }>();
    for (const row of this.#rows('SELECT * FROM requests ORDER BY seq')) {
      const request = this.#read<Request>(row);
      if (request === null) continue;
      requests.set(request.id, { request, updatedAt: Number(row.updated_at) });
      const { host, server } = request.pane;
      this.#sameColumns(row, {
        id: request.id,
        state: request.state.is,
        ...(this.#isAddressed && { host, server, pane: identityKey(request.pane), origin: digest(originOf(request)) }),
      });
    }
    const threads = new Map<string, Delivery[]>();
    const deliveries = new Map<string, Delivery>();
    for (const row of this.#rows('SELECT * FROM deliveries ORDER BY seq')) {
      const delivery = this.#read<Delivery>(row);
      if (delivery === null) continue;
      const { id, envelope, state, recipient } = delivery;
      deliveries.set(id, delivery);
      threads.set(envelope.thread, [...(threads.get(envelope.thread) ?? []), delivery]);
      const { host, server } = recipient;
      this.#sameColumns(row, {
        id,
        state: state.is,
        thread: envelope.thread,
        ...(this.#isAddressed && { host, server, pane: identityKey(recipient) }),
      });
    }
    for (const { request } of requests.values()) {
      this.#findings.push(...rebuildThread(request, threads.get(request.id) ?? []));
    }
    this.#rebuild(requests, deliveries);
    const mail = auditMail(this.#db);
    this.#findings.push(...auditMembers(this.#db), ...mail.findings);
    const events = this.#sequence(archived);
    this.#archives(archived);
    return {
      findings: this.#findings,
      counts: { requests: requests.size, deliveries: deliveries.size, events, archived: archived.size },
      requests,
      archived: new Map([...archived].map(([subject, { file }]) => [subject, file])),
      mailFiles: mail.files,
    };
  }

  #integrity(): void {
    for (const row of this.#rows('PRAGMA integrity_check(20)')) {
      const said = String(Object.values(row)[0]);
      if (said !== 'ok') this.#found('damaged', this.#path, said);
    }
  }

  /** Every life, from the events in the order of their subjects: none of them is held in memory longer than its own. */
  #rebuild(requests: Audit['requests'], deliveries: ReadonlyMap<string, Delivery>): void {
    const unseen = new Set([...requests.keys(), ...deliveries.keys()]);
    const finish = (life: JournalEvent[]) => {
      const subject = life[0]?.subject;
      if (subject === undefined) return;
      unseen.delete(subject);
      const request = requests.get(subject)?.request;
      const delivery = deliveries.get(subject);
      if (request) this.#findings.push(...rebuildRequest(request, life));
      else if (delivery) this.#findings.push(...rebuildDelivery(delivery, life));
      else if (/^(request|delivery)-/.test(life[0]!.kind)) {
        this.#found('disagrees', subject, `it has ${life.length} events, and is neither kept nor archived`);
      }
    };
    let life: JournalEvent[] = [];
    for (const row of this.#rows('SELECT * FROM events ORDER BY subject, seq')) {
      const event = this.#event(row);
      if (event === null) continue;
      if (life[0] && life[0].subject !== event.subject) {
        finish(life);
        life = [];
      }
      life.push(event);
    }
    finish(life);
    for (const id of unseen) this.#found('disagrees', id, 'it is kept, and no event tells of it');
  }

  /** Numbers are given once and in order: those that are missing are the archived ones. */
  #sequence(archived: ReadonlyMap<string, { readonly events: number }>): number {
    const last = Number(this.#one("SELECT seq FROM sqlite_sequence WHERE name = 'events'") ?? 0);
    const events = Number(this.#one('SELECT count(*) FROM events') ?? 0);
    const away = [...archived.values()].reduce((sum, row) => sum + row.events, 0);
    const lost = last - events - away;
    if (lost !== 0) {
      this.#found('gap', this.#path, `${last} events were recorded, ${events} are here and ${away} archived`);
    }
    return events;
  }

  #archivedRows(): Map<string, { readonly file: string; readonly events: number }> {
    const isThere = this.#one("SELECT 1 FROM sqlite_schema WHERE name = 'archived'") !== null;
    const rows = isThere ? this.#rows('SELECT subject, file, events FROM archived') : [];
    return new Map(
      [...rows].map((row) => [String(row.subject), { file: String(row.file), events: Number(row.events) }]),
    );
  }

  #archives(archived: ReadonlyMap<string, { readonly file: string; readonly events: number }>): void {
    const files = new Map<string, Array<[string, number]>>();
    for (const [subject, { file, events }] of archived)
      files.set(file, [...(files.get(file) ?? []), [subject, events]]);
    for (const [file, subjects] of files) {
      const path = join(this.#archive, file);
      if (!existsSync(path)) this.#found('archive-away', path, `it holds ${subjects.length} archived entries`);
      else this.#archiveFile(path, subjects);
    }
  }

  #archiveFile(path: string, subjects: ReadonlyArray<readonly [string, number]>): void {
    let db: DatabaseSyncInstance | null = null;
    try {
      db = new DatabaseSync(path, { readOnly: true, timeout: busyTimeoutMs });
      const sound = db.prepare('PRAGMA integrity_check(1)').get() as { integrity_check: string };
      if (sound.integrity_check !== 'ok') throw new Error(sound.integrity_check);
      const hasMail = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'messages'").get() !== undefined;
      const tables = ['requests', 'deliveries', ...(hasMail ? ['messages'] : [])];
      const kept = db.prepare(tables.map((table) => `SELECT id FROM ${table} WHERE id = ?1`).join(' UNION ALL '));
      const counted = db.prepare('SELECT count(*) AS n FROM events WHERE subject = ?');
      const lost = subjects.filter(([subject, events]) => {
        const { n } = counted.get(subject) as { n: number };
        return kept.get(subject) === undefined || Number(n) !== events;
      });
      if (lost.length > 0)
        this.#found('archive-damaged', path, `${lost.length} entries are not whole: ${lost[0]![0]}, …`);
    } catch (error) {
      this.#found('archive-damaged', path, String(error instanceof Error ? error.message : error));
    } finally {
      db?.close();
    }
  }

  #sameColumns(row: Record<string, unknown>, document: Readonly<Record<string, string>>): void {
    for (const [column, value] of Object.entries(document)) {
      if (row[column] !== value)
        this.#found('disagrees', String(row.id), `its ${column} is filed as ${row[column]}, and is ${value}`);
    }
  }

  #read<T>(row: Record<string, unknown>): T | null {
    try {
      return JSON.parse(String(row.document)) as T;
    } catch {
      this.#found('damaged', String(row.id), 'its entry is not readable');
      return null;
    }
  }

  #event(row: Record<string, unknown>): JournalEvent | null {
    const [seq, at] = [Number(row.seq), Number(row.at)];
    try {
      return { seq, at, kind: String(row.kind), subject: String(row.subject), data: JSON.parse(String(row.data)) };
    } catch {
      this.#found('damaged', String(row.subject), `event ${seq} is not readable`);
      return null;
    }
  }

  #rows(sql: string): Iterable<Record<string, unknown>> {
    return this.#db.prepare(sql).iterate() as Iterable<Record<string, unknown>>;
  }

  #one(sql: string): unknown {
    const row = this.#db.prepare(sql).get() as Record<string, unknown> | undefined;
    return row === undefined ? null : (Object.values(row)[0] ?? null);
  }

  #found(kind: FindingKind, target: string, what: string): void {
    this.#findings.push({ kind, target, what });
  }
}
