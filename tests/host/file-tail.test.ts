import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lastLines } from '../../bridge/host/file-tail.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridge-tail-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('whole lines at the end of a file are read, and a last one that is half written', () => {
  const file = join(folder, 'file');
  writeFileSync(file, 'one\ntwo\nthree\nfo');
  expect(lastLines(file, 100)).toEqual(['one', 'two', 'three', 'fo']);
  expect(lastLines(file, 12)).toEqual(['three', 'fo']);
  expect(lastLines(file, 3)).toEqual(['fo']);
  expect(lastLines(file, 1)).toEqual([]);
  writeFileSync(file, '');
  expect(lastLines(file, 100)).toEqual(['']);
});

test('what is no regular file is not read, and nothing waits for it', () => {
  const at = (name: string) => join(folder, name);
  mkdirSync(at('folder'));
  symlinkSync('/etc/hostname', at('link'));
  execFileSync('mkfifo', [at('fifo')]);
  for (const name of ['folder', 'link', 'fifo', 'nothing'])
    expect([name, lastLines(at(name), 100)]).toEqual([name, null]);
});
