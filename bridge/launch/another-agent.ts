import { quoteCommand } from '../core/command-line.ts';
import type { PaneId } from '../core/ids.ts';
import { workerCommand } from './agent-command.ts';
import type { LaunchEnvironment } from './environment.ts';
import { commandLine } from './pane-command.ts';
import { addRolePane, sessionId } from './role-pane.ts';
import { checkSessionName } from './session-name.ts';
import type { TmuxAt } from './tmux.ts';
import { inherited } from './worker.ts';
import { checkSocket } from './worker-settings.ts';

export interface AnotherAgent {
  /** as the catalogue names it */
  readonly agent: string;
  /** of its pane: a member's name, which tmux keeps as it is written */
  readonly name: string;
  readonly socketPath: string;
  /** one of that name is used as it is, else made */
  readonly session: string;
}

export interface AnotherStarted {
  readonly paneId: PaneId;
  readonly made: 'session' | 'window' | 'nothing';
  /** in words: the command that runs there */
  readonly command: string;
  readonly guardedBy: string;
  /** shows it in a terminal */
  readonly attach: string;
}

/**
 * One more agent of the catalogue beside those of a project, under its guard, in a window of its own. Nothing is written into the
 * folder, and nothing that is there is changed.
 * @param environment `cwd` is the project's folder
 */
export async function startAnother(
  { agent, name, socketPath, session }: AnotherAgent,
  tmuxAt: TmuxAt,
  environment: LaunchEnvironment,
): Promise<AnotherStarted> {
  const command = workerCommand({ agent, command: null, yolo: false, args: [] }, environment);
  await checkSocket(socketPath);
  const tmux = tmuxAt(socketPath);
  if ((await sessionId(tmux, session)) === null) checkSessionName(session);
  const { paneId, windowId, made } = await addRolePane(tmux, {
    ...{ session, role: name, cwd: environment.cwd, agent: command, inherited: inherited(environment) },
    ...{ mouse: null, historyLimit: null, startInShell: false, reset: false },
  });
  const attach = quoteCommand(['tmux', '-S', socketPath, 'attach-session', '-t', `=${session}:${windowId}`]);
  return { paneId, made, command: commandLine(command), guardedBy: command.guardedBy, attach };
}
