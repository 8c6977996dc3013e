import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { drawnRows, editRows } from '../../bench/score/drawn-dialogs.mjs';
import { allRecorded, snapshotOfRecorded } from './snapshots.ts';

const loop = 'for n in 1 2 3 4 5 6 7 8; do echo "step $n of 8"; sleep 1; done';
const cleaning = [
  'rm -rf build/cache build/output build/reports',
  'mkdir -p build/cache && echo "fresh build folder made by the cleaning step of the release" > build/README',
  'ls -la build',
].join('\n');
const scripted = 'The scripted model asks to run this';

test.each([
  ['codex', 'codex/0.169.0/approval-5.txt', { command: loop, reason: scripted }],
  ['codex', 'codex/0.169.0/approval-1.txt', { command: loop, reason: scripted, width: 80 }],
  ['codex', 'codex/0.169.0/approval-7.txt', { command: loop, reason: scripted, width: 200 }],
  ['gemini', 'gemini/0.61.0/approval-2.txt', { command: loop }],
  ['gemini', 'gemini/0.61.0/approval-1.txt', { command: loop, width: 80 }],
  ['qwen', 'qwen/0.24.4/approval_pasted-1.txt', { command: 'touch marker-file' }],
  ['qwen', 'qwen/0.24.4/approval-3.txt', { command: cleaning }],
  ['cline', 'cline/3.0.65/approval-2.txt', { command: 'seq 1 12' }],
  ['cline', 'cline/3.0.65/approval-3.txt', { command: cleaning }],
  ['continue', 'continue/1.5.47/approval-3.txt', { command: 'seq 1 12' }],
  ['continue', 'continue/1.5.47/approval-8.txt', { command: loop, width: 200 }],
  ['opencode', 'opencode/1.18.33/approval-2.txt', { command: 'seq 1 12' }],
  ['opencode', 'opencode/1.18.33/approval-3.txt', { command: cleaning }],
  ['copilot', 'copilot/1.0.102/approval-2.txt', { command: 'seq 1 12', reason: 'What the scripted model wants' }],
  ['copilot', 'copilot/1.0.102/approval-3.txt', { command: cleaning, reason: 'What the scripted model wants' }],
])('%s is drawn as %s shows it', (agent, file, request) => {
  const screen = allRecorded.find((one) => one.file === file)!;
  expect(likeness(drawnRows(agent, request))).toEqual(
    likeness(snapshotOfRecorded(screen).rows.map(({ text }) => text)).slice(
      -likeness(drawnRows(agent, request)).length,
    ),
  );
});

test.each([
  ['gemini', 'gemini/0.61.0/approval-5.txt'],
  ['qwen', 'qwen/0.24.4/approval-4.txt'],
])('%s asks for a file as %s shows it', (agent, file) => {
  const content = '# Notes\n\n- the port is 8080\n- the queue has one worker';
  const drawn = likeness(editRows(agent, { file: 'notes.md', content }));
  const screen = allRecorded.find((one) => one.file === file)!;
  expect(drawn).toEqual(likeness(snapshotOfRecorded(screen).rows.map(({ text }) => text)).slice(-drawn.length));
});

test('claude is drawn as Claude Code 2.1.332 shows it', () => {
  const file = join(import.meta.dirname, 'fixtures/dialogs/claude-2.1.332-approval.txt');
  const shown = likeness(readFileSync(file, 'utf8').split('\n')).filter((row) => !/^ Tip: |^ A variable in /.test(row));
  const drawn = likeness(drawnRows('claude', { command: loop }));
  expect(drawn.filter((row) => row !== '')).toEqual(shown.filter((row) => row !== '').slice(-drawn.length + 1));
});

/** Without what has nothing to do with the command: its scroll bar, the offers of other options, figures of the footer. */
function likeness(rows: readonly string[]): string[] {
  const kept = rows
    .map((row) =>
      row
        .replace(/\s+[│█]$/, '')
        .replace(/ +←$/, ' ←')
        .trimEnd(),
    )
    .filter(
      (row) => !/don't ask again for|^ {5}\S.*\(p\)$|^ {5}7 8;|Always allow|^ {5}done` \(p\)|◉ Continue CLI$/.test(row),
    )
    .map((row) =>
      row.replace(/^( {2})3\. No, and tell/, '$12. No, and tell').replace(/^(.*Allow execution of: ).*/, '$1'),
    );
  while (kept.at(-1) === '') kept.pop();
  return kept;
}
