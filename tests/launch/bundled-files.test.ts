import {
  existsSync,
  linkSync,
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
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { installKit } from '../../bridge/launch/bundled-files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridge-kit-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (...parts: string[]) => join(folder, ...parts);
function write(path: string, text: string, mode = 0o644) {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), text, { mode });
}
const read = (path: string) => readFileSync(at(path), 'utf8');
function linkedTo(path: string): string {
  symlinkSync(at(path), at('link'));
  return at('link');
}
/** every file below, with its words */
function tree(path: string): Record<string, string> {
  const entries = readdirSync(at(path), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    entries.map((entry) => [
      join(entry.parentPath, entry.name).slice(at(path).length + 1),
      readFileSync(join(entry.parentPath, entry.name), 'utf8'),
    ]),
  );
}

beforeEach(() => {
  write('kit/worker/SKILL.md', 'ask');
  write('kit/controller/SKILL.md', 'answer');
  write('kit/controller/refs/a.md', 'a');
});

test('a fresh install creates every file, and a second one nothing', async () => {
  const first = await installKit({ from: at('kit'), into: at('repo/skills'), force: false });
  expect(tree('repo/skills')).toEqual(tree('kit'));
  expect(first.created).toHaveLength(3);
  const second = await installKit({ from: at('kit'), into: at('repo/skills'), force: false });
  expect(second).toMatchObject({ created: [], kept: [], replaced: [] });
  expect(second.same).toHaveLength(3);
});

test("the user's own words stay without force, and only same-named files are replaced with it", async () => {
  write('repo/skills/worker/SKILL.md', 'mine');
  write('repo/skills/worker/extra.md', 'extra');
  const kept = await installKit({ from: at('kit'), into: at('repo/skills'), force: false });
  expect(kept.kept).toEqual([at('repo/skills/worker/SKILL.md')]);
  expect(read('repo/skills/worker/SKILL.md')).toBe('mine');
  const forced = await installKit({ from: at('kit'), into: at('repo/skills'), force: true });
  expect(forced.replaced).toEqual([at('repo/skills/worker/SKILL.md')]);
  expect(read('repo/skills/worker/SKILL.md')).toBe('ask');
  expect(read('repo/skills/worker/extra.md')).toBe('extra');
});

test.each([
  ['the very same folder', () => at('kit')],
  ['the same folder, written otherwise', () => at('kit/worker/../.')],
  ['a link to the source', () => linkedTo('kit')],
  ['a folder inside the source', () => at('kit/worker')],
  ['the folder the source is in', () => folder],
])('--force into %s keeps the source whole', async (_, into) => {
  const before = tree('kit');
  await installKit({ from: at('kit'), into: into(), force: true });
  for (const [path, words] of Object.entries(before)) expect(read(join('kit', path))).toBe(words);
});

test('a source that lies below its target never writes over itself', async () => {
  write('kit/kit/worker/SKILL.md', 'nested');
  await installKit({ from: at('kit'), into: folder, force: true });
  expect(read('kit/worker/SKILL.md')).toBe('ask');
});

test('a target folder that is linked back to the source skill leaves it whole', async () => {
  mkdirSync(at('repo/skills'), { recursive: true });
  symlinkSync(at('kit/controller'), at('repo/skills/controller'));
  const report = await installKit({ from: at('kit'), into: at('repo/skills'), force: true });
  expect(report.created).toEqual([at('repo/skills/worker/SKILL.md')]);
  expect(tree('kit')['controller/SKILL.md']).toBe('answer');
});

test('a target file that is a link is replaced by force, and what it pointed to stays', async () => {
  write('precious', 'mine');
  mkdirSync(at('repo/worker'), { recursive: true });
  symlinkSync(at('precious'), at('repo/worker/SKILL.md'));
  await installKit({ from: at('kit'), into: at('repo'), force: true });
  expect(read('precious')).toBe('mine');
  expect(read('repo/worker/SKILL.md')).toBe('ask');
});

test('a hard link between source and target does not carry new words back into the source', async () => {
  write('repo/worker/other', '');
  linkSync(at('kit/worker/SKILL.md'), at('repo/worker/SKILL.md'));
  writeFileSync(at('kit/worker/new'), 'ask');
  await installKit({ from: at('kit'), into: at('repo'), force: true });
  expect(read('kit/worker/SKILL.md')).toBe('ask');
});

test('links and hidden files in the source are not followed and not installed', async () => {
  write('secret', 'secret');
  symlinkSync(at('secret'), at('kit/worker/leak'));
  symlinkSync('/', at('kit/worker/root'));
  write('kit/.git/config', 'x');
  await installKit({ from: at('kit'), into: at('repo'), force: false });
  expect(Object.keys(tree('repo')).sort()).toEqual(['controller/SKILL.md', 'controller/refs/a.md', 'worker/SKILL.md']);
});

test('one file is installed under the name it is given, and stays executable', async () => {
  write('run', '#!/bin/sh\n', 0o755);
  const report = await installKit({ from: at('run'), into: at('repo/bin/other'), force: false });
  expect(report.created).toEqual([at('repo/bin/other')]);
  expect(statSync(at('repo/bin/other')).mode & 0o777).toBe(0o755);
});

test('a source that is not there is a fault, and nothing is made', async () => {
  await expect(installKit({ from: at('none'), into: at('repo'), force: true })).rejects.toThrow(at('none'));
  expect(existsSync(at('repo'))).toBe(false);
});

test('no temporary file is left behind', async () => {
  await installKit({ from: at('kit'), into: at('repo'), force: true });
  expect(Object.keys(tree('repo')).filter((name) => name.includes('.tmp'))).toEqual([]);
});
