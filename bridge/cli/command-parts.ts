import type { EventEmitter } from 'node:events';
import type { Argument, Command, Option } from 'commander';
import { optionGroups } from '../config/option-groups.ts';

/** The headings of commands, in the order of the help. */
export const commandGroups = ['Run', 'Ask and answer', 'Between agents', 'Panes', 'Set up', 'Keep'] as const;

export interface CommandWords {
  readonly group: (typeof commandGroups)[number];
  /** in a line: an imperative */
  readonly says: string;
  /** a command line, and what it does where that needs a word */
  readonly examples: ReadonlyArray<readonly [line: string, what?: string]>;
}

const examples = new WeakMap<Command, CommandWords['examples']>();

/** The command with what its row says of it. */
export function withWords(command: Command, words: CommandWords): Command {
  examples.set(command, words.examples);
  return command.description(words.says).helpGroup(words.group);
}

const about =
  'The go-between for AI coding agents in tmux: a worker asks in its pane, the right answer is in its pane a moment later.';

const firstSteps: CommandWords['examples'] = [
  ['bridge demo', 'see it work, without an agent'],
  ['bridge start worker --agent claude', 'an agent in a tmux pane, to be watched'],
  ['bridge run', 'watch the workers; your rules and a controller answer'],
  ['bridge run --mode manual', 'you answer, in outbox/ or with `bridge answer`'],
  ['bridge run --dry-run', 'say what it would type, and type nothing'],
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

export type Item = readonly [term: string, says?: string];

/** A heading with what stands below it. */
export interface Section {
  readonly heading: string;
  readonly items: readonly Item[];
}

/** What is to be said of a command: its help, the man page and docs/reference/cli.md are made from this. */
export interface CommandParts {
  readonly name: string;
  readonly says: string;
  readonly usage: string;
  readonly sections: readonly Section[];
  /** paragraphs, where there is more to say */
  readonly notes: string;
}

/** Of the bridge itself, then of every command and those within it. */
export function allParts(program: Command): CommandParts[] {
  return [program, ...program.commands.flatMap((command) => [command, ...command.commands])].map(partsOf);
}

export function partsOf(command: Command): CommandParts {
  const helper = command.createHelp();
  const isRoot = command.parent === null;
  const arguments_ = helper.visibleArguments(command).map((argument): Item => [argument.name(), saysOf(argument)]);
  const sections = [
    { heading: 'Examples', items: examplesOf(command) },
    { heading: 'Arguments', items: arguments_ },
    ...(isRoot ? commandsOf(command) : [{ heading: 'Commands', items: command.commands.map(asItem) }]),
    ...flagsOf(command),
    ...(isRoot ? [{ heading: 'Exit codes of every command', items: exitCodes }] : []),
  ];
  return {
    name: nameOf(command),
    says: isRoot ? about : capital(command.description()),
    usage: usageOf(command),
    sections: sections.filter(({ items }) => items.length > 0),
    notes: notesOf(command),
  };
}

/** `bridge start worker`. */
export function nameOf(command: Command): string {
  return command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;
}

/** As one types it: `bridge start worker [options] [session]`. */
function usageOf(command: Command): string {
  const rest = command.registeredArguments.map((argument) => bracketed(argument));
  return [nameOf(command), '[options]', ...(command.commands.length > 0 ? ['[command]'] : []), ...rest].join(' ');
}

function bracketed(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

/** A command's own, from its row; of an inner one those that name it. */
export function examplesOf(command: Command): CommandWords['examples'] {
  if (command.parent === null) return firstSteps;
  if (command.parent.parent === null) return examples.get(command) ?? [];
  const whole = `bridge ${command.parent.name()} ${command.name()}`;
  return examplesOf(command.parent).filter(([line]) => line.includes(whole));
}

function commandsOf(program: Command): Section[] {
  return commandGroups.map((heading) => {
    const own = program.commands.filter((command) => command.helpGroup() === heading);
    return { heading, items: own.map(asItem) };
  });
}

function asItem(command: Command): Item {
  return [command.name(), command.description()];
}

/** Its flags by their headings, its own before those that others have too. */
function flagsOf(command: Command): Section[] {
  const all = command.createHelp().visibleOptions(command);
  const own = new Set(['Options', ...all.map(headingOf)].filter((heading) => !isShared(heading)));
  return [...own, ...optionGroups].map((heading) => ({
    heading:
      command.parent === null ? `${heading} (flags)` : heading === 'Everywhere' ? 'Options of every command' : heading,
    items: all.filter((option) => headingOf(option) === heading).map((option): Item => [option.flags, saysOf(option)]),
  }));
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

/** What commands add to their help. */
function notesOf(command: Command): string {
  let text = '';
  // commander's own types leave out what it is made of
  (command as unknown as EventEmitter).emit('afterHelp', {
    error: false,
    command,
    write: (more: string) => (text += more),
  });
  return text.trim();
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
