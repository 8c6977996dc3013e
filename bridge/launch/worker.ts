import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { usageError } from '../core/failure.ts';
import type { PaneId } from '../core/ids.ts';
import { workerCommand } from './agent-command.ts';
import { attachment } from './attach.ts';
import { enclosingSocket, type LaunchEnvironment, setting } from './environment.ts';
import { installWorkerFiles } from './repository-files.ts';
import { type AgentOutcome, ensureRolePane } from './role-pane.ts';
import { writeState } from './state-folder.ts';
import type { Tmux, TmuxAt } from './tmux.ts';
import {
  checkSocket,
  type StartWorkerOptions,
  type WorkerSettings,
  workerDefaults,
  workerSettings,
} from './worker-settings.ts';

export interface StartReport extends WorkerSettings {
  readonly paneId: PaneId;
  readonly made: 'session' | 'window' | 'nothing';
  readonly agent: AgentOutcome;
  /** the pane's own, measured: another than asked for where the pane was there already */
  readonly paneHistoryLimit: number;
  readonly paneMouse: boolean;
  readonly guardedBy: string | null;
  readonly files: readonly string[];
  readonly notes: readonly string[];
  /** argv to run in this terminal, null when not wanted or not possible here */
  readonly attach: readonly string[] | null;
  readonly attachHint: string;
}

/** The worker's session and pane, made or found again: running it twice adds nothing. */
export async function startWorker(
  options: StartWorkerOptions,
  tmuxAt: TmuxAt,
  environment: LaunchEnvironment,
): Promise<StartReport> {
  const settings = await workerSettings(options, environment);
  const wanted = options.startAgent ?? 'auto';
  const agent =
    wanted === 'never'
      ? null
      : workerCommand(
          {
            agent: options.agent ?? workerDefaults.agent,
            command: options.agentCommand ?? null,
            yolo: options.yolo ?? false,
            args: options.agentArgs ?? [],
          },
          environment,
        );
  await checkSocket(settings.socketPath);
  await mkdir(dirname(settings.socketPath), { recursive: true });
  const tmux = tmuxAt(settings.socketPath);
  if (options.resetSession) await refuseInside(settings, tmux, environment);
  const pane = await ensureRolePane(tmux, {
    session: settings.session,
    role: 'worker',
    cwd: resolve(environment.cwd),
    mouse: settings.mouse,
    historyLimit: settings.historyLimit,
    agent,
    inherited: inherited(environment),
    startInShell: wanted === 'always',
    reset: options.resetSession ?? false,
  });
  const files = [
    writeState(settings.folder, 'tmux-session.txt', settings.session),
    writeState(settings.folder, 'tmux-socket.txt', settings.socketPath),
  ];
  const bundled = options.skipSkills ? null : await installWorkerFiles(dirname(settings.folder));
  const how = await attachment(
    { socketPath: settings.socketPath, session: settings.session, windowId: pane.windowId },
    { wanted: options.attach ?? true, terminal: options.terminal ?? false },
    environment,
  );
  return {
    ...settings,
    paneId: pane.paneId,
    made: pane.made,
    agent: pane.agent,
    paneHistoryLimit: pane.historyLimit,
    paneMouse: pane.mouse,
    guardedBy: agent?.guardedBy ?? null,
    files: [...files, ...(bundled?.created ?? [])],
    notes: [...pane.notes, ...(bundled?.notes ?? []), ...how.notes],
    attach: how.attach,
    attachHint: how.hint,
  };
}

/** Killing the session this command runs in would kill the command half-way. */
async function refuseInside(settings: WorkerSettings, tmux: Tmux, environment: LaunchEnvironment): Promise<void> {
  const pane = setting(environment.env, 'TMUX_PANE');
  const socket = enclosingSocket(environment.env);
  if (pane === null || socket === null || resolve(socket) !== settings.socketPath) return;
  const [name] = await tmux.run('display-message', '-p', '-t', pane, '#{session_name}');
  if (name !== settings.session) return;
  throw usageError(
    'start worker',
    '--reset-session',
    `this terminal is inside session ${settings.session}`,
    'run it from another terminal',
  );
}

/** What the agent needs from this shell although its tmux server was started from another. */
export function inherited(environment: LaunchEnvironment): Record<string, string> {
  const names = ['PATH', 'BRIDGE_HOME'] as const;
  return Object.fromEntries(names.flatMap((name) => (environment.env[name] ? [[name, environment.env[name]]] : [])));
}
