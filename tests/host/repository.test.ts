import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { repositoryOf } from '../../bridge/host/repository.ts';

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'bridge-repository-')));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('the nearest folder upward with a .git is the repository, also of a worktree and through a link', () => {
  const deep = join(folder, 'site', 'src', 'deep');
  mkdirSync(deep, { recursive: true });
  expect(repositoryOf(deep)).not.toBe(join(folder, 'site'));
  mkdirSync(join(folder, 'site', '.git'));
  expect(repositoryOf(deep)).toBe(join(folder, 'site'));
  writeFileSync(join(folder, 'site', 'src', '.git'), 'gitdir: elsewhere');
  expect(repositoryOf(deep)).toBe(join(folder, 'site', 'src'));
  symlinkSync(deep, join(folder, 'link'));
  expect(repositoryOf(join(folder, 'link'))).toBe(join(folder, 'site', 'src'));
  expect(repositoryOf(join(folder, 'gone'))).toBeNull();
});
