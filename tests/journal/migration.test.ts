import { spawn } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { serverId, type TurnId } from '../../bridge/core/ids.ts';
import { identityKey, type PaneIdentity } from '../../bridge/core/pane.ts';
import { earlierOriginOf, originOf } from '../../bridge/core/request.ts';
import { auditJournal } from '../../bridge/journal/audit.ts';
import { Journal } from '../../bridge/journal/journal.ts';
import { schemaVersion } from '../../bridge/journal/schema.ts';
import { digest } from '../../bridge/journal/statements.ts';
import { buildChild, run } from './children.ts';
import { now, somePane } from './samples.ts';

// Written by bridge 0.1.0 at schema 1: twelve requests in every state of life, one a day from 2026-08-01, 87 events.
const old = join(import.meta.dirname, 'fixtures/schema-1.db');
// The same at schema 2, with the first three threads archived, and what a dialog's watcher remembers.
const second = join(import.meta.dirname, 'fixtures/schema-2.db');

/** The fixtures' pane, as it is known before a living one is found that it can only have been. */
const earlierPane: PaneIdentity = { ...somePane, host: '', server: serverId(100, 0) };

let child: Awaited<ReturnType<typeof buildChild>>;
let folder: string;
let path: string;

beforeAll(async () => {
  child = await buildChild();
});
afterAll(() => child.remove());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridge-migration-'));
  path = anotherOld('home');
});

/** A file of its own each time: SQLite knows a database by its inode, and this process may still have the last one open. */
function anotherOld(name: string, from = old): string {
  mkdirSync(join(folder, name));
  const copy = join(folder, name, 'bridge.db');
  copyFileSync(from, copy);
  chmodSync(copy, 0o600);
  return copy;
}
afterEach(() => rmSync(folder, { recursive: true }));

/** All that is in a database, table by table, whatever its schema. */
function contents(file: string): Record<string, unknown[]> {
  const db = new DatabaseSync(file, { readOnly: true });
  const tables = ['events', 'requests', 'deliveries', 'memory'];
  const all = Object.fromEntries(tables.map((table) => [table, db.prepare(`SELECT * FROM ${table}`).all()]));
  db.close();
  return all;
}

type Rows = Record<string, Array<Record<string, unknown>>>;

/** What a journal from before panes had addresses holds once it is brought forward: the same, on a server that nobody knows. */
function addressed(before: Record<string, unknown[]>): Rows {
  const pane = { host: '', server: '100@0' };
  const placed = (key: 'pane' | 'recipient') => (row: Record<string, unknown>) => {
    const document = JSON.parse(String(row.document));
    const { serverPid, ...rest } = document[key];
    expect(serverPid).toBe(100);
    const next = { ...document, [key]: { ...rest, ...pane } };
    const origin = key === 'pane' ? { origin: digest(originOf(next)) } : {};
    return { ...row, ...pane, ...origin, pane: '|100@0|%3|200', document: next };
  };
  const { requests, deliveries, memory, ...rest } = before as Rows;
  const keyed = (memory ?? []).map((row) => ({
    ...row,
    key: String(row.key).replace('/run/tmux/s|100|', '|100@0|'),
  }));
  return {
    ...rest,
    requests: requests!.map(placed('pane')),
    deliveries: deliveries!.map(placed('recipient')),
    memory: keyed.sort((a, b) => a.key.localeCompare(b.key)),
  };
}

/** The same with its documents read: the order of their keys says nothing. */
function read(all: Record<string, unknown[]>): Rows {
  const parsed = (rows: Array<Record<string, unknown>>) =>
    rows.map((row) => ({ ...row, document: JSON.parse(String(row.document)) }));
  const { requests, deliveries, ...rest } = all as Rows;
  return { ...rest, requests: parsed(requests!), deliveries: parsed(deliveries!) };
}

function versionOf(file: string): number {
  const db = new DatabaseSync(file, { readOnly: true });
  const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number };
  db.close();
  return Number(version);
}

test('the fixture is what it says: schema 1, of which nothing of today is in it', () => {
  expect(versionOf(old)).toBe(1);
  expect(schemaVersion).toBeGreaterThan(1);
  const { requests, deliveries, events } = contents(old);
  expect([requests, deliveries, events].map((rows) => rows!.length)).toEqual([12, 9, 87]);
});

test('a journal of an older bridge is read with everything in it, and goes on', () => {
  const before = contents(old);
  const { journal, setAside } = Journal.open(path, { now });
  expect(setAside).toBeNull();
  expect(versionOf(path)).toBe(schemaVersion);
  expect(read(contents(path))).toEqual(addressed(before));
  expect(journal.requests({ open: true }).map((request) => request.state.is)).toEqual([
    'answered',
    'answered',
    'asked',
    'open',
  ]);
  expect(journal.deliveries({ open: true }).map((delivery) => delivery.state.is)).toEqual(['typed', 'queued']);
  const first = journal.requests()[0]!;
  expect(journal.requests({ origin: originOf(first) })).toEqual([first]);
  expect(journal.requests({ pane: identityKey(earlierPane) })).toHaveLength(12);
  expect(journal.memory(`watch|${identityKey(earlierPane)}|300|4711`)).toEqual({ turn: { number: 11 } });
  expect(journal.record({ at: now, kind: 'clock-stepped', subject: 'bridge', data: null })).toBe(88);
  journal.close();
});

test('a migrated journal can be archived, which the older one could not', () => {
  const { journal } = Journal.open(path, { now });
  const batch = journal.archive(join(folder), { endedBefore: now, now, limit: 100 });
  expect(batch.threads).toHaveLength(8);
  expect(journal.requests()).toHaveLength(4);
  journal.close();
});

test('processes that meet an older journal at once bring it forward once and share it', async () => {
  const all = await Promise.all(
    ['a', 'b', 'c', 'd'].map((what) => run([process.execPath, child.script, what, path, '3'])),
  );
  expect(all.flat().filter((line) => line.refused || line.setAside)).toEqual([]);
  const { journal } = Journal.open(path, { now });
  expect(journal.requests()).toHaveLength(24);
  journal.close();
});

test('a bridge that is killed while it brings a journal forward leaves the old one or the new one, never half of it', async () => {
  const before = contents(old);
  for (let round = 0; round < 20; round += 1) {
    path = anotherOld(`round-${round}`);
    const home = dirname(path);
    const victim = spawn(process.execPath, [child.script, 'victim', path, '0'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = new Promise((resolve) => victim.on('close', resolve));
    // The -wal comes with the first write: from then on, a little later each round.
    const watch = setInterval(() => {
      if (!readdirSync(home).includes('bridge.db-wal')) return;
      clearInterval(watch);
      setTimeout(() => victim.kill('SIGKILL'), round / 4);
    }, 1);
    await ended;
    clearInterval(watch);
    const version = versionOf(path);
    expect([1, schemaVersion]).toContain(version);
    expect(version === 1 ? contents(path) : read(contents(path))).toEqual(version === 1 ? before : addressed(before));
    const { journal, setAside } = Journal.open(path, { now });
    expect(setAside).toBeNull();
    expect(journal.requests()).toHaveLength(12);
    journal.close();
  }
});

test('a disk that is full while a journal is brought forward leaves the old one, which a later start brings forward', async () => {
  const before = contents(old);
  // beyond 84 KiB of the database and the first pages of its -wal
  for (const limit of [88, 4, 16]) {
    path = anotherOld(`limit-${limit}`);
    const lines = await run([
      'bash',
      '-c',
      `ulimit -f ${limit}; exec "$@"`,
      'bash',
      process.execPath,
      child.script,
      'x',
      path,
      '0',
    ]);
    if (limit < 88) expect(lines[0]?.refused).toMatch(/nothing was written/);
    const isOld = versionOf(path) === 1;
    expect(isOld ? contents(path) : read(contents(path))).toEqual(isOld ? before : addressed(before));
    const { journal } = Journal.open(path, { now });
    expect(versionOf(path)).toBe(schemaVersion);
    journal.close();
  }
});

test('a journal of schema 2 is read with everything in it, archived threads included', () => {
  path = anotherOld('second', second);
  const before = contents(second);
  expect(versionOf(second)).toBe(2);
  const { journal } = Journal.open(path, { now });
  expect(versionOf(path)).toBe(schemaVersion);
  expect(read(contents(path))).toEqual(addressed(before));
  expect(journal.memory(`dialogs|${identityKey(earlierPane)}|300|4711`)).toBe(4);
  expect(journal.archived('20260801T120000.000Z-r00000')).toMatchObject({ file: '2026-08.db' });
  journal.close();
  expect(auditJournal(path, folder).findings.filter(({ kind }) => kind !== 'archive-away')).toEqual([]);
});

test('what an older bridge raised and archived is not raised again by the pane that it was', () => {
  path = anotherOld('second', second);
  const { journal } = Journal.open(path, { now });
  const seen = { via: 'screen', pane: somePane, turn: '300.4711#0' as TurnId, text: 'Question 0?' } as const;
  expect(journal.requests({ origin: originOf(seen) })).toEqual([]);
  expect(journal.requests({ origin: earlierOriginOf(seen) }).map(({ id }) => id)).toEqual([
    '20260801T120000.000Z-r00000',
  ]);
  journal.close();
});

test('what was kept of a pane is that of the living one once it is known which: rows, origins and memories', () => {
  path = anotherOld('second', second);
  const { journal } = Journal.open(path, { now });
  expect(journal.panesToPlace().map(identityKey)).toEqual([identityKey(earlierPane)]);
  const before = journal.requests();
  journal.movePane(journal.panesToPlace()[0]!, somePane);
  expect(journal.panesToPlace()).toEqual([]);
  expect(journal.requests()).toEqual(before.map((request) => ({ ...request, pane: somePane })));
  expect(journal.requests({ origin: originOf(journal.requests()[0]!) })).toHaveLength(1);
  expect(journal.requests({ pane: identityKey(somePane) })).toHaveLength(before.length);
  expect(journal.deliveries().map(({ recipient }) => recipient)).toEqual(Array(6).fill(somePane));
  expect(journal.memory(`watch|${identityKey(somePane)}|300|4711`)).toEqual({ turn: { number: 11 } });
  expect(journal.memory(`dialogs|${identityKey(somePane)}|300|4711`)).toBe(4);
  journal.close();
  expect(auditJournal(path, folder).findings.filter(({ kind }) => kind !== 'archive-away')).toEqual([]);
});
