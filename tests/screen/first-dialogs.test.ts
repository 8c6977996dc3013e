import { describe, expect, test } from 'vitest';
import { drawDialog } from '../../bench/score/drawn-dialogs.mjs';
import type { Reading } from '../../bridge/core/reading.ts';
import { conditionInDialog } from '../../bridge/delivery/dialog-rows.ts';
import { recordedProgram, still } from '../../bridge/recordings/recording.ts';
import { allRecorded, snapshotOf, snapshotOfRecorded } from './snapshots.ts';

const read = (screen: (typeof allRecorded)[number]): Reading =>
  recordedProgram(screen.agent).screen.read(snapshotOfRecorded(screen), still);

const kinds: Readonly<Record<string, string>> = {
  trust: 'trust',
  hooks: 'trust',
  login: 'login',
  update: 'update',
  promotion: 'other',
  bypass: 'other',
};
const firstOf = (name: string) => allRecorded.filter(({ state }) => state === `startup_dialog_${name}`);

describe.each(Object.keys(kinds))('a first dialog about %s', (name) => {
  test.each(firstOf(name))('$file is read with its kind, its question and its options', (screen) => {
    const { state, dialog } = read(screen);
    expect([state, dialog?.kind]).toEqual(['dialog', kinds[name]]);
    expect(dialog!.question).not.toBe('');
    // continue asks for a key in writing
    expect(dialog!.options.length > 0).toBe(screen.agent !== 'continue');
    for (const { label } of dialog!.options) expect(label).not.toMatch(/[│╰─]/);
  });

  test.each(firstOf(name))('each option of $file is told by its own row', (screen) => {
    const snapshot = snapshotOfRecorded(screen);
    const fresh = { askedAtMs: 0, lastHumanKeyAt: null, sessionActivity: { sessionId: '$0', at: 0, attachedAt: 0 } };
    const reading = read(screen);
    const look = { snapshot: { ...snapshot, ...fresh }, reading };
    const pins = reading.dialog!.options.map((option) =>
      JSON.stringify(conditionInDialog(look, reading.dialog!, option)!.onScreen),
    );
    expect(new Set(pins).size).toBe(pins.length);
  });
});

test('all agents with a first dialog have it recorded at two sizes', () => {
  const recorded = allRecorded.filter(
    ({ state, size }) => state.startsWith('startup_dialog_') && /^(?:120x40|80x24)$/.test(size ?? ''),
  );
  const names = recorded.map(({ agent, state, size }) => `${agent} ${state.slice(15)} ${size}`);
  const all = [
    ...['codex trust', 'codex hooks', 'codex login', 'codex update', 'gemini trust', 'gemini login'],
    ...['qwen trust', 'qwen login', 'cline promotion', 'cline login', 'continue login'],
    ...['claude trust', 'claude login', 'claude bypass'],
    'kimi trust',
    'copilot trust',
    'pi trust',
  ];
  expect([...new Set(names)].sort()).toEqual(all.flatMap((one) => [`${one} 120x40`, `${one} 80x24`]).sort());
});

test('codex names the folder it asks about, and its options have no keys: a digit may only move the highlight', () => {
  const { dialog } = read(firstOf('trust').find(({ agent }) => agent === 'codex')!);
  expect(dialog!.question).toMatch(/^Folder access \/\S+$/);
  expect(dialog!.options).toEqual([
    { label: 'Trust and continue', key: null, isHighlighted: true },
    { label: 'Back to Agent Command Center', key: null, isHighlighted: false },
  ]);
});

/** Words of other dialogs, in what the model wrote. */
const words = [
  'echo "trust this folder?"',
  'git commit -m "Would you like to make the following edits?"',
  'npm update # update available',
  'firebase login --reauth',
  'Folder access',
  'Hooks need review',
  'Update available · 0.169.0 → 9.9.9',
  'Do you trust the files in this folder?',
  'Do you trust this folder?',
  'How would you like to authenticate for this project?',
  'Would you like to make the following edits?',
  'Apply this change?',
];
const around = (text: string) => [text, `ls\n${text}`, `${text}\nls`, `ls\n\n${text}`, `ls\n\n${text}\n\n`];

describe.each(['codex', 'gemini', 'qwen', 'cline', 'continue', 'opencode', 'claude'])('%s', (agent) => {
  test.each(words)('asks for approval of a command, whatever words are in it: %s', (text) => {
    for (const command of around(text)) {
      for (const reason of ['', text]) {
        for (const [width, height] of [
          [120, 40],
          [80, 24],
          [60, 16],
        ] as const) {
          const rows = drawDialog(agent, { command, reason, width, height });
          const snapshot = snapshotOf(rows, { width, height, cursorY: height - 1, cursorVisible: false });
          const { dialog } = recordedProgram(agent).screen.read({ ...snapshot, program: agent }, still);
          // one that cannot be read is the human's
          if (dialog !== null) expect(['approval', 'edit']).toContain(dialog.kind);
          expect(dialog?.kind === 'edit' && dialog.subject?.isWhole).not.toBe(true);
        }
      }
    }
  });
});

test.each([
  ['codex', 'Allow the server "trust" to login and update?'],
  ['codex', 'Do you want to approve network access to "update.example.com"?'],
])('%s asks with a question that nobody has recorded, and waits to act: it is an approval: %s', (agent, question) => {
  const rows = [
    ...['• I will look.', '', `  ${question}`, '', '› 1. Yes, proceed (y)', '  2. No, and tell Codex (esc)', ''],
    '  Press enter to confirm or esc to cancel',
  ];
  const title = '[ ! ] Action Required | shop';
  const { dialog } = recordedProgram(agent).screen.read(
    snapshotOf(rows, { title, cursorVisible: false, program: agent }),
    still,
  );
  expect(dialog).toMatchObject({ kind: 'approval', question, subject: null });
});

test('gemini asks about a tool whose option or description speaks of trust or login: it is an approval', () => {
  for (const question of ['Do you trust the files in this folder?', 'Shall I log in?', 'Allow the update?']) {
    const inner = ['?  Fetch  trust and login', '', question, '', '● 1. Allow once', '  2. No, suggest changes (esc)'];
    const rows = [`╭${'─'.repeat(60)}╮`, ...inner.map((text) => `│ ${text.padEnd(58)} │`), `╰${'─'.repeat(60)}╯`];
    const { dialog } = recordedProgram('gemini').screen.read(
      snapshotOf(rows, { title: 'vm', program: 'gemini' }),
      still,
    );
    expect(dialog).toMatchObject({ kind: 'approval', subject: null });
  }
});

test('a trust dialog of gemini that was answered is no dialog any more while it restarts below it', () => {
  const screens = allRecorded.filter(({ note }) => note?.startsWith('restarting'));
  expect(screens.map(({ size }) => size)).toEqual(['120x40', '80x24']);
  for (const screen of screens) expect(read(screen)).toMatchObject({ state: 'starting', dialog: null });
});
