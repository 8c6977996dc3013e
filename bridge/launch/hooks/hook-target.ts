import { join, resolve } from 'node:path';
import { type HookFacts, seenInWords } from '../../agent-programs/agent-program.ts';
import { hookable, programNamed } from '../../agent-programs/index.ts';
import { quoteCommand } from '../../core/command-line.ts';
import { BridgeError, ExitCode, unknownName, usageError } from '../../core/failure.ts';

/** An agent program that can be told to call us, and how. */
export interface HookTarget extends HookFacts {
  readonly agent: string;
  /** with which version of it that was seen, in words */
  readonly seen: string;
}

/** @throws BridgeError for an agent program whose hooks cannot be installed, with the reason */
export function hookTargetOf(agent: string): HookTarget {
  const program = programNamed(agent);
  const { hooks } = program ?? {};
  if (hooks !== undefined && !('none' in hooks)) return { ...hooks, agent, seen: seenInWords(program!) };
  const known = hookable.map(({ name }) => name);
  const names = known.join(', ');
  if (program === undefined) throw unknownName('agent program', agent, known, `hooks can be installed for ${names}`);
  if (hooks === undefined) throw usageError('hooks', agent, `no hooks of it are known; those with hooks: ${names}`);
  throw new BridgeError({
    what: 'hooks',
    target: agent,
    reason: hooks.none,
    nextStep: `bridge reads it without hooks; hooks can be installed for ${names}`,
    exitCode: ExitCode.failed,
  });
}

/** Where the agent looks for its settings, unless a file is named. */
export function folderOf(target: HookTarget, env: NodeJS.ProcessEnv, userFolder: string): string {
  const { folder } = target;
  const named = env[folder.env];
  if (named) return folder.below === undefined ? resolve(named) : join(resolve(named), folder.below);
  return join(userFolder, folder.name);
}

/** The end of every command of ours: a comment for the shell that runs it, and how we know it again. */
export const mark = '# bridge hooks';

/** The program and its arguments, for who starts it without a shell. */
export interface SignalProgram {
  readonly node: string;
  readonly script: string;
  readonly home: string;
}

export function notifyWords(agent: string, { node, script, home }: SignalProgram): string[] {
  return [node, script, '--agent', agent, '--home', home];
}

/** One line for a shell. It ends well even where bridge or its Node is gone: an agent must not see a failed hook. */
export function hookCommand(agent: string, event: string, program: SignalProgram): string {
  const words = quoteCommand([...notifyWords(agent, program), '--event', event]);
  return `${words} 2>/dev/null || true ${mark}`;
}
