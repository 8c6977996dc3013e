import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { labels } from '../../bridge/recordings/recording-labels.ts';

/** Thousands of screens, on a machine that may have many at work. */
vi.setConfig({ testTimeout: 300_000 });

const root = resolve(import.meta.dirname, '../..');
let folder: string;
beforeAll(() => {
  if (!existsSync(join(root, 'build/recordings/recording.js'))) throw new Error('build/ is not there: npm run build');
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridge-score-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function score(...argv: string[]) {
  const ran = spawnSync(process.execPath, [join(root, 'bench/score.mjs'), ...argv], { encoding: 'utf8' });
  return { code: ran.status, stdout: ran.stdout, stderr: ran.stderr };
}

/** A codex at rest, as recorded, under the labels given. */
function putScreens(states: readonly string[], agent = 'codex'): void {
  const source = join(root, 'tests/screens');
  const manifest = JSON.parse(readFileSync(join(source, 'manifest.json'), 'utf8')) as Array<Record<string, unknown>>;
  const rested = manifest.find(({ file }) => file === 'codex/0.169.0/finished-3.txt')!;
  mkdirSync(join(folder, 'codex/0.169.0'), { recursive: true });
  for (const name of [rested.file, rested.ansi] as string[])
    writeFileSync(join(folder, name), readFileSync(join(source, name)));
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(states.map((state) => ({ ...rested, state, agent }))));
}

test('the recorded screens score as the floor asks, none of them ready where it is not', () => {
  const { code, stdout } = score('--json', '--fail-on-regression');
  expect(code).toBe(0);
  const { agents, total } = JSON.parse(stdout);
  expect(Object.keys(total)).toEqual(['accuracy', 'readyWhenNot', 'unknown', 'n', 'msPerReading']);
  expect(Object.keys(agents.codex)).toEqual(Object.keys(total));
  const counts = Object.values(agents as Record<string, { n: number }>).map(({ n }) => n);
  expect(total).toMatchObject({ readyWhenNot: 0, n: counts.reduce((sum, n) => sum + n) });
  expect(total.msPerReading).toBeGreaterThan(0);
});

test('a screen that reads as ready and is labelled busy is listed first and ends with 1', () => {
  putScreens(['approval', 'finished', 'draft', 'busy_tool']);
  const { code, stdout, stderr } = score('--screens', folder);
  expect(code).toBe(1);
  expect(stdout).toMatch(/\| codex \| 4 \| 25\.0 % \| 3 \|/);
  expect(stdout).toMatch(
    /READY WHEN NOT {2}codex\/0\.169\.0\/finished-3\.txt\n {4}expected dialog, read idle \(title: /,
  );
  expect(stderr).toContain('3 screens read as ready and are not');
});

test('a command that is read where no dialog is open, or another than is asked about, is listed and ends with 1', () => {
  const source = join(root, 'tests/screens');
  const manifest = JSON.parse(readFileSync(join(source, 'manifest.json'), 'utf8')) as Array<Record<string, unknown>>;
  const asked = manifest.find(({ file }) => file === 'codex/0.169.0/approval-3.txt')!;
  mkdirSync(join(folder, 'codex/0.169.0'), { recursive: true });
  for (const name of [asked.file, asked.ansi] as string[])
    writeFileSync(join(folder, name), readFileSync(join(source, name)));
  const put = (more: object) => writeFileSync(join(folder, 'manifest.json'), JSON.stringify([{ ...asked, ...more }]));
  const approvals = () => JSON.parse(score('--screens', folder, '--json').stdout).approvals.recorded;
  put({ asks: 'sleep 6; echo slept ESCALATE' });
  expect(approvals()).toEqual({ n: 1, approvedWhenNot: 0 });
  put({ asks: 'sleep 6; echo slept ESCALATE\nrm -rf src' });
  expect(approvals()).toEqual({ n: 1, approvedWhenNot: 1 });
  put({ state: 'busy_tool' });
  const { code, stdout, stderr } = score('--screens', folder);
  expect(code).toBe(1);
  expect(stdout).toMatch(/\| recorded screens \| 1 \| 1 \|[\s\S]*APPROVED WHEN NOT {2}codex/);
  expect(stderr).toContain('1 recorded dialogs could be approved by a policy rule that does not name them');
});

test('no hostile dialog that is drawn can be approved by a rule that does not name it', () => {
  const { drawn } = JSON.parse(score('--json', '--agent', 'codex').stdout).approvals;
  expect(drawn.n).toBeGreaterThan(100);
  expect(drawn.approvedWhenNot).toBe(0);
});

test('an unknown agent program counts as wrong and is never ready', () => {
  putScreens(['finished', 'busy_tool'], 'nobody');
  const { code, stdout } = score('--screens', folder, '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout).agents.nobody).toMatchObject({ accuracy: 0, readyWhenNot: 0, unknown: 1, n: 2 });
});

test('below the floor it ends with 1 and names the figure; without a floor it is a usage error', () => {
  putScreens(['finished', 'scrolled_back']);
  expect(score('--screens', folder, '--fail-on-regression')).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('floor.json: does not exist'),
  });
  putScreens(['finished', 'finished']);
  const put = (accuracy: number, agent: string) =>
    writeFileSync(join(folder, 'floor.json'), JSON.stringify({ agents: { [agent]: { accuracy } } }));
  put(1, 'codex');
  expect(score('--screens', folder, '--fail-on-regression').code).toBe(0);
  put(0.5, 'gemini');
  expect(score('--screens', folder, '--fail-on-regression')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('agents.gemini.accuracy is missing, below the floor of 0.5'),
  });
});

test.each([
  [['--screens', '/nowhere'], 1, /manifest\.json: does not exist/],
  [['--agent', 'nobody'], 64, /no screens of nobody/],
  [['--frobnicate'], 64, /Unknown option/],
] as const)('%j ends with %i and says why', (argv, code, reason) => {
  expect(score(...argv)).toMatchObject({ code, stderr: expect.stringMatching(reason) });
});

test('closing words are judged where a judge is built, and what is held out is never shown', async () => {
  const { scoreEndings } = await import('../../bench/score/endings.mjs');
  const endings = join(import.meta.dirname, 'fixtures/endings');
  const judge = join(folder, 'judge.mjs');
  writeFileSync(
    judge,
    `export const judgeClosing = (words) => ({ kind: /\\?$/.test(words.at(-1)) ? 'question' : 'none' });`,
  );
  expect(await scoreEndings(endings, [join(folder, 'absent.js'), judge])).toEqual({
    measured: true,
    dev: {
      n: 3,
      question: { precision: 1, recall: 1, n: 1 },
      completion: { precision: 1, recall: 0, n: 1 },
    },
    heldOut: {
      n: 2,
      question: { precision: 1, recall: 1, n: 1 },
      completion: { precision: 1, recall: 0, n: 1 },
    },
  });
  expect(await scoreEndings(endings, [])).toMatchObject({ measured: false });
  expect(await scoreEndings(join(folder, 'absent'), [judge])).toMatchObject({ measured: false });
  writeFileSync(join(folder, 'held-out.json'), '[{"label":"zebra","words":["zebra"]}]');
  await expect(scoreEndings(folder, [judge])).rejects.toThrow(/entry 1: needs label(?!.*zebra)/);
});

test('docs/measurements/accuracy.md shows the table of labels as it is', () => {
  const page = readFileSync(join(root, 'docs/measurements/accuracy.md'), 'utf8');
  const shown = [...page.matchAll(/^\| ((?:`\w+`(?:, )?)+) \| ([a-z, ]+) \|$/gm)].flatMap(([, names, says]) =>
    names!.split(', ').map((name) => [name.replaceAll('`', ''), says]),
  );
  expect(shown).toEqual(labels.map(([name, { says }]) => [name, says]));
});
