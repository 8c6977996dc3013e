import { mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { folderId } from '../../bridge/host/folder-id.ts';

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'bridge-folder-'));
});
afterEach(() => rmSync(base, { recursive: true }));

test('a folder keeps its name, whatever path leads to it, and another has another', () => {
  const folder = join(base, 'one');
  const name = folderId(folder);
  expect(name).toMatch(/^[0-9a-f]{16}$/);
  expect(folderId(folder)).toBe(name);
  symlinkSync(folder, join(base, 'link'));
  expect(folderId(join(base, 'link'))).toBe(name);
  renameSync(folder, join(base, 'moved'));
  expect(folderId(join(base, 'moved'))).toBe(name);
  expect(folderId(join(base, 'two'))).not.toBe(name);
  expect(readdirSync(join(base, 'moved'))).toEqual(['folder-id']);
});

test('what somebody else wrote there is no name', () => {
  const folder = join(base, 'one');
  folderId(folder);
  writeFileSync(join(folder, 'folder-id'), 'x\n');
  const name = folderId(folder);
  expect(name).toMatch(/^[0-9a-f]{16}$/);
  expect(folderId(folder)).toBe(name);
  expect(readdirSync(folder)).toEqual(['folder-id']);
});
