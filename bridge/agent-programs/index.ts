import { heedful } from '../screen/heedful.ts';
import type { Profile } from '../screen/screen-reader.ts';
import { aider } from './aider.ts';
import { claude } from './claude.ts';
import { cline } from './cline.ts';
import { codex } from './codex/reader.ts';
import { continueAgent } from './continue.ts';
import { ownProfile } from './custom.ts';
import type { OwnAgent } from './custom-schema.ts';
import { gemini } from './gemini/reader.ts';
import { generic } from './generic.ts';
import { opencode } from './opencode.ts';
import { pi } from './pi.ts';
import { qwen } from './qwen.ts';
import { unknown } from './unknown.ts';

export { codex, gemini, generic, unknown };

/** Every profile that can be named. `generic` is never found by a program's name. */
export const profiles: readonly Profile[] = [
  codex,
  gemini,
  claude,
  opencode,
  qwen,
  pi,
  cline,
  continueAgent,
  aider,
  generic,
];

export interface ProfileChoice {
  /** `--agent`: settles it, whatever runs */
  readonly agent?: string | null;
  /** bridge.yaml's `agents:`: built-in profiles changed, and profiles of the user's own */
  readonly agents?: Readonly<Record<string, OwnAgent>>;
}

/** The profile that reads a pane in which `program` runs; `unknown` when nothing names one. */
export function profileFor(program: string | null, choice: ProfileChoice = {}): Profile {
  return heedful(chosen(program, choice));
}

function chosen(program: string | null, choice: ProfileChoice): Profile {
  const own = choice.agents ?? {};
  if (choice.agent) return named(choice.agent, own) ?? unknown;
  if (program === null) return unknown;
  const mine = Object.entries(own).find(([name, { programs }]) => (programs ?? [name]).includes(program));
  if (mine) return named(mine[0], own) ?? unknown;
  const known = profiles.find((profile) => profile.programs.includes(program));
  return known ? (named(known.name, own) ?? unknown) : unknown;
}

const made = new WeakMap<OwnAgent, Profile>();

/** @throws BridgeError for facts that do not make a profile */
function named(name: string, own: Readonly<Record<string, OwnAgent>>): Profile | undefined {
  const mine = own[name];
  if (mine === undefined) return profiles.find((profile) => profile.name === name);
  const known = made.get(mine);
  if (known !== undefined) return known;
  const profile = ownProfile(name, mine, profiles);
  made.set(mine, profile);
  return profile;
}

/** Checks what bridge.yaml says of agents. @throws BridgeError naming the agent and what is wrong with it */
export function checkAgents(own: Readonly<Record<string, OwnAgent>>): void {
  for (const name of Object.keys(own)) named(name, own);
}
