import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Borrowed, Ownership } from '../../bridge/host/ownership.ts';

const root = resolve(import.meta.dirname, '../..');
let compiled: string;
let folder: string;
let now: number;
const open: Ownership[] = [];
const children: ChildProcess[] = [];

/** The real class, compiled for a process of its own; below node_modules so that the library is found from there. */
beforeAll(async () => {
  compiled = mkdtempSync(join(root, 'node_modules', '.bridge-ownership-'));
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    build: { ssr: 'bridge/host/ownership.ts', outDir: compiled, emptyOutDir: false },
  });
});
afterAll(() => rmSync(compiled, { recursive: true }));
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'bridge-ownership-')), 'bridge');
  now = 1_000;
});
afterEach(() => {
  for (const one of open.splice(0)) one.close();
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(resolve(folder, '..'), { recursive: true });
});

function bridge(home: string): Ownership {
  const made = new Ownership({ home, folder, now: () => now });
  open.push(made);
  return made;
}
const ours = { is: 'ours' };
const theirs = (home: string, since = 1_000, pid: number | undefined = process.pid) => ({
  is: 'theirs',
  owner: { home, since, pid },
});
const keep = (one: Ownership, key: string) => one.keep([key]).get(key);

/** A bridge in a process of its own, which does this and stays until it is killed. */
async function elsewhere(work: string): Promise<{ readonly pid: number | undefined; kill(): Promise<void> }> {
  const code = `
    const { Ownership } = await import(${JSON.stringify(join(compiled, readdirSync(compiled)[0]!))});
    const bridge = new Ownership({ home: '/elsewhere', folder: ${JSON.stringify(folder)}, now: () => 1000 });
    ${work}
    console.log('ready');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  await once(child.stdout, 'data');
  return {
    pid: child.pid,
    async kill() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

test('who comes first has the pane, and the other is told whose it is and since when', () => {
  const [first, second] = [bridge('/a'), bridge('/b')];
  expect(keep(first, 'p1')).toEqual(ours);
  now = 2_000;
  expect(keep(second, 'p1')).toEqual(theirs('/a'));
  expect(keep(second, 'p2')).toEqual(ours);
  expect(keep(first, 'p1')).toEqual(ours);
  expect(first.ownersOf(['p1', 'p2', 'p3'])).toEqual(
    new Map([
      ['p1', { home: '/a', since: 1_000, pid: process.pid }],
      ['p2', { home: '/b', since: 2_000, pid: process.pid }],
    ]),
  );
});

test('a pane that is let go is free, and so are all panes of a bridge that ends', () => {
  const [first, second] = [bridge('/a'), bridge('/b')];
  first.keep(['p1', 'p2', 'p3']);
  first.letGo(['p1', 'unknown']);
  expect([...second.keep(['p1', 'p2']).values()]).toEqual([ours, theirs('/a')]);
  first.close();
  expect([...second.keep(['p2', 'p3']).values()]).toEqual([ours, ours]);
});

test('nobody can let go or give back what is not its own', () => {
  const [first, second] = [bridge('/a'), bridge('/b')];
  first.keep(['p1']);
  second.keep(['p1']);
  second.letGo(['p1']);
  second.close();
  expect(keep(bridge('/c'), 'p1')).toEqual(theirs('/a'));
});

test('a bridge that was killed owns nothing from that moment on', async () => {
  const child = await elsewhere(`bridge.keep(['p1', 'p2']);`);
  const mine = bridge('/b');
  expect(keep(mine, 'p1')).toEqual(theirs('/elsewhere', 1_000, child.pid));
  await child.kill();
  expect(mine.ownersOf(['p1'])).toEqual(new Map());
  expect(keep(mine, 'p1')).toEqual(ours);
  mine.close();
  expect(readdirSync(folder)).toEqual(['owners.db']);
});

test('what a bridge typed there last is told to whoever takes its pane over, and whether it was seen what became of it', async () => {
  const child = await elsewhere(
    `bridge.keep(['p1', 'p2', 'p3']); bridge.borrow('p1', 5).typing(); const b = bridge.borrow('p2', 5); b.typing(); b.settled(); b.release(); bridge.borrow('p3', 5);`,
  );
  await child.kill();
  const by = { home: '/elsewhere', pid: child.pid };
  const mine = bridge('/b');
  // a third one puts away what is left, and not that
  bridge('/c').keep(['p9']);
  const claims = [
    { is: 'ours', typed: { by, at: 1_000, isSettled: false } },
    { is: 'ours', typed: { by, at: 1_000, isSettled: true } },
    ours,
  ];
  expect([...mine.keep(['p1', 'p2', 'p3']).values()]).toEqual(claims);
  // again, and to its successor too: it may have died before it could do anything about it
  expect([...mine.keep(['p1', 'p2', 'p3']).values()]).toEqual(claims);
  mine.close();
  expect([...bridge('/c').keep(['p1', 'p2', 'p3']).values()]).toEqual(claims);
});

test('so it is told of one that ended, or gave the answer without watching', () => {
  const [first, mine] = [bridge('/a'), bridge('/b')];
  (first.borrow('p1', 5) as Borrowed).typing();
  first.close();
  expect(keep(mine, 'p1')).toMatchObject({ typed: { by: { home: '/a' }, isSettled: false } });
  const second = bridge('/a');
  const borrowed = second.borrow('p2', 5) as Borrowed;
  borrowed.typing();
  borrowed.release();
  expect(keep(mine, 'p2')).toMatchObject({ typed: { by: { home: '/a' }, isSettled: false } });
});

test('who owns the pane says when it was seen what became of it, and what it types itself comes after', () => {
  const [first, mine] = [bridge('/a'), bridge('/b')];
  (first.borrow('p1', 5) as Borrowed).typing();
  first.close();
  mine.keep(['p1']);
  mine.settle('p1');
  expect(keep(mine, 'p1')).toMatchObject({ typed: { by: { home: '/a' }, isSettled: true } });
  (mine.borrow('p1', 1_001) as Borrowed).typing();
  expect(keep(mine, 'p1')).toEqual(ours);
  // of another pane, or one that is not ours, nobody says anything
  mine.settle('unknown');
});

test('no pane is lent for an answer to what was asked before another bridge typed there', () => {
  const [first, mine] = [bridge('/a'), bridge('/b')];
  now = 2_000;
  const answered = first.borrow('p1', 5) as Borrowed;
  answered.typing();
  answered.settled();
  first.close();
  now = 3_000;
  const typed = { by: { home: '/a', pid: process.pid }, at: 2_000, isSettled: true };
  expect(mine.borrow('p1', 1_999)).toEqual({ typed });
  expect(mine.borrow('p1', 2_000)).toEqual({ typed });
  // and nothing of that stays ours
  expect(keep(bridge('/c'), 'p1')).toEqual({ is: 'ours', typed });
  open.at(-1)!.close();
  expect(mine.borrow('p1', 2_001)).toHaveProperty('typing');
  mine.keep(['p1']);
  expect(mine.borrow('p1', 2_000)).toEqual({ typed });
  expect(mine.borrow('p1', 2_001)).toHaveProperty('typing');
});

test('a clock that was set back since makes nothing that is asked now older than what was typed', () => {
  const [first, mine] = [bridge('/a'), bridge('/b')];
  now = 90_000_000;
  (first.borrow('p1', 5) as Borrowed).typing();
  first.close();
  now = 2_000;
  expect(mine.borrow('p1', 1_999)).toHaveProperty('typed');
  now = 3_000;
  expect(mine.borrow('p1', 2_500)).toHaveProperty('typing');
});

test('what its own state directory typed stands in the journal, and is not told', async () => {
  const child = await elsewhere(`bridge.keep(['p1']); bridge.borrow('p1', 5).typing();`);
  await child.kill();
  const successor = bridge('/elsewhere');
  expect(keep(successor, 'p1')).toEqual(ours);
  // another one is told still
  successor.close();
  expect(keep(bridge('/b'), 'p1')).toMatchObject({ typed: { isSettled: false } });
});

test('what was typed is forgotten after a day', async () => {
  const child = await elsewhere(`bridge.keep(['p1']); bridge.borrow('p1', 5).typing();`);
  await child.kill();
  now = 1_000 + 25 * 3_600_000;
  const mine = bridge('/b');
  mine.keep(['p2']);
  expect(keep(mine, 'p1')).toEqual(ours);
});

test('a table of an older bridge is begun anew', () => {
  bridge('/a').keep(['p1']);
  const table = new DatabaseSync(join(folder, 'owners.db'));
  table.exec(
    'PRAGMA user_version = 0; DROP TABLE panes; CREATE TABLE panes (pane TEXT PRIMARY KEY, bridge TEXT, since INTEGER, typing INTEGER NOT NULL)',
  );
  table.close();
  expect(keep(bridge('/b'), 'p1')).toEqual(ours);
});

test('for one answer a pane that nobody has is ours for as long as it takes', () => {
  const [command, daemon] = [bridge('/a'), bridge('/b')];
  const borrowed = command.borrow('p1', 5) as Borrowed;
  expect(keep(daemon, 'p1')).toEqual(theirs('/a'));
  borrowed.release();
  borrowed.release();
  expect(keep(daemon, 'p1')).toEqual(ours);
  expect(command.borrow('p1', 5)).toEqual({ owner: { home: '/b', since: 1_000, pid: process.pid } });
});

test('an answer does not end what is watched, nor the end of watching an answer', () => {
  const [mine, other] = [bridge('/a'), bridge('/b')];
  mine.keep(['p1']);
  const first = mine.borrow('p1', 5) as Borrowed;
  const second = mine.borrow('p1', 5) as Borrowed;
  first.release();
  expect(keep(other, 'p1')).toEqual(theirs('/a'));
  mine.letGo(['p1']);
  expect(keep(other, 'p1')).toEqual(theirs('/a'));
  second.release();
  expect(keep(other, 'p1')).toEqual(ours);

  const third = mine.borrow('p2', 5) as Borrowed;
  mine.keep(['p2']);
  third.release();
  expect(keep(other, 'p2')).toEqual(theirs('/a'));
});

test('a thousand panes are claimed in one step, and cost one open file while they are owned', () => {
  const keys = Array.from({ length: 1_000 }, (_, index) => `pane ${index}`);
  const mine = bridge('/a');
  const files = () => readdirSync('/proc/self/fd').length;
  const before = files();
  expect([...mine.keep(keys).values()].every(({ is }) => is === 'ours')).toBe(true);
  expect(files() - before).toBeLessThanOrEqual(2);
  expect(readdirSync(folder)).toHaveLength(2);
});

test.runIf(process.platform === 'linux')('asking for panes of another bridge writes nothing', () => {
  const [mine, other] = [bridge('/a'), bridge('/b')];
  mine.keep(['p1']);
  other.keep(['p1', 'p2']);
  const file = join(folder, 'owners.db');
  utimesSync(file, 1, 1);
  other.keep(['p1', 'p2']);
  mine.keep(['p1']);
  expect(statSync(file).mtimeMs).toBe(1_000);
});

test('where a cleaner took the table or the lock away, who comes first has the pane, and the other hears of it', () => {
  const [mine, other] = [bridge('/a'), bridge('/b')];
  mine.keep(['p1', 'p2']);
  expect(mine.isSureOf(['p1', 'p2'])).toBe(true);
  rmSync(join(folder, 'owners.db'));
  expect(mine.isSureOf(['p1', 'p2'])).toBe(false);
  expect(keep(other, 'p1')).toEqual(ours);
  expect([...mine.keep(['p1', 'p2']).values()]).toEqual([theirs('/b'), ours]);
  for (const name of readdirSync(folder)) if (name.endsWith('.lock')) rmSync(join(folder, name));
  expect(keep(bridge('/c'), 'p2')).toEqual(ours);
  // its lock is had again by then, and what it was sure of before is not
  mine.borrow('p9', 5);
  expect(mine.isSureOf(['p2'])).toBe(false);
  expect(keep(mine, 'p2')).toEqual(theirs('/c'));
  expect(mine.borrow('p2', 5)).toMatchObject({ owner: { home: '/c' } });
  expect(mine.isSureOf(['p2'])).toBe(false);
  // and whoever lives on is known to live
  mine.keep(['p3']);
  expect(keep(bridge('/d'), 'p3')).toEqual(theirs('/a'));
});

test('while a bridge lives, its lock and the table stay young, so that no cleaner takes them', () => {
  now = 1_000_000_000;
  const mine = bridge('/a');
  mine.keep(['p1']);
  const ages = () => readdirSync(folder).map((name) => statSync(join(folder, name)).mtimeMs);
  expect(mine.isSureOf(['p1'])).toBe(true);
  expect(ages()).toEqual([now, now]);
  now += 3_599_000;
  mine.isSureOf(['p1']);
  expect(ages()).toEqual([1_000_000_000, 1_000_000_000]);
  now += 2_000;
  mine.isSureOf(['p1']);
  expect(ages()).toEqual([now, now]);
});

test('a table that cannot be read is begun anew', () => {
  const mine = bridge('/a');
  mine.keep(['p1']);
  writeFileSync(join(folder, 'owners.db'), 'no table at all, but some text that is long enough'.repeat(100));
  expect(keep(bridge('/b'), 'p1')).toEqual(ours);
  expect(keep(mine, 'p1')).toEqual(theirs('/b'));
});

test('who only asks makes neither a folder nor a table', () => {
  expect(bridge('/a').ownersOf(['p1'])).toEqual(new Map());
  expect(() => statSync(folder)).toThrow(/ENOENT/);
});

test('the table and its folder are the user’s alone', () => {
  bridge('/a').keep(['p1']);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder, 'owners.db')).mode & 0o777).toBe(0o600);
});
