import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const program = join(root, 'dist/cli/main.js');
const screens = join(root, 'tests/screens');

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'bridge-policy-'));
});
afterEach(() => rmSync(home, { recursive: true }));

function policy(yaml: string): void {
  writeFileSync(join(home, 'bridge.yaml'), `mode: manual\npolicy:\n${yaml}`);
}

const play = (...args: string[]) =>
  execFileSync(process.execPath, [program, 'policy', 'test', ...args, '--home', home], {
    encoding: 'utf8',
    cwd: home,
    maxBuffer: 64 * 1024 * 1024,
  });
const playJson = (...args: string[]) => JSON.parse(play(...args, '--json'));
const approval = join(screens, 'codex/0.169.0/approval-3.txt');

test('a recorded dialog is read, and the rule that names its whole command would press the option’s key', () => {
  policy(`  - when: { worker: other }
    then: ignore
  - when: { kind: approval, command: '^sleep 6; echo slept ESCALATE$' }
    choose: 1
`);
  expect(playJson(approval)).toMatchObject([
    {
      file: 'codex/0.169.0/approval-3.txt',
      state: 'dialog',
      dialog: { kind: 'approval', subject: { text: 'sleep 6; echo slept ESCALATE', isWhole: true } },
      decision: { is: 'choose', option: 'Yes, proceed', key: 'y', rule: 1, line: 5 },
    },
  ]);
  expect(play(approval)).toContain('policy rule 2 (bridge.yaml:5) would press y: "Yes, proceed"');
  expect(play(approval, '--as', 'other')).toContain('policy rule 1 (bridge.yaml:3) would ignore it');
});

test('a rule that names only a part leaves it to the human, who is told why', () => {
  policy(`  - when: { kind: approval, command: '^sleep .*$' }\n    choose: 1\n`);
  expect(play(approval)).toContain(
    'no policy rule decides: the human is asked (it is a dialog, and no policy rule matches)',
  );
});

test('a dialog has the same text as the request that a worker would open with it', () => {
  policy("  - when: { kind: approval, text: '/\\$ sleep 6; echo slept/' }\n    then: human\n");
  expect(play(approval)).toContain('policy rule 1 (bridge.yaml:3) decides: the human is asked');
});

test('the manifest is found from a folder below it; without one the fault says what to name', () => {
  const below = playJson(join(screens, 'codex/0.169.0')) as Array<{ file: string }>;
  expect(below.length).toBeGreaterThan(20);
  expect(below.filter(({ file }) => !file.startsWith('codex/0.169.0/'))).toEqual([]);
  const { status, stderr } = spawnSync(process.execPath, [program, 'policy', 'test', home, '--home', home]);
  expect([status, String(stderr)]).toEqual([
    64,
    expect.stringMatching(/no manifest\.json lists screens[\s\S]*name a folder/),
  ]);
});

test('a whole folder is played, and no screen but a dialog is ever chosen in', () => {
  policy(`  - when: { kind: approval, command: '^[^]*$' }
    choose: 1
  - when: { dialog: trust }
    choose: 3
`);
  const trials = playJson(screens) as Array<Record<string, { is: string } & string>>;
  expect(trials.length).toBeGreaterThan(60);
  for (const trial of trials) if (trial.state !== 'dialog') expect(trial.decision?.is).not.toBe('choose');
  const trust = trials.find(({ file }) => file?.includes('startup_dialog'));
  expect(trust).toMatchObject({
    decision: { is: 'choose', option: expect.stringContaining('Continue without trusting') },
  });
});

test('a command with characters that nobody can see is shown with their escapes, and left to the human', () => {
  policy(`  - when: { kind: approval, command: '^npm [^]*$' }\n    choose: y\n`);
  const bare = join(home, 'screen.txt');
  const options = '› 1. Yes, proceed (y)\n  2. No (esc)';
  const asks = '  Would you like to run the following command?';
  writeFileSync(bare, `${asks}\n\n  $ npm te\u200bst\n\n${options}\n\n  Press enter to confirm or esc to cancel\n`);
  expect(play(bare, '--agent', 'codex')).toMatch(/approval: npm te\\u\{200b\}st[\s\S]*the human is asked/);
});

test('a time, a repository and a bare screen with its agent can be given', () => {
  policy(`  - when: { kind: approval, command: '^npm test$', repository: site, time: '08:00-18:00' }\n    choose: y\n`);
  const bare = join(home, 'screen.txt');
  const options = '› 1. Yes, proceed (y)\n  2. No (esc)';
  writeFileSync(
    bare,
    `  Would you like to run the following command?\n\n  $ npm test\n\n${options}\n\n  Press enter to confirm or esc to cancel\n`,
  );
  const given = [bare, '--agent', 'codex', '--repository', '/home/ada/site'];
  expect(play(...given, '--at', '2026-11-20T09:30')).toContain('would press y');
  expect(play(...given, '--at', '2026-11-20T19:30')).toContain('the human is asked');
  expect(play(bare, '--agent', 'codex', '--at', '2026-11-20T09:30')).toContain('the human is asked');
});

test('a usage error names what is wrong', () => {
  const fault = (...args: string[]) => {
    const { status, stderr } = spawnSync(process.execPath, [program, 'policy', 'test', ...args, '--home', home], {
      encoding: 'utf8',
    });
    return `${status} ${stderr}`;
  };
  writeFileSync(join(home, 'screen.txt'), 'x\n');
  expect(fault(join(home, 'gone'))).toMatch(/^64 .*no such file/s);
  expect(fault(join(home, 'screen.txt'))).toMatch(/^64 .*--agent/s);
  expect(fault(screens, '--at', 'noon')).toMatch(/^64 .*--at/s);
  policy('  - when: { kind: approval }\n    choose: 1\n');
  expect(fault(screens)).toMatch(/^64 .*bridge\.yaml:4: policy\.0\.choose: needs `when\.command`/s);
});
