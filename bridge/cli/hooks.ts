import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { Argument, type Command } from 'commander';
import { hookable } from '../agent-programs/index.ts';
import { ExitCode, unknownName } from '../core/failure.ts';
import { diffOf } from '../launch/hooks/diff.ts';
import { type HookTarget, hookTargetOf } from '../launch/hooks/hook-target.ts';
import {
  carryOut,
  type HooksEnvironment,
  installedHooks,
  type Plan,
  planInstall,
  planRemove,
} from '../launch/hooks/hooks.ts';
import { packageRoot } from '../launch/package-root.ts';
import { act, type Context, suggesting, withOptions } from './context.ts';
import { table } from './output.ts';

const actions = ['install', 'remove', 'show'] as const;

export function registerHooks(command: Command): void {
  const known = hookable.map(({ name }) => name);
  command
    .addArgument(suggesting(new Argument('<action>', 'install, remove or show'), actions))
    .addArgument(suggesting(new Argument('<agent>', known.join(', ')), known))
    .option('--config <file>', "the agent's settings file; where it has a second one, that lies beside it")
    .option('--dry-run', 'show what would change, and change nothing');
  withOptions(command, 'place').action(
    act(async (context, command) => {
      const [action = '', agent = ''] = command.args;
      const known = actions.find((one) => one === action);
      if (known === undefined) throw unknownName('action', action, actions, `expected one of ${actions.join(', ')}`);
      const target = hookTargetOf(agent);
      const flags = command.opts<{ config?: string; dryRun?: boolean }>();
      const environment = hooksEnvironment(context.config.home, flags.config);
      if (known === 'show') return show(context, target, environment);
      const plan = known === 'install' ? planInstall(target, environment) : planRemove(target, environment);
      return carry(context, plan, flags.dryRun === true, known);
    }),
  );
}

/** @param file an agent's settings, where they do not lie where it looks for them by itself */
export function hooksEnvironment(home: string, file?: string): HooksEnvironment {
  return {
    env: process.env,
    userFolder: homedir(),
    program: {
      node: process.execPath,
      script: join(packageRoot, 'dist', 'cli', 'signal-program.js'),
      home: resolve(home),
    },
    config: file === undefined ? null : resolve(file),
  };
}

function carry({ out }: Context, plan: Plan, isDry: boolean, action: 'install' | 'remove'): ExitCode {
  const diffs = plan.changes.map(({ file, after }) => diffOf(file.path, file.text, after));
  if (!isDry) carryOut(plan);
  const changed = plan.changes.map(({ file, after }) => ({ file: file.path, gone: after === null }));
  const what = action === 'install' ? 'installed' : 'removed';
  const lines = isDry
    ? diffs
    : changed.map(({ file, gone }) => `${what}: ${file}${gone ? ' (nothing was left of it)' : ''}`);
  const nothing = action === 'install' ? 'all hooks are installed already' : 'no hooks of bridge are installed';
  out.result([...(lines.length > 0 ? lines : [nothing]), ...plan.notes].join('\n'), {
    dryRun: isDry,
    changed,
    notes: plan.notes,
    ...(isDry ? { diff: diffs } : {}),
  });
  return ExitCode.done;
}

function show({ out }: Context, target: HookTarget, environment: HooksEnvironment): ExitCode {
  const rows = installedHooks(target, environment);
  const needsTrust = target.trust !== null && rows.some(({ state, trusted }) => state === 'wired' && trusted === false);
  const words = {
    wired: 'installed',
    stale: 'installed by another bridge or for another state directory; `install` renews it',
    absent: 'not installed',
    foreign: 'set by you, and left alone',
  } as const;
  const lines = rows.map(({ file, event, state, trusted }) => [
    event,
    `${words[state]}${state === 'wired' && trusted === true ? ', reviewed' : state === 'wired' && trusted === false ? ', not reviewed yet' : ''}`,
    file,
  ]);
  const notes = [target.seen, ...(needsTrust ? [target.trust!] : [])];
  out.result([table(lines), ...notes].join('\n'), {
    agent: target.agent,
    wired: rows,
    home: environment.program.home,
    notes,
  });
  return ExitCode.done;
}
