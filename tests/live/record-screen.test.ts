import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { beforeEach, expect, test } from 'vitest';
import { sizeWindow, waitFor } from '../fixtures/private-tmux.ts';
import { startScriptedAgent } from '../fixtures/scripted-agent.ts';
import { eachTestStartsWith, tmux } from './live-fixture.ts';

const program = fileURLToPath(new URL('../../scripts/record-screen', import.meta.url));
let out: string;
eachTestStartsWith();
beforeEach(() => {
  out = join(tmux.folder, 'screens');
});

function record(args: readonly string[], environment: Record<string, string> = {}) {
  return spawnSync(program, [...args, '--socket', tmux.socketPath, '--out', out], {
    encoding: 'utf8',
    env: { ...process.env, ...environment },
  });
}

const read = (file: string) => readFileSync(join(out, file), 'utf8');

test('a screen becomes text, coloured text and a manifest entry that agree', async () => {
  const agent = await startScriptedAgent({ tmux, session: 'w', name: 'shop', width: 100, height: 30 });
  await agent.perform({ dialog: 'rm -rf build' });
  const args = [agent.paneId, '--agent', 'codex', '--state', 'approval', '--note', 'asks to run rm'];
  const { status, stdout } = record(args);
  expect(status).toBe(0);
  expect(stdout).toContain('approval-1.txt');
  const text = read('codex/0.169.0/approval-1.txt');
  expect(text.split('\n')).toHaveLength(31);
  expect(text).toContain('Would you like to run the following command?');
  const ansi = read('codex/0.169.0/approval-1.ansi');
  expect(ansi).toContain('\x1b[');
  const plain = stripVTControlCharacters(ansi).split('\n');
  expect(plain.map((row) => row.trimEnd()).join('\n')).toBe(text);
  const [entry] = JSON.parse(read('manifest.json'));
  expect(entry).toMatchObject({
    file: 'codex/0.169.0/approval-1.txt',
    ansi: 'codex/0.169.0/approval-1.ansi',
    agent: 'codex',
    version: '0.169.0',
    state: 'approval',
    note: 'asks to run rm',
    cmd: 'codex',
    alt: '1',
    mode: '0',
    curflag: '0',
    mouse: '0',
    kp: '0',
    hist: '0',
    bell: '0',
    size: '100x30',
  });
  expect(entry.title).toMatch(/^\[ [!.] \] Action Required \| shop$/);

  expect(record(args).status).toBe(0);
  expect(readdirSync(join(out, 'codex/0.169.0')).sort()).toEqual([
    'approval-1.ansi',
    'approval-1.txt',
    'approval-2.ansi',
    'approval-2.txt',
  ]);
  expect(JSON.parse(read('manifest.json'))).toHaveLength(2);
});

test('home folder, keys, passwords, addresses and named texts are hidden without moving a column, also where the terminal wrapped them', async () => {
  const lines = [
    '/home/jane/project |',
    'key sk-proj-AbCdEf0123456789 |',
    'API_KEY=abcdef123456 |',
    'Authorization: Bearer abc.def-ghi_jkl |',
    'mail jane.doe@company.org |',
    'from the environment: qwertzuiop |',
    'codename bluebird |',
    '\x1b[31mghp_zzzz\x1b[32mbbbbcccc1234\x1b[0m |',
    `${'-'.repeat(50)} sk-wrapped-0123456789 |`,
  ];
  const script = `printf '%b\\n' ${lines.map((line) => `'${line.replaceAll('\x1b', '\\033')}'`).join(' ')}; exec cat`;
  await tmux.run('new-session', '-d', '-s', 'w', '-x', '60', '-y', '20', script);
  await sizeWindow(tmux, '=w:', 60, 20);
  await waitFor('it is drawn', async () => /0123456789 \|\n/.test(await tmux.screen('=w:')));
  const before = (await tmux.screen('=w:')).split('\n');
  const args = ['w', '--agent', 'x', '--agent-version', '1.0', '--state', 'idle', '--mask', 'bluebird'];
  expect(record(args, { MY_TOKEN: 'qwertzuiop', HOME: '/home/jane' })).toMatchObject({ status: 0 });
  for (const file of ['x/1.0/idle-1.txt', 'x/1.0/idle-1.ansi']) {
    const text = stripVTControlCharacters(read(file));
    for (const secret of [
      '/home/jane',
      'AbCdEf',
      'abcdef',
      'def-ghi',
      'jane',
      'company',
      'qwertz',
      'bluebird',
      'zzzz',
      'bbbb',
      '1234',
    ]) {
      expect(text).not.toContain(secret);
    }
    const after = text.split('\n');
    expect(after.slice(0, 11).map((row) => row.lastIndexOf('|'))).toEqual(
      before.slice(0, 11).map((row) => row.lastIndexOf('|')),
    );
  }
});

test('frames that do not differ are recorded once, frames that do each time', async () => {
  const agent = await startScriptedAgent({ tmux, session: 'w' });
  const frames = (state: string) =>
    record([agent.paneId, '--agent', 'codex', '--state', state, '--frames', '3', '--interval-ms', '250', '--json']);
  expect(JSON.parse(frames('idle').stdout)).toHaveLength(1);
  await agent.perform({ busy: true });
  const busy = JSON.parse(frames('busy').stdout) as Array<{ title: string }>;
  expect(busy).toHaveLength(3);
  expect(new Set(busy.map((entry) => entry.title)).size).toBeGreaterThan(1);
});

test.each([
  [[], 64, /TARGET is needed/],
  [['w', '--state', 'idle'], 64, /--agent is needed/],
  [['w', '--agent', '../x', '--state', 'idle'], 64, /it names a file/],
  [['w', '--agent', 'x', '--state', 'idle', '--frames', 'many'], 64, /whole number/],
  [['w', '--agent', 'x', '--state', 'idle'], 64, /no version on the screen/],
  [['wor', '--agent', 'x', '--state', 'idle'], 1, /wor/],
] as const)('%j ends with %i and says why', async (args, code, reason) => {
  await tmux.run('new-session', '-d', '-s', 'w', 'exec cat');
  await tmux.run('new-session', '-d', '-s', 'world', 'exec cat');
  const { status, stderr } = record(args);
  expect({ status, stderr }).toEqual({ status: code, stderr: expect.stringMatching(reason) });
  expect(existsSync(out)).toBe(false);
});

test('--help teaches by example', () => {
  const { status, stdout } = record(['--help']);
  expect(status).toBe(0);
  expect(stdout).toMatch(/Example: .*\n {2}scripts\/record-screen %3 --agent codex/);
});
