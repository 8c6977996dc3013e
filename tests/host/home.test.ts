import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig } from '../../bridge/config/config.ts';
import { digestOf, readConfigFile } from '../../bridge/host/config-file.ts';
import { findHome, liesWithin, prepareHome, readTrusted, trust } from '../../bridge/host/home.ts';

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

/** What `bridge trust` does. */
function trustNow(file: string): void {
  trust(file, digestOf(readConfigFile(file)!), user);
}

test('without anything the home is ~/.bridge, whatever bridge.yaml lies upward', () => {
  expect(find()).toEqual({ folder: join(user, '.bridge'), because: 'default', passedOver: [] });
  const file = join(root, 'repo', 'bridge.yaml');
  writeFileSync(file, 'mode: auto\n');
  expect(find().because).toBe('default');
  trustNow(file);
  expect(find().because).toBe('default');
});

test('a folder in which an older bridge has kept its journal stays the home, as long as its bridge.yaml is the trusted one', () => {
  const file = join(root, 'repo', 'bridge.yaml');
  writeFileSync(file, 'mode: auto\n');
  writeFileSync(join(root, 'repo', 'bridge.db'), '');
  expect(find().because).toBe('default');
  trustNow(file);
  const found = find();
  expect(found).toMatchObject({ folder: join(root, 'repo'), because: 'older' });
  writeFileSync(file, 'mode: manual\nnotify: { command: [touch, x] }\n');
  // what was hashed is what is used, whatever stands there by now
  const config = loadConfig({ home: found.folder, flags: {}, env: {}, ...(found.trusted && { file: found.trusted }) });
  expect(config).toMatchObject({ mode: 'auto', notify: {} });
  expect(find().because).toBe('default');
});

test('what cannot be read above is passed over with a line, at once', () => {
  const file = join(root, 'repo', 'bridge.yaml');
  writeFileSync(join(root, 'repo', 'bridge.db'), '');
  for (const [make, why] of [
    [() => mkdirSync(file), /is not a regular file/],
    [() => execFileSync('mkfifo', [file]), /is not a regular file/],
    [() => symlinkSync('/dev/zero', file), /is not a regular file/],
    [() => symlinkSync(file, file), /cannot be read/],
    [() => execFileSync('truncate', ['-s', '3G', file]), /at most/],
  ] as const) {
    make();
    const { because, passedOver } = find();
    expect(because).toBe('default');
    expect(passedOver).toEqual([expect.stringMatching(why)]);
    rmSync(file, { recursive: true });
  }
});

test('a bridge.yaml is trusted by the bytes that are used, and nothing that could wait or never end is read', () => {
  const file = join(root, 'repo', 'bridge.yaml');
  expect(readTrusted(file, user)).toEqual({ is: 'absent' });
  writeFileSync(file, 'mode: auto\n');
  expect(readTrusted(file, user)).toEqual({ is: 'untrusted', why: 'is not trusted' });
  trustNow(file);
  expect(readTrusted(file, user)).toEqual({ is: 'trusted', text: 'mode: auto\n' });
  writeFileSync(file, 'mode: manual\n');
  expect(readTrusted(file, user)).toEqual({ is: 'untrusted', why: 'changed since it was trusted' });
  for (const make of [
    () => mkdirSync(file),
    () => execFileSync('mkfifo', [file]),
    () => symlinkSync('/dev/zero', file),
  ]) {
    rmSync(file, { recursive: true });
    make();
    expect(() => readTrusted(file, user)).toThrow(/is not a regular file/);
  }
  rmSync(file);
  writeFileSync(file, 'x'.repeat(1024 * 1024 + 1));
  expect(() => readTrusted(file, user)).toThrow(/at most/);
});

test('--home beats BRIDGE_HOME beats the search', () => {
  expect(find({ flag: 'x', env: '/y' }).folder).toBe(join(root, 'repo', 'deep', 'er', 'x'));
  expect(find({ env: '/y' }).folder).toBe('/y');
});

test("~ in --home and BRIDGE_HOME is the user's own folder, also where no shell has replaced it", () => {
  expect(find({ flag: '~/b' }).folder).toBe(join(user, 'b'));
  expect(find({ env: '~/b' }).folder).toBe(join(user, 'b'));
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

test('a folder that is linked to keeps its mode, whichever of the four it is', () => {
  for (const [name, linked] of [
    ['whole', ''],
    ['inbox', 'inbox'],
    ['outbox', 'outbox'],
    ['archive', 'archive'],
  ] as const) {
    const target = join(root, `target-${name}`);
    mkdirSync(target, { mode: 0o755 });
    const home = join(root, `home-${name}`);
    if (linked !== '') mkdirSync(home, { mode: 0o700 });
    symlinkSync(target, join(home, linked));
    prepareHome(home);
    expect([name, statSync(target).mode & 0o777]).toEqual([name, 0o755]);
  }
  // what is made in a linked home is ours
  expect(statSync(join(root, 'target-whole', 'inbox')).mode & 0o777).toBe(0o700);
});

test('a linked home into which others may write is refused, and keeps its mode', () => {
  const target = join(root, 'shared');
  mkdirSync(target);
  chmodSync(target, 0o775);
  symlinkSync(target, join(root, 'linked'));
  expect(() => prepareHome(join(root, 'linked'))).toThrow(/linked: is a link to a folder that others may write/);
  expect(statSync(target).mode & 0o777).toBe(0o775);
});

test('a folder within another is seen through links, and a mere name prefix is not within', () => {
  symlinkSync(join(root, 'repo'), join(root, 'link'));
  expect(liesWithin(join(root, 'link', 'deep'), join(root, 'repo'))).toBe(true);
  mkdirSync(join(root, 'repo-two'));
  expect(liesWithin(join(root, 'repo-two'), join(root, 'repo'))).toBe(false);
});
