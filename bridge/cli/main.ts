import { CommanderError } from 'commander';
import { ExitCode } from '../core/failure.ts';
import { commands } from './commands.ts';
import { reportFault } from './output.ts';
import { programWith, withOwnFlags } from './program.ts';

// whoever reads our output may stop reading (`bridge --help | head`); what was asked for goes on
process.stdout.on('error', (fault: NodeJS.ErrnoException) => {
  if (fault.code !== 'EPIPE') throw fault;
});

/** Reads and runs one command line. Of the commands only those that it names are loaded. */
async function run(given: readonly string[]): Promise<void> {
  // `bridge help start worker` is `bridge start worker --help`
  const words = given[0] === 'help' ? [...given.slice(1), '--help'] : given;
  const isJson = words.includes('--json');
  const [first = '-'] = words;
  if (!first.startsWith('-') && !(first in commands)) {
    const { unknownCommand } = await import('./usage-fault.ts');
    process.exitCode = reportFault(unknownCommand(first, [...Object.keys(commands), 'help']), isJson);
    return;
  }
  const named = Object.keys(commands).filter((name) => words.includes(name));
  const isOfAll = named.some((name) => commands[name]!.ofAll);
  // what is not named is not even declared, where nobody asks for a list: that took a tenth of what a short command takes
  const declared = isOfAll || first.startsWith('-') ? Object.keys(commands) : named;
  const program = await programWith(declared, (name) => isOfAll || named.includes(name));
  // the flags of the bridge itself may stand before any command
  if (isOfAll && !first.startsWith('-')) await withOwnFlags(program);
  if (first.startsWith('-')) {
    const isHelp = named.length === 0 && words.some((word) => word === '--help' || word === '-h');
    if (isHelp) await withOwnFlags(program);
    else (await import('./run.ts')).registerBare(program);
  }
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (fault) {
    if (!(fault instanceof CommanderError)) throw fault;
    if (fault.exitCode === 0) return;
    if (fault.code === 'commander.help') {
      process.exitCode = ExitCode.usageError;
      return;
    }
    const { usageFault } = await import('./usage-fault.ts');
    process.exitCode = reportFault(usageFault(fault, program, words), isJson);
  }
}

void run(process.argv.slice(2));
