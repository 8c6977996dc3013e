import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { drawDialog } from '../../bench/score/drawn-dialogs.mjs';
import { conditionInDialog } from '../../bridge/delivery/dialog-rows.ts';
import {
  loadRecordings,
  recordedProgram,
  snapshotOfRecording,
  still,
  textOfRecording,
} from '../../bridge/recordings/recording.ts';
import { snapshotOf } from '../screen/snapshots.ts';

const fresh = { askedAtMs: 0, lastHumanKeyAt: null, sessionActivity: { sessionId: '$0', at: 0, attachedAt: 0 } };
const dialogs = loadRecordings(fileURLToPath(new URL('../screens', import.meta.url))).flatMap((recording) => {
  const snapshot = snapshotOfRecording(recording.entry, textOfRecording(recording));
  const reading = recordedProgram(recording.entry.agent).screen.read(snapshot, still);
  const { dialog } = reading;
  return dialog && dialog.options.length > 0
    ? [
        {
          file: recording.entry.file,
          note: recording.entry.note ?? '',
          look: { snapshot: { ...snapshot, ...fresh }, reading },
          dialog,
        },
      ]
    : [];
});

test.each(['codex', 'qwen', 'cline', 'opencode', 'copilot'])(
  '%s: a person may choose about a command of many lines, some alike',
  (agent) => {
    const command = [
      'for n in 1 2',
      'do echo $n',
      'done',
      ...Array.from({ length: 9 }, (_, at) => `echo ${at}`),
      'for n in 3',
      'do x',
      'done',
    ];
    const rows = drawDialog(agent, { command: command.join('\n'), height: 50 });
    const snapshot = snapshotOf(rows, { width: 120, height: 50, cursorY: 49, cursorVisible: false, program: agent });
    const reading = recordedProgram(agent).screen.read(snapshot, still);
    const look = { snapshot: { ...snapshot, ...fresh }, reading };
    for (const option of reading.dialog!.options) {
      const condition = conditionInDialog(look, reading.dialog!, option);
      const pinned = condition?.onScreen?.map(({ text }) => text).join('\n');
      expect(pinned).toContain('for n in 1 2');
      expect(pinned).toContain('do x');
      expect(pinned!.length).toBeLessThan(2_000);
    }
  },
);

test.each(['codex', 'gemini', 'qwen', 'cline', 'continue', 'opencode', 'copilot'])(
  '%s: the row of a command is held, and no row below it that has its letters too',
  (agent) => {
    for (const command of ['o', 'es', 'npm']) {
      const rows = drawDialog(agent, { command, height: 50 });
      const snapshot = snapshotOf(rows, { width: 120, height: 50, cursorY: 49, cursorVisible: false, program: agent });
      const reading = recordedProgram(agent).screen.read(snapshot, still);
      const screen = snapshot.rows.slice(snapshot.firstVisible).map(({ text }) => text);
      const own = screen.findLastIndex(
        (text) =>
          new RegExp(`(?:^|[^\\p{L}])${command}(?:[^\\p{L}]|$)`, 'u').test(text) && !/\d\.|Yes|No|Allow/.test(text),
      );
      const look = { snapshot: { ...snapshot, ...fresh }, reading };
      for (const option of reading.dialog!.options) {
        const condition = conditionInDialog(look, reading.dialog!, option);
        expect(
          condition?.onScreen?.map(({ row }) => row - 1),
          `${command} for ${option.label}`,
        ).toContain(own);
      }
    }
  },
);

test('there are recorded dialogs', () => {
  expect(dialogs.length).toBeGreaterThan(5);
});

/** a plan that repeats the question of its own dialog, where both are in sight: nothing is chosen there */
const asksTwice = ({ note, look }: (typeof dialogs)[number]) =>
  note.includes('a plan that shows other dialogs') &&
  look.snapshot.rows.filter(({ text }) => text.includes('Claude has written up a plan')).length > 1;

/** tmux counts a joiner otherwise than the program, and its box is wider than the pane */
const isOverfull = ({ note, look: { snapshot } }: (typeof dialogs)[number]) =>
  note.includes('zero-width characters') &&
  snapshot.rows.some(({ text }) => text.replace(/[\p{M}\p{Cf}]/gu, '').length > snapshot.facts.width);
const isUntold = (one: (typeof dialogs)[number]) => asksTwice(one) || isOverfull(one);

test.each(dialogs.filter(isUntold))(
  'no option of $file is told apart, whose question stands twice, or whose rows cannot be counted',
  ({ look, dialog }) => {
    for (const option of dialog.options) expect(conditionInDialog(look, dialog, option)).toBeNull();
  },
);

test.each(dialogs.filter((one) => !isUntold(one)))(
  'each option of $file is told by rows that stand there once',
  ({ look, dialog }) => {
    for (const option of dialog.options) {
      const condition = conditionInDialog(look, dialog, option);
      const rows = condition?.onScreen?.map(({ text }) => text.trim()) ?? [];
      const flat = rows.join(' ').replace(/[\s│┃]+/g, ' ');
      expect(flat).toContain(option.label.split(' ').slice(0, 2).join(' '));
      const [line = '', ...more] = dialog.subject?.text.split('\n') ?? [];
      // the words of several rows stand in the rows that tell them apart, and not side by side
      const told = more.length === 0 ? [line.split(/\s+/).slice(0, 3).join(' ')] : line.split(/\s+/).slice(0, 3);
      for (const words of told) expect(flat).toContain(words);
    }
  },
);
