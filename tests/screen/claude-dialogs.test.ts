import { expect, test } from 'vitest';
import type { Reading } from '../../bridge/core/reading.ts';
import { recordedProgram, still } from '../../bridge/recordings/recording.ts';
import { allRecorded, type Recorded, snapshotOfRecorded } from './snapshots.ts';

/** Dialogs of Claude Code 2.1.332 that no other program has. */
const mine = (words: RegExp) => allRecorded.filter(({ agent, note }) => agent === 'claude' && words.test(note!));
const dialogOf = (screen: Recorded): Reading['dialog'] =>
  recordedProgram(screen.agent).screen.read(snapshotOfRecorded(screen), still).dialog;

/** what each subagent of the recorder asks for, and the sizes at which its dialog holds all of it */
const asked: ReadonlyArray<readonly [what: string, kind: string, subject: object, sizes: RegExp]> = [
  ['make a file', 'approval', { text: 'touch marker-file', isWhole: true }, /^(?:120x40|80x24|60x20)$/],
  ['run three lines', 'approval', { text: 'npm test\ntouch one\ntouch two', isWhole: true }, /^(?:120x40|80x24)$/],
  ['change a file', 'edit', { is: 'file', text: 'README.md', isWhole: false }, /^(?:120x40|80x24|60x20)$/],
];

test.each(asked)(
  'of a subagent that asks to %s, the command or file is named where all of it is in sight',
  (what, kind, subject, sizes) => {
    const screens = mine(new RegExp(`a subagent asks: ${what}$`));
    expect(screens.map(({ size }) => size).sort()).toEqual(['120x40', '44x16', '60x20', '80x24']);
    for (const screen of screens) {
      const dialog = dialogOf(screen);
      expect([screen.size, dialog?.kind]).toEqual([screen.size, kind]);
      if (sizes.test(screen.size!)) expect(dialog!.subject).toMatchObject(subject);
      else expect(dialog!.subject).toBeNull();
    }
  },
);

test('a command of a subagent that was wrapped is not whole', () => {
  const screens = mine(/a subagent asks: clean the build$/);
  expect(screens.length).toBe(4);
  for (const screen of screens) expect(dialogOf(screen)?.subject?.isWhole ?? false).toBe(screen.size === '120x40');
});

test('the warning of Bypass Permissions mode is no trust of a folder, and No is marked in it', () => {
  const screens = mine(/started so that it asks nothing/);
  expect(screens.length).toBe(4);
  for (const screen of screens) {
    expect(dialogOf(screen)).toMatchObject({
      kind: 'other',
      question: expect.stringMatching(/^By proceeding, you accept/),
      options: [
        { label: 'No, exit', key: null, isHighlighted: true },
        { label: 'Yes, I accept', key: null, isHighlighted: false },
      ],
    });
  }
});

test('a plan has the options below it, whatever dialog it shows and however long it is; the one that asks for words is none', () => {
  const screens = mine(/^a plan (?:of three steps from its file|that )/);
  expect(screens.length).toBeGreaterThan(9);
  for (const screen of screens) {
    const isThird = screen.note!.includes('the third option');
    expect([screen.file, dialogOf(screen)]).toMatchObject([
      screen.file,
      {
        kind: 'plan',
        question: expect.stringMatching(/^Claude has written up a plan/),
        subject: null,
        options: [
          { label: 'Yes, and use auto mode', isHighlighted: !isThird },
          { label: 'Yes, manually approve edits', isHighlighted: false },
        ],
      },
    ]);
  }
});

test('answers that a key would only mark are no options: nothing is chosen there', () => {
  const screens = mine(/of the first several answers may be taken/);
  expect(screens.length).toBe(3);
  for (const screen of screens) expect(dialogOf(screen)).toMatchObject({ kind: 'choice', options: [] });
});

test('of the keys of auto mode that cannot check, the one that changes nothing is an option', () => {
  const screens = mine(/^auto mode cannot check actions$/);
  expect(screens.length).toBe(3);
  for (const screen of screens) {
    expect(dialogOf(screen)!.options).toEqual([
      { label: 'Enter to stay in auto mode', key: null, isHighlighted: true },
    ]);
  }
});

test('a file is whole only where the row above its dialog names it to the letter', () => {
  const screens = mine(/^a file to be written, with /);
  const whole = screens.filter((screen) => dialogOf(screen)?.subject?.isWhole).map(({ note }) => note!.slice(27));
  expect(whole).toEqual([
    'a blank in its name',
    'quotes in its name',
    'wide characters in its name',
    'a content that shows a command',
  ]);
});

test('a command with a joiner that is not drawn is not whole where the offer to remember it shows one', () => {
  const [screen] = mine(/command with a joiner$/);
  expect(dialogOf(screen!)?.subject).toEqual({ is: 'command', text: 'touch one', isWhole: false });
});
