import type { Argument, Command, Option } from 'commander';

/** What can stand in a place of the command line. `ids` and `workers` are asked of the bridge that runs. */
export type Values = readonly string[] | 'files' | 'folders' | 'ids' | 'workers' | 'text';

export interface CompletedFlag {
  readonly names: readonly string[];
  readonly says: string;
  /** null where it stands alone */
  readonly values: Values | null;
}

/** One command as a shell completes it. */
export interface CompletedCommand {
  /** the words that name it: none for the bridge itself */
  readonly path: readonly string[];
  readonly inner: ReadonlyArray<{ readonly name: string; readonly says: string }>;
  readonly flags: readonly CompletedFlag[];
  /** of its arguments in order; the last goes on where it may stand more than once */
  readonly places: readonly Values[];
  readonly repeatsLast: boolean;
}

/** The whole command line, the bridge itself first. */
export function commandLine(program: Command): CompletedCommand[] {
  return below(program, []);
}

function below(command: Command, path: readonly string[]): CompletedCommand[] {
  const { registeredArguments } = command;
  const isRoot = path.length === 0;
  const inner = command.commands.map((one) => ({ name: one.name(), says: one.description() }));
  const help = { name: 'help', says: 'Show the help of a command' };
  const own: CompletedCommand = {
    path,
    inner: isRoot ? [...inner, help] : inner,
    flags: command.createHelp().visibleOptions(command).map(flagOf),
    places: registeredArguments.map(valuesOfArgument),
    repeatsLast: registeredArguments.at(-1)?.variadic === true,
  };
  const asked: CompletedCommand[] = isRoot
    ? [{ path: ['help'], inner, flags: [], places: [], repeatsLast: false }]
    : [];
  return [own, ...asked, ...command.commands.flatMap((one) => below(one, [...path, one.name()]))];
}

function flagOf({ short, long, description, argChoices, flags }: Option): CompletedFlag {
  const value = /[<[]([\w.-]+)[>\]]/.exec(flags)?.[1];
  return {
    names: [long, short].filter((name) => name !== undefined && name !== null),
    says: description,
    values: value === undefined ? null : (argChoices ?? fileKind(value) ?? 'text'),
  };
}

function valuesOfArgument(argument: Argument): Values {
  const name = argument.name();
  if (argument.argChoices !== undefined) return argument.argChoices;
  if (name === 'id') return 'ids';
  if (name === 'worker') return 'workers';
  return fileKind(name) ?? 'text';
}

function fileKind(name: string): Values | null {
  if (/^path$|(?:^|-)file$/.test(name)) return 'files';
  return /^(?:dir|folder)$/.test(name) ? 'folders' : null;
}
