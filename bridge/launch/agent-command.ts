import type { Launch } from '../agent-programs/agent-program.ts';
import { agentPrograms, type Launchable, launchable } from '../agent-programs/index.ts';
import { splitCommand } from '../core/command-line.ts';
import { BridgeError, unknownName, usageError } from '../core/failure.ts';
import { type LaunchEnvironment, setting } from './environment.ts';
import { findProgram } from './programs.ts';

/** A program to start, with what is put into its environment on top of the pane's own. */
export interface AgentCommand {
  readonly name: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly guardedBy: string;
}

export function workerCommand(
  wish: {
    readonly agent: string;
    readonly command: string | null;
    readonly yolo: boolean;
    readonly args: readonly string[];
  },
  environment: LaunchEnvironment,
): AgentCommand {
  const own = ownCommand(wish.command, '--agent-command', wish.args, environment);
  if (own !== null) return own;
  const { name, launch } = findAgent(wish.agent);
  present(launch, environment);
  if (!wish.yolo && launch.guarded === null) {
    throw usageError('start worker', name, 'neither asks nor has a sandbox, so it acts unasked', 'say so with --yolo');
  }
  if (wish.yolo && launch.yolo === null) {
    throw usageError('start worker', '--yolo', `${name} has no word for it on its command line`, 'leave it out');
  }
  return {
    name,
    argv: [launch.executable, ...(wish.yolo ? launch.yolo! : launch.guarded!), ...wish.args],
    env: { ...(wish.yolo ? {} : launch.guardedEnv), ...settingsOf(environment) },
    guardedBy: wish.yolo ? 'nothing (--yolo)' : launch.guardedBy,
  };
}

/** A program of the catalogue, and why it is not started under its guard here; null: it can be. */
export interface Startable {
  readonly name: string;
  readonly guardedBy: string;
  readonly why: string | null;
}

/** Every program that has a command line of its own, in the order in which they are offered. */
export function startablePrograms({ env, cwd }: LaunchEnvironment): Startable[] {
  return launchable.map(({ name, launch: { executable, guarded, guardedBy, install } }) => {
    const isThere = findProgram(executable, env.PATH, cwd) !== null;
    const why = !isThere
      ? `${executable} is not on the bridge's PATH: ${install}`
      : guarded === null
        ? `neither asks nor has a sandbox, so it acts unasked: \`bridge start worker --agent ${name} --yolo\` starts it`
        : null;
    return { name, guardedBy, why };
  });
}

/** What a controller runs: it reads and answers, under its own read-only sandbox or with its writing tools taken away. */
export function controllerCommand(
  wish: {
    readonly agent: string;
    readonly command: string | null;
    readonly args: readonly string[];
    readonly prompt: string;
  },
  environment: LaunchEnvironment,
): AgentCommand {
  const own = ownCommand(wish.command, '--agent-command', wish.args, environment);
  if (own !== null) return own;
  const { name, launch } = findAgent(wish.agent);
  present(launch, environment);
  if (launch.controller === null) throw usageError('start controller', name, 'cannot be kept from writing');
  const named = wish.args.some((word) => /^(?:--sandbox|-s)(?:=|$)/.test(word));
  const guard = named ? withoutSandbox(launch.controller) : launch.controller;
  return {
    name,
    argv: [launch.executable, ...guard, ...wish.args, ...(launch.promptPrefix ?? []), wish.prompt],
    env: { ...launch.guardedEnv, ...settingsOf(environment) },
    guardedBy: launch.guardedBy,
  };
}

function ownCommand(
  text: string | null,
  flag: string,
  args: readonly string[],
  environment: LaunchEnvironment,
): AgentCommand | null {
  if (text === null) return null;
  const argv = [...splitCommand(text, flag), ...args];
  if (argv[0] === undefined) throw usageError(flag, JSON.stringify(text), 'names no program');
  if (findProgram(argv[0], environment.env.PATH, environment.cwd) === null) {
    throw usageError(flag, argv[0], 'is not a program on PATH');
  }
  return { name: argv[0], argv, env: {}, guardedBy: 'nothing that is known here' };
}

/** Before anything is made: a pane that says "not found" helps nobody. */
function present({ executable, install }: Launch, environment: LaunchEnvironment): void {
  if (findProgram(executable, environment.env.PATH, environment.cwd) !== null) return;
  const found = launchable.filter(
    (other) => findProgram(other.launch.executable, environment.env.PATH, environment.cwd) !== null,
  );
  throw new BridgeError({
    what: 'agent',
    target: executable,
    reason: 'is not on PATH',
    nextStep: [install, ...found.map((other) => `--agent ${other.name}`), '--no-agent starts without an agent'].join(
      ', or ',
    ),
  });
}

/** The user's own `--sandbox` stands in place of ours. */
function withoutSandbox(words: readonly string[]): string[] {
  const at = words.indexOf('--sandbox');
  return at === -1 ? [...words] : [...words.slice(0, at), ...words.slice(at + 2)];
}

/** What our own settings say to programs, whichever is started: it may start another. */
function settingsOf(environment: LaunchEnvironment): Record<string, string> {
  const names = agentPrograms.flatMap(({ launch }) => Object.entries(launch?.settings ?? {}));
  return Object.fromEntries(
    names.flatMap(([name, ours]) => {
      const value = setting(environment.env, ours);
      return value === null ? [] : [[name, value]];
    }),
  );
}

/** @throws BridgeError naming the known ones */
function findAgent(name: string): Launchable {
  const agent = launchable.find((known) => known.name === name || known.launch.executable === name);
  if (agent !== undefined) return agent;
  const known = launchable.map(({ name }) => name);
  const next = `expected one of ${known.join(', ')}; another program is started with --agent-command "PROGRAM ARGS"`;
  throw unknownName('agent program', name, known, next);
}
