import { expect, test } from 'vitest';
import { agentSchema, type CustomAgent } from '../../bridge/agent-programs/custom-schema.ts';
import { programOf } from '../../bridge/agent-programs/index.ts';
import { isReady } from '../../bridge/core/reading.ts';
import { allRecorded, snapshotOf, snapshotOfRecorded } from '../screen/snapshots.ts';

const still = { quietForMs: 10_000, signals: {} };
const own = (agents: Record<string, unknown>): Record<string, CustomAgent> =>
  Object.fromEntries(Object.entries(agents).map(([name, facts]) => [name, agentSchema.parse(facts)]));

const mine = {
  programs: ['mine-cli'],
  screen: {
    composer: { prompt: '^mine> ', row: '^mine> ?', below: 1, placeholders: ['^say something$'] },
    busy: { status: ['^\\.\\.\\. thinking'] },
    dialogs: [
      {
        kind: 'approval',
        top: '^Run: ',
        last: '^\\[y\\] yes',
        subject: { is: 'command', row: '^Run: (.*)$' },
        buttons: '^\\[y\\]',
      },
    ],
    transcript: { input: '^mine> (.+)$', gutter: 0 },
    quietMs: 500,
    quietAloneMs: 800,
  },
  composer: { settleMs: 70, dialogWords: ['^Run: '] },
};

const read = (lines: string[], quietForMs = 10_000) =>
  programOf('mine-cli', { agents: own({ mine }) }).screen.read(
    snapshotOf(lines, { program: 'mine-cli', cursorX: 6, cursorY: lines.length - 1 }),
    { quietForMs, signals: {} },
  );

test('an agent program of facts alone reads a program that nobody knew: at rest, at work, in a dialog, with a draft', () => {
  const turn = ['mine> list the files', 'There are three files.', ''];
  expect(isReady(read([...turn, 'mine> ']))).toBe(true);
  expect(isReady(read([...turn, 'mine> '], 100))).toBe(false);
  expect(read([...turn, 'mine> ']).turn).toMatchObject({
    inputs: ['list the files'],
    words: ['There are three files.'],
  });
  expect(read([...turn, '... thinking 3s', 'mine> ']).state).toBe('busy');
  expect(read([...turn, 'mine> half a sent']).composer).toEqual({ is: 'draft', text: 'half a sent' });
  expect(read([...turn, 'Run: npm test', '[y] yes   [n] no']).dialog).toMatchObject({
    kind: 'approval',
    subject: { is: 'command', text: 'npm test', isWhole: true },
    options: [
      { label: 'yes', key: 'y' },
      { label: 'no', key: 'n' },
    ],
  });
});

test('where only its first row has a prompt, a composer begins there, and older prompts above it are none of its text', () => {
  const composer = { prompt: '^mine>(?: |$)', row: '^mine>|^ {6}', indent: '^ {6}', below: 1 };
  const agents = own({ mine: { ...mine, screen: { ...mine.screen, composer } } });
  const composerOf = (...lines: string[]) =>
    programOf('mine-cli', { agents }).screen.read(
      snapshotOf(lines, { program: 'mine-cli', cursorX: 6, cursorY: lines.length - 1 }),
      still,
    ).composer;
  expect(composerOf('mine>', 'mine> half a', '      sentence')).toEqual({ is: 'draft', text: 'half a\nsentence' });
  expect(composerOf('mine> sent', 'mine>')).toEqual({ is: 'empty' });
});

test('without a row that asks, what stands above the first option is the subject, and nothing of it is an option', () => {
  const dialog = {
    kind: 'approval' as const,
    top: '^Run: ',
    last: '^Esc to cancel',
    subject: { is: 'command' as const, row: '^Run: (.*)$' },
  };
  const listed = own({ mine: { ...mine, screen: { ...mine.screen, dialogs: [dialog] } } });
  const read = (...rows: string[]) => {
    const lines = ['', '', ...rows, '> 1. Yes', '  2. No', 'Esc to cancel'];
    const snapshot = snapshotOf(lines, { program: 'mine-cli', cursorX: 0, cursorY: lines.length - 1 });
    return programOf('mine-cli', { agents: listed }).screen.read(snapshot, { quietForMs: 10_000, signals: {} }).dialog;
  };
  const about = (...rows: string[]) => read(...rows)?.subject;
  const optionsOf = (...rows: string[]) => read(...rows)?.options.map(({ label }) => label);
  expect(optionsOf('Run: npm test', '1. rm -rf src')).toEqual(['Yes', 'No']);
  expect(about('Run: npm test')).toEqual({ is: 'command', text: 'npm test', isWhole: true });
  expect(about('Run: npm test', '1. rm -rf src')).toMatchObject({ text: 'npm test\n1. rm -rf src' });
  expect(about('Run: npm test', 'rm -rf src')).toMatchObject({ text: 'npm test\nrm -rf src' });
  expect(about('Run: npm test', '', 'rm -rf src')).toMatchObject({ isWhole: false });
});

test.each(['composer', 'manner'])('its facts of the composer are its own, by the name %s', (key) => {
  const { composer, ...rest } = mine;
  const program = programOf('mine-cli', { agents: own({ mine: { ...rest, [key]: composer } }) });
  expect(program.composer).toMatchObject({ agent: 'mine', settleMs: 70, dialogWords: ['^Run: '], submitKey: 'Enter' });
});

test('a built-in agent program is changed in place, and what was not named stays', () => {
  const screen = allRecorded.find(({ file }) => file === 'pi/0.73.1/finished-1.txt')!;
  const before = programOf('pi').screen.read(snapshotOfRecorded(screen), still);
  expect(before.state).toBe('idle');
  const agents = own({ pi: { screen: { busy: { footer: ['scripted-model'] } } } });
  expect(programOf('pi', { agents }).screen.read(snapshotOfRecorded(screen), still).state).toBe('busy');
  const busy = allRecorded.find(({ file }) => file === 'pi/0.73.1/busy_tool-1.txt')!;
  const narrow = own({ pi: { screen: { quietMs: 50 } } });
  expect(programOf('pi', { agents: narrow }).screen.read(snapshotOfRecorded(busy), still).state).toBe('busy');
});

test('an agent program that extends another reads as that one does, under its own name and for its own programs', () => {
  const agents = own({ fork: { extends: 'qwen', programs: ['my-qwen'] } });
  const screen = allRecorded.find(({ file }) => file === 'qwen/0.24.4/finished-1.txt')!;
  const reading = programOf('my-qwen', { agents }).screen.read(snapshotOfRecorded(screen), still);
  expect(reading).toMatchObject({ state: 'idle', agent: 'fork' });
  expect(programOf('qwen', { agents }).name).toBe('qwen');
});

test('an agent that says nothing of its screen is generic by another name', () => {
  expect(programOf('goose', { agents: own({ goose: { bracketed: false } }) }).composer.bracketed).toBe(false);
});
