import { BridgeError, wrongUse } from '../core/failure.ts';
import { type AgentLaunch, agents, findAgent } from './agents.ts';
import { splitCommand } from './command-line.ts';
import { findProgram } from './programs.ts';
import { type LaunchWorld, setting } from './world.ts';

/** A program to start, with what is put into its environment on top of the pane's own. */
export interface AgentCommand {
  readonly name: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly guardedBy: string;
}

/** What the worker's pane runs. */
export function workerCommand(
  wish: {
    readonly agent: string;
    readonly command: string | null;
    readonly yolo: boolean;
    readonly args: readonly string[];
  },
  world: LaunchWorld,
): AgentCommand {
  const own = ownCommand(wish.command, '--agent-command', wish.args, world);
  if (own !== null) return own;
  const agent = findAgent(wish.agent);
  present(agent, world);
  if (!wish.yolo && agent.guarded === null) {
    throw wrongUse(
      'start worker',
      agent.name,
      'neither asks nor has a sandbox, so it acts unasked',
      'say so with --yolo',
    );
  }
  return {
    name: agent.name,
    argv: [agent.program, ...(wish.yolo ? agent.yolo : agent.guarded!), ...wish.args],
    env: { ...(wish.yolo ? {} : agent.guardedEnv), ...codexHome(world) },
    guardedBy: wish.yolo ? 'nothing (--yolo)' : agent.guardedBy,
  };
}

/** What a controller runs: it reads and answers, under its own read-only sandbox or with its writing tools taken away. */
export function controllerCommand(
  wish: {
    readonly agent: string;
    readonly command: string | null;
    readonly args: readonly string[];
    readonly prompt: string;
  },
  world: LaunchWorld,
): AgentCommand {
  const own = ownCommand(wish.command, '--agent-command', wish.args, world);
  if (own !== null) return own;
  const agent = findAgent(wish.agent);
  present(agent, world);
  if (agent.controller === null) throw wrongUse('start controller', agent.name, 'cannot be kept from writing');
  const named = wish.args.some((word) => /^(?:--sandbox|-s)(?:=|$)/.test(word));
  const guard = named ? withoutSandbox(agent.controller) : agent.controller;
  return {
    name: agent.name,
    argv: [agent.program, ...guard, ...wish.args, ...agent.promptPrefix, wish.prompt],
    env: { ...agent.guardedEnv, ...codexHome(world) },
    guardedBy: agent.guardedBy,
  };
}

function ownCommand(
  text: string | null,
  flag: string,
  args: readonly string[],
  world: LaunchWorld,
): AgentCommand | null {
  if (text === null) return null;
  const argv = [...splitCommand(text, flag), ...args];
  if (argv[0] === undefined) throw wrongUse(flag, JSON.stringify(text), 'names no program');
  if (findProgram(argv[0], world.env.PATH, world.cwd) === null) {
    throw wrongUse(flag, argv[0], 'is not a program on PATH');
  }
  return { name: argv[0], argv, env: {}, guardedBy: 'nothing that is known here' };
}

/** Before anything is made: a pane that says "not found" helps nobody. */
function present(agent: AgentLaunch, world: LaunchWorld): void {
  if (findProgram(agent.program, world.env.PATH, world.cwd) !== null) return;
  const found = agents.filter((other) => findProgram(other.program, world.env.PATH, world.cwd) !== null);
  throw new BridgeError({
    what: 'agent',
    target: agent.program,
    reason: 'is not on PATH',
    nextStep: [
      agent.install,
      ...found.map((other) => `--agent ${other.name}`),
      '--no-codex starts without an agent',
    ].join(', or '),
  });
}

/** The user's own `--sandbox` stands in place of ours. */
function withoutSandbox(words: readonly string[]): string[] {
  const at = words.indexOf('--sandbox');
  return at === -1 ? [...words] : [...words.slice(0, at), ...words.slice(at + 2)];
}

function codexHome(world: LaunchWorld): Record<string, string> {
  const home = setting(world.env, 'MACS_CODEX_HOME');
  return home === null ? {} : { CODEX_HOME: home };
}
