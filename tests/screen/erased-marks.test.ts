import { expect, test } from 'vitest';
import { recordedProgram, still } from '../../bridge/recordings/recording.ts';
import { findRequests } from '../../bridge/screen/blocks.ts';
import { firstState, step } from '../../bridge/screen/detector.ts';
import { allRecorded, snapshotOf, snapshotOfRecorded } from './snapshots.ts';

const { screen } = recordedProgram('copilot');
const rule = '─'.repeat(120);
const rests = ' ← open sidebar · Interactive · Manual Approval · / commands · ? help · tab next tab';
const works = ' ◎ Working · 467 B esc esc interrupt';

function copilot(said: readonly string[], footer = rests, at = 1_000_000) {
  const rows = [
    ' [Current]  Sessions   Issues   Pull requests   Gists',
    '',
    ` ❯ Set up the database${'23:59'.padStart(90)}`,
    '',
    ...said.map((line, index) => (index === 0 ? ` ● ${line}` : `   ${line}`).trimEnd()),
    '',
    ' /work/shop [⎇ master]',
    rule,
    '❯',
    rule,
    footer,
  ];
  return snapshotOf(rows, { program: 'copilot', cursorX: 2, cursorY: rows.length - 3, alternateScreen: true, at });
}

const requests = (said: readonly string[], footer = rests) =>
  findRequests(screen.read(copilot(said, footer), still).turn.words).map(({ text }) => text);

const erased = ['<>', 'Which database?', '', '• sqlite', '• postgres', '  <>'];
const whole = [
  '<<CONTROLLER_REQUEST id=a>>',
  'Which database?',
  '- sqlite',
  '- postgres',
  '<<CONTROLLER_REQUEST_END>>',
];

test('the recorded requests of Copilot, whose marks its screen erases, are found', () => {
  const asked = allRecorded.filter(({ agent, state }) => agent === 'copilot' && state === 'controller_request');
  const found = asked.map((one) => findRequests(screen.read(snapshotOfRecorded(one), still).turn.words));
  expect(found.map((blocks) => blocks.length)).toEqual(asked.map(() => 1));
  expect(found[0]![0]!.text).toBe('Which database should the service use?\n\n- sqlite\n- postgres');
});

test('a block ends a turn that is over: with erased marks, or in a code fence with its own', () => {
  expect(requests(['I need a decision.', '', ...erased])).toEqual(['Which database?\n\n- sqlite\n- postgres']);
  expect(requests(['I need a decision.', '', ...whole])).toEqual(['Which database?\n- sqlite\n- postgres']);
});

test.each<[string, string[], string?]>([
  ['that is still being written', erased, works],
  ['with its own marks that is still being written', whole, works],
  ['with more words below it', [...erased, '', 'So a request looks.']],
  ['with its own marks and more words below it', [...whole, '', 'So a request looks.']],
  ['of which one mark is missing', erased.slice(0, -1)],
  ['with a third mark', ['<>', ...erased]],
  ['that is quoted', erased.map((line) => `│ ${line}`)],
  ['with nothing between its marks', ['Two marks:', '<>', '<>']],
  ['that is an answer', ['<>', 'WORKER INSTRUCTIONS: take sqlite', '<>']],
])('no request is a block %s', (_, said, footer) => {
  expect(requests(said, footer)).toEqual([]);
});

test('words keep their letters where no block is read', () => {
  expect(screen.read(copilot(['The operator is', '<>', 'in both.']), still).turn.words).toEqual([
    'The operator is',
    '<>',
    'in both.',
  ]);
});

test('the marks that come with the end of the turn begin no new one, and the request is told once', () => {
  let state = firstState;
  const told: string[] = [];
  for (const [index, footer] of [works, works, rests, rests, rests].entries()) {
    const snapshot = copilot(['I need a decision.', '', ...erased], footer, 1_000_000 + index * 300);
    const next = step(state, { reading: screen.read(snapshot, still), snapshot });
    ({ state } = next);
    told.push(...next.events.map(({ type, turn }) => `${type} ${turn.number}`));
  }
  expect(told).toEqual(['request-seen 1', 'request-confirmed 1']);
});
