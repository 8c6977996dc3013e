import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { launchable } from '../agent-programs/index.ts';
import { splitCommand } from '../core/command-line.ts';
import { usageError } from '../core/failure.ts';
import { type AgentCommand, controllerCommand } from './agent-command.ts';
import { real } from './attach.ts';
import { type ControllerRun, runController } from './controller-run.ts';
import { type LaunchEnvironment, setting } from './environment.ts';
import { guardOff } from './guard-off.ts';
import { installControllerFiles, type RepositoryFiles } from './repository-files.ts';
import { type FoundServer, findServer } from './server-search.ts';
import { checkSessionName } from './session-name.ts';
import { writeState } from './state-folder.ts';
import type { TmuxAt } from './tmux.ts';
import { writeWrapper } from './wrapper.ts';

/** Flags of `bridge start controller`; null or absent is "not given". */
export interface StartControllerOptions {
  readonly repo?: string | null;
  readonly prompt?: string | null;
  readonly skills?: string | null;
  readonly skipSkills?: boolean;
  readonly force?: boolean;
  readonly socket?: string | null;
  readonly session?: string | null;
  /** false for --no-tmux-detect */
  readonly tmuxDetect?: boolean;
  /** one string, split like a shell would; null takes `MACS_CODEX_ARGS` */
  readonly codexArgs?: string | null;
  readonly codexArg?: readonly string[];
  /** false for --no-agent */
  readonly startAgent?: boolean;
  readonly agent?: string | null;
  readonly agentCommand?: string | null;
  readonly attach?: boolean;
  readonly terminal?: boolean;
}

export const controllerDefaults = { agent: launchable[0]!.name } as const;

export interface ControllerReport {
  readonly repository: string;
  readonly server: FoundServer | null;
  readonly kit: RepositoryFiles;
  readonly files: readonly string[];
  readonly run: ControllerRun;
  readonly guardedBy: string | null;
  readonly notes: readonly string[];
}

/** Installs the bundled files into a repository, records its tmux server, and starts the controller agent under its own sandbox. */
export async function startController(
  options: StartControllerOptions,
  tmuxAt: TmuxAt,
  environment: LaunchEnvironment,
): Promise<ControllerReport> {
  const repository = await repositoryFolder(options.repo ?? null, environment);
  const folder = join(repository, '.codex');
  const starts = options.startAgent ?? true;
  const notes: string[] = [];
  const args = starts ? controllerArgs(options, environment, notes) : [];
  const session = options.session ? checkSessionName(options.session) : null;
  const agent = starts ? plan(options, args, environment) : null;
  const server = await detect(options, { session, folder, needed: starts }, tmuxAt, environment, notes);
  const bundled = await installControllerFiles(
    {
      repository,
      prompt: options.prompt ?? null,
      skills: options.skills ?? null,
      skipSkills: options.skipSkills ?? false,
      force: options.force ?? false,
    },
    environment,
  );
  const files = [...writeWrapper(folder)];
  if (server !== null) {
    files.push(writeState(folder, 'tmux-socket.txt', server.socketPath));
    if (server.session !== null) files.push(writeState(folder, 'tmux-session.txt', server.session));
  } else if (session !== null) {
    files.push(writeState(folder, 'tmux-session.txt', session));
  }
  const run = await runController(
    agent,
    { repository, server, notes, attach: options.attach ?? true, terminal: options.terminal ?? false },
    tmuxAt,
    environment,
  );
  return {
    repository,
    server,
    kit: bundled,
    files,
    run,
    guardedBy: agent?.guardedBy ?? null,
    notes: [...notes, ...bundled.notes],
  };
}

async function repositoryFolder(named: string | null, environment: LaunchEnvironment): Promise<string> {
  const path = resolve(environment.cwd, named ?? '.');
  const found = await stat(path).catch(() => null);
  if (!found?.isDirectory()) throw usageError('start controller', '--repo', `${path} is not a folder`);
  return real(path);
}

function plan(options: StartControllerOptions, args: readonly string[], environment: LaunchEnvironment): AgentCommand {
  const prompt =
    'Read .codex/prompts/controller.md in this folder and act as the controller it describes. Then wait for the first request.';
  const wish = {
    agent: options.agent ?? controllerDefaults.agent,
    command: options.agentCommand ?? null,
    args,
    prompt,
  };
  return controllerCommand(wish, environment);
}

/**
 * The user's own words for the agent. MACS asked for `--sandbox danger-full-access`, because its controller reached
 * into tmux; here the bridge reads the controller's pane, so that one is taken out, and any other way to switch the
 * guard off is refused.
 */
function controllerArgs(options: StartControllerOptions, environment: LaunchEnvironment, notes: string[]): string[] {
  const raw = options.codexArgs ?? setting(environment.env, 'MACS_CODEX_ARGS');
  const name = options.codexArgs == null ? 'MACS_CODEX_ARGS' : '--codex-args';
  const args = [...(raw === null ? [] : splitCommand(raw, name)), ...(options.codexArg ?? [])];
  const kept: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const word = args[at]!;
    const pair = /^(?:--sandbox|-s)$/.test(word) && args[at + 1] === 'danger-full-access';
    if (pair || /^(?:--sandbox|-s)=danger-full-access$/.test(word)) {
      notes.push(
        'left out --sandbox danger-full-access: the bridge reads the controller in its pane, so its sandbox stays on',
      );
      if (pair) at++;
    } else {
      kept.push(word);
    }
  }
  const off = guardOff(kept);
  if (off !== null)
    throw usageError(
      'start controller',
      off,
      'a controller is not started with its guard switched off',
      'leave it out',
    );
  return kept;
}

/** A server is needed to start an agent, not to install the bundled files. */
async function detect(
  options: StartControllerOptions,
  wish: { session: string | null; folder: string; needed: boolean },
  tmuxAt: TmuxAt,
  environment: LaunchEnvironment,
  notes: string[],
): Promise<FoundServer | null> {
  if (options.tmuxDetect === false && !options.socket) return null;
  try {
    return await findServer(
      { socket: options.socket || null, session: wish.session, folder: wish.folder },
      tmuxAt,
      environment,
    );
  } catch (fault) {
    if (wish.needed || options.socket) throw fault;
    notes.push(fault instanceof Error ? fault.message : String(fault));
    return null;
  }
}
