import { expect, test } from 'vitest';
import { recordedProgram, still } from '../../bridge/recordings/recording.ts';
import { allRecorded, snapshotOfRecorded } from './snapshots.ts';

/** Recorded dialogs of real agents about commands that are known: read to the letter, or known not to be. */

const asked = allRecorded.filter(({ asks, state }) => asks !== undefined && state === 'approval');
const subjectOf = (screen: (typeof asked)[number]) => {
  const { dialog } = recordedProgram(screen.agent).screen.read(snapshotOfRecorded(screen), still);
  return { kind: dialog?.kind, subject: dialog?.subject ?? null };
};

test.each([
  ['codex', '120x40', 10],
  ['gemini', '100x40', 10],
] as const)('%s has at %s %i of them recorded', (agent, size, count) => {
  const commands = asked.filter((one) => one.agent === agent && one.size === size).map(({ asks }) => asks);
  expect(new Set(commands).size).toBe(count);
});

test.each(asked)('$agent asks for $note: a whole command is the one that was asked for', (screen) => {
  const { kind, subject } = subjectOf(screen);
  // a screen that cannot be read is the human's
  expect(['approval', 'other']).toContain(kind);
  if (subject?.isWhole) expect(subject.text).toBe(screen.asks);
});

test.each(asked.filter(({ agent, note }) => agent === 'codex' && /three lines/.test(note!)))(
  '$agent shows $note so that a row can name it',
  (screen) => {
    expect(subjectOf(screen).subject).toEqual({ is: 'command', text: screen.asks, isWhole: true });
  },
);

test.each(asked.filter(({ agent, note }) => agent === 'codex' && /continued lines|200 blanks/.test(note!)))(
  '$agent shows $note: blanks that begin a row may be the rest of a run that was wrapped',
  (screen) => {
    expect(subjectOf(screen).subject).toMatchObject({ isWhole: false });
  },
);

test('gemini draws a run of blanks as it draws the end of a line: no command of several rows is whole', () => {
  const several = asked.filter(({ agent, note }) => agent === 'gemini' && !/right-to-left|zero-width/.test(note!));
  expect(several.length).toBeGreaterThan(5);
  for (const screen of several) expect(subjectOf(screen).subject?.isWhole ?? false).toBe(false);
});

test('codex draws no tab, and names the words apart where it offers to remember them: that command is not whole', () => {
  const [screen] = asked.filter(({ agent, asks }) => agent === 'codex' && asks?.includes('\t'));
  expect(subjectOf(screen!).subject).toMatchObject({ text: screen!.asks!.replaceAll('\t', ''), isWhole: false });
});
