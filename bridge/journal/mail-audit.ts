import { createHash, type Hash } from 'node:crypto';
import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import type { Finding } from '../core/finding.ts';
import type { JournalEvent } from '../core/journal-event.ts';
import { entryOf, fileOfThread, mailLogName } from '../core/mail-lines.ts';
import { mailRecord, mailRecordLine } from '../core/mail-record.ts';
import type { Mail, MailState, Message } from '../core/message.ts';
import { foldedName, mailColumns, namesIn } from './mail-indexes.ts';
import { rebuildMail } from './rebuild.ts';

type Row = Record<string, unknown>;
type Value = string | number | null;

interface Thread {
  messages: number;
  lastSeq: number;
  lastAt: number;
  readonly names: Set<string>;
  /** of its file */
  readonly digest: Hash;
}

/** What the files say that repeat what the journal has of mail, by their path in the state directory. */
export interface MailFile {
  /** when an entry was written last */
  readonly lastAt: number;
  /** SHA-256 of what stands in it */
  readonly digest: string;
}

export interface MailAudit {
  readonly findings: readonly Finding[];
  readonly files: ReadonlyMap<string, MailFile>;
}

/** Messages and what became of them, by their events; then what is filed of them, so that it is found. */
export function auditMail(db: DatabaseSyncInstance): MailAudit {
  if (!hasTable(db, 'messages')) return { findings: [], files: new Map() };
  const isIndexed = hasTable(db, 'threads');
  const findings: Finding[] = [];
  const threads = new Map<string, Thread>();
  const mailOf = db.prepare('SELECT * FROM mail WHERE message = ?');
  const eventsOf = db.prepare('SELECT * FROM events WHERE subject = ? ORDER BY seq');
  for (const row of db.prepare('SELECT * FROM messages ORDER BY seq').iterate() as Iterable<Row>) {
    const target = String(row.id);
    const message = read<Message>(row.document, target, 'its entry', findings);
    if (message === null) continue;
    const { id, thread, from, causedBy, group = null, key = null } = message;
    const filed = { id, thread, sender: from.name };
    same(
      row,
      { ...filed, ...(isIndexed && { cause: causedBy, member_group: group, sender_key: key }) },
      target,
      findings,
    );
    const events = (eventsOf.all(id) as Row[]).flatMap((event): JournalEvent[] => {
      const data = read<unknown>(event.data, target, `event ${event.seq}`, findings);
      return [{ seq: Number(event.seq), at: Number(event.at), kind: String(event.kind), subject: target, data }];
    });
    const kept: Mail[] = (mailOf.all(id) as Row[]).flatMap((mail) => {
      const state = read<MailState>(mail.document, target, 'its entry', findings);
      if (state === null) return [];
      const member = String(mail.member);
      const columns = {
        seq: Number(row.seq),
        unread: mailColumns(message, state).unread,
        expires_at: deadlineOf(message, member, events),
      };
      same(mail, { state: state.is, ...(isIndexed && columns) }, target, findings);
      return [{ message: id, member, state }];
    });
    findings.push(...rebuildMail(message, kept, events));
    noteIn(threads, message, Number(row.seq));
  }
  if (isIndexed) findings.push(...auditThreads(db, threads), ...auditWords(db));
  return { findings, files: isIndexed ? filesOf(db, threads) : new Map() };
}

/** When it expires for this recipient, by what was recorded: it moves with the clock for as long as it can. */
function deadlineOf(message: Message, member: string, events: readonly JournalEvent[]): number | null {
  let deadline: number | null = null;
  for (const { kind, data } of events) {
    const fields = data as { readonly member?: string; readonly state?: MailState; readonly byMs?: number } | null;
    if (kind === 'message-deadline-moved') deadline = deadline === null ? null : deadline + (fields?.byMs ?? 0);
    else if (fields?.state !== undefined && (fields.member ?? member) === member) {
      const { expiresAt } = mailColumns(message, fields.state);
      deadline = expiresAt === null ? null : (deadline ?? expiresAt);
    }
  }
  return deadline;
}

function noteIn(threads: Map<string, Thread>, message: Message, seq: number): void {
  const { thread, sentAt } = message;
  const noted = threads.get(thread) ?? {
    messages: 0,
    lastSeq: 0,
    lastAt: 0,
    names: new Set(),
    digest: createHash('sha256'),
  };
  noted.messages += 1;
  noted.digest.update(entryOf(message));
  noted.lastSeq = seq;
  noted.lastAt = Math.max(noted.lastAt, sentAt);
  for (const name of namesIn(message)) noted.names.add(name);
  threads.set(thread, noted);
}

function filesOf(db: DatabaseSyncInstance, threads: ReadonlyMap<string, Thread>): Map<string, MailFile> {
  const files = new Map<string, MailFile>();
  for (const [name, { lastAt, digest }] of threads) {
    const file = fileOfThread(name);
    if (file !== null) files.set(file, { lastAt, digest: digest.digest('hex') });
  }
  const log = createHash('sha256');
  let lastAt = 0;
  const messageOf = db.prepare('SELECT document FROM messages WHERE id = ?');
  const message = (id: string) => {
    const row = messageOf.get(id) as Row | undefined;
    return row === undefined ? null : (JSON.parse(String(row.document)) as Message);
  };
  for (const row of db
    .prepare("SELECT * FROM events WHERE kind GLOB 'message-*' ORDER BY seq")
    .iterate() as Iterable<Row>) {
    const [seq, at] = [Number(row.seq), Number(row.at)];
    const event = { seq, at, kind: String(row.kind), subject: String(row.subject), data: JSON.parse(String(row.data)) };
    log.update(mailRecordLine(mailRecord(event, message)));
    lastAt = Math.max(lastAt, at);
  }
  if (lastAt > 0) files.set(mailLogName, { lastAt, digest: log.digest('hex') });
  return files;
}

function auditThreads(db: DatabaseSyncInstance, threads: ReadonlyMap<string, Thread>): Finding[] {
  const findings: Finding[] = [];
  const participants = db.prepare('SELECT name FROM participants WHERE thread = ?');
  const unseen = new Set(threads.keys());
  for (const row of db.prepare('SELECT * FROM threads').all() as Row[]) {
    const name = String(row.name);
    const thread = threads.get(name);
    unseen.delete(name);
    if (thread === undefined) {
      findings.push({ kind: 'disagrees', target: name, what: 'it is listed as a thread, and has no message' });
      continue;
    }
    const { messages, lastSeq, lastAt } = thread;
    same(row, { folded: foldedName(name), messages, last_seq: lastSeq, last_at: lastAt }, name, findings);
    const filed = (participants.all(name) as Row[]).map((one) => String(one.name)).sort();
    const named = [...thread.names].sort();
    // who took part in what is archived is still known
    if (!named.every((one) => filed.includes(one)))
      findings.push({
        kind: 'disagrees',
        target: name,
        what: `who takes part is filed as ${filed.join(', ')}, and is ${named.join(', ')}`,
      });
  }
  for (const name of unseen)
    findings.push({ kind: 'disagrees', target: name, what: 'it has messages, and is not listed as a thread' });
  return findings;
}

/** The words of each message are filed, or are to be, and no others. */
function auditWords(db: DatabaseSyncInstance): Finding[] {
  const due = hasTable(db, 'words_due') ? 'seq >= (SELECT min(seq) FROM words_due)' : 'false';
  const filed = 'SELECT id FROM message_words_docsize';
  const lost = db
    .prepare(`SELECT id FROM messages WHERE seq NOT IN (${filed}) AND coalesce(${due}, false) = false`)
    .all() as Row[];
  const { count } = db
    .prepare(`SELECT count(*) AS count FROM (${filed}) WHERE id NOT IN (SELECT seq FROM messages)`)
    .get() as { count: number };
  return [
    ...lost.map(({ id }) => ({ kind: 'disagrees', target: String(id), what: 'its words are not searched' }) as const),
    ...(count === 0
      ? []
      : [{ kind: 'disagrees', target: 'search', what: `it finds ${count} messages that are not there` } as const]),
  ];
}

function same(row: Row, columns: Readonly<Record<string, Value>>, target: string, findings: Finding[]): void {
  for (const [column, value] of Object.entries(columns)) {
    if (row[column] !== value)
      findings.push({ kind: 'disagrees', target, what: `its ${column} is filed as ${row[column]}, and is ${value}` });
  }
}

function read<T>(text: unknown, target: string, what: string, findings: Finding[]): T | null {
  try {
    return JSON.parse(String(text)) as T;
  } catch {
    findings.push({ kind: 'damaged', target, what: `${what} is not readable` });
    return null;
  }
}

function hasTable(db: DatabaseSyncInstance, name: string): boolean {
  return db.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(name) !== undefined;
}
