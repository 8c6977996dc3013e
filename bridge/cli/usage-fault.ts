import type { Command, CommanderError } from 'commander';
import { closest } from '../core/closest.ts';
import { type BridgeError, unknownName, usageError } from '../core/failure.ts';
import { nameOf } from './command-parts.ts';

/** Commands whose arguments are a text, which may begin with a dash. */
const takesText: readonly string[] = [
  'send',
  'ask',
  'answer',
  'notify',
  'tell',
  'post',
  'reply',
  'broadcast',
  'type',
  'message',
];

/** A command that there is not. */
export function unknownCommand(name: string, known: readonly string[], of = 'bridge'): BridgeError {
  return unknownName('command', name, known, `\`${of} --help\` lists the commands`);
}

/** What commander found wrong in a command line, in the one voice of all faults. */
export function usageFault(fault: CommanderError, program: Command, words: readonly string[]): BridgeError {
  const command = namedIn(program, words);
  const name = nameOf(command);
  const help = `\`${name} --help\` lists its flags`;
  const [given = ''] = /(?<=')[\s\S]*(?=')/.exec(fault.message) ?? [];
  switch (fault.code) {
    case 'commander.unknownOption': {
      const dash = takesText.includes(command.name()) ? ['a text that begins with - goes after --'] : [];
      const meant = closest(given, flagsOf(command));
      const near = meant === null ? [] : [`did you mean '${meant}'?`];
      return usageError('option', given, 'unknown', [...near, ...dash, help].join('\n'));
    }
    case 'commander.unknownCommand': {
      const known = command.commands.map((inner) => inner.name());
      return unknownCommand(given, known, name);
    }
    case 'commander.excessArguments': {
      const takes = command.registeredArguments.length;
      return usageError(
        'arguments',
        command.args.slice(takes).join(' '),
        'too many',
        `\`${name} --help\` shows what it takes`,
      );
    }
    case 'commander.missingArgument':
      return usageError('argument', given, 'missing', `\`${name} --help\` shows what it takes`);
    case 'commander.missingMandatoryOptionValue':
    case 'commander.optionMissingArgument':
      return usageError('value of', given, 'missing', help);
    case 'commander.invalidArgument': {
      const [, flag = '', value = '', why = ''] =
        /option '(--\S+).*' argument '([\s\S]*)' is invalid\. ([\s\S]*?)\.?$/.exec(fault.message) ?? [];
      const choices = why.replace('Allowed choices are ', 'expected one of ');
      const meant = closest(value, choices.replace('expected one of ', '').split(', '));
      return usageError(
        flag,
        value,
        'invalid',
        [...(meant === null ? [] : [`did you mean '${meant}'?`]), choices].join('\n'),
      );
    }
    default:
      return usageError(name, given, fault.message.replace(/^error: /, ''), help);
  }
}

/** The innermost command that a command line names. */
function namedIn(program: Command, words: readonly string[]): Command {
  let command = program;
  for (const word of words) command = command.commands.find((inner) => inner.name() === word) ?? command;
  return command;
}

function flagsOf(command: Command): string[] {
  return command.options.flatMap(({ hidden, long }) => (hidden || !long ? [] : [long]));
}
