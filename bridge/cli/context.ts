import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Argument, type Command, Option } from 'commander';
import { offeredNames } from '../agent-programs/names.ts';
import { type Config, emptyFile, joined, type Sources } from '../config/config-values.ts';
import { type Audience, type OptionRow, options } from '../config/options.ts';
import { BridgeError, type ExitCode, unknownName } from '../core/failure.ts';
import { type FoundHome, findHome } from '../host/home.ts';
import { pingDaemon } from '../server/socket.ts';
import { socketPath } from '../server/socket-path.ts';
import { makeOutput, type Output, reportFault } from './output.ts';
import { socketOf } from './socket.ts';

/** What every command starts from. */
export interface Context {
  readonly config: Config;
  readonly home: FoundHome;
  readonly out: Output;
}

/** Declares the shared options on a command, from their rows. Defaults stay with the configuration. */
export function withOptions(command: Command, ...audiences: Audience[]): Command {
  for (const option of options as readonly OptionRow[]) {
    if (!option.for.some((audience) => audiences.includes(audience))) continue;
    const declared = new Option(option.flag, meaningOf(option)).helpGroup(headingOf(option, audiences));
    // of the bridge itself no pane is meant: it takes this for the command that follows
    if (audiences.includes('daemon') && !option.for.some((audience) => audience !== 'target')) declared.hideHelp();
    if (option.choices) declared.choices([...option.choices]);
    else if (option.suggests) declared.argChoices = [...option.suggests];
    if (option.type === 'list')
      declared.argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]);
    command.addOption(declared);
    if (option.alias) command.addOption(new Option(option.alias).hideHelp());
    if (option.flag.startsWith('--no-')) command.addOption(new Option(option.flag.replace('--no-', '--')).hideHelp());
  }
  return command;
}

/** An argument of which a shell completes these words. What else is given is the command's to judge. */
export function suggesting(argument: Argument, words: readonly string[]): Argument {
  return Object.assign(argument, { argChoices: [...words] });
}

function headingOf({ group, for: takers }: OptionRow, audiences: readonly Audience[]): string {
  return takers.includes('target') && !audiences.includes('daemon') ? 'Pane' : group;
}

function meaningOf(option: OptionRow): string {
  const fallback = option.default;
  const shown =
    fallback === null || fallback === false || fallback === true || Array.isArray(fallback)
      ? ''
      : ` (default: ${fallback})`;
  return `${option.meaning}${shown}${option.env ? ` [${option.env}]` : ''}`;
}

/** What commander calls an alias, and the option it stands for. */
const aliased = new Map(
  (options as readonly OptionRow[]).flatMap(({ key, alias }) =>
    alias === undefined ? [] : [[new Option(alias).attributeName(), key] as const],
  ),
);

/** Reads the command line of one command into a frozen configuration. @throws BridgeError where something of it is wrong */
export async function contextOf(command: Command): Promise<Context> {
  const { fault, ...context } = await contextDespite(command);
  if (fault !== null) throw fault;
  return context;
}

/** The same for a command that tells what is wrong: a bridge.yaml that cannot be used counts as empty, and is the fault. */
export function contextDespite(command: Command): Promise<Context & { readonly fault: BridgeError | null }> {
  const flags: Record<string, unknown> = {};
  for (let level: Command | null = command; level; level = level.parent) {
    for (const [key, value] of Object.entries(level.opts())) {
      if (level.getOptionValueSource(key) === 'cli') flags[aliased.get(key) ?? key] ??= value;
    }
  }
  return contextWith(flags);
}

/** The same for flags that were read otherwise: by the keys of their rows. */
export async function contextWith(
  flags: Readonly<Record<string, unknown>>,
): Promise<Context & { readonly fault: BridgeError | null }> {
  const home = findHome({
    flag: (flags.home as string | undefined) ?? null,
    env: process.env.BRIDGE_HOME,
    cwd: process.cwd(),
    userFolder: homedir(),
  });
  const sources = { home: home.folder, flags, env: process.env };
  const withoutFile = () => joined({ ...sources, files: [emptyFile] });
  let config: Config;
  let fault: BridgeError | null = null;
  try {
    const named = flags.config as string | undefined;
    config = named !== undefined || hasFile(home) ? await configured(sources, home, named) : withoutFile();
  } catch (cause) {
    if (!(cause instanceof BridgeError) || cause.what !== 'bridge.yaml') throw cause;
    fault = cause;
    config = withoutFile();
  }
  const known = [...offeredNames, ...Object.keys(config.agents)];
  if (config.agent !== null && !known.includes(config.agent)) {
    throw unknownName('agent program', config.agent, known, `--agent: expected one of ${known.join(', ')}`);
  }
  const out = makeOutput(config.json);
  for (const line of home.passedOver) out.warn(`bridge: ${line}`);
  if (home.because === 'older') {
    out.warn(
      `bridge: ${home.folder} holds the journal of an older bridge and is used; \`bridge home move\` brings it to ~/.bridge`,
    );
  }
  return { config, home, out, fault };
}

function hasFile({ trusted, folder }: FoundHome): boolean {
  return trusted !== undefined || existsSync(join(folder, 'bridge.yaml'));
}

/**
 * What reads a bridge.yaml takes longer to load than all the rest: only where there is one.
 * @param named the file that a flag names in its place
 */
async function configured(
  sources: Omit<Sources, 'files'>,
  { trusted }: FoundHome,
  named: string | undefined,
): Promise<Config> {
  const { loadConfig, namedFile } = await import('../config/config.ts');
  const file = named === undefined ? trusted : namedFile(resolve(named));
  return loadConfig({ ...sources, ...(file === undefined ? {} : { file }) });
}

/** The same, with the tmux server settled: `--socket`, else TMUX_SOCKET, else the one a launcher noted for this folder. */
export function withSocket(context: Context): Context {
  return { ...context, config: Object.freeze({ ...context.config, socket: socketOf(context.config) }) };
}

/** Runs a command's work; its number becomes the exit code, its fault one clear line. */
export function act(
  work: (context: Context, command: Command) => Promise<ExitCode>,
): (...args: unknown[]) => Promise<void> {
  return actDespite(async (command) => work(await contextOf(command), command));
}

/**
 * The same for what a living bridge does. It goes on with what it has read, and a bridge.yaml that cannot be used since keeps
 * nobody from it.
 */
export function actByDaemon(
  work: (context: Context, command: Command) => Promise<ExitCode>,
): (...args: unknown[]) => Promise<void> {
  return actDespite(async (command) => {
    const { fault, ...context } = await contextDespite(command);
    if (fault !== null) {
      if ((await pingDaemon(socketPath(context.config.home))) === null) throw fault;
      context.out.warn(`bridge: ${fault.message}; the bridge that runs goes on with what it had read`);
    }
    return work(context, command);
  });
}

/** The same for one that reads its command line itself. */
export function actDespite(work: (command: Command) => Promise<ExitCode>): (...args: unknown[]) => Promise<void> {
  return async (...args) => {
    const command = args.at(-1) as Command;
    try {
      process.exitCode = await work(command);
    } catch (fault) {
      process.exitCode = reportFault(fault, command.optsWithGlobals().json === true);
    }
  };
}
