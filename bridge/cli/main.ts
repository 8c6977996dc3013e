import { Command, CommanderError } from 'commander';
import { ExitCode, usageError } from '../core/failure.ts';
import { packageVersion } from '../host/package-version.ts';
import { commands } from './commands.ts';
import { print, reportFault } from './output.ts';

// whoever reads our output may stop reading (`bridge --help | head`); what was asked for goes on
process.stdout.on('error', (fault: NodeJS.ErrnoException) => {
  if (fault.code !== 'EPIPE') throw fault;
});

const program = new Command('bridge')
  .description(
    'The go-between for AI coding agents in tmux: a worker asks in its pane, the right answer is in its pane a moment later.',
  )
  .showSuggestionAfterError(true)
  .allowExcessArguments(false)
  // else the daemon's own --session, --agent and --socket take those of `start worker` and `start controller`
  .enablePositionalOptions()
  .helpCommand('help [command]', 'what a command does and which flags it takes')
  .configureOutput({
    writeOut: (text) => print(text.replace(/\n$/, '')),
    writeErr: (text) => print(text.replace(/\n$/, ''), process.stderr),
    outputError: (text, write) => write(text.replace(/^error: /, 'bridge: ').replace(/\n\((.+)\)/, '\n        $1')),
  })
  .exitOverride();

program.version(packageVersion, '-V, --version', 'the version');

/** Reads and runs one command line. Of the commands only those that it names are loaded. */
async function run(words: readonly string[]): Promise<void> {
  const [named0 = '-', about = '-'] = words;
  const first = named0 === 'help' ? about : named0;
  if (!first.startsWith('-') && !(first in commands) && first !== 'help') {
    process.exit(reportFault(usageError('command', first, 'unknown', '`bridge --help` lists the commands'), false));
  }
  // the flags of the bridge itself may stand before any command
  if (first.startsWith('-') && first !== '--version' && first !== '-V') (await import('./run.ts')).registerRun(program);
  const named = Object.keys(commands).filter((name) => words.includes(name));
  for (const [name, { says, load }] of Object.entries(commands)) {
    const command = program.command(name).description(says);
    if (named.includes(name)) (await load())(command);
  }
  try {
    await program.parseAsync();
  } catch (fault) {
    if (!(fault instanceof CommanderError)) throw fault;
    const takesText = named.some((name) => ['send', 'ask', 'answer', 'notify'].includes(name));
    if (fault.code === 'commander.unknownOption' && takesText) {
      print('        a text that begins with - goes after --', process.stderr);
    }
    process.exitCode = fault.exitCode === 0 ? ExitCode.done : ExitCode.usageError;
  }
}

void run(process.argv.slice(2));
