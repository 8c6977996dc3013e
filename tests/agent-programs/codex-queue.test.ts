import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { queueOf } from '../../bridge/agent-programs/codex/native-input.ts';
import type { ProcessInfo } from '../../bridge/core/process-info.ts';
import { systemClock } from '../../bridge/host/clock.ts';
import { nativeInputIo } from '../../bridge/native-input/io.ts';

const io = nativeInputIo(systemClock);
const server = fileURLToPath(new URL('../fixtures/app-server.mjs', import.meta.url));
const threadId = '01a1fd15-f276-7730-b68a-40d6833fc855';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'bridge-codex-'));
  const program = join(home, 'codex');
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${server}' "$@"\n`);
  chmodSync(program, 0o755);
});
afterEach(() => rmSync(home, { recursive: true }));

const lockOf = (thread: string) => join(home, 'thread-writer-locks', `${thread}.lock`);
const codex = (change: Partial<ProcessInfo> = {}): ProcessInfo => ({
  pid: 10,
  argv: ['codex', '--no-daemon'],
  cwd: '/work',
  executable: join(home, 'codex'),
  open: [lockOf(threadId), join(home, 'queue_1.sqlite'), 'socket:[1]'],
  ...change,
});
const node: ProcessInfo = { pid: 9, argv: ['node', 'codex.js'], cwd: '/work', executable: '/bin/node', open: [] };

async function post(behaviour: object, text = 'Use SQLite.', looksEveryMs = 200) {
  writeFileSync(join(home, 'behaviour.json'), JSON.stringify(behaviour));
  const input = queueOf({ program: [node, codex()], clock: systemClock, io }, looksEveryMs);
  if ('refused' in input) throw new Error(input.refused);
  return input.post(text);
}

const queue = () => JSON.parse(readFileSync(join(home, 'queue.json'), 'utf8')) as unknown[];
const said = () =>
  readFileSync(join(home, 'said.jsonl'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { method: string; params: Record<string, unknown>; argv: string[] });

test('a text is queued to the letter, for the thread of the pane, and taken; it never stands in an argument list', async () => {
  const text = '/help\n\n"quoted" \\ 👩‍👩‍👧 ';
  expect(await post({ takesAtList: 3 }, text)).toEqual({ is: 'taken' });
  const added = said().find(({ method }) => method === 'thread/queue/add')!;
  expect(added.params).toMatchObject({ threadId, input: [{ type: 'text', text }] });
  expect(added.argv).toEqual(['app-server']);
});

test('what codex does not take in time is taken back, and that is a refusal', async () => {
  expect(await post({})).toEqual({ is: 'refused', reason: expect.stringContaining('taken back') });
  expect(queue()).toEqual([]);
});

test('what codex takes in the instant of taking it back is taken', async () => {
  expect(await post({ takesAtDelete: true })).toEqual({ is: 'taken' });
});

test('nothing is put behind messages that wait already', async () => {
  writeFileSync(join(home, 'queue.json'), JSON.stringify([{ id: 'older' }]));
  expect(await post({})).toEqual({ is: 'refused', reason: expect.stringContaining('other messages') });
  expect(queue()).toEqual([{ id: 'older' }]);
});

const faults: ReadonlyArray<
  readonly [what: string, behaviour: object, outcome: 'refused' | 'unknown', queued: number]
> = [
  ['does not start', { diesAt: 'start' }, 'refused', 0],
  ['refuses to list the queue', { refuses: 'thread/queue/list' }, 'refused', 0],
  ['refuses the text', { refuses: 'thread/queue/add' }, 'refused', 0],
  ['dies before the queue is listed', { diesBefore: 'thread/queue/list' }, 'refused', 0],
  ['dies while it is given the text', { diesBefore: 'thread/queue/add' }, 'unknown', 0],
  ['dies with the text in its queue', { diesAfter: 'thread/queue/add' }, 'unknown', 1],
  ['dies while it takes the text back', { diesAfter: 'thread/queue/delete' }, 'unknown', 0],
];
test.each(faults)('a server that %s: %o is %s', async (_, behaviour, outcome, queued) => {
  expect(await post(behaviour)).toMatchObject({ is: outcome });
  expect(existsSync(join(home, 'queue.json')) ? queue() : []).toHaveLength(queued);
});

const other = '01a1fd15-0000-7730-b68a-40d6833fc855';
const refusals: ReadonlyArray<readonly [why: string, open: () => string[], executable: string | null, reason: string]> =
  [
    ['no thread is held', () => [], '/bin/codex', 'no thread'],
    ['two threads are held', () => [lockOf(threadId), lockOf(other)], '/bin/codex', 'several threads'],
    ['another program holds it', () => codex().open.slice(), '/bin/sleep', 'not codex'],
    ['codex was replaced while it ran', () => codex().open.slice(), '/bin/codex (deleted)', 'replaced'],
    ['the program cannot be read', () => codex().open.slice(), null, 'not codex'],
    ['its queue lies elsewhere', () => [lockOf(threadId), '/elsewhere/queue_1.sqlite'], '/bin/codex', 'elsewhere'],
    [
      'the lock is of no thread',
      () => [join(home, 'thread-writer-locks', '.coordination.lock')],
      '/bin/codex',
      'no thread',
    ],
  ];
test("threads of the shared server are no pane's, though a TUI of that pane started it", () => {
  const daemon = codex({ pid: 11, argv: ['codex', 'app-server', '--listen', 'unix://'] });
  const input = queueOf({ program: [node, codex({ open: [] }), daemon], clock: systemClock, io }, 0);
  expect(input).toEqual({ refused: expect.stringContaining('--no-daemon') });
});

test.each(refusals)('there is no native input where %s', (_, open, executable, reason) => {
  const input = queueOf({ program: [codex({ open: open(), executable })], clock: systemClock, io }, 0);
  expect(input).toEqual({ refused: expect.stringContaining(reason) });
});
