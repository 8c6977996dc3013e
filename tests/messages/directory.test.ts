import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { groupsOf } from '../../bridge/core/groups.ts';
import { type Member, newMember } from '../../bridge/core/member.ts';
import type { PaneIdentity } from '../../bridge/core/pane.ts';
import { auditJournal } from '../../bridge/journal/audit.ts';
import { Journal } from '../../bridge/journal/journal.ts';
import { Directory } from '../../bridge/messages/directory.ts';
import { Membership, type Place } from '../../bridge/messages/membership.ts';

let folder: string;
let journal: Journal;
let now: number;
/** panes that are watched, and those that there are no more */
let living: PaneIdentity[];
let directory: Directory;
let membership: Membership;

const clock = { now: () => now, after: () => () => {} };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridge-directory-'));
  now = 1_796_000_000_000;
  living = [];
  open();
});
afterEach(() => {
  journal.close();
  expect(auditJournal(join(folder, 'bridge.db'), folder).findings).toEqual([]);
  rmSync(folder, { recursive: true });
});

/** As after a start: what is known is what was kept. */
function open(): void {
  journal = Journal.open(join(folder, 'bridge.db'), { now }).journal;
  directory = new Directory({
    memory: journal.mail,
    clock,
    living: () => living.map((identity) => ({ name: 'any', identity, agent: 'codex' })),
  });
  membership = new Membership({ memory: journal.mail, clock, directory });
}

const pane = (id: number) =>
  ({ host: 'h', server: '1@1', socketPath: '/tmp/s', paneId: `%${id}`, panePid: id }) as unknown as PaneIdentity;
const keyOf = (member: Member | null) => member?.pane?.panePid ?? null;
const isGone = (member: Member) => !living.some(({ panePid }) => panePid === keyOf(member));
const place = (id: number, project: string | null = 'shop'): Place => ({ identity: pane(id), project, isGone });
function appears(worker: string, id: number): Member {
  living.push(pane(id));
  return directory.seen(worker, pane(id));
}
const dies = (id: number) => {
  living = living.filter(({ panePid }) => panePid !== id);
};
const names = () => directory.members().map(({ called }) => called);
const joins = (as: string, id: number, group = 'team') => {
  if (isGone({ pane: pane(id) } as unknown as Member)) living.push(pane(id));
  return membership.join(as, { groups: [group] }, place(id));
};

test.each([
  '',
  ' ',
  '../coder',
  '.hidden',
  '-x',
  'a/b/c',
  'shop/',
  '/coder',
  'a  b',
  'a ',
  ' a',
  'two\nlines',
  'a\tb',
  'key=value',
  '%3',
  '@team',
  '👩‍💻',
  'c\u0430t',
  'a\u200bb',
  'x'.repeat(65),
  'human',
  'shop/Human',
  'bridge',
])('%j is no name, and nothing is kept', (name) => {
  expect(() => membership.add(name, {})).toThrow(/invalid member/);
  expect(names()).toEqual([]);
});

test.each([
  'a',
  'worker',
  'shop/worker',
  'my shop (1)/lead',
  'gpt-5.1_x',
  'Zoë',
  '批评家',
  'the lead',
  'superhuman',
  'x'.repeat(64),
])('%j is a name', (name) => {
  expect(membership.add(name, {})).toMatchObject({ is: 'new', member: { called: name } });
  expect(directory.named(name).called).toBe(name);
});

test('a name waits for its pane: the first pane of that label has it, also where it was given without a project', () => {
  membership.add('coder', { role: 'writes' });
  membership.add('shop/critic', {});
  expect(appears('shop/coder', 1)).toMatchObject({ name: 'coder', role: 'writes', lastSeenAt: now });
  expect(appears('shop/critic', 2).name).toBe('shop/critic');
  expect(appears('blog/coder', 3).name).toBe('blog/coder');
  expect(directory.paneOf('coder')?.identity.panePid).toBe(1);
  // a label alone is whoever has it
  expect(membership.add('critic', {}).is).toBe('known');
  expect(names()).toEqual(['blog/coder', 'shop/coder', 'shop/critic']);
  expect(directory.shown('coder')).toBe('shop/coder');
});

test('a name outlives its pane and the bridge: the next pane of that label and project has it', () => {
  const first = appears('shop/coder', 1);
  membership.add('shop/coder', { model: 'gpt' });
  dies(1);
  now += 60_000;
  directory.lost(pane(1));
  journal.close();
  open();
  expect(directory.paneOf(first.name)).toBeNull();
  expect(directory.named('coder')).toMatchObject({ lastSeenAt: now, model: 'gpt' });
  expect(appears('shop/coder', 2)).toMatchObject({ name: first.name, model: 'gpt' });
  expect(directory.paneOf(first.name)?.identity.panePid).toBe(2);
  // the same pane found again changes nothing, and a new label is a new name
  expect(directory.seen('shop/coder', pane(2)).name).toBe(first.name);
  expect(directory.seen('shop/lead', pane(2)).name).toBe('shop/lead');
  expect([directory.paneOf('shop/coder'), directory.paneOf('shop/lead')?.identity.panePid]).toEqual([null, 2]);
});

test('nobody bears the name of a person, or of bridge itself, for the label of a pane', () => {
  expect([appears('shop/human', 1).name, appears('shop/bridge', 2).name]).toEqual(['shop/human-2', 'shop/bridge-2']);
  expect(directory.seen('shop/human', pane(1)).name).toBe('shop/human-2');
});

test('who joins has the name that it asks for, or the next with a number; the same pane again has the same', () => {
  expect(joins('codex', 1)).toMatchObject({
    is: 'new',
    before: null,
    isToGreet: true,
    member: { called: 'shop/codex' },
  });
  expect(joins('codex', 2)).toMatchObject({ is: 'new', member: { called: 'shop/codex-2' } });
  expect(joins('codex', 2)).toMatchObject({ is: 'known', isToGreet: false, member: { called: 'shop/codex-2' } });
  expect(membership.join('codex', { model: 'gpt-6', role: 'lead' }, place(1))).toMatchObject({
    is: 'known',
    isToGreet: false,
    member: { called: 'shop/codex', model: 'gpt-6', role: 'lead', groups: ['team'] },
  });
  // its pane is gone, and another of the project comes in its place: mail that waited is its own
  dies(1);
  expect(joins('codex', 3)).toMatchObject({
    is: 'back',
    isToGreet: false,
    member: { called: 'shop/codex', model: 'gpt-6' },
  });
  expect(membership.join('codex', {}, place(4, 'blog')).member.called).toBe('blog/codex');
  expect(groupsOf(directory.members())).toMatchObject([{ name: 'team', members: [{}, {}] }]);
});

test('a name that only a person gives is not taken by a pane, whoever had it before; the pane that has it keeps it', () => {
  const asAgent = (id: number): Place => ({
    ...place(id),
    isWithheld: (name) => ['shop/boss', 'shop/boss-2'].includes(name),
  });
  const asks = (id: number) => membership.join('boss', { groups: ['team'] }, asAgent(id)).member.called;
  living.push(pane(1), pane(2));
  membership.add('boss', {});
  expect([asks(1), asks(1)]).toEqual(['shop/boss-3', 'shop/boss-3']);
  expect(() => membership.add('boss', {}, asAgent(1))).toThrow(/shop\/boss: bridge.yaml grants something/);
  expect(membership.add('boss', {}, asAgent(1), 'number').member.called).toBe('shop/boss-3');
  expect(membership.add('boss', {}, place(2)).member.called).toBe('shop/boss');
  expect(asks(2)).toBe('shop/boss');
  dies(2);
  expect(asks(3)).toBe('shop/boss-4');
});

test('ten that ask for one name at once are ten', () => {
  const joined = Array.from({ length: 10 }, (_, index) => joins('claude', index + 1).member.called);
  expect(new Set(joined).size).toBe(10);
  expect(names()).toHaveLength(10);
});

test('a worker that joins under another name is the same member, and both names are its own', () => {
  const worker = appears('shop/worker', 1);
  expect(joins('codex', 1)).toMatchObject({ is: 'known', before: 'shop/worker', member: { name: worker.name } });
  expect([directory.shown(worker.name), directory.named('worker').name, directory.named('codex').name]).toEqual([
    'codex',
    worker.name,
    worker.name,
  ]);
  expect(directory.seen('shop/worker', pane(1)).called).toBe('shop/codex');
  // another pane of that label is another one, as long as this one lives
  expect(appears('shop/worker', 2).name).toBe('shop/worker-2');
  expect(directory.seen('shop/worker', pane(2)).name).toBe('shop/worker-2');
});

test('who leaves is in no group, and its name stays', () => {
  const { member } = joins('codex', 1);
  membership.addToGroup('other', ['codex']);
  expect(() => membership.leave(member.name, 'none')).toThrow(/is not in it/);
  expect(membership.leave(member.name, 'other')).toEqual(['other']);
  expect(directory.named('codex')).toMatchObject({ groups: ['team'], isJoined: true });
  expect(membership.leave(member.name, null)).toEqual(['team']);
  expect(directory.named('codex')).toMatchObject({ groups: [], isJoined: false });
  // the group has been told once that it came
  expect(joins('codex', 1)).toMatchObject({ isToGreet: false, member: { groups: ['team'] } });
});

test('a name is given to a pane, and never one that another pane has', () => {
  appears('shop/worker', 1);
  expect(membership.add('lead', { role: 'leads' }, place(1))).toMatchObject({
    is: 'changed',
    member: { called: 'shop/lead' },
  });
  living.push(pane(2));
  expect(() => membership.add('lead', {}, place(2))).toThrow(/shop\/lead: another member has this name, in pane %1/);
  expect(() => membership.add('worker', {}, place(2))).toThrow(/it is a former name of shop\/lead/);
  expect(names()).toEqual(['shop/lead']);
});

test('a member is renamed, disabled and forgotten; what is done already is said to be', () => {
  appears('shop/worker', 1);
  appears('shop/other', 2);
  expect(membership.rename('worker', 'coder').called).toBe('shop/coder');
  expect([directory.named('worker').called, directory.named('coder').called]).toEqual(['shop/coder', 'shop/coder']);
  expect(() => membership.rename('other', 'coder')).toThrow(/another member has this name/);
  expect(() => membership.rename('other', 'worker')).toThrow(/former name of shop\/coder/);
  expect(() => membership.rename('nobody', 'x')).toThrow(/unknown member 'nobody'/);
  expect(membership.enable('coder', false).isChanged).toBe(true);
  expect(membership.enable('coder', false).isChanged).toBe(false);
  membership.remove(directory.named('coder'));
  expect(names()).toEqual(['shop/other']);
});

test('groups: the first member makes one, the last ends it, and all or none are changed', () => {
  for (const [index, name] of ['shop/a', 'shop/b'].entries()) appears(name, index + 1);
  expect(membership.addToGroup('@team', ['a', 'b']).map(({ name }) => name)).toEqual(['shop/a', 'shop/b']);
  expect(membership.addToGroup('team', ['a'])).toEqual([]);
  expect(() => membership.addToGroup('team', ['a', 'nobody'])).toThrow(/unknown member 'nobody'/);
  expect(() => membership.addToGroup('../x', ['a'])).toThrow(/invalid group/);
  expect(() => membership.removeFromGroup('taem', ['a'])).toThrow(/unknown group 'taem'/);
  membership.removeFromGroup('team', ['a']);
  expect(() => membership.removeFromGroup('team', ['b', 'a'])).toThrow(/shop\/a is not in it/);
  membership.removeFromGroup('team', ['b']);
  expect(groupsOf(directory.members())).toEqual([]);
});

test.each([
  [{ role: 'two\nlines' }, /role: two\\nlines: is not one line/],
  [{ model: 'a\u202eb' }, /model: .* is not one line/],
  [{ description: 'x'.repeat(1_025) }, /more than 1024/],
  [{ colour: 'red;blink' }, /invalid colour/],
  [{ groups: ['no/folder'] }, /invalid group/],
])('%j is not said of a member, and nothing is kept', (order, reason) => {
  expect(() => membership.add('coder', order)).toThrow(reason);
  expect(names()).toEqual([]);
});

test('what an older bridge kept of a member is read: of the rest nothing is said', () => {
  const old = { name: 'shop/old', description: 'd', isEnabled: true, addedAt: 1, lastSeenAt: 2 } as Member;
  journal.mail.saveMember(old, { at: now, kind: 'member-added' });
  expect(directory.named('old')).toMatchObject({ ...old, called: 'shop/old', groups: [], pane: null, isJoined: false });
  expect(appears('shop/old', 1).addedAt).toBe(1);
});

test.each([
  `UPDATE members SET document = replace(document, '"role":"leads"', '"role":"follows"')`,
  'DELETE FROM members',
  `INSERT INTO members (name, document) SELECT 'shop/other', document FROM members`,
])('an audit finds: %s', (sql) => {
  membership.add('shop/lead', { role: 'leads' });
  membership.add('shop/gone', {});
  membership.remove(directory.named('gone'));
  const path = join(folder, 'bridge.db');
  expect(auditJournal(path, folder).findings).toEqual([]);
  const copy = join(folder, 'copy.db');
  const db = new DatabaseSync(path);
  db.exec(`VACUUM INTO '${copy}'`);
  db.close();
  const changed = new DatabaseSync(copy);
  changed.exec(sql);
  changed.close();
  expect(auditJournal(copy, folder).findings).toMatchObject([
    { kind: 'disagrees', what: 'as a member it is not what its record ends with' },
  ]);
});

test('members are as others have changed them, and as they were where a change was undone', () => {
  membership.add('shop/lead', {});
  expect(names()).toEqual(['shop/lead']);
  const other = Journal.open(join(folder, 'bridge.db'), { now }).journal;
  other.mail.saveMember(newMember('shop/coder', now), { at: now, kind: 'member-added' });
  other.close();
  expect(names()).toEqual(['shop/coder', 'shop/lead']);
  const undone = () =>
    journal.transact(() => {
      membership.add('shop/critic', {});
      expect(names()).toContain('shop/critic');
      throw new Error('undone');
    });
  expect(undone).toThrow('undone');
  expect(names()).toEqual(['shop/coder', 'shop/lead']);
});
