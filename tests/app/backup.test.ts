import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ActionLinks } from '../../bridge/alerts/links.ts';
import { auditHome } from '../../bridge/app/audit.ts';
import { backUp } from '../../bridge/app/backup.ts';
import { restore } from '../../bridge/app/restore.ts';
import type { DeliveryState } from '../../bridge/core/envelope.ts';
import type { DeliveryId, RequestId } from '../../bridge/core/ids.ts';
import type { MailState, Message, MessageId } from '../../bridge/core/message.ts';
import type { RequestState } from '../../bridge/core/request.ts';
import { type BackupEntry, readBackup, writeBackup } from '../../bridge/journal/backup-file.ts';
import { Journal } from '../../bridge/journal/journal.ts';
import { happened, now, sampleDelivery, sampleRequest } from '../journal/samples.ts';

let folder: string;
let home: string;
let file: string;
let copy: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridge-backup-'));
  home = join(folder, 'home');
  file = join(folder, 'a.backup');
  copy = join(folder, 'copy');
  for (const name of ['inbox', 'outbox', 'archive/2026-11'])
    mkdirSync(join(home, name), { recursive: true, mode: 0o700 });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const human = { by: 'human', instructions: 'Use SQLite.', notes: '', at: now };

/** One request in this state, and its delivery, each come to it by the steps that a bridge takes. */
function filled(state: RequestState, ...deliveryStates: DeliveryState[]): void {
  const { journal } = Journal.open(join(home, 'bridge.db'), { now });
  journal.transact(() => {
    journal.saveRequest(sampleRequest('r1'), happened('request-opened', 'r1'));
    if (state.is !== 'open') {
      journal.saveRequest(sampleRequest('r1', { state }), happened(`request-${state.is}`, 'r1', { state }));
    }
    for (const one of deliveryStates) {
      const reply = sampleDelivery('d1', one, human.instructions);
      journal.saveDelivery(
        { ...reply, attempts: one.is === 'queued' ? 0 : 1 },
        happened(`delivery-${one.is}`, 'd1', { state: one }),
      );
    }
  });
  journal.close();
}

const answered: RequestState = { is: 'answered', answer: human, deliveryId: 'd1' as DeliveryId };
const held: DeliveryState = { is: 'held', reason: 'busy', detail: 'it works', since: now };
const claimed: DeliveryState = { is: 'claimed', at: now };
const typed: DeliveryState = { is: 'typed', at: now };
const submitted: DeliveryState = { is: 'submitted', at: now, typedAt: now };

function read(at: string) {
  const { journal } = Journal.open(join(at, 'bridge.db'), { now });
  const found = {
    request: journal.request('r1'),
    delivery: journal.delivery('d1'),
    open: journal.deliveries({ open: true }),
  };
  journal.close();
  return found;
}

test('what was copied is there again: journal, mailbox, archives and bridge.yaml, for the user alone', async () => {
  filled({ is: 'asked', of: 'human', why: 'no rule', at: now });
  writeFileSync(join(home, 'bridge.yaml'), 'mode: manual\n');
  writeFileSync(join(home, 'inbox', 'r1.request.md'), 'page');
  writeFileSync(join(home, 'archive', '2026-11', 'r0.request.md'), 'old page');
  for (const name of ['daemon.json', 'daemon.lock-journal', 'bridge.sock.path', 'my-notes.txt'])
    writeFileSync(join(home, name), '');
  symlinkSync('/etc/passwd', join(home, 'inbox', 'link'));
  const made = backUp(home, file, now);
  expect(made).toMatchObject({ files: 4, leftOut: ['my-notes.txt', 'inbox/link'] });
  expect(lstatSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder).sort()).toEqual(['a.backup', 'home']);

  const restored = await restore(file, copy, now);
  expect(restored).toMatchObject({ open: 1, cancelled: 0, uncertain: 0, findings: [], madeAt: now });
  expect(readFileSync(join(copy, 'bridge.yaml'), 'utf8')).toBe('mode: manual\n');
  expect(readFileSync(join(copy, 'archive/2026-11/r0.request.md'), 'utf8')).toBe('old page');
  expect(readdirSync(folder).sort()).toEqual(['a.backup', 'copy', 'home']);
  for (const name of ['.', 'bridge.db', 'inbox', 'archive/2026-11', 'bridge.yaml']) {
    expect([name, statSync(join(copy, name)).mode & 0o077]).toEqual([name, 0]);
  }
  expect(auditHome(copy, now + 60_000).findings).toEqual([]);
});

test.each<[string, RequestState, DeliveryState[], object]>([
  ['a human’s answer that is queued', answered, [{ is: 'queued' }], { is: 'cancelled' }],
  ['a human’s answer that is held', answered, [{ is: 'queued' }, held], { is: 'cancelled' }],
  ['an answer that was claimed', answered, [{ is: 'queued' }, claimed], { is: 'cancelled' }],
  ['an answer that was typed', answered, [{ is: 'queued' }, claimed, typed], { is: 'uncertain' }],
  ['an answer that was submitted', answered, [{ is: 'queued' }, claimed, typed, submitted], { is: 'uncertain' }],
  [
    'a machine’s answer that is held',
    { ...answered, answer: { ...human, by: 'controller:codex' } },
    [{ is: 'queued' }, held],
    { is: 'cancelled' },
  ],
])('of %s nothing is typed: the request is the human’s, and its answer is kept', async (_what, state, steps, end) => {
  filled(state, ...steps);
  backUp(home, file, now);
  expect(await restore(file, copy, now)).toMatchObject({ open: 1, findings: [] });
  const { request, delivery, open } = read(copy);
  expect(open).toEqual([]);
  expect(delivery!.state).toMatchObject({ ...end, reason: expect.stringMatching(/^restored: .*2026-11-21/) });
  expect(request!.state).toMatchObject({
    is: 'asked',
    of: 'human',
    doubt: { answer: { instructions: 'Use SQLite.' } },
  });
  expect(readdirSync(join(copy, 'inbox'))).toEqual([]);
  // and what was copied goes on as it was
  expect(read(home).delivery!.state).toEqual(steps.at(-1));
});

test.each<[string, DeliveryState[], string]>([
  ['waited for its member', [], 'held'],
  ['was on its way', [{ is: 'queued' }, held], 'held'],
  ['was typed', [{ is: 'queued' }, claimed, typed], 'uncertain'],
])('a message that %s is not sent again by whoever runs on the copy', async (_what, steps, is) => {
  const { journal } = Journal.open(join(home, 'bridge.db'), { now });
  const message: Message = {
    ...{
      id: 'm1' as MessageId,
      thread: 'a+b',
      to: ['b'],
      body: 'x',
      sentAt: now,
      causedBy: null,
      hops: 1,
      noReply: false,
    },
    from: { name: 'a', standing: 'verified' },
  };
  journal.mail.saveMessage(message, { is: 'waiting' });
  if (steps.length > 0) {
    const state: MailState = { is: 'offered', deliveryId: 'd1' as DeliveryId, as: 'text' };
    journal.mail.saveMail({ message: message.id, member: 'b', state }, now);
  }
  for (const one of steps) {
    const line = { ...sampleDelivery('d1', one, 'x'), attempts: one.is === 'queued' ? 0 : 1 };
    journal.saveDelivery(line, happened(`delivery-${one.is}`, 'd1', { state: one }));
  }
  journal.close();
  backUp(home, file, now);
  expect(await restore(file, copy, now)).toMatchObject({ findings: [] });
  const restored = Journal.open(join(copy, 'bridge.db'), { now }).journal;
  expect(restored.mail.mail(message.id, 'b')?.state.is).toBe(is);
  restored.close();
});

test('a request that a controller was asked is not asked again: only the human may answer it', async () => {
  filled({ is: 'asked', of: 'controller', why: 'rule', at: now });
  backUp(home, file, now);
  await restore(file, copy, now);
  expect(read(copy).request).toMatchObject({ humanOnly: expect.any(String), state: { is: 'asked', of: 'human' } });
});

test("an alert's link that may have been used since opens nothing in the copy", async () => {
  filled({ is: 'asked', of: 'human', why: 'no rule', at: now });
  const linksOf = (journal: Journal) =>
    new ActionLinks({
      memory: journal,
      clock: { now: () => now, after: () => () => {} },
      requestOf: (id) => journal.request(id),
      lastsMs: 3_600_000,
    });
  const opened = (folder: string) => Journal.open(join(folder, 'bridge.db'), { now }).journal;
  const journal = opened(home);
  const { id } = journal.requests()[0]!;
  const code = linksOf(journal).mint(id)!;
  expect(linksOf(journal).requestOf(code)).not.toBeNull();
  journal.close();
  backUp(home, file, now);
  await restore(file, copy, now);
  const restored = opened(copy);
  expect(restored.request(id)?.state).toMatchObject({ is: 'asked', of: 'human' });
  expect(linksOf(restored).requestOf(code)).toBeNull();
  restored.close();
});

test('a text that waited for a pane is cancelled', async () => {
  const { journal } = Journal.open(join(home, 'bridge.db'), { now });
  const message = sampleDelivery('d1', { is: 'queued' });
  journal.saveDelivery(
    { ...message, envelope: { ...message.envelope, thread: 'e-d1', inReplyTo: null } },
    happened('delivery-queued', 'd1'),
  );
  journal.close();
  backUp(home, file, now);
  expect(await restore(file, copy, now)).toMatchObject({ cancelled: 1, findings: [] });
  expect(read(copy).delivery!.state).toMatchObject({ is: 'cancelled', reason: expect.stringMatching(/^restored/) });
});

test('an answer that lies in outbox/ is put away, since the next bridge would type it', async () => {
  filled({ is: 'asked', of: 'human', why: 'no rule', at: now });
  writeFileSync(join(home, 'outbox', 'r1.response.md'), 'Use SQLite.');
  backUp(home, file, now);
  const { answersPutAway } = await restore(file, copy, now);
  expect(answersPutAway).toEqual(['archive/restored-outbox/r1.response.md']);
  expect(readdirSync(join(copy, 'outbox'))).toEqual([]);
  expect(readFileSync(join(copy, answersPutAway[0]!), 'utf8')).toBe('Use SQLite.');
});

test.each<[string, () => void, RegExp]>([
  ['a file', () => writeFileSync(file, 'mine'), /is there already/],
  ['a FIFO', () => execFileSync('mkfifo', [file]), /is there already/],
  ['a folder', () => mkdirSync(file), /is there already/],
  ['a link to nowhere', () => symlinkSync(join(folder, 'nowhere'), file), /is there already/],
  ['a link to a file', linkToFile, /is there already/],
])('where the backup is to be there is %s: it is refused, and that stays as it is', (_what, put, reason) => {
  filled({ is: 'open' });
  put();
  const before = readdirSync(folder);
  const kind = lstatSync(file).mode;
  expect(() => backUp(home, file, now)).toThrow(reason);
  expect([readdirSync(folder), lstatSync(file).mode]).toEqual([before, kind]);
  if (existsSync(join(folder, 'mine'))) expect(readFileSync(join(folder, 'mine'), 'utf8')).toBe('mine');
});

test('a backup within the state directory, in no folder, or of nothing is refused', () => {
  expect(() => backUp(home, file, now)).toThrow(/no bridge has run/);
  filled({ is: 'open' });
  expect(() => backUp(home, join(home, 'a.backup'), now)).toThrow(/lies in the state directory/);
  symlinkSync(join(home, 'archive'), join(folder, 'link'));
  expect(() => backUp(home, join(folder, 'link', 'a.backup'), now)).toThrow(/lies in the state directory/);
  expect(() => backUp(home, join(folder, 'none', 'a.backup'), now)).toThrow(/does not exist/);
  expect(readdirSync(home).filter((name) => name.includes('backup'))).toEqual([]);
});

test('a damaged journal is not copied, and no half of a backup is left', () => {
  filled({ is: 'open' });
  writeFileSync(join(home, 'bridge.db'), Buffer.alloc(8192, 'x'));
  for (const tail of ['-wal', '-shm']) rmSync(join(home, `bridge.db${tail}`), { force: true });
  expect(() => backUp(home, file, now)).toThrow(/is damaged/);
  expect(readdirSync(folder)).toEqual(['home']);
});

const refused = async (reason: RegExp) => {
  await expect(restore(file, copy, now)).rejects.toThrow(reason);
  expect(existsSync(copy)).toBe(false);
  expect(readdirSync(folder).filter((name) => name.includes('restoring'))).toEqual([]);
};

test('a backup that was cut short anywhere, or changed, restores nothing', async () => {
  filled(answered, { is: 'queued' });
  backUp(home, file, now);
  const whole = readFileSync(file);
  for (const length of [0, 1, 99, 100, 4096, 8192, whole.length - 4096, whole.length - 1]) {
    writeFileSync(file, whole.subarray(0, length));
    await refused(/is damaged|no backup of bridge/);
  }
  const changed = Buffer.from(whole);
  changed[changed.indexOf(Buffer.from([0x1f, 0x8b, 0x08])) + 200]! ^= 0xff;
  writeFileSync(file, changed);
  await refused(/is damaged/);
});

const entry = (path: string, content = 'x'): BackupEntry => ({ path, content: Buffer.from(content) });
const facts = { madeAt: now, version: '0.0.0', home: '/h' };

test.each([
  '../bridge.yaml',
  '/etc/passwd',
  'inbox/../../x',
  'inbox//x',
  'inbox/.',
  'inbox/a\\b',
  'inbox/\0x',
  '',
  'daemon.json',
  'bridge.db-wal',
  'inbox',
  `inbox/${'x'.repeat(600)}`,
])('a backup that names %j restores nothing', async (path) => {
  filled({ is: 'open' });
  backUp(home, file, now);
  const { entries } = readBackup(file);
  rmSync(file);
  writeBackup(file, facts, [...entries, entry(path)]);
  await refused(/which is no file of a state directory/);
});

test.each<[string, () => void, RegExp]>([
  ['no such file', () => {}, /no such file/],
  ['a text', () => writeFileSync(file, 'hello, this is no backup at all'.repeat(100)), /no backup of bridge/],
  ['a FIFO', () => execFileSync('mkfifo', [file]), /not a regular file/],
  ['a folder', () => mkdirSync(file), /not a regular file/],
  ['a journal', asJournal, /no backup of bridge/],
  ['no journal', () => writeBackup(file, facts, [entry('bridge.yaml')]), /holds no journal/],
  ['no journal of ours', () => writeBackup(file, facts, [entry('bridge.db', 'x'.repeat(9000))]), /damaged/],
  ['a newer format', ofNewer, /newer bridge/],
  ['a view in place of a table', asView, /it holds entries, facts, other/],
])('%s is no backup, and restores nothing', async (_what, put, reason) => {
  put();
  await refused(reason);
});

test('a journal of a newer bridge restores nothing', async () => {
  filled({ is: 'open' });
  pragma(join(home, 'bridge.db'), 'user_version = 99');
  backUp(home, file, now);
  await refused(/newer/);
});

test('a state directory that is not empty, or is no folder, stays as it is', async () => {
  filled({ is: 'open' });
  backUp(home, file, now);
  mkdirSync(copy);
  expect(await restore(file, copy, now)).toMatchObject({ open: 1 });
  await expect(restore(file, copy, now)).rejects.toThrow(/is not empty/);
  writeFileSync(join(folder, 'text'), 'mine');
  await expect(restore(file, join(folder, 'text'), now)).rejects.toThrow(/is not a folder/);
  symlinkSync(join(folder, 'nowhere'), join(folder, 'link'));
  await expect(restore(file, join(folder, 'link'), now)).rejects.toThrow(/is not a folder/);
  expect(readFileSync(join(folder, 'text'), 'utf8')).toBe('mine');
  expect(read(copy).request?.id).toBe('r1' as RequestId);
});

function pragma(path: string, words: string): void {
  const db = new DatabaseSync(path);
  db.exec(`PRAGMA ${words}`);
  db.close();
}

function linkToFile(): void {
  writeFileSync(join(folder, 'mine'), 'mine');
  symlinkSync(join(folder, 'mine'), file);
}

function asJournal(): void {
  filled({ is: 'open' });
  copyFileSync(join(home, 'bridge.db'), file);
}

function ofNewer(): void {
  writeBackup(file, facts, []);
  pragma(file, 'user_version = 2');
}

function asView(): void {
  writeBackup(file, facts, []);
  const db = new DatabaseSync(file);
  db.exec('ALTER TABLE entries RENAME TO other; CREATE VIEW entries AS SELECT * FROM other');
  db.close();
}
