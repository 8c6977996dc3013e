import { aider } from './aider.ts';
import { claude } from './claude.ts';
import { cline } from './cline.ts';
import { codex } from './codex.ts';
import { continueAgent } from './continue.ts';
import { gemini } from './gemini.ts';
import { generic, genericProfile } from './generic.ts';
import { opencode } from './opencode.ts';
import { pi } from './pi.ts';
import type { Profile } from './profile.ts';
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
  /** bridge.yaml's `agents:`: programs that are to be read as generic, and whether they take bracketed paste */
  readonly agents?: Readonly<
    Record<string, { readonly bracketed?: boolean | undefined; readonly programs?: readonly string[] | undefined }>
  >;
}

/** The profile that reads a pane in which `program` runs; `unknown` when nothing names one. */
export function profileFor(program: string | null, choice: ProfileChoice = {}): Profile {
  const own = choice.agents ?? {};
  if (choice.agent) return named(choice.agent, own) ?? unknown;
  if (program === null) return unknown;
  const known = profiles.find((profile) => profile.programs.includes(program));
  if (known) return known;
  const entry = Object.entries(own).find(([name, { programs }]) => (programs ?? [name]).includes(program));
  return entry ? (named(entry[0], own) ?? unknown) : unknown;
}

function named(name: string, own: NonNullable<ProfileChoice['agents']>): Profile | undefined {
  const settings = own[name];
  const known = profiles.find((profile) => profile.name === name);
  if (known && known.name !== 'generic') {
    if (settings?.bracketed === undefined) return known;
    return { ...known, manner: { ...known.manner, bracketed: settings.bracketed } };
  }
  if (!known && settings === undefined) return undefined;
  return genericProfile(settings?.bracketed === undefined ? {} : { bracketed: settings.bracketed });
}
