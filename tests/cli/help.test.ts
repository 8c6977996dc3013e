import type { Command } from 'commander';
import { beforeAll, expect, test } from 'vitest';
import { commandGroups, examplesOf, nameOf } from '../../bridge/cli/command-parts.ts';
import { commands } from '../../bridge/cli/commands.ts';
import { helpOf } from '../../bridge/cli/help.ts';
import { wholeProgram } from '../../bridge/cli/program.ts';
import { wrapped } from '../../bridge/cli/wrapped.ts';
import { optionGroups } from '../../bridge/config/option-groups.ts';
import { options } from '../../bridge/config/options.ts';

let program: Command;
beforeAll(async () => {
  program = await wholeProgram();
});

const each = (command: Command): Command[] => [command, ...command.commands.flatMap(each)];
const leaves = () => each(program).filter(({ commands }) => commands.length === 0);

test.each([24, 40, 80, 100, 200])('at %i columns no line is longer, and no word is cut', (columns) => {
  for (const command of each(program)) {
    const whole = helpOf(command);
    const shown = wrapped(whole, columns);
    expect(shown.split(/\s+/)).toEqual(whole.split(/\s+/));
    const tooLong = shown
      .split('\n')
      .filter((line) => line.length > Math.min(columns, 100) && line.trim().includes(' '));
    expect(tooLong, nameOf(command)).toEqual([]);
  }
});

test('a second column goes on in its own, and stands below the first where it would be too narrow', () => {
  const row = '  --flag <value>  what it means, put into words';
  expect(wrapped(row, 42)).toBe('  --flag <value>  what it means, put into\n                  words');
  expect(wrapped(row, 30)).toBe('  --flag <value>\n      what it means, put into\n      words');
  expect(wrapped('one paragraph\nof two lines\n\nList:\n  as it is', 80)).toBe(
    'one paragraph of two lines\n\nList:\n  as it is',
  );
});

test('the help begins with examples, has each command and each flag of the bridge once, and the groups in their order', () => {
  const text = helpOf(program);
  const headings = [...text.matchAll(/^(\S.*):$/gm)].map((match) => match[1]);
  expect(headings).toEqual([
    'Examples',
    ...commandGroups,
    ...optionGroups.map((group) => `${group} (flags)`),
    'Exit codes of every command',
  ]);
  for (const name of Object.keys(commands))
    expect(text.match(new RegExp(`^  ${name} +[A-Z]`, 'gm')), name).toHaveLength(1);
  const own = options.filter(({ for: takers }) => takers.some((taker) => taker !== 'target'));
  for (const { flag } of own) expect(text.split(`\n  ${flag} `), flag).toHaveLength(2);
});

test('a summary is one imperative with a capital that fits beside its name on 80 columns', () => {
  for (const [name, { says }] of Object.entries(commands)) {
    expect([name, says]).toEqual([name, expect.stringMatching(/^[A-Z].*[^.]$/)]);
    expect(`  ${' '.repeat(12)}${says}`.length, name).toBeLessThanOrEqual(80);
  }
});

test('each command has an example, and every example is a command line that it takes', () => {
  for (const command of leaves()) {
    const examples = examplesOf(command);
    expect([nameOf(command), examples.length > 0]).toEqual([nameOf(command), true]);
    expect(helpOf(command)).toContain(`Examples:\n  ${examples[0]![0]}`);
    for (const [line] of examples) expect(line).toContain(nameOf(command));
  }
  const lines = each(program).flatMap((command) => examplesOf(command).map(([line]) => line));
  for (const line of lines) {
    const words = line.slice(line.indexOf('bridge ') + 7).split(' ');
    const named = words.reduce((at, word) => at.commands.find((inner) => inner.name() === word) ?? at, program);
    const flags = words.filter((word) => word.startsWith('--') && word !== '--');
    const known = named.options.map(({ long }) => long);
    expect([line, flags.filter((flag) => !known.includes(flag.split('=', 1)[0]))]).toEqual([line, []]);
  }
});
