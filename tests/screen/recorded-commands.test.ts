import { expect, test } from 'vitest';
import { askedCommands } from '../agents/asked-commands.ts';
import { allRecorded } from './snapshots.ts';

/** Which dialogs about commands are recorded, of each agent that asks: what is not recorded is read as nobody has seen it. */

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

/** Where the program opens no dialog: it refuses such a command itself, or runs it unasked. */
const unasked: ReadonlyArray<readonly [agent: string, kind: string]> = [];

const isUnasked = (agent: string, kind: string) => unasked.some(([a, k]) => a === agent && k === kind);

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
    expect(missing).toEqual(kinds.filter((kind) => isUnasked(agent, kind)));
  },
);
