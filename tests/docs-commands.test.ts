import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { commands } from '../bridge/cli/commands.ts';
import { wholeProgram } from '../bridge/cli/program.ts';
import { splitCommand } from '../bridge/core/command-line.ts';
import { joinInstructions } from '../bridge/core/join-instructions.ts';
import { blocksOf, pagesWithCommands, partsOf, textOf } from './fixtures/pages.ts';

/** The command line as it is declared, with every action taken out: what is parsed is not run. */
const commandLine = async (): Promise<Command> => inert(await wholeProgram());

function inert(command: Command): Command {
  command.exitOverride().configureOutput({ writeOut: () => {}, writeErr: () => {} });
  // one that has commands of its own may do something by itself, too
  const { _actionHandler: own } = command as unknown as { _actionHandler: unknown };
  if (command.commands.length === 0 || command.parent === null || own !== null) command.action(() => {});
  for (const one of command.commands) inert(one);
  return command;
}

/** What is wrong with a command line; null where it would run. */
async function faultOf([first = '-', ...rest]: readonly string[]): Promise<string | null> {
  const words = first === '-' ? [] : first === 'help' ? [...rest, '--help'] : [first, ...rest];
  try {
    await (await commandLine()).parseAsync(words, { from: 'user' });
    return null;
  } catch (fault) {
    const { exitCode, message } = fault as { exitCode?: number; message: string };
    return exitCode === 0 ? null : message;
  }
}

test.each([...pagesWithCommands, 'docs/reference/cli.md', 'CONTRIBUTING.md'])(
  'every `bridge …` in the sh blocks of %s is a command with flags and arguments that there are',
  async (page) => {
    const wrong: string[] = [];
    for (const block of blocksOf(page)) {
      for (const { line, text, exitCode } of block.commands) {
        for (const part of partsOf(text)) {
          const [program, ...words] = splitCommand(part, page);
          // the line that says how a command is used names no arguments
          if (program !== 'bridge' || exitCode === 64 || words.includes('[options]')) continue;
          const fault = await faultOf(words);
          if (fault !== null) wrong.push(`${page}:${line}: ${part}: ${fault}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  },
);

test.each(pagesWithCommands)('every `bridge …` that the words of %s name is a command', (page) => {
  const named = [...textOf(page).matchAll(/`bridge ([a-z][a-z-]*)[^`\n]*`/g)].map((match) => match[1]!);
  expect(named.filter((name) => name !== 'help' && !(name in commands))).toEqual([]);
});

test('every `bridge …` of the instructions for who joins is a command with flags and arguments that there are', async () => {
  const named = [null, "/home/o'brien/my bridge"].flatMap((home) =>
    [...joinInstructions(home).matchAll(/`(bridge [a-z][^`]*)`/g)].map((match) => match[1]!),
  );
  expect(named.length).toBeGreaterThan(16);
  for (const text of named) expect([text, await faultOf(splitCommand(text, 'join.md').slice(1))]).toEqual([text, null]);
});

test('the sh blocks of the pages are marked by nothing, `agent` or `by-hand`, and hold what is run', () => {
  const blocks = pagesWithCommands.flatMap(blocksOf);
  expect(new Set(blocks.map(({ mark }) => mark))).toEqual(new Set(['', 'agent', 'by-hand']));
  expect(blocks.filter(({ commands }) => commands.length === 0)).toEqual([]);
});

test.each([
  ['an unknown command', 'bridge anwser 7f3k9q yes'],
  ['an unknown flag', 'bridge requests --jsn'],
  ['a flag without its value', 'bridge send --pane'],
  ['an argument too many', 'bridge show 7f3k9q 8f3k9q'],
  ['a missing argument', 'bridge show'],
])('%s is found', async (_, text) => {
  expect(await faultOf(splitCommand(text, 'test').slice(1))).not.toBeNull();
});
