import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { serverId } from '../../bridge/core/ids.ts';
import { identityKey } from '../../bridge/core/pane.ts';
import { originOf } from '../../bridge/core/request.ts';
import { Journal } from '../../bridge/journal/journal.ts';
import { happened, now, sampleDelivery, sampleRequest, somePane } from './samples.ts';

let folder: string;
let path: string;
const opened: Journal[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridge-journal-'));
  path = join(folder, 'home', 'bridge.db');
});

afterEach(() => {
  for (const journal of opened.splice(0)) journal.close();
  rmSync(folder, { recursive: true });
});

function open(): { journal: Journal; setAside: string | null } {
  const result = Journal.open(path, { now });
  opened.push(result.journal);
  return result;
}

/** A journal with one request and a hundred others behind it, closed. */
function fill(): void {
  const { journal } = open();
  journal.transact(() => {
    for (let turn = 0; turn < 100; turn += 1) {
      const id = `r${turn}`;
      journal.saveRequest(sampleRequest(id, { text: 'x'.repeat(3000) }), happened('request-opened', id));
    }
  });
  journal.close();
  // Into the file itself: what is still in the -wal would heal the damage that these tests do.
  const db = new DatabaseSync(path);
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  db.close();
}

test('a file of garbage is set aside, not deleted, and a fresh journal is made', () => {
  fill();
  writeFileSync(path, 'this is not a database '.repeat(500));
  const { journal, setAside } = open();
  expect(setAside).toBe(`${path}.corrupt-20261121T012706.123Z`);
  expect(readFileSync(setAside!, 'utf8')).toContain('this is not a database');
  expect(journal.requests()).toEqual([]);
  journal.record(happened('bridge-started', 'bridge'));
  expect(journal.events()).toHaveLength(1);
});

test('a truncated file is set aside', () => {
  fill();
  truncateSync(path, 20_000);
  expect(open().setAside).not.toBeNull();
});

test('a page overwritten in the middle is set aside', () => {
  fill();
  const bytes = readFileSync(path);
  bytes.fill(0xa5, 8192, 16384);
  writeFileSync(path, bytes);
  expect(open().setAside).not.toBeNull();
});

test('a file emptied beside its -wal is set aside together with the -wal', () => {
  fill();
  truncateSync(path, 0);
  writeFileSync(`${path}-wal`, 'what was not yet moved into the file');
  const { setAside } = open();
  expect(readFileSync(`${setAside}-wal`, 'utf8')).toBe('what was not yet moved into the file');
});

test('a journal that lost a table is set aside', () => {
  fill();
  const db = new DatabaseSync(path);
  db.exec('DROP TABLE deliveries');
  db.close();
  expect(open().setAside).not.toBeNull();
});

test('damage twice within a millisecond keeps both files', () => {
  for (const words of ['first damage', 'second damage']) {
    mkdirSync(join(folder, 'home'), { recursive: true });
    writeFileSync(path, words.padEnd(5000));
    for (const tail of ['-wal', '-shm']) rmSync(path + tail, { force: true });
    open().journal.close();
  }
  const aside = readdirSync(join(folder, 'home')).filter((name) => name.includes('.corrupt-'));
  const files = aside.filter((name) => !name.endsWith('-wal') && !name.endsWith('-shm'));
  expect(files.map((name) => readFileSync(join(folder, 'home', name), 'utf8').trim()).sort()).toEqual([
    'first damage',
    'second damage',
  ]);
});

test('a newer schema is refused and left as it is', () => {
  fill();
  const db = new DatabaseSync(path);
  db.exec('PRAGMA user_version = 99');
  db.close();
  expect(open).toThrow(/newer bridge \(schema 99/);
  expect(readdirSync(join(folder, 'home')).filter((name) => name.includes('corrupt'))).toEqual([]);
  const after = new DatabaseSync(path);
  expect(after.prepare('SELECT count(*) AS n FROM requests').get()).toEqual({ n: 100 });
  after.close();
});

test("another program's database is refused and left as it is", () => {
  mkdirSync(join(folder, 'home'));
  const db = new DatabaseSync(path);
  db.exec('CREATE TABLE bookmarks (url TEXT)');
  db.close();
  const before = readFileSync(path);
  expect(open).toThrow(/another program/);
  expect(readdirSync(join(folder, 'home'))).toEqual(['bridge.db']);
  expect(readFileSync(path)).toEqual(before);
});

test('a symbolic link, a folder and a file in place of the folder are refused', () => {
  mkdirSync(join(folder, 'home'));
  writeFileSync(join(folder, 'elsewhere'), '');
  symlinkSync(join(folder, 'elsewhere'), path);
  expect(open).toThrow(/symbolic link/);
  rmSync(path);
  mkdirSync(path);
  expect(open).toThrow(/not a regular file/);
  path = join(folder, 'elsewhere', 'bridge.db');
  expect(open).toThrow(/not a folder/);
});

test('the folder is private, and so is every file, also one that was readable before', () => {
  fill();
  chmodSync(path, 0o644);
  const { journal } = open();
  journal.record(happened('bridge-started', 'bridge'));
  expect(statSync(join(folder, 'home')).mode & 0o777).toBe(0o700);
  for (const name of readdirSync(join(folder, 'home'))) {
    expect([name, statSync(join(folder, 'home', name)).mode & 0o777]).toEqual([name, 0o600]);
  }
});

test('what was written is there after closing and opening again', () => {
  const request = sampleRequest('r1', { text: 'Grüße 👩‍👩‍👧 \u0000 end' });
  const first = open().journal;
  first.saveRequest(request, happened('request-opened', 'r1', { size: 3 }));
  first.saveDelivery(sampleDelivery('d1'), happened('delivery-queued', 'd1'));
  first.saveMemory('pin', { pane: '%3' });
  first.close();
  const { journal } = open();
  expect(journal.request('r1')).toEqual(request);
  expect(journal.delivery('d1')).toEqual(sampleDelivery('d1'));
  expect(journal.memory('pin')).toEqual({ pane: '%3' });
  expect(journal.events().map((event) => [event.seq, event.kind, event.data])).toEqual([
    [1, 'request-opened', { size: 3 }],
    [2, 'delivery-queued', null],
  ]);
});

test('a request whose event cannot be written is not written either, and the other way round', () => {
  const { journal } = open();
  const endless: Record<string, unknown> = {};
  endless.self = endless;
  expect(() => journal.saveRequest(sampleRequest('r1'), happened('request-opened', 'r1', endless))).toThrow();
  expect(() =>
    journal.saveRequest(sampleRequest('r2', { attributes: endless as never }), happened('request-opened', 'r2')),
  ).toThrow();
  expect(journal.requests()).toEqual([]);
  expect(journal.events()).toEqual([]);
});

test('a nested transaction that throws undoes its own writes only; an outer one that throws undoes all', () => {
  const { journal } = open();
  const fail = () => {
    throw new Error('no');
  };
  journal.transact(() => {
    journal.saveMemory('outer', 1);
    expect(() =>
      journal.transact(() => {
        journal.saveMemory('inner', 1);
        fail();
      }),
    ).toThrow('no');
  });
  expect([journal.memory('outer'), journal.memory('inner')]).toEqual([1, null]);
  expect(() =>
    journal.transact(() => {
      journal.transact(() => journal.saveMemory('inner', 2));
      fail();
    }),
  ).toThrow('no');
  expect(journal.memory('inner')).toBeNull();
  expect(journal.transact(() => journal.transact(() => 'joined'))).toBe('joined');
});

test('a transaction that the disk undid midway writes nothing more, even if its work goes on', () => {
  const { journal } = open();
  // Stands for a disk that fills up while a large transaction is spilled: SQLite rolls back by itself.
  const db = new DatabaseSync(path);
  db.exec("CREATE TRIGGER full BEFORE INSERT ON memory WHEN NEW.key = 'b' BEGIN SELECT RAISE(ROLLBACK, 'full'); END");
  db.close();
  expect(() =>
    journal.transact(() => {
      journal.saveMemory('a', 1);
      expect(() => journal.saveMemory('b', 1)).toThrow('full');
      journal.saveMemory('c', 1);
    }),
  ).toThrow(/undone by the disk/);
  expect(['a', 'b', 'c'].map((key) => journal.memory(key))).toEqual([null, null, null]);
  journal.transact(() => journal.saveMemory('d', 1));
  expect(journal.memory('d')).toBe(1);
});

test('a document that is kept is parsed once, until somebody writes it or a write is undone', () => {
  const { journal } = open();
  const other = open().journal;
  journal.saveMemory('key', { by: 'us' });
  const kept = journal.kept('key');
  expect(kept).toEqual({ by: 'us' });
  journal.saveMemory('another', 1);
  expect(journal.kept('key')).toBe(kept);
  expect(journal.transact(() => journal.kept('key'))).toBe(kept);
  other.saveMemory('key', { by: 'another process' });
  expect(journal.kept('key')).toEqual({ by: 'another process' });
  expect(() =>
    journal.transact(() => {
      journal.saveMemory('key', { by: 'nobody' });
      expect(journal.kept('key')).toEqual({ by: 'nobody' });
      throw new Error('no');
    }),
  ).toThrow('no');
  expect(journal.kept('key')).toEqual({ by: 'another process' });
  journal.saveMemory('key', null);
  expect(journal.kept('key')).toBeNull();
});

test('a transaction does not wait for promises', () => {
  const { journal } = open();
  expect(() =>
    journal.transact(async () => {
      journal.saveMemory('key', 1);
    }),
  ).toThrow(/cannot wait/);
  expect(journal.memory('key')).toBeNull();
});

test('an event is never changed or deleted', () => {
  const { journal } = open();
  journal.record(happened('bridge-started', 'bridge'));
  const db = new DatabaseSync(path);
  expect(() => db.exec("UPDATE events SET kind = 'other'")).toThrow(/append-only/);
  expect(() => db.exec('DELETE FROM events')).toThrow(/append-only/);
  db.close();
});

test('events are found by what they follow and whom they concern', () => {
  const { journal } = open();
  for (const subject of ['a', 'b', 'a', 'b', 'a']) journal.record(happened('seen', subject));
  const seqs = (filter: Parameters<Journal['events']>[0]) => journal.events(filter).map((event) => event.seq);
  expect(seqs({})).toEqual([1, 2, 3, 4, 5]);
  expect(seqs({ limit: 2 })).toEqual([4, 5]);
  expect(seqs({ since: 2 })).toEqual([3, 4, 5]);
  expect(seqs({ since: 1, limit: 2 })).toEqual([2, 3]);
  expect(seqs({ subject: 'a', limit: 2 })).toEqual([3, 5]);
  expect(seqs({ since: 5 })).toEqual([]);
});

test('requests are found by state, pane, origin and number, in order of opening', () => {
  const { journal } = open();
  const elsewhere = { ...somePane, server: serverId(101, 1) };
  const all = [
    sampleRequest('r3'),
    sampleRequest('r1', { pane: elsewhere }),
    sampleRequest('r2', { state: { is: 'expired', at: 5 } }),
  ];
  for (const request of all) journal.saveRequest(request, happened('request-opened', request.id));
  journal.saveRequest({ ...all[0]!, deadlineAt: 9 }, happened('request-asked', 'r3'));
  const ids = (filter: Parameters<Journal['requests']>[0]) => journal.requests(filter).map((request) => request.id);
  expect(ids({})).toEqual(['r3', 'r1', 'r2']);
  expect(ids({ open: true })).toEqual(['r3', 'r1']);
  expect(ids({ states: ['expired', 'settled'] })).toEqual(['r2']);
  expect(ids({ pane: identityKey(elsewhere), open: true })).toEqual(['r1']);
  expect(ids({ origin: originOf(all[2]!) })).toEqual(['r2']);
  expect(ids({ limit: 2 })).toEqual(['r1', 'r2']);
});

test('the same words of the same turn cannot be two requests', () => {
  const { journal } = open();
  journal.saveRequest(sampleRequest('r1', { turn: 't' as never, text: 'a  b' }), happened('request-opened', 'r1'));
  expect(() =>
    journal.saveRequest(sampleRequest('r2', { turn: 't' as never, text: 'a\nb' }), happened('request-opened', 'r2')),
  ).toThrow(/journal/);
  expect(journal.events()).toHaveLength(1);
});

test('an old copy of a delivery is not written over a newer state', () => {
  const { journal } = open();
  const save = (delivery: ReturnType<typeof sampleDelivery>, kind = 'delivery-changed') =>
    journal.saveDelivery(delivery, happened(kind, delivery.id));
  save(sampleDelivery('d1'));
  save(sampleDelivery('d1', { is: 'cancelled', reason: 'dismissed' }));
  expect(() => save(sampleDelivery('d1', { is: 'claimed', at: 1 }))).toThrow(/cancelled and cannot become claimed/);

  save(sampleDelivery('d2'));
  save(sampleDelivery('d2', { is: 'claimed', at: 1 }));
  save(sampleDelivery('d2', { is: 'typed', at: 2 }));
  expect(() => save(sampleDelivery('d2'))).toThrow(/typed and cannot become queued/);

  save(sampleDelivery('d3'));
  save(sampleDelivery('d3', { is: 'queued' }, 'No.'), 'delivery-body-replaced');
  expect(() => save(sampleDelivery('d3', { is: 'claimed', at: 1 }, 'Yes.'))).toThrow(/replaced meanwhile/);
  expect(journal.delivery('d3')?.envelope.body).toBe('No.');
  expect(journal.deliveries({ open: true }).map((delivery) => delivery.id)).toEqual(['d2', 'd3']);
});

test('only who typed a delivery may say that it was not pasted after all', () => {
  const { journal } = open();
  const save = (attempts: number, state: Parameters<typeof sampleDelivery>[1]) =>
    journal.saveDelivery({ ...sampleDelivery('d1', state), attempts }, happened('delivery-changed', 'd1'));
  const held = { is: 'held', reason: 'locked', detail: '', since: 1 } as const;
  save(0, { is: 'queued' });
  save(1, { is: 'claimed', at: 1 });
  save(1, { is: 'typed', at: 2 });
  expect(() => save(0, held)).toThrow(/typed meanwhile/);
  save(1, held);
  expect(journal.delivery('d1')?.state).toEqual(held);
});

test('a typed delivery waits again only where its tmux server said that it was not typed, to who has seen its last attempt', () => {
  const { journal } = open();
  const save = (attempts: number, state: Parameters<typeof sampleDelivery>[1], kind = 'delivery-changed') =>
    journal.saveDelivery({ ...sampleDelivery('d1', state), attempts }, happened(kind, 'd1'));
  save(0, { is: 'queued' });
  save(1, { is: 'claimed', at: 1 });
  save(1, { is: 'typed', at: 2 });
  expect(() => save(1, { is: 'queued' })).toThrow(/typed and cannot become queued/);
  expect(() => save(0, { is: 'queued' }, 'delivery-not-typed')).toThrow(/typed meanwhile/);
  save(1, { is: 'queued' }, 'delivery-not-typed');
  expect(journal.delivery('d1')?.state).toEqual({ is: 'queued' });
});

test('deliveries are found by their thread', () => {
  const { journal } = open();
  const inThread = (id: string, thread: string) => {
    const delivery = sampleDelivery(id);
    return { ...delivery, envelope: { ...delivery.envelope, thread } };
  };
  for (const delivery of [inThread('d1', 'r1'), inThread('d2', 'r2'), inThread('d3', 'r1')]) {
    journal.saveDelivery(delivery, happened('delivery-queued', delivery.id));
  }
  expect(journal.deliveries({ thread: 'r1' }).map((delivery) => delivery.id)).toEqual(['d1', 'd3']);
});

test('a journal in memory leaves no file', () => {
  const { journal } = Journal.open(':memory:', { now });
  journal.saveRequest(sampleRequest('r1'), happened('request-opened', 'r1'));
  expect(journal.requests()).toHaveLength(1);
  journal.close();
  expect(existsSync(':memory:')).toBe(false);
});

test('a memory is overwritten, and forgotten with null', () => {
  const { journal } = open();
  journal.saveMemory('pin', 'a');
  journal.saveMemory('pin', 'b');
  expect(journal.memory('pin')).toBe('b');
  journal.saveMemory('pin', null);
  expect(journal.memory('pin')).toBeNull();
});

test('a folder that exists keeps its permissions: it may be a repository', () => {
  mkdirSync(join(folder, 'home'), { mode: 0o755 });
  open();
  expect(statSync(join(folder, 'home')).mode & 0o777).toBe(0o755);
  expect(existsSync(path)).toBe(true);
});
