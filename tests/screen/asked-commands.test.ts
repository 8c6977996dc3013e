import { expect, test } from 'vitest';
import { asDrawn, recordedProgram, still } from '../../bridge/recordings/recording.ts';
import { allRecorded, snapshotOfRecorded } from './snapshots.ts';

/** Recorded dialogs of real agents about commands that are known: read to the letter, or known not to be. */

const asked = allRecorded.filter(({ asks, state }) => asks !== undefined && state === 'approval');
const subjectOf = (screen: (typeof asked)[number]) => {
  const { state, dialog } = recordedProgram(screen.agent).screen.read(snapshotOfRecorded(screen), still);
  return { state, kind: dialog?.kind, subject: dialog?.subject ?? null };
};

test.each([
  ['codex', '120x40', 10],
  ...(['gemini', 'cline', 'continue'] as const).map((agent) => [agent, '200x50', 10] as const),
  ['gemini', '60x40', 11],
] as const)('%s has at %s %i of them recorded', (agent, size, count) => {
  const commands = asked.filter((one) => one.agent === agent && one.size === size).map(({ asks }) => asks);
  expect(new Set(commands).size).toBe(count);
});

test.each(asked)('$agent asks for $note: a whole command is the one that was asked for', (screen) => {
  const { state, kind, subject } = subjectOf(screen);
  // a screen that cannot be read is the human's; a frame that was being drawn is nobody's
  expect(['approval', 'edit', 'other', state === 'unknown' ? undefined : 'a dialog']).toContain(kind);
  if (subject?.isWhole) expect(subject.text).toBe(asDrawn(screen.agent, screen.asks!));
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
  const several = asked.filter(
    ({ agent, note }) =>
      agent === 'gemini' && !/right-to-left|zero-width|wide characters|^a shell command with 1 rows/.test(note!),
  );
  expect(several.length).toBeGreaterThan(5);
  for (const screen of several) expect(subjectOf(screen).subject?.isWhole ?? false).toBe(false);
});

test('qwen cuts as many characters off a line as it has tabs and bells, and shows no mark: nothing of it is whole', () => {
  const ofQwen = asked.filter(({ agent }) => agent === 'qwen');
  const cut = ofQwen.filter(({ note }) => /command with (?:four tabs|bells)/.test(note!));
  expect(new Set(cut.map((screen) => subjectOf(screen).subject?.text))).toEqual(
    new Set(['npm test', 'npm test\ntouch one']),
  );
  for (const screen of ofQwen) expect(subjectOf(screen).subject?.isWhole ?? false).toBe(false);
});

test.each(['gemini', 'cline', 'continue'])(
  '%s draws a tab as blanks: several in a row are not known to be blanks',
  (agent) => {
    const tabbed = asked.filter((one) => one.agent === agent && one.asks!.includes('\t'));
    expect(tabbed.length).toBeGreaterThan(1);
    for (const screen of tabbed) expect(subjectOf(screen).subject?.isWhole ?? false).toBe(false);
  },
);

test('codex draws no tab, and names the words apart where it offers to remember them: that command is not whole', () => {
  const [screen] = asked.filter(({ agent, asks }) => agent === 'codex' && asks?.includes('\t'));
  expect(subjectOf(screen!).subject).toMatchObject({ text: screen!.asks!.replaceAll('\t', ''), isWhole: false });
});

test('cline cuts a command without a mark where its dialog has no room, and then nothing of it is whole', () => {
  const rowsOf = ({ asks }: (typeof asked)[number]) => asks!.split('\n').length;
  const touching = asked.filter(({ agent, note }) => agent === 'cline' && /\d rows$/.test(note!));
  expect(touching.length).toBeGreaterThan(17);
  for (const screen of touching) {
    const [, height] = screen.size!.split('x').map(Number);
    const room = { 24: 0, 30: 1, 40: 4 }[height!]!;
    expect([screen.size, screen.note, subjectOf(screen).subject?.isWhole]).toEqual([
      screen.size,
      screen.note,
      rowsOf(screen) <= room,
    ]);
  }
});

test('opencode cuts a command without a mark where its dialog has its 15 rows: of seven nobody knows', () => {
  const touching = asked.filter(({ agent, note }) => agent === 'opencode' && / rows of touch$/.test(note!));
  expect(touching.length).toBeGreaterThan(6);
  for (const screen of touching)
    expect([screen.note, subjectOf(screen).subject?.isWhole]).toEqual([
      screen.note,
      screen.asks!.split('\n').length <= 6,
    ]);
});

test('kilo drops a run of blanks where it wraps, which looks like the end of a line: no command of several rows is whole', () => {
  const several = asked.filter(({ agent, asks }) => agent === 'kilo' && /\n| {9}/.test(asks!));
  expect(several.length).toBeGreaterThan(10);
  for (const screen of several) expect([screen.note, subjectOf(screen).subject?.isWhole]).toEqual([screen.note, false]);
  const [one] = asked.filter(({ agent, asks }) => agent === 'kilo' && asks === 'touch row1');
  expect(subjectOf(one!).subject).toEqual({ is: 'command', text: 'touch row1', isWhole: true });
});

test('kimi has a sign before each line of a command, and none where it has wrapped one', () => {
  const of = (what: string) => asked.filter(({ agent, note }) => agent === 'kimi' && note!.includes(what));
  for (const screen of of('three lines')) expect(subjectOf(screen).subject?.text).toBe(screen.asks);
  expect(of('three lines').map((screen) => subjectOf(screen).subject?.isWhole)).toEqual([true, true]);
  expect(of('200 blanks').map((screen) => subjectOf(screen).subject?.isWhole)).toEqual([false, false]);
});

test('kimi draws what the model says of a command where the rest of a wrapped row would be: it is not whole', () => {
  const [described] = allRecorded.filter(({ agent, note }) => agent === 'kimi' && note?.includes('a description'));
  expect(subjectOf(described!).subject?.isWhole).toBe(false);
});
