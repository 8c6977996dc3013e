import { expect, test } from 'vitest';
import { askedCommands } from '../agents/asked-commands.ts';
import { allRecorded } from './snapshots.ts';

/** Which dialogs about commands are recorded, of each agent that asks (in any of its versions): nobody knows how others are read. */

const agents = [
  'claude',
  'cline',
  'codex',
  'continue',
  'copilot',
  'gemini',
  'grok',
  'kilo',
  'kimi',
  'opencode',
  'qwen',
] as const;
const widths = [60, 100, 200] as const;
const kinds = [
  'three lines',
  'a blank line',
  '200 blanks, and more behind them',
  'tabs',
  'continued lines',
  'a here-document',
  '60 rows',
  'wide characters',
  'right-to-left characters',
  'zero-width characters',
] as const;

test('each kind is one that is recorded', () => {
  const names = askedCommands.map(([what]) => what);
  expect(kinds.filter((kind) => !names.includes(kind))).toEqual([]);
});

test.each(agents.flatMap((agent) => widths.map((width) => [agent, width] as const)))(
  '%s at %i columns: each kind of command is recorded in its dialog',
  (agent, width) => {
    const mine = allRecorded.filter((one) => one.agent === agent && one.size?.startsWith(`${width}x`));
    const notes = new Set(mine.filter(({ asks }) => asks !== undefined).map(({ note }) => note));
    const missing = kinds.filter((kind) => !notes.has(`a shell command with ${kind}`));
    // a program that opens no dialog about one of them would be named here; there is none
    expect(missing).toEqual([]);
  },
);
