import { Command } from 'commander';
import { packageVersion } from '../host/package-version.ts';
import { withWords } from './command-parts.ts';
import { commands } from './commands.ts';
import { helpOf } from './help.ts';
import { paint, print } from './output.ts';
import { wrapped } from './wrapped.ts';

/** Where neither a terminal nor COLUMNS says how wide it is. */
const pipedColumns = 80;

/**
 * The command line: every command by name and summary.
 * @param load those that declare their arguments and flags too, as many as are needed
 */
export async function programWith(names: readonly string[], load: (name: string) => boolean): Promise<Command> {
  const program = new Command('bridge')
    .allowExcessArguments(false)
    // else the daemon's own --session, --agent and --socket take those of `start worker` and `start controller`
    .enablePositionalOptions()
    .helpCommand(false)
    .helpOption('-h, --help', 'show this help')
    .showSuggestionAfterError(false)
    .configureHelp({ formatHelp: helpOf })
    .configureOutput({
      writeOut: (text) => printHelp(text, process.stdout),
      writeErr: (text) => printHelp(text, process.stderr),
      // main.ts says what is wrong, in the voice of all faults
      outputError: () => {},
    })
    .version(packageVersion, '-V, --version', 'show the version')
    .exitOverride();
  for (const name of names) {
    const row = commands[name]!;
    const command = withWords(program.command(name), row);
    if (load(name)) (await row.load())(command);
  }
  return program;
}

/** The same with the flags of the bridge itself and every command: what help, completion, man page and reference are made from. */
export async function wholeProgram(): Promise<Command> {
  return withOwnFlags(await programWith(Object.keys(commands), () => true));
}

/** The flags of the bridge itself, without what it does. */
export async function withOwnFlags(program: Command): Promise<Command> {
  const { withOptions } = await import('./context.ts');
  return withOptions(program, 'place', 'target', 'daemon', 'ask');
}

function printHelp(text: string, stream: NodeJS.WriteStream): void {
  const given = /^[1-9]\d{0,4}$/.test(process.env.COLUMNS ?? '') ? Number(process.env.COLUMNS) : pipedColumns;
  const shown = wrapped(text.replace(/\n$/, ''), stream.columns || given);
  print(
    shown.replace(/^[A-Z][^\n]*:$/gm, (heading) => paint('bold', heading, stream)),
    stream,
  );
}
