import { expect, test } from 'vitest';
import { asDrawn, recordedProgram, still } from '../../bridge/recordings/recording.ts';
import { decide } from '../../bridge/requests/policy.ts';
import { parsePolicy } from '../../bridge/requests/policy-rules.ts';
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
  '$agent shows $note so that a rule can name it',
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

test.each(['gemini', 'copilot'])(
  '%s leaves out a title that a command sets, with all words in it: nothing of it is whole',
  (agent) => {
    const mine = asked.filter((one) => one.agent === agent);
    const hiding = mine.filter(({ note }) => note!.endsWith('a title right behind its first words'));
    expect(hiding.map((screen) => subjectOf(screen).subject?.text)).toEqual(['npm test']);
    expect(hiding[0]!.asks).toContain('; touch one');
    for (const screen of mine) expect(subjectOf(screen).subject?.isWhole ?? false).toBe(false);
  },
);

test('codex leaves out of an escape sequence or a title its control characters alone: every word stays in sight', () => {
  const mine = asked.filter(
    ({ agent, note }) => agent === 'codex' && /title|sequence that is|of one character/.test(note!),
  );
  expect(mine.length).toBeGreaterThan(5);
  for (const screen of mine) {
    const words = screen.asks!.replace(/[\p{Cc}\s]+/gu, '');
    expect(subjectOf(screen).subject?.text.replace(/\s+/g, '')).toBe(words);
  }
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

test('codex draws no bell and no escape, and has a blank for each where it offers to remember the command: that is not whole', () => {
  const hidden = asked.filter((screen) => {
    const { dialog } = recordedProgram(screen.agent).screen.read(snapshotOfRecorded(screen), still);
    const isOffered = dialog?.options.some(({ label }) => label.includes('commands that start with `'));
    return screen.agent === 'codex' && /[\x07\x1b]/.test(screen.asks!) && isOffered === true;
  });
  expect(hidden.length).toBeGreaterThan(8);
  for (const screen of hidden) expect(subjectOf(screen).subject?.isWhole, screen.file).toBe(false);
});

test.each(['cline', 'opencode'])('%s cuts a command without a mark: nothing of it is whole', (agent) => {
  const mine = asked.filter((one) => one.agent === agent);
  const cut = mine.filter(({ note }) => /command with bells/.test(note!));
  expect(cut.map((screen) => subjectOf(screen).subject?.text)).toEqual(['npm test']);
  for (const screen of mine) expect(subjectOf(screen).subject?.isWhole ?? false).toBe(false);
});

test.each(['continue', 'kimi', 'grok'])(
  '%s hands control characters to the terminal, which may lay one text over another: nothing of it is whole',
  (agent) => {
    const mine = asked.filter((one) => one.agent === agent);
    expect(mine.length).toBeGreaterThan(3);
    for (const screen of mine) expect(subjectOf(screen).subject?.isWhole ?? false).toBe(false);
  },
);

test('kilo cuts as opencode does, and drops a run of blanks where it wraps: nothing of it is whole', () => {
  const mine = asked.filter(({ agent }) => agent === 'kilo');
  expect(mine.length).toBeGreaterThan(10);
  for (const screen of mine)
    expect([screen.note, subjectOf(screen).subject?.isWhole ?? false]).toEqual([screen.note, false]);
});

test.each(['opencode', 'kilo'])('%s draws a bar again behind a joiner: its dialog is read all the same', (agent) => {
  const mine = asked.filter((one) => one.agent === agent && one.note!.endsWith('zero-width characters'));
  expect(mine.length).toBeGreaterThan(2);
  for (const screen of mine) {
    const { state, kind, subject } = subjectOf(screen);
    expect([screen.file, state, kind, subject?.isWhole]).toEqual([screen.file, 'dialog', 'approval', false]);
  }
});

test('kimi has a sign before each line of a command: a row of it that has none was wrapped', () => {
  const three = asked.filter(({ agent, note }) => agent === 'kimi' && note!.includes('three lines'));
  expect(three.length).toBe(5);
  for (const screen of three) expect(subjectOf(screen).subject?.text).toBe(screen.asks);
});

test('codex names each file of a patch, and none of them is whole: a rule for one file does not approve two', () => {
  const patches = allRecorded.filter(({ agent, note }) => agent === 'codex' && note!.startsWith('a patch of '));
  expect(patches.length).toBe(12);
  const filesAt = (note: string) =>
    patches.filter((one) => one.note === note && one.size === '120x40').map((one) => subjectOf(one).subject?.text);
  const folder = expect.stringContaining('/shop/shop/README.md');
  expect(filesAt('a patch of one file')).toEqual([folder]);
  const [named] = filesAt('a patch of files with blanks and quotes in their names');
  expect(named!.split('\n').map((path) => path.replace(/^.*\/shop\/shop\//, ''))).toEqual([
    'README.md',
    `src/"a" 'b'.ts`,
    'src/a.ts evil.sh',
  ]);
  for (const screen of patches) {
    const { kind, subject } = subjectOf(screen);
    expect([screen.file, subject?.isWhole ?? false]).toEqual([screen.file, false]);
    // one that fills the screen may begin further up
    if (kind === 'edit') expect(subject!.text.split('\n').length > 1).toBe(screen.note !== 'a patch of one file');
    else expect([kind, subject]).toEqual(['approval', null]);
  }
});

/** Those whose models are given a tool that changes several files by one patch, where the model's name is one of those it is meant for. */
const patches = ['codex', 'cline', 'opencode', 'kilo', 'copilot'].map(
  (name) => [name, allRecorded.filter(({ agent, note }) => agent === name && note!.startsWith('a patch of '))] as const,
);

test.each(patches)('%s: a rule for one file, or for any command, approves no patch', (agent, screens) => {
  const rows = ['^.*$', '^(?:.*/)?README\\.md$', '^(?:.*/)?src/a\\.ts$'].map((path) => ({ dialog: 'edit', path }));
  const commands = ['approval', 'edit', 'other'].map((dialog) => ({ dialog, command: '^.*$' }));
  const parsed = parsePolicy([...rows, ...commands].map((when) => ({ when, choose: '1' })));
  if ('errors' in parsed) throw new Error(JSON.stringify(parsed.errors));
  expect(screens.length).toBeGreaterThan(9);
  for (const screen of screens) {
    const { state, dialog } = recordedProgram(agent).screen.read(snapshotOfRecorded(screen), still);
    expect([screen.file, state, dialog?.subject?.isWhole ?? false]).toEqual([screen.file, 'dialog', false]);
    expect(decide(parsed.rules, { kind: 'approval', agent, worker: 'w', text: '', dialog: dialog! }).is).toBe('human');
    // a file may be named like the row of a command
    if (agent !== 'codex') expect([screen.file, dialog?.subject?.is]).not.toEqual([screen.file, 'command']);
  }
});

test('Copilot asks for each file of a patch in a dialog of its own, and names of one that moves only its new place', () => {
  const mine = new Map(patches).get('copilot')!;
  for (const screen of mine) expect([screen.file, subjectOf(screen).kind]).toEqual([screen.file, 'edit']);
  const questionOf = (note: string) => {
    const screen = mine.find((one) => one.note === note && one.size === '80x24')!;
    return recordedProgram('copilot').screen.read(snapshotOfRecorded(screen), still).dialog?.question;
  };
  expect(questionOf('a patch of two files')).toMatch(/^Do you want to create \/.*\/src\/a\.ts\?$/);
  expect(questionOf('a patch of two files, the second of them')).toMatch(/^Do you want to update \/.*\/README\.md\?$/);
  // wrapped, and its last row ends in a question of the file's own
  for (const note of ['a path longer than a row', 'files whose names pose as rows of the dialog'])
    expect(questionOf(`a patch of ${note}`)).toMatch(/^Do you want to create \/.*\/src\/[Dd]/);
  expect(questionOf('a patch of a file that moves')).toMatch(/^Do you want to move and update \/.*\/src\/a\.ts\?$/);
});
