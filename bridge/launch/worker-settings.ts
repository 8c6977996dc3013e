import { lstat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { launchable } from '../agent-programs/index.ts';
import { BridgeError, usageError } from '../core/failure.ts';
import { type LaunchEnvironment, setting } from './environment.ts';
import { readSmallFile } from './files.ts';
import { checkSessionName } from './session-name.ts';
import { launchFolder } from './state-folder.ts';
import { parseHistoryLimit, parseSwitch, parseWorkerConfig, type WorkerConfig } from './tmux-config.ts';

/** Flags of `bridge start worker`; null or absent is "not given". */
export interface StartWorkerOptions {
  readonly session?: string | null;
  readonly socket?: string | null;
  readonly tmuxConfig?: string | null;
  readonly mouse?: boolean | null;
  readonly historyLimit?: number | null;
  readonly resetSession?: boolean;
  /** true unless --no-attach or --detach */
  readonly attach?: boolean;
  /** stdin and stdout are a terminal; without one nothing is attached */
  readonly terminal?: boolean;
  readonly agent?: string | null;
  readonly agentCommand?: string | null;
  readonly agentArgs?: readonly string[];
  readonly yolo?: boolean;
  /** `auto`: in a pane made now; `never`: --no-agent; `always`: --start-agent, also in a pane at its shell prompt */
  readonly startAgent?: 'auto' | 'never' | 'always';
  readonly skipSkills?: boolean;
}

export const workerDefaults = {
  session: 'macs',
  mouse: true,
  historyLimit: 100_000,
  agent: launchable[0]!.name,
} as const;

/** What is in force after flags, environment and file, in this order. */
export interface WorkerSettings {
  readonly session: string;
  readonly socketPath: string;
  readonly mouse: boolean;
  readonly historyLimit: number;
  /** the settings file that was read, or null */
  readonly configFile: string | null;
  readonly folder: string;
}

/** Flag, else environment, else file, else default. The file is data: it is parsed and never run. */
export async function workerSettings(
  options: StartWorkerOptions,
  environment: LaunchEnvironment,
): Promise<WorkerSettings> {
  const folder = launchFolder(environment);
  const { file, config } = await readWorkerConfig(options.tmuxConfig ?? null, folder, environment);
  const fault = (name: string) => (reason: string) => usageError('start worker', name, reason);
  const mouse = setting(environment.env, 'MACS_TMUX_MOUSE');
  const history = setting(environment.env, 'MACS_TMUX_HISTORY_LIMIT');
  const limit = options.historyLimit ?? null;
  if (limit !== null && !(Number.isInteger(limit) && limit >= 0)) {
    throw usageError('start worker', '--history-limit', 'is not a number of lines');
  }
  const socket =
    options.socket || setting(environment.env, 'TMUX_SOCKET') || config.socket || join(folder, 'tmux.sock');
  return {
    session: checkSessionName(options.session ?? workerDefaults.session),
    socketPath: resolve(environment.cwd, socket),
    mouse:
      options.mouse ??
      (mouse === null ? null : parseSwitch(mouse, fault('MACS_TMUX_MOUSE'))) ??
      config.mouse ??
      workerDefaults.mouse,
    historyLimit:
      limit ??
      (history === null ? null : parseHistoryLimit(history, fault('MACS_TMUX_HISTORY_LIMIT'))) ??
      config.historyLimit ??
      workerDefaults.historyLimit,
    configFile: file,
    folder,
  };
}

/** A file that was named must be there; the repository's and then the user's own are read where they exist. */
async function readWorkerConfig(
  named: string | null,
  folder: string,
  environment: LaunchEnvironment,
): Promise<{ file: string | null; config: WorkerConfig }> {
  const chosen = named ?? setting(environment.env, 'MACS_TMUX_CONFIG');
  if (chosen !== null) {
    const file = resolve(environment.cwd, chosen);
    const text = readSmallFile(file, 'followed');
    if (text === null) throw usageError('tmux config', file, 'does not exist');
    return { file, config: parseWorkerConfig(text, file) };
  }
  const home = setting(environment.env, 'HOME') ?? homedir();
  const places = [
    { file: join(folder, 'tmux-worker.env'), links: 'refused' },
    { file: join(home, '.config', 'macs', 'tmux-worker.env'), links: 'followed' },
  ] as const;
  for (const { file, links } of places) {
    const text = readSmallFile(file, links);
    if (text !== null) return { file, config: parseWorkerConfig(text, file) };
  }
  return { file: null, config: {} };
}

/** The shortest `sun_path` is macOS's, 104 bytes with its final zero; tmux says only "File name too long". */
export async function checkSocket(path: string): Promise<void> {
  if (Buffer.byteLength(path) > 103) {
    throw usageError(
      'tmux socket',
      path,
      'is longer than the 103 bytes a socket path may have',
      'name a shorter one: --tmux-socket PATH',
    );
  }
  const stat = await lstat(path).catch((fault: NodeJS.ErrnoException) => {
    if (fault.code === 'ENOENT' || fault.code === 'ENOTDIR') return null;
    throw new BridgeError({ what: 'tmux socket', target: path, reason: fault.message, cause: fault });
  });
  if (stat === null) return;
  const refuse = (reason: string) => new BridgeError({ what: 'tmux socket', target: path, reason });
  if (!stat.isSocket()) throw refuse('is there and is not a socket');
  if (process.getuid && stat.uid !== process.getuid()) throw refuse('belongs to another user');
}
