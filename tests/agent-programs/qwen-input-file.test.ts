import { execFileSync } from 'node:child_process';
import { linkSync, mkdtempSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { inputFileIn } from '../../bridge/agent-programs/qwen/native-input.ts';
import type { ProcessInfo } from '../../bridge/core/process-info.ts';
import { systemClock } from '../../bridge/host/clock.ts';
import { nativeInputIo } from '../../bridge/native-input/io.ts';

const looksEveryMs = 100;
const io = nativeInputIo(systemClock);
let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridge-doors-'));
  path = join(folder, 'inputs.jsonl');
  writeFileSync(path, '');
});
afterEach(() => rmSync(folder, { recursive: true }));

const qwen = (...args: string[]): ProcessInfo => ({
  pid: 10,
  argv: ['node', '/bin/qwen', ...args],
  cwd: folder,
  executable: '/bin/node',
  open: [],
});

async function post(text: string, program = qwen('--input-file', path)) {
  const input = inputFileIn({ program: [program], others: () => [], io }, looksEveryMs);
  if ('refused' in input) throw new Error(input.refused);
  return input.post(text);
}

test('each text is one whole line behind what lies there, which stays as it is', async () => {
  writeFileSync(path, '{"type":"submit","text":"an older one"}\n');
  const text = 'two\n\nlines "quoted" \\ \u2028 👩‍👩‍👧';
  expect(await post(text)).toEqual({ is: 'left' });
  expect(await post('again', qwen('--input-file=inputs.jsonl'))).toEqual({ is: 'left' });
  const lines = readFileSync(path, 'utf8').split('\n');
  expect(lines).toHaveLength(4);
  expect(lines.slice(0, 3).map((line) => JSON.parse(line))).toEqual([
    { type: 'submit', text: 'an older one' },
    { type: 'submit', text },
    { type: 'submit', text: 'again' },
  ]);
});

test('a file that is read after it was written to is taken; one that nobody reads only lies there', async () => {
  const input = inputFileIn({ program: [qwen('--input-file', path)], others: () => [], io }, 5_000);
  if ('refused' in input) throw new Error(input.refused);
  const reader = setInterval(() => readFileSync(path), 20);
  expect(await input.post('text')).toEqual({ is: 'taken' });
  clearInterval(reader);
  expect(await post('another')).toEqual({ is: 'left' });
});

test('what is not certain to be an input file of ours is refused, and nothing is written', async () => {
  const spoil: ReadonlyArray<readonly [reason: string, spoil: () => void]> = [
    ['cannot be opened', () => rmSync(path)],
    [
      'cannot be opened',
      () => {
        writeFileSync(join(folder, 'elsewhere'), '');
        rmSync(path);
        symlinkSync(join(folder, 'elsewhere'), path);
      },
    ],
    ['half a line', () => writeFileSync(path, '{"type":"sub')],
    ['several names', () => linkSync(path, join(folder, 'other-name'))],
    [
      'no regular file',
      () => {
        rmSync(path);
        execFileSync('mkfifo', [path]);
      },
    ],
    ['has grown', () => truncateSync(path, 17 * 1024 * 1024)],
  ];
  for (const [reason, act] of spoil) {
    rmSync(folder, { recursive: true });
    folder = mkdtempSync(join(tmpdir(), 'bridge-doors-'));
    path = join(folder, 'inputs.jsonl');
    writeFileSync(path, '');
    act();
    expect(await post('text')).toEqual({ is: 'refused', reason: expect.stringContaining(reason) });
  }
});

test('without --input-file, and where another process takes its inputs from the same file, there is no native input', () => {
  expect(inputFileIn({ program: [qwen()], others: () => [], io }, looksEveryMs)).toEqual({
    refused: expect.stringContaining('--input-file'),
  });
  expect(
    inputFileIn({ program: [qwen('--', '--input-file', path)], others: () => [], io }, looksEveryMs),
  ).toHaveProperty('refused');
  const program = [qwen('--input-file', path)];
  const other = { pid: 77, argv: ['qwen', '--input-file', 'inputs.jsonl'], cwd: folder };
  expect(inputFileIn({ program: program, others: () => [other], io }, looksEveryMs)).toEqual({
    refused: expect.stringContaining('process 77'),
  });
  expect(inputFileIn({ program: program, others: () => [{ ...other, pid: 10 }], io }, looksEveryMs)).toMatchObject({
    is: 'message',
  });
});
