import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BridgeError } from '../../bridge/core/failure.ts';
import {
  loadRecordings,
  recordedProgram,
  recordingOf,
  snapshotOfRecording,
  still,
  textOfRecording,
} from '../../bridge/recordings/recording.ts';
import { expectationOf, judgeReading } from '../../bridge/recordings/recording-labels.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridge-recording-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const entry = { file: 'x/1/idle-1.txt', ansi: 'x/1/idle-1.ansi', agent: 'codex', version: '1', state: 'idle_start' };

function put(name: string, text: string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
}

function putRecording(manifest: unknown = [entry]): void {
  put('x/1/idle-1.txt', '› \n');
  put('x/1/idle-1.ansi', '› \x1b[2mAsk\x1b[0m\n');
  put('manifest.json', typeof manifest === 'string' ? manifest : JSON.stringify(manifest));
}

function faultOf(act: () => unknown): string {
  try {
    act();
  } catch (fault) {
    expect(fault).toBeInstanceOf(BridgeError);
    return (fault as BridgeError).message;
  }
  throw new Error('it was taken');
}

describe('a manifest that is wrong is refused by its file, its entry and the reason', () => {
  test.each<[string, unknown, RegExp]>([
    ['no JSON', '[{', /manifest\.json: is not JSON/],
    ['no list', { file: 'a' }, /manifest\.json: must be a list/],
    ['an entry that is none', [entry, null], /entry 2: /],
    ['a state nobody knows', [{ ...entry, state: 'happy' }], /entry 1 \(x\/1\/idle-1\.txt\): unknown state "happy"/],
    [
      'a file that is not there',
      [{ ...entry, file: 'x/1/idle-2.txt' }],
      /idle-2\.txt\): x\/1\/idle-2\.txt: does not exist/,
    ],
    ['a coloured file that is not there', [{ ...entry, ansi: 'x/no.ansi' }], /entry 1 .*x\/no\.ansi: does not exist/],
    ['a path out of the folder', [{ ...entry, file: '../secret.txt' }], /file: must stay in the folder/],
    ['an absolute path', [{ ...entry, ansi: '/etc/passwd' }], /ansi: must stay in the folder/],
    ['a folder for a file', [{ ...entry, file: 'x/1' }], /x\/1: is not a file/],
    ['a cursor of words', [{ ...entry, cur: 'left' }], /cur: must be "x,y"/],
    ['a size of nothing', [{ ...entry, size: '0x40' }], /size: must be "WxH"/],
    ['an agent that is a path', [{ ...entry, agent: '../x' }], /agent: must be a word/],
    ['no version', [{ ...entry, version: undefined }], /version: /],
    ['a width of a million', [{ ...entry, width: 1_000_000 }], /width: /],
  ])('%s', (_, manifest, reason) => {
    putRecording(manifest);
    expect(faultOf(() => loadRecordings(folder))).toMatch(reason);
  });

  test('no manifest at all', () => {
    expect(faultOf(() => loadRecordings(folder))).toMatch(/manifest\.json: does not exist/);
    expect(faultOf(() => loadRecordings(join(folder, 'nowhere')))).toMatch(/does not exist/);
  });

  test('a link that leads out of the folder is not followed', () => {
    putRecording();
    rmSync(join(folder, 'x/1/idle-1.ansi'));
    symlinkSync('/etc/passwd', join(folder, 'x/1/idle-1.ansi'));
    expect(faultOf(() => loadRecordings(folder))).toMatch(/leads out of its folder/);
  });
});

test('coloured rows are read where they were kept, the text where not', () => {
  putRecording([entry, { ...entry, ansi: null }]);
  const [coloured, plain] = loadRecordings(folder).map((one) => snapshotOfRecording(one.entry, textOfRecording(one)));
  expect(coloured!.rows).toMatchObject([{ text: '› Ask', dim: [[2, 5]], tinted: false }]);
  expect(plain!.rows).toMatchObject([{ text: '›', dim: [], tinted: false }]);
});

test('the size is as recorded; without one 120 by 40, more where the rows are more', () => {
  const sizes = (more: object, text = 'a') => {
    const { width, height } = snapshotOfRecording({ ...entry, ...more }, text).facts;
    return [width, height];
  };
  expect(sizes({})).toEqual([120, 40]);
  expect(sizes({}, `${'b'.repeat(130)}\n`.repeat(50))).toEqual([130, 50]);
  expect(sizes({ size: '80x24' })).toEqual([80, 24]);
  expect(sizes({ width: 200, height: 50 })).toEqual([200, 50]);
});

test('a file is found in the manifest beside it or above, by its text or its colours', () => {
  putRecording();
  for (const name of ['x/1/idle-1.txt', 'x/1/idle-1.ansi']) {
    expect(recordingOf(join(folder, name))).toEqual({ folder, entry });
  }
  put('x/1/other.txt', '');
  expect(recordingOf(join(folder, 'x/1/other.txt'))).toBe(null);
});

test('an unknown agent program is read, and never ready', () => {
  putRecording([{ ...entry, agent: 'nobody' }]);
  const [one] = loadRecordings(folder);
  const reading = recordedProgram('nobody').screen.read(snapshotOfRecording(one!.entry, textOfRecording(one!)), still);
  expect(judgeReading(reading, expectationOf(one!.entry.state)!)).toBe('unknown');
});

test.each([
  ['finished', 'idle, ready'],
  ['error', 'idle, ready'],
  ['error_retrying', 'busy'],
  ['busy_tool', 'busy'],
  ['queued', 'busy'],
  ['approval_pasted', 'dialog'],
  ['startup_dialog', 'dialog'],
  ['draft', 'idle with a draft'],
  ['draft_cleared', 'idle, ready'],
  ['starting', 'anything but ready'],
  ['scrolled_back', 'unknown'],
])('the label %s asks for: %s', (label, says) => {
  expect(expectationOf(label)?.says).toBe(says);
});

test.each(['', 'finish', 'busyness', 'drafted', 'constructor'])('%j is no label', (label) => {
  expect(expectationOf(label)).toBe(null);
});
