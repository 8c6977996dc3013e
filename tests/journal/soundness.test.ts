import {
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Journal } from '../../bridge/journal/journal.ts';
import { happened, now } from './samples.ts';

const megabyte = 1024 * 1024;
const never = new AbortController().signal;

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridge-soundness-'));
  path = join(folder, 'bridge.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = () => Journal.open(path, { now });
const aside = () => readdirSync(folder).filter((name) => /corrupt-[^-]*$/.test(name));

/** A journal of so many events of a megabyte each, all of it in the file itself. */
function fill(megabytes: number): void {
  const { journal } = open();
  journal.saveMemory('kept', 'what decides');
  for (let index = 0; index < megabytes; index += 1)
    journal.record({ ...happened('bridge-started', 'bridge'), data: `event ${index} ${'x'.repeat(megabyte)}` });
  journal.close();
  const db = new DatabaseSync(path);
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  db.close();
}

/** Overwrites the page on which this is written first. */
function damage(words: string): void {
  const at = readFileSync(path).indexOf(words);
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(4_096, 0xa5), 0, 4_096, at - (at % 4_096));
}

test('a large journal opens although a page of its past is damaged; that is found later, and sets it aside the next time', async () => {
  fill(70);
  damage('event 30 ');
  const { journal, setAside } = open();
  expect([setAside, journal.memory('kept')]).toEqual([null, 'what decides']);
  expect(await journal.lookLater(never)).toMatch(/\S/);
  journal.close();
  expect(existsSync(`${path}.doubted`)).toBe(true);
  const next = open();
  expect(next.setAside).not.toBeNull();
  next.journal.close();
  expect([existsSync(`${path}.doubted`), aside()]).toEqual([false, [expect.stringContaining('corrupt')]]);
});

test('damage in what decides sets a large journal aside at once', () => {
  fill(70);
  damage('what decides');
  expect(open().setAside).not.toBeNull();
});

test('damage anywhere sets a small journal aside at once', () => {
  fill(3);
  damage('event 1 ');
  expect(open().setAside).not.toBeNull();
});

test('a sound journal is left alone, however large it is, and a doubt that was none is gone', async () => {
  fill(70);
  writeFileSync(`${path}.doubted`, 'a word\n');
  const { journal, setAside } = open();
  expect(setAside).toBeNull();
  expect(await journal.lookLater(never)).toBeNull();
  journal.close();
  expect([existsSync(`${path}.doubted`), aside()]).toEqual([false, []]);
});

test('whoever stops meanwhile waits for nobody, and knows nothing against the file', async () => {
  fill(70);
  damage('event 30 ');
  const { journal } = open();
  const ended = new AbortController();
  const looked = journal.lookLater(ended.signal);
  ended.abort();
  expect(await looked).toBeNull();
  journal.close();
  expect(existsSync(`${path}.doubted`)).toBe(false);
});
