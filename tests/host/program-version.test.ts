import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isNewer } from '../../bridge/core/version.ts';
import type { ProcessSource } from '../../bridge/host/process-source.ts';
import { versionOf } from '../../bridge/host/program-version.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridge-version-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const put = (path: string, text = '') => {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
};
const running = (...argv: string[]): ProcessSource => ({
  read: (pid) => ({ pid, parent: 1, group: pid, foregroundGroup: pid, stopped: false, startedAt: '1', comm: 'x' }),
  children: () => [],
  commandLine: () => argv,
  readsTerminal: () => true,
});
const at = (...argv: string[]) => versionOf(10, 'codex', running(...argv));

test('a script tells the version of the package that it lies in, also through a link on PATH', () => {
  put('lib/node_modules/@openai/codex/package.json', '{"name":"@openai/codex","version":"0.169.0"}');
  const script = put('lib/node_modules/@openai/codex/bin/codex.js');
  put('bin/x');
  symlinkSync(script, join(folder, 'bin/codex'));
  expect(at('node', script, '--no-daemon')).toBe('0.169.0');
  expect(at('/usr/bin/node', join(folder, 'bin/codex'))).toBe('0.169.0');
});

test('a package that only says what kind of modules lie there is passed over, as is one of somebody else', () => {
  put('app/package.json', '{"name":"my-app","version":"7.0.0"}');
  put('app/codex/dist/package.json', '{"type":"module"}');
  put('app/codex/package.json', '{"name":"tool","version":"1.2.3","bin":{"codex":"dist/main.js"}}');
  expect(at('node', put('app/codex/dist/main.js'))).toBe('1.2.3');
  expect(at('node', put('app/scripts/codex.js'))).toBeNull();
});

test('an installer with a folder for each version tells it by the path; what tells nothing has none', () => {
  expect(at(put('share/codex/versions/2.1.332/codex'))).toBe('2.1.332');
  expect(at(put('opt/codex'))).toBeNull();
  expect(at('codex')).toBeNull();
  expect(at('/nowhere/codex')).toBeNull();
  put('odd/package.json', 'no json');
  expect(at(put('odd/codex'))).toBeNull();
  expect(versionOf(10, 'codex', { ...running('x'), read: () => null })).toBeNull();
});

test('a program that was found on PATH tells it by the file that it runs, and an interpreter does not', () => {
  put('lib/node_modules/@openai/codex/package.json', '{"name":"@openai/codex","version":"0.169.0"}');
  const executable = put('lib/node_modules/@openai/codex/bin/codex.exe');
  const found = (...argv: string[]) => versionOf(10, 'codex', { ...running(...argv), executable: () => executable });
  expect(found('codex', '--full-auto')).toBe('0.169.0');
  expect(found('node', 'codex.js')).toBeNull();
  expect(versionOf(10, 'codex', { ...running('codex'), executable: () => null })).toBeNull();
});

test('newer is what is newer than each, by numbers and not by letters', () => {
  expect(isNewer('0.171.0', ['0.169.0'])).toBe(true);
  expect(isNewer('0.9.0', ['0.169.0'])).toBe(false);
  expect(isNewer('0.169.0', ['0.169.0'])).toBe(false);
  expect(isNewer('1.2', ['1.2.0', '1.1'])).toBe(false);
  expect(isNewer('unknown', ['0.1'])).toBe(false);
});
