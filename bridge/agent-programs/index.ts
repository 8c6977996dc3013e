import { withHookState } from '../screen/with-hook-state.ts';
import type { AgentProgram, Launch } from './agent-program.ts';
import { aider } from './aider.ts';
import { claude } from './claude/index.ts';
import { cline } from './cline.ts';
import { codex } from './codex/index.ts';
import { continueAgent } from './continue.ts';
import type { ControllerProgram } from './controller-program.ts';
import { copilot } from './copilot.ts';
import { customProgram } from './custom.ts';
import type { CustomAgent } from './custom-schema.ts';
import { gemini } from './gemini/index.ts';
import { generic } from './generic.ts';
import { grok } from './grok.ts';
import { kilo } from './kilo.ts';
import { kimi } from './kimi.ts';
import type { NativeInput } from './native-input.ts';
import { opencode } from './opencode/index.ts';
import { pi } from './pi.ts';
import { qwen } from './qwen/index.ts';
import { unknown } from './unknown.ts';

/** For a program that somebody names as one that reads lines, and for whatever nobody knows. */
export { generic, unknown };

/** The catalogue, in the order in which programs are offered and looked for. `generic` and `unknown` are found by no process. */
export const agentPrograms: readonly AgentProgram[] = [
  codex,
  claude,
  gemini,
  opencode,
  kilo,
  qwen,
  pi,
  continueAgent,
  cline,
  kimi,
  copilot,
  grok,
  aider,
  generic,
  unknown,
];

/** Those that `--agent` and `extends:` may name. */
export const offered = agentPrograms.filter((program) => program !== unknown);

export type Launchable = AgentProgram & { readonly launch: Launch };

export const launchable = agentPrograms.filter((program): program is Launchable => program.launch !== undefined);

/** Those that can answer as a controller without a pane of their own. */
export const controllers = launchable.filter(
  (program): program is Launchable & { readonly controller: ControllerProgram } => program.controller !== undefined,
);

/** Those whose hooks can be installed. */
export const hookable = agentPrograms.filter(({ hooks }) => hooks !== undefined && !('none' in hooks));

export const processNames: ReadonlySet<string> = new Set(agentPrograms.flatMap(({ programs }) => programs));

export const withCommands = agentPrograms.filter(({ composer }) => composer.commands !== undefined);

export const withNativeInput = agentPrograms.filter(({ nativeInput }) => nativeInput !== undefined);

export function nativeInputNamed(name: string): NativeInput | undefined {
  return agentPrograms.find(({ nativeInput }) => nativeInput?.name === name)?.nativeInput;
}

export interface ProgramChoice {
  /** `--agent`: settles it, whatever runs */
  readonly agent?: string | null;
  /** bridge.yaml's `agents:`: programs of the catalogue changed, and programs of the user's own */
  readonly agents?: Readonly<Record<string, CustomAgent>>;
}

/** The agent program that a process of this name is; `unknown` where nothing names one. Its reader heeds its hook state. */
export function programOf(process: string | null, choice: ProgramChoice = {}): AgentProgram {
  const program = chosen(process, choice);
  const known = held.get(program) ?? { ...program, screen: withHookState(program.screen) };
  held.set(program, known);
  return known;
}

/** By its name in the catalogue or in bridge.yaml. @throws BridgeError for facts that do not make a program */
export function programNamed(
  name: string,
  custom: Readonly<Record<string, CustomAgent>> = {},
): AgentProgram | undefined {
  const mine = custom[name];
  if (mine === undefined) return offered.find((program) => program.name === name);
  const known = made.get(mine);
  if (known !== undefined) return known;
  const program = customProgram(name, mine, offered);
  made.set(mine, program);
  return program;
}

/** Checks what bridge.yaml says of agents. @throws BridgeError naming the agent and what is wrong with it */
export function checkAgents(custom: Readonly<Record<string, CustomAgent>>): void {
  for (const name of Object.keys(custom)) programNamed(name, custom);
}

function chosen(process: string | null, choice: ProgramChoice): AgentProgram {
  const custom = choice.agents ?? {};
  if (choice.agent) return programNamed(choice.agent, custom) ?? unknown;
  if (process === null) return unknown;
  const mine = Object.entries(custom).find(([name, { programs }]) => (programs ?? [name]).includes(process));
  if (mine) return programNamed(mine[0], custom) ?? unknown;
  const known = agentPrograms.find(({ programs }) => programs.includes(process));
  return known ? (programNamed(known.name, custom) ?? unknown) : unknown;
}

const made = new WeakMap<CustomAgent, AgentProgram>();
const held = new WeakMap<AgentProgram, AgentProgram>();
