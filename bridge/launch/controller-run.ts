import { usageError } from '../core/failure.ts';
import { asPaneId, type PaneId } from '../core/ids.ts';
import type { AgentCommand } from './agent-command.ts';
import { attachment, insideServer, real } from './attach.ts';
import type { LaunchEnvironment } from './environment.ts';
import { type AgentOutcome, ensureRolePane } from './role-pane.ts';
import type { FoundServer } from './server-search.ts';
import type { TmuxAt } from './tmux.ts';

/** Where the controller runs. A pane on the worker's server can be read by the bridge; a bare terminal cannot. */
export type ControllerRun =
  | { readonly is: 'none' }
  /** for the caller to run in this terminal and wait for */
  | {
      readonly is: 'here';
      readonly argv: readonly string[];
      readonly env: Readonly<Record<string, string>>;
      readonly cwd: string;
      /** this pane, labelled `controller` now; the label is the caller's to clear when the agent ends */
      readonly paneId: PaneId | null;
    }
  | {
      readonly is: 'pane';
      readonly paneId: PaneId;
      readonly made: 'session' | 'window' | 'nothing';
      readonly agent: AgentOutcome;
      readonly attach: readonly string[] | null;
      readonly attachHint: string;
    };

export interface ControllerPlace {
  readonly repository: string;
  readonly server: FoundServer | null;
  readonly attach: boolean;
  readonly terminal: boolean;
  /** what the user should know is added here */
  readonly notes: string[];
}

/** Starts the agent in a pane of the worker's session, or prepares it for the pane or terminal this command runs in. */
export async function runController(
  agent: AgentCommand | null,
  at: ControllerPlace,
  tmuxAt: TmuxAt,
  environment: LaunchEnvironment,
): Promise<ControllerRun> {
  if (agent === null) return { is: 'none' };
  const env = commandEnvironment(agent, at, environment);
  const here = { is: 'here', argv: agent.argv, env, cwd: at.repository } as const;
  if (at.server === null) {
    at.notes.push('outside tmux the bridge cannot read this controller; it will answer nothing by itself');
    return { ...here, paneId: null };
  }
  const paneId = asPaneId(environment.env.TMUX_PANE ?? '');
  if (paneId !== null && (await insideServer(environment)) === (await real(at.server.socketPath))) {
    const [label] = await tmuxAt(at.server.socketPath).run('display-message', '-p', '-t', paneId, '#{@label}');
    if (label?.startsWith('worker')) {
      throw usageError('start controller', paneId, "is the worker's own pane", 'run it in another pane or terminal');
    }
    await labelController(tmuxAt, at.server.socketPath, paneId, true);
    return { ...here, paneId };
  }
  if (at.server.session === null) {
    throw usageError('start controller', at.server.socketPath, 'has several sessions', 'name one: --tmux-session NAME');
  }
  const pane = await ensureRolePane(tmuxAt(at.server.socketPath), {
    session: at.server.session,
    role: 'controller',
    cwd: at.repository,
    mouse: null,
    historyLimit: null,
    agent,
    inherited: env,
    startInShell: false,
    reset: false,
  });
  at.notes.push(...pane.notes);
  const how = await attachment(
    { socketPath: at.server.socketPath, session: at.server.session, windowId: pane.windowId },
    { wanted: at.attach, terminal: at.terminal },
    environment,
  );
  at.notes.push(...how.notes);
  return {
    is: 'pane',
    paneId: pane.paneId,
    made: pane.made,
    agent: pane.agent,
    attach: how.attach,
    attachHint: how.hint,
  };
}

function commandEnvironment(
  agent: AgentCommand,
  at: { repository: string; server: FoundServer | null },
  environment: LaunchEnvironment,
): Record<string, string> {
  return {
    ...(environment.env.PATH ? { PATH: environment.env.PATH } : {}),
    MACS_REPO_ROOT: at.repository,
    ...(at.server === null ? {} : { TMUX_SOCKET: at.server.socketPath }),
    ...(at.server?.session ? { TMUX_SESSION: at.server.session } : {}),
    ...agent.env,
  };
}

/** Marks the pane as the controller's, or takes the mark off. */
export async function labelController(tmuxAt: TmuxAt, socketPath: string, paneId: PaneId, on: boolean): Promise<void> {
  await tmuxAt(socketPath).run(
    'set-option',
    '-p',
    ...(on ? [] : ['-u']),
    '-t',
    paneId,
    '@label',
    ...(on ? ['controller'] : []),
  );
}
