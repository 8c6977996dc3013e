import { expect, test } from 'vitest';
import { drawDialog, drawEdit, drawnAgents, editAgents } from '../../bench/score/drawn-dialogs.mjs';
import {
  hostileApprovals,
  hostileEdits,
  rulesForNpmTest,
  rulesForSources,
  wrappedReason,
} from '../../bench/score/hostile-approvals.mjs';
import { recordedProgram, still } from '../../bridge/recordings/recording.ts';
import { decide, type Rule } from '../../bridge/requests/policy.ts';
import { parsePolicy } from '../../bridge/requests/policy-rules.ts';
import { snapshotOf } from '../screen/snapshots.ts';

const widths = [60, 100, 200];

function rulesFor(...commands: string[]): readonly Rule[] {
  const rules = commands.flatMap((command) => [
    { when: { kind: 'approval', command }, choose: '1' },
    { when: { dialog: 'approval', command }, choose: 'y' },
  ]);
  // a dialog that a command makes look like another kind is not chosen in either
  const others = ['trust', 'choice', 'other', 'plan', 'update'].map((dialog) => ({ when: { dialog }, choose: '1' }));
  const parsed = parsePolicy([...rules, ...others]);
  if ('errors' in parsed) throw new Error(JSON.stringify(parsed.errors));
  return parsed.rules;
}

function read(agent: string, request: Parameters<typeof drawDialog>[1]) {
  const { width = 120, height = 40 } = request;
  const rows = drawDialog(agent, request);
  const snapshot = snapshotOf(rows, { width, height, cursorY: height - 1, cursorVisible: false, program: agent });
  return recordedProgram(agent).screen.read(snapshot, still);
}

function decided(agent: string, request: Parameters<typeof drawDialog>[1], rules: readonly Rule[]) {
  const { dialog } = read(agent, request);
  return decide(rules, { kind: 'approval', agent, worker: 'w', text: '', ...(dialog ? { dialog } : {}) }).is;
}

/** Those that cut, redraw or leave out what stands between control characters, and show no mark (tests/screen/asked-commands.test.ts): no rule may choose in them. */
const cutsUnseen = ['gemini', 'copilot', 'qwen', 'cline', 'opencode', 'continue'];

test.each(drawnAgents)(
  '%s: a dialog that is drawn is read, and a rule that names its whole command chooses in it where it can be known',
  (agent) => {
    for (const width of widths) {
      const request = { command: 'npm test', width };
      expect([width, read(agent, request).dialog?.subject]).toEqual([
        width,
        { is: 'command', text: 'npm test', isWhole: !cutsUnseen.includes(agent) },
      ]);
      for (const rule of rulesForNpmTest)
        expect([width, rule, decided(agent, request, rulesFor(rule))]).toEqual([
          width,
          rule,
          cutsUnseen.includes(agent) ? 'human' : 'choose',
        ]);
    }
  },
);

const cases = Object.entries(hostileApprovals);

test.each(drawnAgents)('%s: no rule for one command approves another, however the dialog is drawn', (agent) => {
  const rules = rulesFor(...rulesForNpmTest);
  const approved: string[] = [];
  for (const width of widths) {
    for (const height of [24, 40, 70]) {
      for (const [name, request] of [...cases, ['a wrapped reason', wrappedReason(width)] as const])
        if (decided(agent, { ...request, width, height }, rules) === 'choose')
          approved.push(`${name}, ${width}x${height}`);
    }
  }
  expect(approved).toEqual([]);
});

test.each(drawnAgents)('%s: a rule that writes out each line of a command chooses in its dialog', (agent) => {
  const action = cutsUnseen.includes(agent) ? 'human' : 'choose';
  const rules = rulesFor('^npm test\\nnpm run lint$');
  for (const width of widths) {
    expect([width, decided(agent, { command: 'npm test\nnpm run lint', width }, rules)]).toEqual([width, action]);
    expect(decided(agent, { command: 'npm test\nnpm run lint\nx', width }, rules)).toBe('human');
    expect(decided(agent, { command: 'npm test npm run lint', width }, rules)).toBe('human');
  }
});

test.each(drawnAgents)(
  '%s: where a command is wrapped, nothing tells its rows from lines, and the human decides',
  (agent) => {
    const word = 'x'.repeat(40);
    const command = `echo ${word} ${word}`;
    const rules = rulesFor(`^${command}$`, `^echo ${word}\\n${word}$`);
    expect(decided(agent, { command, width: 60 }, rules)).toBe('human');
  },
);

function decidedOnFile(agent: string, request: Parameters<typeof drawEdit>[1], paths: readonly string[]) {
  const { width = 120, height = 40 } = request;
  const snapshot = snapshotOf(drawEdit(agent, request), { width, height, cursorY: height - 1, cursorVisible: false });
  const { dialog } = recordedProgram(agent).screen.read(snapshot, still);
  const parsed = parsePolicy(paths.map((path) => ({ when: { dialog: 'edit', path }, choose: '1' })));
  if ('errors' in parsed) throw new Error(JSON.stringify(parsed.errors));
  return decide(parsed.rules, { kind: 'approval', agent, worker: 'w', text: '', ...(dialog ? { dialog } : {}) }).is;
}

test.each(editAgents)(
  '%s: a rule for files chooses in the dialog of one whose whole name it matches, where that can be known',
  (agent) => {
    for (const width of widths) {
      for (const file of ['src/a.ts', 'src/my file.ts', "src/it's.ts", 'src/a..b.ts', 'src/тесты.ts', 'src/測試.ts'])
        expect([width, file, decidedOnFile(agent, { file, width }, ['^src/.*\\.ts$'])]).toEqual([
          width,
          file,
          cutsUnseen.includes(agent) ? 'human' : 'choose',
        ]);
    }
  },
);

test.each(editAgents)('%s: no rule for files approves another, however its name and its content are drawn', (agent) => {
  const approved: string[] = [];
  for (const width of widths) {
    for (const height of [24, 40, 70]) {
      for (const [name, request] of Object.entries(hostileEdits))
        if (decidedOnFile(agent, { ...request, width, height }, rulesForSources) === 'choose')
          approved.push(`${name}, ${width}x${height}`);
    }
  }
  expect(approved).toEqual([]);
});

test("copilot: a command that its model describes in the words of a file's dialog is shown as the command that it is", () => {
  for (const reason of ['Create file', 'Update file', 'Create file\nDo you want to create src/a.ts?']) {
    const { dialog } = read('copilot', { command: 'npm test', reason });
    expect([reason, dialog]).toMatchObject([
      reason,
      { kind: 'approval', subject: { is: 'command', text: 'npm test' } },
    ]);
  }
});
