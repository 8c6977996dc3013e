import { describe, expect, test } from 'vitest';
import { isReady, type Reading } from '../../bridge/core/reading.ts';
import { recordedProgram, still } from '../../bridge/recordings/recording.ts';
import { expectationOf, judgeReading } from '../../bridge/recordings/recording-labels.ts';
import { findRequests } from '../../bridge/screen/blocks.ts';
import { allRecorded, type Recorded, recorded, snapshotOfRecorded } from './snapshots.ts';

function read(screen: Recorded, motion = still): Reading {
  return recordedProgram(screen.agent).screen.read(snapshotOfRecorded(screen), motion);
}

const expected = (screen: Recorded) => expectationOf(screen.state)!;

describe.each(recorded)('$file ($state)', (screen) => {
  test('reads as what it is, and is ready only when it is', () => {
    const reading = read(screen);
    const { state, why, composer } = reading;
    expect(judgeReading(reading, expected(screen)), JSON.stringify({ state, why, composer })).toBe('right');
    expect(isReady(reading)).toBe(expected(screen).isReady);
  });

  test('is never ready a moment after it was drawn, nor when its title was set by somebody else', () => {
    expect(isReady(read(screen, { quietForMs: 50, signals: {} }))).toBe(false);
    const snapshot = snapshotOfRecorded(screen);
    const renamed = { ...snapshot, facts: { ...snapshot.facts, title: 'my terminal' } };
    const reading = recordedProgram(screen.agent).screen.read(renamed, still);
    if (!expected(screen).isReady) expect(isReady(reading)).toBe(false);
  });
});

test('a request on a recorded screen is found in the turn that asked it, and in no later one', () => {
  const found = recorded.map((screen) => [screen.file, findRequests(read(screen).turn.words).length] as const);
  expect(found.filter(([, count]) => count > 0).map(([file]) => file)).toEqual([
    'codex/0.169.0/draft-1.txt',
    'codex/0.169.0/draft_cleared-2.txt',
    'gemini/0.61.0/draft_cleared-2.txt',
    'gemini/0.61.0/draft-3.txt',
    'gemini/0.61.0/draft_cleared-3.txt',
    'gemini/0.61.0/resized-1.txt',
    'gemini/0.61.0/resized-2.txt',
  ]);
});

test('the request codex drew as markdown reads as it was written', () => {
  const screen = recorded.find(({ file }) => file === 'codex/0.169.0/draft-1.txt')!;
  expect(findRequests(read(screen).turn.words)[0]?.text).toBe(
    'id: req-38a42c\nkind: decision\nquestion: Which database should the service use?\noptions:\n\n- sqlite\n- postgres',
  );
});

test('an open approval is read with its question and its options', () => {
  const codex = recorded.find(({ file }) => file === 'codex/0.169.0/approval-4.txt')!;
  expect(read(codex).dialog).toMatchObject({
    kind: 'approval',
    question: 'Would you like to run the following command?',
    subject: { is: 'command', text: 'echo denied > /home/ada/agents/tmp/den-codex.txt ESCALATE', isWhole: true },
    options: [
      { label: 'Yes, proceed', key: 'y', isHighlighted: true },
      {
        label:
          "Yes, and don't ask again for commands that start with `echo denied > /home/ada/agents/tmp/den-codex.txt ESCALATE`",
        key: 'p',
        isHighlighted: false,
      },
      { label: 'No, and tell Codex what to do differently', key: 'Escape', isHighlighted: false },
    ],
  });
  const gemini = recorded.find(({ file }) => file === 'gemini/0.61.0/approval-4.txt')!;
  expect(read(gemini).dialog).toMatchObject({
    kind: 'approval',
    question: 'Allow execution of [Shell]?',
    subject: { is: 'command', text: 'echo denied > /home/ada/agents/tmp/den-gemini.txt ESCALATE', isWhole: false },
    options: [
      { label: 'Allow once', key: '1', isHighlighted: true },
      { label: 'Allow for this session', key: '2', isHighlighted: false },
      { label: 'No, suggest changes', key: 'Escape', isHighlighted: false },
    ],
  });
});

test('a long paste that waits in the composer is a draft', () => {
  const screen = recorded.find(({ file }) => file === 'gemini/0.61.0/draft-3.txt')!;
  expect(read(screen).composer).toEqual({ is: 'draft', text: '[Pasted Text: 4253 chars]' });
});

test('inputs that are visible are read top to bottom, the pinned one first', () => {
  const screen = recorded.find(({ file }) => file === 'codex/0.169.0/error-2.txt')!;
  expect(read(screen).turn.inputs).toEqual(['LONG:120 …', 'ERR:500']);
});

test('an input of two paragraphs is one input, and none of it the agent’s words', () => {
  const screens = allRecorded.filter(({ note }) => note?.includes('two paragraphs'));
  expect(screens.map(({ agent }) => agent)).toEqual(expect.arrayContaining(['continue', 'qwen', 'kimi']));
  for (const screen of screens) {
    const { inputs, words } = read(screen).turn;
    // codex 0.171.0 draws it as markdown; of pi 1.6.0 no input is known where nothing is tinted
    const drawn = inputs.map((input) => input.replaceAll('• ', '- '));
    const known =
      screen.agent === 'pi' && screen.version === '1.6.0'
        ? []
        : ['First the table.\nThen its index.\n\n- keep the names\n- and the order'];
    expect(drawn).toEqual(known);
    expect(words).toEqual(['Noted.']);
  }
});

test('what a resize left of gemini’s composer is no input', () => {
  for (const screen of recorded.filter(({ file }) => file.includes('resized'))) {
    expect(read(screen).turn.inputs.join()).not.toContain('Type your message');
  }
});

test('an input pinned to the top row opens a turn that is cut', () => {
  const screen = recorded.find(({ file }) => file === 'codex/0.169.0/pinned-1.txt')!;
  expect(read(screen).turn).toMatchObject({ inputs: ['First line of mine second line LONG:60 …'], cut: true });
});

test('a rendered template is one input, and the words below it are the agent’s', () => {
  const screen = recorded.find(({ file }) => file === 'codex/0.169.0/template-1.txt')!;
  expect(read(screen).turn.words).toEqual(['Understood.']);
});
