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
import { installBundledFiles } from '../../bridge/launch/bundled-files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridge-bundled-'));
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
  write('bundled/worker/SKILL.md', 'ask');
  write('bundled/controller/SKILL.md', 'answer');
  write('bundled/controller/refs/a.md', 'a');
});

test('a fresh install creates every file, and a second one nothing', async () => {
  const first = await installBundledFiles({ from: at('bundled'), into: at('repo/skills'), force: false });
  expect(tree('repo/skills')).toEqual(tree('bundled'));
  expect(first.created).toHaveLength(3);
  const second = await installBundledFiles({ from: at('bundled'), into: at('repo/skills'), force: false });
  expect(second).toMatchObject({ created: [], kept: [], replaced: [] });
  expect(second.same).toHaveLength(3);
});

test("the user's own words stay without force, and only same-named files are replaced with it", async () => {
  write('repo/skills/worker/SKILL.md', 'mine');
  write('repo/skills/worker/extra.md', 'extra');
  const kept = await installBundledFiles({ from: at('bundled'), into: at('repo/skills'), force: false });
  expect(kept.kept).toEqual([at('repo/skills/worker/SKILL.md')]);
  expect(read('repo/skills/worker/SKILL.md')).toBe('mine');
  const forced = await installBundledFiles({ from: at('bundled'), into: at('repo/skills'), force: true });
  expect(forced.replaced).toEqual([at('repo/skills/worker/SKILL.md')]);
  expect(read('repo/skills/worker/SKILL.md')).toBe('ask');
  expect(read('repo/skills/worker/extra.md')).toBe('extra');
});

test.each([
  ['the very same folder', () => at('bundled')],
  ['the same folder, written otherwise', () => at('bundled/worker/../.')],
  ['a link to the source', () => linkedTo('bundled')],
  ['a folder inside the source', () => at('bundled/worker')],
  ['the folder the source is in', () => folder],
])('--force into %s keeps the source whole', async (_, into) => {
  const before = tree('bundled');
  await installBundledFiles({ from: at('bundled'), into: into(), force: true });
  for (const [path, words] of Object.entries(before)) expect(read(join('bundled', path))).toBe(words);
});

test('a source that lies below its target never writes over itself', async () => {
  write('bundled/bundled/worker/SKILL.md', 'nested');
  await installBundledFiles({ from: at('bundled'), into: folder, force: true });
  expect(read('bundled/worker/SKILL.md')).toBe('ask');
});

test('a target folder that is linked back to the source skill leaves it whole', async () => {
  mkdirSync(at('repo/skills'), { recursive: true });
  symlinkSync(at('bundled/controller'), at('repo/skills/controller'));
  const report = await installBundledFiles({ from: at('bundled'), into: at('repo/skills'), force: true });
  expect(report.created).toEqual([at('repo/skills/worker/SKILL.md')]);
  expect(tree('bundled')['controller/SKILL.md']).toBe('answer');
});

test('a target file that is a link is replaced by force, and what it pointed to stays', async () => {
  write('precious', 'mine');
  mkdirSync(at('repo/worker'), { recursive: true });
  symlinkSync(at('precious'), at('repo/worker/SKILL.md'));
  await installBundledFiles({ from: at('bundled'), into: at('repo'), force: true });
  expect(read('precious')).toBe('mine');
  expect(read('repo/worker/SKILL.md')).toBe('ask');
});

test('a hard link between source and target does not carry new words back into the source', async () => {
  write('repo/worker/other', '');
  linkSync(at('bundled/worker/SKILL.md'), at('repo/worker/SKILL.md'));
  writeFileSync(at('bundled/worker/new'), 'ask');
  await installBundledFiles({ from: at('bundled'), into: at('repo'), force: true });
  expect(read('bundled/worker/SKILL.md')).toBe('ask');
});

test('links and hidden files in the source are not followed and not installed', async () => {
  write('secret', 'secret');
  symlinkSync(at('secret'), at('bundled/worker/leak'));
  symlinkSync('/', at('bundled/worker/root'));
  write('bundled/.git/config', 'x');
  await installBundledFiles({ from: at('bundled'), into: at('repo'), force: false });
  expect(Object.keys(tree('repo')).sort()).toEqual(['controller/SKILL.md', 'controller/refs/a.md', 'worker/SKILL.md']);
});

test('one file is installed under the name it is given, and stays executable', async () => {
  write('run', '#!/bin/sh\n', 0o755);
  const report = await installBundledFiles({ from: at('run'), into: at('repo/bin/other'), force: false });
  expect(report.created).toEqual([at('repo/bin/other')]);
  expect(statSync(at('repo/bin/other')).mode & 0o777).toBe(0o755);
});

test('a source that is not there is a fault, and nothing is made', async () => {
  await expect(installBundledFiles({ from: at('none'), into: at('repo'), force: true })).rejects.toThrow(at('none'));
  expect(existsSync(at('repo'))).toBe(false);
});

test('no temporary file is left behind', async () => {
  await installBundledFiles({ from: at('bundled'), into: at('repo'), force: true });
  expect(Object.keys(tree('repo')).filter((name) => name.includes('.tmp'))).toEqual([]);
});
