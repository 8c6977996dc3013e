import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { registerDoctor } from '../../bridge/cli/doctor.ts';
import { registerTrust } from '../../bridge/cli/trust.ts';

let root: string;
let printed: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bridge-yaml-'));
  for (const name of ['user', 'home', 'repo']) mkdirSync(join(root, name));
  printed = '';
  vi.stubEnv('HOME', join(root, 'user'));
  vi.stubEnv('PATH', '');
  vi.stubEnv('BRIDGE_HOME', join(root, 'home'));
  const keep = (text: unknown) => {
    printed += text;
    return true;
  };
  vi.spyOn(process.stdout, 'write').mockImplementation(keep);
  vi.spyOn(process.stderr, 'write').mockImplementation(keep);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  process.exitCode = 0;
  rmSync(root, { recursive: true, force: true });
});

async function run(...argv: string[]): Promise<void> {
  const program = new Command('bridge');
  registerTrust(program.command('trust'));
  registerDoctor(program.command('doctor'));
  await program.parseAsync(argv, { from: 'user' });
}

const unusable: Array<[string, (file: string) => unknown, RegExp]> = [
  ['a FIFO', (file) => execFileSync('/usr/bin/mkfifo', [file]), /is not a regular file/],
  ['a device', (file) => symlinkSync('/dev/zero', file), /is not a regular file/],
  ['a folder', (file) => mkdirSync(file), /is not a regular file/],
  ['3 GB', (file) => execFileSync('/usr/bin/truncate', ['-s', '3G', file]), /at most/],
  ['no YAML', (file) => writeFileSync(file, 'mode: [auto\n'), /bridge\.yaml:\d/],
  ['a key that is not known', (file) => writeFileSync(file, 'mode: auto\nmood: good\n'), /bridge\.yaml:2: mood/],
  [
    'a rule that decides nothing',
    (file) => writeFileSync(file, 'policy:\n  - when: {}\n'),
    /bridge\.yaml:2: policy\.0/,
  ],
  ['aliases of aliases', (file) => writeFileSync(file, 'policy: *x\n'), /bridge\.yaml:1: .*alias/],
];

test.each(unusable)('trust refuses %s named bridge.yaml, at once', async (_what, make, why) => {
  make(join(root, 'repo', 'bridge.yaml'));
  await run('trust', join(root, 'repo'));
  expect(printed).toMatch(why);
  expect(process.exitCode).not.toBe(0);
  expect(existsSync(join(root, 'user', '.bridge', 'trusted.json'))).toBe(false);
});

test.each(unusable)(
  'doctor ends and tells of %s where the bridge.yaml of the state directory should be',
  async (_what, make, why) => {
    make(join(root, 'home', 'bridge.yaml'));
    await run('doctor', '--json', '--socket', join(root, 'no-server'));
    const checks = JSON.parse(printed) as Array<{ name: string; ok: unknown; detail: string }>;
    expect(checks.length).toBeGreaterThan(5);
    expect(checks.find(({ name }) => name === 'bridge.yaml')).toMatchObject({
      ok: false,
      detail: expect.stringMatching(why),
    });
  },
);

test('doctor ends and tells of a bridge that does not answer', async () => {
  const server = createServer(() => {}).listen(join(root, 'home', 'bridge.sock'));
  try {
    await run('doctor', '--json', '--socket', join(root, 'no-server'));
  } finally {
    server.close();
  }
  const checks = JSON.parse(printed) as Array<{ name: string }>;
  expect(checks.find(({ name }) => name === 'bridge')).toMatchObject({
    ok: false,
    detail: expect.stringMatching(/has not answered/),
    remedy: expect.stringContaining('kill -9'),
  });
}, 10_000);

test('a project cannot name what is run for the person, trusted or not', async () => {
  writeFileSync(join(root, 'repo', 'bridge.yaml'), 'notify: { command: [touch, pwned] }\n');
  await run('trust', join(root, 'repo'));
  expect(printed).toMatch(/bridge\.yaml:1: notify: is not a project's to set/);
});
