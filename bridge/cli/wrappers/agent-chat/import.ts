import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import type * as z from 'zod';
import type { importMail } from '../../../api/import-mail.ts';
import { cleaned, isBlank } from '../../../core/cleaning.ts';
import { messageOf } from '../../../core/failure.ts';
import { groupName, humanName, memberName } from '../../../core/member.ts';
import { Refusal } from '../refusal.ts';

type Taken = z.input<(typeof importMail)['args']>;
type ImportedMember = Taken['members'][number] & { groups: string[] };
type ImportedEntry = Taken['entries'][number];
type Row = Readonly<Record<string, unknown>>;

export interface ChatFile {
  readonly members: ImportedMember[];
  readonly entries: ImportedEntry[];
  /** what is no name or no message for bridge, in words */
  readonly leftOut: readonly string[];
}

/** Longer ones than bridge takes. */
const longestBody = 1024 * 1024;

/** What agent-chat has kept in this file, in our terms. A copy of it is read. @throws Refusal for a file that is none of its */
export function chatIn(file: string): ChatFile {
  if (!existsSync(file)) throw new Refusal(`${file}: is not there`);
  const folder = mkdtempSync(join(tmpdir(), 'bridge-agent-chat-'));
  try {
    const copy = join(folder, 'copy.db');
    copyFileSync(file, copy);
    // what its server has not written into the file itself yet
    if (existsSync(`${file}-wal`)) copyFileSync(`${file}-wal`, `${copy}-wal`);
    const db = new DatabaseSync(copy);
    try {
      return readFrom(db);
    } finally {
      db.close();
    }
  } catch (fault) {
    if (fault instanceof Refusal) throw fault;
    throw new Refusal(`${file}: ${messageOf(fault)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readFrom(db: DatabaseSyncInstance): ChatFile {
  const leftOut: string[] = [];
  const groupsOf = rowsByName(rows(db, 'agent_groups'));
  const members: ImportedMember[] = [];
  for (const row of rows(db, 'agents', true)) {
    const name = wordIn(row, 'name');
    if (isName(name))
      members.push({ name, groups: groupsIn(row, groupsOf.get(name) ?? []), registeredBy: 'agent-chat' });
    else leftOut.push(`agent ${JSON.stringify(name)}: is no name for bridge`);
  }
  const readBy = rowsByName(rows(db, 'message_reads'), 'message_id');
  const messages = rows(db, 'messages', true);
  const senders = new Map(messages.map((row) => [wordIn(row, 'id'), wordIn(row, 'from_agent', 'from', 'sender')]));
  const entries: ImportedEntry[] = [];
  for (const row of messages) {
    const entry = entryOf(row, { members, readBy, senders });
    if (typeof entry === 'string') leftOut.push(`message ${JSON.stringify(wordIn(row, 'id'))}: ${entry}`);
    else entries.push(entry);
  }
  return { members, entries: entries.sort((a, b) => a.sentAt - b.sentAt), leftOut };
}

/** @returns why it is none for bridge, where it is none */
function entryOf(
  row: Row,
  known: {
    readonly members: readonly ImportedMember[];
    readonly readBy: ReadonlyMap<string, readonly Row[]>;
    readonly senders: ReadonlyMap<string, string>;
  },
): ImportedEntry | string {
  const id = wordIn(row, 'id');
  const [from, to] = [wordIn(row, 'from_agent', 'from', 'sender'), wordIn(row, 'to_agent', 'to', 'recipient')];
  const group = wordIn(row, 'grp', 'group', 'group_name');
  const body = wordIn(row, 'content', 'body');
  const sentAt = instantIn(row.created_at);
  if (!isName(from)) return 'its sender is no name for bridge';
  if (group === '' && !isName(to) && to !== humanName) return 'its recipient is no name for bridge';
  if (group !== '' && !isGroup(group)) return 'its group is no name for bridge';
  if (isBlank(cleaned(body).trim())) return 'nothing in it is visible';
  if (body.length > longestBody) return `it has more than ${longestBody} characters`;
  if (Number.isNaN(sentAt)) return 'when it was sent is not known';
  const inGroup = known.members.filter((member) => member.groups.includes(group)).map(({ name }) => name);
  const recipients = group === '' ? [to] : inGroup.filter((name) => name !== from);
  const readers = (known.readBy.get(id) ?? []).map((read) => wordIn(read, 'agent_name', 'agent', 'reader'));
  const isAgent = (name: string) => known.members.some((member) => member.name === name);
  const answered = wordIn(row, 'in_reply_to');
  const author = known.senders.get(answered);
  return {
    from,
    to: group === '' ? to : null,
    ...(group !== '' && { group, recipients }),
    unreadBy: recipients.filter((name) => isAgent(name) && !readers.includes(name)),
    ...(author !== undefined && isName(author) && { answers: { from: author, key: keyOf(answered) } }),
    sentAt,
    body,
    key: keyOf(id),
  };
}

function keyOf(id: string): string {
  return `agent-chat:${id}`.slice(0, 128);
}

/** Its own list of them, and the table that came later. */
function groupsIn(row: Row, more: readonly Row[]): string[] {
  const own = wordIn(row, 'groups');
  let listed: unknown;
  try {
    listed = JSON.parse(own);
  } catch {
    listed = own.split(',').map((one) => one.trim());
  }
  const names = [
    ...(Array.isArray(listed) ? listed : []),
    ...more.map((one) => wordIn(one, 'group_name', 'grp', 'group')),
  ];
  return [...new Set(names)].filter((one): one is string => typeof one === 'string' && isGroup(one));
}

/** @param isNeeded without it the file is none of agent-chat's */
function rows(db: DatabaseSyncInstance, table: string, isNeeded = false): Row[] {
  const isThere = db.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?").get(table) !== undefined;
  if (!isThere && isNeeded) throw new Refusal(`has no table ${table}, and is no file of agent-chat`);
  return isThere ? (db.prepare(`SELECT * FROM ${table} ORDER BY rowid`).all() as Row[]) : [];
}

function rowsByName(all: readonly Row[], ...columns: readonly string[]): Map<string, Row[]> {
  const names = columns.length > 0 ? columns : ['agent_name', 'agent', 'name'];
  const found = new Map<string, Row[]>();
  for (const row of all) {
    const name = wordIn(row, ...names);
    found.set(name, [...(found.get(name) ?? []), row]);
  }
  return found;
}

/** Versions of agent-chat call a column by one of these names. */
function wordIn(row: Row, ...columns: readonly string[]): string {
  const column = columns.find((one) => one in row);
  const value = column === undefined ? null : row[column];
  return value === null || value === undefined ? '' : String(value);
}

/** As SQLite, or Go's driver for it, writes an instant: `2026-05-28 15:49:00.123456789+00:00`, or seconds or milliseconds. */
function instantIn(value: unknown): number {
  if (typeof value === 'number' || typeof value === 'bigint') {
    const number = Number(value);
    return number < 1e11 ? number * 1_000 : number;
  }
  const parts = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d+)?\s*(Z|[+-]\d\d:?\d\d)?/.exec(String(value));
  if (parts === null) return Number.NaN;
  const [, day, time, fraction = '', zone = 'Z'] = parts;
  return Date.parse(`${day}T${time}${fraction.slice(0, 4)}${zone}`);
}

function isName(name: string): boolean {
  return isAccepted(() => memberName(name));
}

function isGroup(name: string): boolean {
  return isAccepted(() => groupName(name));
}

function isAccepted(check: () => string): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}
