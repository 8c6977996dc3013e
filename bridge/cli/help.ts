import type { Argument, Command, Help, Option } from 'commander';
import { optionGroups } from '../config/option-groups.ts';
import { type CommandRow, commandGroups, commands } from './commands.ts';

const about =
  'The go-between for AI coding agents in tmux: a worker asks in its pane, the right answer is in its pane a moment later.';

const firstSteps: CommandRow['examples'] = [
  ['bridge demo', 'see it work, without an agent'],
  ['bridge start worker --agent claude', 'an agent in a tmux pane, to be watched'],
  ['bridge --session macs', 'watch the workers of a session; rules and a controller answer'],
  ['bridge --session macs --mode manual', 'you answer, in outbox/ or with `bridge answer`'],
  ['bridge --session macs --dry-run', 'say what it would type, and type nothing'],
  ['bridge requests', 'what they ask'],
  ['bridge answer 7f3k9q "Use SQLite."', 'your answer, with a delivery receipt'],
  ['bridge help answer', 'what a command does, its flags and examples'],
];

const exitCodes = [
  ['0', 'done'],
  ['1', 'failed: the line says why, the next what to do'],
  ['2', 'held: nothing was typed'],
  ['3', 'typed, and in doubt or not submitted: look at the pane'],
  ['64', 'usage error: nothing was tried'],
] as const;

type Item = readonly [term: string, says?: string];

/** The help of a command, its lines as long as they come out: `wrapped` lays them out. */
export function helpOf(command: Command, helper: Help): string {
  const arguments_ = helper.visibleArguments(command).map((argument): Item => [argument.name(), saysOf(argument)]);
  const inner = command.parent === null ? [] : helper.visibleCommands(command).map(asItem(helper));
  return [
    command.parent === null ? about : capital(command.description()),
    `Usage: ${usageOf(command)}`,
    section('Examples', examplesOf(command)),
    section('Arguments', arguments_),
    section('Commands', inner),
    ...(command.parent === null ? commandsOf(command, helper) : []),
    ...flagsOf(command, helper),
    ...(command.parent === null ? [section('Exit codes of every command', exitCodes)] : []),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** As one types it: `bridge start worker [options] [session]`. */
function usageOf(command: Command): string {
  const names: string[] = [];
  for (let level: Command | null = command; level; level = level.parent) names.unshift(level.name());
  const rest = command.registeredArguments.map((argument) => bracketed(argument));
  return [...names, '[options]', ...(command.commands.length > 0 ? ['[command]'] : []), ...rest].join(' ');
}

function bracketed(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

/** A command's own, from its row; of an inner one those that name it. */
export function examplesOf(command: Command): CommandRow['examples'] {
  if (command.parent === null) return firstSteps;
  if (command.parent.parent === null) return commands[command.name()]?.examples ?? [];
  const whole = `bridge ${command.parent.name()} ${command.name()}`;
  return examplesOf(command.parent).filter(([line]) => line.includes(whole));
}

function commandsOf(program: Command, helper: Help): string[] {
  const all = helper.visibleCommands(program);
  return commandGroups.map((group) =>
    section(group, all.filter((command) => commands[command.name()]?.group === group).map(asItem(helper))),
  );
}

function asItem(helper: Help): (command: Command) => Item {
  return (command) => [command.name(), helper.subcommandDescription(command)];
}

/** Its flags by their headings, its own before those that others have too. */
function flagsOf(command: Command, helper: Help): string[] {
  const all = helper.visibleOptions(command);
  const headings = ['Options', ...new Set([...all.map(headingOf), ...optionGroups])].filter(
    (heading, index, every) => every.indexOf(heading) === index,
  );
  const order = [...headings.filter((heading) => !isShared(heading)), ...optionGroups];
  const isRoot = command.parent === null;
  return order.map((heading) =>
    section(
      isRoot ? `${heading} (flags)` : heading === 'Everywhere' ? 'Options of every command' : heading,
      all.filter((option) => headingOf(option) === heading).map((option): Item => [option.flags, saysOf(option)]),
    ),
  );
}

/** Declared by some commands themselves. */
const everywhere: ReadonlySet<string> = new Set(['--help', '--version', '--json', '--home']);

const isShared = (heading: string) => (optionGroups as readonly string[]).includes(heading);

function headingOf(option: Option): string {
  if (everywhere.has(option.long ?? '')) return 'Everywhere';
  return option.helpGroupHeading ?? 'Options';
}

/** What a flag or an argument means, with its choices and its default where the words do not say them. */
function saysOf({ description, argChoices, defaultValue }: Option | Argument): string {
  const choices = argChoices?.every((choice) => description.includes(choice)) === false ? argChoices : [];
  const isPlain = typeof defaultValue === 'string' || typeof defaultValue === 'number';
  const oneOf = choices.length === 0 ? '' : `one of ${choices.join(', ')}`;
  if (description.includes(' (default: ')) {
    return oneOf === '' ? description : description.replace(' (default: ', ` (${oneOf}; default: `);
  }
  const more = [oneOf, isPlain ? `default: ${defaultValue}` : ''].filter(Boolean);
  return more.length === 0 ? description : `${description} (${more.join('; ')})`;
}

function section(heading: string, items: readonly Item[], least = 0): string {
  if (items.length === 0) return '';
  const width = Math.max(least, ...items.map(([term, says]) => (says === undefined ? 0 : term.length)));
  const lines = items.map(([term, says]) => (says === undefined ? `  ${term}` : `  ${term.padEnd(width)}  ${says}`));
  return [`${heading}:`, ...lines].join('\n');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
