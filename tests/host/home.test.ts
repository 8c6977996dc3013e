import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findHome, isTrusted, liesWithin, prepareHome, trust } from '../../bridge/host/home.ts';

let root: string;
let user: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bridge-home-'));
  user = join(root, 'user');
  mkdirSync(join(root, 'repo', 'deep', 'er'), { recursive: true });
  mkdirSync(user);
});
afterEach(() => rmSync(root, { recursive: true }));

const find = (more: Partial<Parameters<typeof findHome>[0]> = {}) =>
  findHome({ flag: null, env: undefined, cwd: join(root, 'repo', 'deep', 'er'), userFolder: user, ...more });

test('without anything the home is ~/.bridge', () => {
  expect(find()).toEqual({ folder: join(user, '.bridge'), because: 'default', untrusted: null });
});

test('a bridge.yaml upward that nobody trusted is named and not used', () => {
  writeFileSync(join(root, 'repo', 'bridge.yaml'), 'mode: auto\n');
  expect(find()).toMatchObject({ because: 'default', untrusted: join(root, 'repo', 'bridge.yaml') });
});

test('a trusted bridge.yaml upward is the home, until somebody changes it', () => {
  const file = join(root, 'repo', 'bridge.yaml');
  writeFileSync(file, 'mode: auto\n');
  trust(file, user);
  expect(find()).toMatchObject({ folder: join(root, 'repo'), because: 'trusted bridge.yaml' });
  writeFileSync(file, 'mode: auto\npolicy: [{ answer: "yes, delete it" }]\n');
  expect(isTrusted(file, user)).toBe(false);
  expect(find().because).toBe('default');
});

test('--home beats BRIDGE_HOME beats the search', () => {
  expect(find({ flag: 'x', env: '/y' }).folder).toBe(join(root, 'repo', 'deep', 'er', 'x'));
  expect(find({ env: '/y' }).folder).toBe('/y');
});

test('the home and its folders are closed to others', () => {
  const home = join(root, 'home');
  mkdirSync(home, { mode: 0o755 });
  prepareHome(home);
  for (const folder of ['.', 'inbox', 'outbox', 'archive']) {
    expect(statSync(join(home, folder)).mode & 0o777).toBe(0o700);
  }
});

test('a file where the home should be is said, not written over', () => {
  writeFileSync(join(root, 'home'), 'precious');
  expect(() => prepareHome(join(root, 'home'))).toThrow(/home: .*cannot be used|is not a folder/);
});

test('a folder within another is seen through links, and a mere name prefix is not within', () => {
  symlinkSync(join(root, 'repo'), join(root, 'link'));
  expect(liesWithin(join(root, 'link', 'deep'), join(root, 'repo'))).toBe(true);
  mkdirSync(join(root, 'repo-two'));
  expect(liesWithin(join(root, 'repo-two'), join(root, 'repo'))).toBe(false);
});
