import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { originOf, type Request } from '../../bridge/core/request.ts';
import { Journal } from '../../bridge/journal/journal.ts';
import { Crashed } from '../messages/crashing-journal.ts';
import { happened, sampleDelivery, sampleRequest } from './samples.ts';

const day = 86_400_000;
const now = Date.parse('2026-11-21T00:00:00Z');
let folder: string;
let archive: string;
let journal: Journal;
const opened: Journal[] = [];

function open(path = join(folder, 'bridge.db')): Journal {
  const result = Journal.open(path, { now }).journal;
  opened.push(result);
  return result;
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridge-archive-'));
  archive = join(folder, 'archive');
  mkdirSync(archive);
  journal = open();
});
afterEach(() => {
  for (const each of opened.splice(0)) each.close();
  rmSync(folder, { recursive: true });
});

const receipt = { at: 1, typedAt: 1, evidence: 'busy-began', lines: ['› Yes.'] };
const answer = { by: 'human:cli', instructions: 'Yes.', notes: '', at: 1 };
const settled = { is: 'settled', answer, at: 1 } as const;

/** A request that ended so many days ago, with the delivery of its answer. */
function past(id: string, daysAgo: number, over: Partial<Request> = {}, delivery = sampleDelivery(`d-${id}`)): Request {
  const at = now - daysAgo * day;
  const request = sampleRequest(id, { text: `Question ${id}?`, context: 'the screen', ...over });
  journal.saveRequest(request, { ...happened('request-opened', id), at });
  const typed = { ...delivery, envelope: { ...delivery.envelope, thread: id } };
  journal.saveDelivery(typed, { ...happened('delivery-queued', typed.id), at });
  return request;
}

function end(request: Request, daysAgo: number, state: Request['state'] = settled): void {
  const at = now - daysAgo * day;
  const own = journal.deliveries({ thread: request.id })[0]!;
  for (const next of [
    { is: 'claimed', at },
    { is: 'typed', at },
    { is: 'acknowledged', receipt },
  ] as const) {
    journal.saveDelivery({ ...own, state: next }, { ...happened(`delivery-${next.is}`, own.id), at });
  }
  journal.saveRequest({ ...request, state }, { ...happened(`request-${state.is}`, request.id), at });
}

const sweep = (olderThan = 90, limit = 20) =>
  journal.archive(archive, { endedBefore: now - olderThan * day, now, limit });
const idsIn = (each: Journal) => ({
  requests: each.requests().map((request) => request.id),
  deliveries: each.deliveries().map((delivery) => delivery.id),
});

test('what ended long ago is whole in the archive, and out of the journal', () => {
  end(past('old', 100), 100);
  end(past('new', 10), 10);
  const before = journal.events({ subject: 'old' });
  expect(sweep()).toEqual({ threads: ['old'], events: 6, file: '2026-08.db' });
  expect(idsIn(journal)).toEqual({ requests: ['new'], deliveries: ['d-new'] });
  expect(journal.events({ subject: 'old' })).toEqual([]);
  expect(journal.archived('old')).toEqual({ subject: 'old', thread: 'old', file: '2026-08.db' });
  expect(statSync(join(archive, '2026-08.db')).mode & 0o777).toBe(0o600);
  const kept = open(join(archive, '2026-08.db'));
  expect(kept.request('old')).toMatchObject({ text: 'Question old?', context: 'the screen', state: settled });
  expect(kept.delivery('d-old')).toMatchObject({ state: { is: 'acknowledged', receipt } });
  expect(kept.events({ subject: 'old' })).toEqual(before);
  expect(sweep()).toMatchObject({ threads: [], file: null });
});

test('nothing that is open moves, however old, nor anything of its thread', () => {
  const asked = { is: 'asked', of: 'human', why: 'no policy rule answers it', at: 1 } as const;
  const doubt = { answer, deliveryId: 'd' as never, delivery: 'uncertain' } as const;
  past('open', 400);
  end(past('asked', 400), 400, asked);
  end(past('in-doubt', 400), 400, { ...asked, doubt });
  // the request has ended, a delivery in its thread has not
  past('dismissed', 400, { state: { is: 'dismissed', by: 'human:cli', at: 1 } });
  // a direct message under way
  const message = sampleDelivery('message');
  journal.saveDelivery(
    { ...message, envelope: { ...message.envelope, thread: 'e1' } },
    { ...happened('x', 'message'), at: 1 },
  );
  // ended long ago, but written to since
  const touched = past('touched', 400);
  end(touched, 400);
  journal.saveRequest({ ...touched, state: settled, late: [answer] }, happened('request-answer-late', 'touched'));
  expect(journal.archivable(now - 90 * day)).toEqual({ threads: 0, events: 0 });
  expect(sweep()).toMatchObject({ threads: [], file: null });
  expect(readdirSync(archive)).toEqual([]);
});

test('what was raised once is known after it was archived, so that a screen cannot raise it again', () => {
  const old = past('old', 100);
  end(old, 100);
  sweep();
  const [known] = journal.requests({ origin: originOf(old) });
  expect(known).toMatchObject({ id: 'old', state: { is: 'settled' }, text: '', context: '' });
  expect(journal.requests({ origin: originOf({ ...old, text: 'Another question?' }) })).toEqual([]);
  rmSync(archive, { recursive: true });
  expect(journal.requests({ origin: originOf(old) })).toHaveLength(1);
});

test('a courier with a copy of an archived delivery is refused', () => {
  end(past('old', 100), 100);
  sweep();
  expect(() => journal.saveDelivery(sampleDelivery('d-old'), happened('delivery-claimed', 'd-old'))).toThrow(
    /archived/,
  );
});

test('events and what is known of the archived are never deleted, but for events that are kept elsewhere', () => {
  end(past('old', 100), 100);
  end(past('new', 10), 10);
  sweep();
  const db = new DatabaseSync(join(folder, 'bridge.db'));
  expect(() => db.exec('DELETE FROM events')).toThrow(/append-only/);
  expect(() => db.exec('UPDATE events SET at = 0')).toThrow(/append-only/);
  expect(() => db.exec('DELETE FROM archived')).toThrow(/stays known/);
  expect(() => db.exec("UPDATE archived SET file = 'x'")).toThrow(/stays known/);
  db.close();
});

test('threads go to the file of the month in which they ended, in batches', () => {
  for (let turn = 0; turn < 10; turn += 1) end(past(`r${turn}`, 100 + turn * 20), 100 + turn * 20);
  const files: string[] = [];
  for (let batch = sweep(90, 3); batch.file !== null; batch = sweep(90, 3)) {
    expect(batch.threads.length).toBeLessThanOrEqual(3);
    files.push(batch.file);
  }
  expect(idsIn(journal)).toEqual({ requests: [], deliveries: [] });
  const names = readdirSync(archive).sort();
  expect([...new Set(files)].sort()).toEqual(names);
  const all = names.flatMap((name) => idsIn(open(join(archive, name))).requests);
  expect(all.sort()).toEqual(Array.from({ length: 10 }, (_, turn) => `r${turn}`));
});

test('direct messages are archived by themselves', () => {
  const message = sampleDelivery('m1');
  const sent = { ...message, envelope: { ...message.envelope, thread: 'e-m1', inReplyTo: null } };
  journal.saveDelivery(sent, { ...happened('delivery-queued', 'm1'), at: now - 200 * day });
  journal.saveDelivery(
    { ...sent, state: { is: 'expired' } },
    { ...happened('delivery-expired', 'm1'), at: now - 200 * day },
  );
  expect(sweep()).toMatchObject({ threads: ['e-m1'], events: 2 });
  expect(journal.deliveries()).toEqual([]);
});

test('a crash between the copy and the removal loses nothing and doubles nothing', () => {
  for (let turn = 0; turn < 5; turn += 1) end(past(`r${turn}`, 100), 100);
  // Dies where the journal is about to be written: the archive is committed by then.
  const broken = new DatabaseSync(join(folder, 'bridge.db'));
  broken.exec("CREATE TRIGGER dies BEFORE INSERT ON archived BEGIN SELECT RAISE(ABORT, 'died'); END");
  expect(() => sweep()).toThrow(/died/);
  broken.exec('DROP TRIGGER dies');
  broken.close();
  expect(existsSync(join(archive, '2026-08.db'))).toBe(true);
  expect(journal.requests()).toHaveLength(5);
  // Meanwhile one of them is written to: its archived copy is old now.
  const touched = { ...journal.request('r3')!, late: [answer] };
  journal.saveRequest(touched, { ...happened('request-answer-late', 'r3'), at: now - 95 * day });
  expect(sweep()).toMatchObject({ threads: ['r0', 'r1', 'r2', 'r4', 'r3'] });
  expect(journal.requests()).toEqual([]);
  const kept = open(join(archive, '2026-08.db'));
  expect(kept.requests()).toHaveLength(5);
  expect(kept.request('r3')).toMatchObject({ late: [answer] });
  expect(kept.events({ subject: 'r3' })).toHaveLength(3);
  expect(kept.events()).toHaveLength(31);
});

test('after a journal was set aside, the archive of its successor does not mix with what was there', () => {
  end(past('first', 100), 100);
  sweep();
  journal.close();
  for (const tail of ['', '-wal', '-shm']) rmSync(join(folder, `bridge.db${tail}`), { force: true });
  journal = open();
  end(past('second', 100), 100);
  expect(sweep()).toMatchObject({ threads: ['second'], file: '2026-08.2.db' });
  expect(idsIn(open(join(archive, '2026-08.db'))).requests).toEqual(['first']);
  expect(idsIn(open(join(archive, '2026-08.2.db'))).requests).toEqual(['second']);
});

test('an archive that is damaged is named, and nothing moves', () => {
  end(past('old', 100), 100);
  writeFileSync(join(archive, '2026-08.db'), 'this is no archive '.repeat(500));
  expect(() => sweep()).toThrow(/2026-08\.db: it is damaged, and nothing was moved/);
  expect(journal.requests()).toHaveLength(1);
});

test('a transaction under way cannot archive', () => {
  expect(() => journal.transact(() => sweep())).toThrow(/cannot archive/);
  expect(() =>
    journal.transact(() => {
      throw new Crashed();
    }),
  ).toThrow(Crashed);
});
