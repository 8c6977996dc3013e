import type { Command } from 'commander';
import { ExitCode } from '../core/failure.ts';
import { packageVersion } from '../host/package-version.ts';
import { allParts, type CommandParts, type Item } from './command-parts.ts';
import { act, withOptions } from './context.ts';

export function registerMan(command: Command): void {
  withOptions(command, 'place').action(
    act(async ({ out }, command) => {
      const page = manPage(command.parent!);
      out.result(page.trimEnd(), { page });
      return ExitCode.done;
    }),
  );
}

/** The man page of the whole command line, in the macros of man(7). */
export function manPage(program: Command): string {
  const [{ says, usage, sections }, ...commands] = allParts(program) as [CommandParts, ...CommandParts[]];
  return [
    `.TH BRIDGE 1 "" "bridge ${text(packageVersion)}" "bridge"`,
    '.SH NAME',
    'bridge \\- go\\-between for AI coding agents in tmux',
    '.SH SYNOPSIS',
    `.B ${text(usage)}`,
    '.SH DESCRIPTION',
    line(says),
    ...sections.flatMap(({ heading, items }) => [`.SH ${text(heading.toUpperCase())}`, ...items.flatMap(tagged)]),
    '.SH COMMANDS IN FULL',
    ...commands.flatMap(commandIn),
    '',
  ].join('\n');
}

function commandIn({ name, says, usage, sections, notes }: CommandParts): string[] {
  return [
    `.SS ${text(name)}`,
    line(says),
    '.PP',
    `.B ${text(usage)}`,
    ...sections.flatMap(({ heading, items }) => ['.PP', `.I ${text(heading)}`, ...items.flatMap(tagged)]),
    ...(notes === '' ? [] : notes.split(/\n\n+/).flatMap((paragraph) => ['.PP', ...paragraph.split('\n').map(line)])),
  ];
}

function tagged([term, says]: Item): string[] {
  return ['.TP', `.B ${text(term)}`, line(says ?? '')];
}

/** A line of words: what stands at its beginning must not be taken for a request of roff. */
function line(words: string): string {
  const shown = text(words);
  return /^[.']/.test(shown) ? `\\&${shown}` : shown === '' ? '\\&' : shown;
}

/** Characters that roff would take for something else, or draw as another. */
function text(words: string): string {
  return words
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replaceAll('`', '\\(ga')
    .replaceAll('"', '\\(dq')
    .replaceAll('~', '\\(ti')
    .replaceAll('^', '\\(ha')
    .replaceAll('…', '...')
    .replaceAll('’', '\\(cq');
}
