import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { auditHome, repairHome } from '../../bridge/app/audit.ts';
import type { DeliveryState } from '../../bridge/core/envelope.ts';
import type { JournaledKind, RequestKind } from '../../bridge/core/events.ts';
import type { Request, RequestState } from '../../bridge/core/request.ts';
import { Journal } from '../../bridge/journal/journal.ts';
import { sampleDelivery, sampleRequest } from '../journal/samples.ts';

const at = Date.parse('2026-11-21T00:00:00Z');
const now = at + 60_000;
const waiting = '20261121T000000.000Z-waits0';
const ended = '20261121T000000.000Z-ended0';

let home: string;
let journal: Journal;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'bridge-verify-'));
  chmodSync(home, 0o700);
  for (const name of ['inbox', 'outbox', 'archive']) mkdirSync(join(home, name), { mode: 0o700 });
  journal = Journal.open(join(home, 'bridge.db'), { now }).journal;
});
afterEach(() => {
  journal.close();
  rmSync(home, { recursive: true });
});

/** A file that has lain there for a while. */
function put(name: string, text = 'text'): string {
  const path = join(home, name);
  writeFileSync(path, text, { mode: 0o600 });
  utimesSync(path, at / 1000, at / 1000);
  return path;
}

/** A kind that no bridge writes any more. */
const ofOlder = (kind: string) => kind as JournaledKind;

function step(request: Request, state: RequestState, kind: RequestKind = `request-${state.is}`): Request {
  const next = { ...request, state };
  journal.saveRequest(next, { at, kind, subject: request.id, data: { state } });
  return next;
}

function opened(id: string): Request {
  const request = sampleRequest(id);
  journal.saveRequest(request, { at, kind: 'request-opened', subject: id, data: { worker: 'worker' } });
  return request;
}

function move(id: string, thread: string, states: readonly DeliveryState[], from = 'human:cli'): void {
  const sample = sampleDelivery(id);
  const envelope = { ...sample.envelope, thread, inReplyTo: thread as never, from };
  for (const state of states) {
    const data = state.is === 'queued' ? null : { state };
    journal.saveDelivery({ ...sample, envelope, state }, { at, kind: `delivery-${state.is}`, subject: id, data });
  }
}

const answer = { by: 'human:cli', instructions: 'Yes.', notes: '', at };
const receipt = { at, typedAt: at, evidence: 'busy-began', lines: ['› Yes.'] };
const typed: DeliveryState[] = [{ is: 'queued' }, { is: 'claimed', at }, { is: 'typed', at }];
const whole: DeliveryState[] = [...typed, { is: 'submitted', at }, { is: 'acknowledged', receipt }];
const uncertain: DeliveryState[] = [...typed, { is: 'uncertain', reason: 'gone' }];

/** One that waits, with its page; one that was answered, delivered and settled. */
function life(): void {
  step(opened(waiting), { is: 'asked', of: 'human', why: 'no policy rule answers it', at });
  put(`inbox/${waiting}.request.md`);
  const asked = step(opened(ended), { is: 'asked', of: 'controller', why: 'no policy rule', at });
  const answered = step(asked, { is: 'answered', answer, deliveryId: `d-${ended}` as never });
  move(`d-${ended}`, ended, whole);
  const delivered = step(answered, { is: 'delivered', answer, deliveryId: `d-${ended}` as never, at });
  step(delivered, { is: 'settled', answer, at });
}

const kinds = () =>
  auditHome(home, now).findings.map((finding) => `${finding.kind} ${finding.target.replace(`${home}/`, '')}`);

/** Does to the database what no bridge does. */
function tamper(...sql: string[]): void {
  const db = new DatabaseSync(join(home, 'bridge.db'));
  for (const name of ['events_are_never_changed', 'events_are_never_deleted']) db.exec(`DROP TRIGGER ${name}`);
  for (const one of sql) expect(db.prepare(one).run().changes).toBeGreaterThan(0);
  db.close();
}

test('a home in which all is well has no finding, beside the bridge that writes it and after it', () => {
  life();
  expect(auditHome(home, now)).toMatchObject({ findings: [], counts: { requests: 2, deliveries: 1, events: 12 } });
  journal.transact(() => {
    journal.record({ at, kind: ofOlder('bridge-started'), subject: 'bridge', data: null });
    expect(kinds()).toEqual([]);
  });
  journal.close();
  const before = readFileSync(join(home, 'bridge.db'));
  expect(kinds()).toEqual([]);
  expect(readFileSync(join(home, 'bridge.db'))).toEqual(before);
});

test('a journal of an older bridge, which typed a text again that had not appeared, is well', () => {
  const state = { is: 'typed', at: at + 9_000 } as const;
  move('d-again', 'a-message', typed);
  const before = journal.delivery('d-again')!;
  const again = { at, kind: ofOlder('delivery-typed-again'), subject: before.id, data: { state } };
  journal.saveDelivery({ ...before, state }, again);
  move('d-again', 'a-message', whole.slice(typed.length));
  expect(kinds()).toEqual([]);
});

test('an empty home is well; a home that is none is a usage error', () => {
  expect(kinds()).toEqual([]);
  expect(() => auditHome(join(home, 'nowhere'), now)).toThrow(/no such state directory/);
  expect(() => auditHome(join(home, 'bridge.db'), now)).toThrow(/not a folder/);
});

test('a step that no bridge takes is found', () => {
  life();
  tamper(`UPDATE events SET data = '{"state":{"is":"acknowledged"}}' WHERE kind = 'delivery-claimed'`);
  expect(kinds()).toContain(`impossible-step d-${ended}`);
});

test('what is kept and is not what was recorded is found', () => {
  life();
  tamper(`UPDATE requests SET document = replace(document, 'no policy rule answers it', 'another reason')`);
  expect(kinds()).toEqual([`disagrees ${waiting}`]);
});

test('a request filed under another state is found', () => {
  life();
  tamper(`UPDATE requests SET state = 'open' WHERE id = '${ended}'`);
  expect(kinds()).toEqual([`disagrees ${ended}`]);
});

test('an event that was taken out is found', () => {
  life();
  tamper(`DELETE FROM events WHERE kind = 'delivery-submitted'`);
  // typed may become acknowledged: it is the missing number that tells
  expect(kinds()).toEqual(['gap bridge.db']);
});

test('a request that was taken out is found by its events, and one without any', () => {
  life();
  tamper(`DELETE FROM requests WHERE id = '${waiting}'`, `DELETE FROM events WHERE subject = '${ended}'`);
  const found = kinds();
  expect(found).toContain(`disagrees ${waiting}`);
  expect(found).toContain(`disagrees ${ended}`);
});

test('a delivery that ended without evidence is found', () => {
  move('d1', 'e1', [...typed, { is: 'uncertain', reason: '' }]);
  expect(kinds()).toEqual(['no-evidence d1']);
});

test('a request that is settled although nothing was typed is found', () => {
  const answered = step(opened(ended), { is: 'answered', answer, deliveryId: 'd1' as never });
  move('d1', ended, uncertain);
  step(step(answered, { is: 'delivered', answer, deliveryId: 'd1' as never, at }), { is: 'settled', answer, at });
  expect(kinds()).toEqual([`no-evidence ${ended}`]);
});

test('an answer in doubt that a person settled is well', () => {
  const answered = step(opened(ended), { is: 'answered', answer, deliveryId: 'd1' as never });
  move('d1', ended, uncertain);
  const doubt = { answer, deliveryId: 'd1' as never, delivery: 'uncertain' } as const;
  const asked = step(answered, { is: 'asked', of: 'human', why: 'nobody can tell', at, doubt });
  step(asked, { is: 'settled', answer, at, vouchedBy: 'human:cli' });
  expect(kinds()).toEqual([]);
});

test('a text typed twice is found, unless a person wanted the second after a first in doubt', () => {
  const answered = step(opened(ended), { is: 'answered', answer, deliveryId: 'd2' as never });
  move('d1', ended, uncertain, 'controller:codex');
  move('d2', ended, whole, 'human:cli');
  step(answered, { is: 'delivered', answer, deliveryId: 'd2' as never, at });
  expect(kinds()).toEqual([]);
  move('d3', ended, whole, 'human:cli');
  expect(kinds()).toEqual([`typed-twice ${ended}`]);
});

test('an answer whose delivery is lost is found', () => {
  step(opened(ended), { is: 'answered', answer, deliveryId: 'd1' as never });
  expect(kinds()).toEqual([`lost-delivery ${ended}`]);
});

test('damage is named, and judges no page by a journal that cannot be read', () => {
  life();
  journal.close();
  for (const tail of ['-wal', '-shm']) rmSync(join(home, `bridge.db${tail}`), { force: true });
  writeFileSync(join(home, 'bridge.db'), 'this is not a database '.repeat(500));
  expect(kinds()).toEqual(['damaged bridge.db']);
});

test('a journal of a newer bridge is refused, and of an older one audited', () => {
  journal.close();
  const db = new DatabaseSync(join(home, 'bridge.db'));
  db.exec('PRAGMA user_version = 99');
  db.close();
  expect(() => auditHome(home, now)).toThrow(/newer bridge/);
  for (const tail of ['', '-wal', '-shm']) rmSync(join(home, `bridge.db${tail}`), { force: true });
  copyFileSync(join(import.meta.dirname, '../journal/fixtures/schema-1.db'), join(home, 'bridge.db'));
  chmodSync(join(home, 'bridge.db'), 0o600);
  expect(kinds()).toEqual(['page-missing 20260811T120000.000Z-r00010']);
});

test('what was archived is accounted for: whole, gone, or damaged', () => {
  life();
  journal.archive(join(home, 'archive'), { endedBefore: now, now, limit: 10 });
  expect(auditHome(home, now)).toMatchObject({ findings: [], counts: { requests: 1, archived: 2 } });
  const file = join(home, 'archive/2026-11.db');
  const db = new DatabaseSync(file);
  db.exec('DROP TRIGGER events_are_never_deleted; DELETE FROM events WHERE seq = 5');
  db.close();
  expect(kinds()).toEqual(['archive-damaged archive/2026-11.db']);
  rmSync(file);
  expect(kinds()).toEqual(['archive-away archive/2026-11.db']);
});

test('views that do not agree are found, and repaired; the journal is not touched', async () => {
  life();
  rmSync(join(home, `inbox/${waiting}.request.md`));
  put(`inbox/${ended}.request.md`);
  put('inbox/20261121T000000.000Z-strang.request.md');
  put(`inbox/.${waiting}.request.md.0a1b2c3d.tmp`);
  put(`outbox/${ended}.response.md`, 'too late');
  put('outbox/20261121T000000.000Z-strang.response.md');
  put('outbox/notes.txt');
  put('archive/old.md');
  chmodSync(join(home, 'archive/old.md'), 0o644);
  chmodSync(join(home, 'outbox'), 0o755);
  put('bridge.db.corrupt-20261121T000000.000Z');
  const found = [
    `answer-left outbox/${ended}.response.md`,
    'answer-unknown outbox/20261121T000000.000Z-strang.response.md',
    `half-written inbox/.${waiting}.request.md.0a1b2c3d.tmp`,
    'open-to-others archive/old.md',
    'open-to-others outbox',
    `page-left inbox/${ended}.request.md`,
    `page-missing ${waiting}`,
    'page-unknown inbox/20261121T000000.000Z-strang.request.md',
    'set-aside bridge.db.corrupt-20261121T000000.000Z',
  ];
  expect(kinds().sort()).toEqual(found);
  const events = journal.events();
  const { findings, repaired } = await repairHome(home, now);
  expect(repaired).toHaveLength(7);
  expect(findings.map((finding) => finding.kind)).toEqual(['set-aside', 'answer-unknown']);
  expect(journal.events()).toEqual(events);
  expect(readFileSync(join(home, `inbox/${waiting}.request.md`), 'utf8')).toContain('May I add a dependency?');
  expect(readFileSync(join(home, `archive/${ended}.response.md`), 'utf8')).toBe('too late');
  expect(statSync(join(home, 'outbox')).mode & 0o777).toBe(0o700);
  expect(readdirSync(join(home, 'inbox'))).toEqual([`${waiting}.request.md`]);
  expect(existsSync(join(home, 'outbox/notes.txt'))).toBe(true);
});

test('what a running bridge is about to write is not judged yet', () => {
  step(opened(waiting), { is: 'asked', of: 'human', why: 'no policy rule answers it', at });
  expect(auditHome(home, at + 1_000).findings).toEqual([]);
  expect(auditHome(home, at + 10_000).findings).toMatchObject([{ kind: 'page-missing' }]);
});
