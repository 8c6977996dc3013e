import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Journal } from '../../bridge/journal/journal.ts';
import { happened, now, sampleRequest } from '../journal/samples.ts';

const program = resolve(import.meta.dirname, '../../dist/cli/main.js');

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'bridge-try-'));
});
afterEach(() => rmSync(home, { recursive: true }));

/** Two that were asked, the second a day before the first. */
function asked(): void {
  const { journal } = Journal.open(join(home, 'bridge.db'), { now });
  const answer = { by: 'human', instructions: 'Take 8080.', notes: '', at: now };
  const before = sampleRequest('r-00000000-colour', { text: 'Which colour?', openedAt: now - 86_400_000 });
  const asks = sampleRequest('r-00000000-port00', {
    ...{ worker: 'shop/worker', text: 'Which port?', openedAt: now },
    state: { is: 'settled', answer, at: now },
  });
  for (const request of [before, asks]) journal.saveRequest(request, happened(request.id, 'request-opened'));
  journal.close();
}

function run(rule: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'policy', 'try', ...args, '--home', home], {
    ...{ encoding: 'utf8', cwd: home, input: rule, timeout: 60_000 },
  });
  return { status, stdout, stderr };
}

test('a rule says which requests it would have decided, how, and what became of them', () => {
  asked();
  const rule = "when: { text: '/which port/i' }\nanswer: '8080'\n";
  expect(run(rule, '-')).toEqual({
    status: 0,
    stdout: expect.stringMatching(
      /^port00 {2}\S+ \S+Z {2}worker {2}request\n {8}Which port\?\n {8}rule 1 would have answered "8080"; it was: settled, answered by human\nof the last 2 requests it would have decided 1\n$/,
    ),
    stderr: '',
  });
  writeFileSync(join(home, 'rules.yaml'), `- ${rule.replace('\n', '\n  ')}- then: ignore\n`);
  const { tried, decided } = JSON.parse(run('', 'rules.yaml', '--json').stdout);
  expect([tried, decided]).toMatchObject([
    2,
    [
      { id: 'r-00000000-port00', rule: 0, would: 'answer', what: '8080', why: null },
      { id: 'r-00000000-colour', rule: 1, would: 'ignore', what: null },
    ],
  ]);
  expect(run(rule, '-', '--last', '1', '--json').stdout).toContain('"tried":1');
});

test('a trial changes nothing: neither the journal, nor what a bridge would answer', () => {
  asked();
  const events = () => {
    const { journal } = Journal.open(join(home, 'bridge.db'), { now });
    const all = journal.events().map(({ kind, subject }) => `${kind} ${subject}`);
    journal.close();
    return all;
  };
  const before = events();
  expect(run('then: ignore', '-').status).toBe(0);
  expect(events()).toEqual(before);
});

test('where no bridge has run nothing is made, and a rule is looked at all the same', () => {
  expect(run('then: ignore', '-')).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('nothing was asked yet'),
  });
  expect(run('then: sleep', '-')).toMatchObject({ status: 64, stdout: '' });
  expect(existsSync(join(home, 'bridge.db'))).toBe(false);
  expect(readdirSync(home)).toEqual([]);
});

describe('what is no rule is a usage error that says what is wrong', () => {
  test.each([
    ['nothing', '', ['-'], 'stdin: is empty'],
    ['words', 'just words', ['-'], 'not a rule'],
    ['an unknown condition', 'when: { colour: red }\nanswer: x', ['-'], 'unknown condition'],
    ['one that is too long', `answer: ${'x'.repeat(20_000)}`, ['-'], 'is longer than 16384 characters'],
    ['a file that is not there', 'then: ignore', ['none.yaml'], 'policy try: none.yaml: cannot be read (ENOENT)'],
    ['none of them', 'then: ignore', ['-', '--last', '0'], "invalid --last '0'"],
    ['too many of them', 'then: ignore', ['-', '--last', '1001'], 'is more than 1000'],
    ['no file', '', [], "missing argument 'file'"],
  ])('%s', (_, rule, args, said) => {
    asked();
    const { status, stdout, stderr } = run(rule, ...args);
    expect([status, stdout, stderr]).toEqual([64, '', expect.stringContaining(said)]);
  });
});
