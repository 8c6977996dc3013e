import { expect, test } from 'vitest';
import { generic } from '../../bridge/agent-programs/generic.ts';
import { guard } from '../../bridge/delivery/guard.ts';
import { recordedProgram, still } from '../../bridge/recordings/recording.ts';
import { snapshotOf } from '../screen/snapshots.ts';

/** Dialogs as Copilot 1.0.102, Kimi Code 2.1.0, grok-cli 0.0.34 and Claude Code 2.1.332 draw them. */
const dialogs = {
  copilot: [
    '╭──────────────────────────────────────────────────────────╮',
    '│ Create the marker file                                   │',
    '│ touch marker-file                                        │',
    '│ Do you want to run this command?                         │',
    '│ ❯ 1. Yes                                                 │',
    '│   2. No, and tell Copilot what to do differently         │',
    '│ ↑/↓ to navigate · enter to select · esc to cancel        │',
    '╰──────────────────────────────────────────────────────────╯',
  ],
  kimi: [
    '  ▶ Run this command?',
    '  $ touch marker-file',
    '  ▶ 1. Approve once',
    '    2. Reject',
    '  ↑/↓ select · 1/2 choose · ↵ confirm',
    '  agent · scripted-model',
  ],
  grok: [
    '  Do you want to proceed with this operation?',
    ' 1. Yes',
    ' 2. No',
    '  ↑↓ navigate • Enter select • Esc cancel',
  ],
  claude: ['  Select model', '  ❯ 1. Default', '    2. Opus', '  Enter to save · Esc to cancel'],
};

const options = { force: true, allowShell: false };

function forced(agent: string, rows: string[], facts: Parameters<typeof snapshotOf>[1]) {
  const snapshot = snapshotOf(rows, { program: agent, ...facts });
  const reading = (agent === 'generic' ? generic : recordedProgram(agent)).screen.read(snapshot, still);
  return guard({ snapshot, reading, recipient: snapshot.identity, options, lastHumanKeyAt: null, now: 1 });
}

test.each(Object.entries(dialogs))(
  'force never types into what may be a dialog: %s, read as any program',
  (_, rows) => {
    const more = [...rows, ''];
    for (const cursorVisible of [false, true]) {
      for (const cursorY of rows.keys())
        expect(forced('generic', rows, { cursorVisible, cursorY, cursorX: 0 })).toMatchObject({ pass: false });
      // where nothing is drawn a program without a prompt would read
      expect(forced('generic', more, { cursorVisible, cursorY: rows.length, cursorX: 0 })).toMatchObject({
        pass: false,
      });
    }
  },
);

test('force never types where the reader sees no input line, and types into one that is seen', () => {
  expect(forced('claude', dialogs.claude, { cursorVisible: false })).toMatchObject({ pass: false, reason: 'dialog' });
  expect(forced('generic', ['working', '> '], { cursorX: 2 })).toEqual({ pass: true });
});

test('force does not type into grok while it works: Enter there would break off its answer, and the reason says so', () => {
  const box = ['  ╭──────────────────────────╮', '  │ ❯ Ask me anything...     │', '  ╰──────────────────────────╯'];
  const rows = [
    '  > Describe the importer',
    '',
    '  - Synthesizing... (2s · ↑ 898 tokens · esc to interrupt)',
    '',
    ...box,
    '',
    '  ⏸ auto-edit: off (shift + tab)  ≋ scripted-model',
  ];
  const snapshot = snapshotOf(rows, { program: 'grok', cursorVisible: false });
  const { screen, composer } = recordedProgram('grok');
  const reading = screen.read(snapshot, still);
  const situation = { snapshot, reading, recipient: snapshot.identity, options, lastHumanKeyAt: null, now: 1 };
  expect(guard(situation)).toEqual({ pass: true });
  expect(guard({ ...situation, whileBusy: composer.whileBusy })).toMatchObject({
    pass: false,
    reason: 'busy',
    detail: expect.stringContaining('break off its answer'),
  });
});
