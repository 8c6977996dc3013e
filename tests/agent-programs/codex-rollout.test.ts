import { join } from 'node:path';
import { expect, test } from 'vitest';
import { codexRollout } from '../../bridge/agent-programs/codex/rollout.ts';
import { compared } from '../../bridge/agent-programs/command-record.ts';
import {
  loadRecordings,
  recordedProgram,
  snapshotOfRecording,
  still,
  textOfRecording,
} from '../../bridge/recordings/recording.ts';

const item = (payload: object) => JSON.stringify({ timestamp: '2026-11-30T03:09:48Z', type: 'response_item', payload });
const call = (id: string, args: object | string) =>
  item({
    type: 'function_call',
    call_id: id,
    name: 'exec_command',
    arguments: typeof args === 'string' ? args : JSON.stringify(args),
  });
const result = (id: string) => item({ type: 'function_call_output', call_id: id, output: 'done' });

test('the commands that have no result yet are told, from whichever tool and however much of the file is read', () => {
  const lines = [
    '0,"call_id":"cut at its beginning"}',
    call('one', { cmd: 'npm test' }),
    item({ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: '"call_id"' }] }),
    call('two', { command: ['bash', '-lc', 'rm -rf a\t/b'] }),
    call('three', { command: ['git', 'status'] }),
    call('four', 'no JSON'),
    call('five', { session_id: 3, chars: 'y' }),
    item({ type: 'local_shell_call', call_id: 'six', action: { type: 'exec', command: ['sh', '-c', 'ls'] } }),
    result('one'),
    call('seven', { cmd: 'make', justification: 'to build' }),
    '{"type":"response_item","payload":{"type":"function_call_output","call_id":"sev',
  ];
  expect(codexRollout.pending(lines)).toEqual(['rm -rf a\t/b', 'git status', 'ls', 'make']);
});

test.each([
  ['npm test', ['npm test'], { is: 'the same' }],
  ['npm test', ['npm test\n'], { is: 'the same' }],
  ['npm test', ['ls', 'npm  test'], { is: 'another', commands: ['npm  test'] }],
  ['rm -rf a/b', ['rm -rf a\t/b'], { is: 'another', commands: ['rm -rf a\t/b'] }],
  ['rm -rf a/b', ['rm -rf a/b', 'rm -rf a\r/b'], { is: 'another', commands: ['rm -rf a\r/b'] }],
  ['touch one', ['touch\u200d one'], { is: 'another', commands: ['touch\u200d one'] }],
  ['a b', ['a\nb'], { is: 'another', commands: ['a\nb'] }],
  ['npm test', ['npm test; ls'], { is: 'not noted' }],
  ['npm test', [], { is: 'not noted' }],
])('a dialog of %j, with %j called: %j', (shown, pending, recorded) => {
  expect(compared(shown, pending)).toEqual(recorded);
});

test('a recorded dialog that counts as showing all of its command shows the very command that was asked for', () => {
  const shown = loadRecordings(join(import.meta.dirname, '../screens')).flatMap((recording) => {
    const { agent, asks } = recording.entry;
    if (agent !== 'codex' || asks === undefined) return [];
    const snapshot = snapshotOfRecording(recording.entry, textOfRecording(recording));
    const { dialog } = recordedProgram(agent).screen.read(snapshot, still);
    if (dialog?.subject?.isWhole !== true) return [];
    return [{ asks, text: dialog.subject.text, isShown: codexRollout.isShownWhole(dialog) }];
  });
  expect(shown.filter(({ asks, text, isShown }) => isShown && asks !== text)).toEqual([]);
  expect(shown.filter(({ asks, text }) => asks !== text).length).toBeGreaterThan(5);
  // what differs is found in the record, which has what was asked
  for (const { asks, text } of shown) expect(compared(text, [asks]).is).toBe(asks === text ? 'the same' : 'another');
});
