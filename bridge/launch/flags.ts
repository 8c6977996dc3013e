import { launchable } from '../agent-programs/index.ts';
import { controllerDefaults } from './controller.ts';
import { workerDefaults } from './worker-settings.ts';

/** One flag of a launcher, as the command line declares it. */
export interface LaunchFlag {
  /** commander's syntax */
  readonly flag: string;
  /** the option it fills, and with what where that is not the flag's own value */
  readonly key: string;
  readonly value?: string | number | boolean;
  readonly type: 'text' | 'number' | 'boolean' | 'list';
  readonly default: string | number | boolean | null;
  readonly env?: string;
  readonly meaning: string;
  /** another name for the flag above it, kept for people who come from MACS */
  readonly alias?: true;
}

const names = launchable.map(({ name }) => name).join(', ');

/** `bridge start worker [SESSION]`; the positional is `--session`. Keys are those of StartWorkerOptions. */
export const workerFlags: readonly LaunchFlag[] = [
  text('--session <name>', 'session', workerDefaults.session, 'tmux session that holds the worker (exact name)'),
  text(
    '--tmux-socket <path>',
    'socket',
    null,
    "socket of the tmux server (default: the repository's .codex/tmux.sock)",
    'TMUX_SOCKET',
  ),
  text('--socket <path>', 'socket', null, 'same as --tmux-socket', undefined, true),
  text(
    '--tmux-config <file>',
    'tmuxConfig',
    null,
    'TMUX_MOUSE, TMUX_HISTORY_LIMIT and TMUX_SOCKET, parsed and never run (default: .codex/tmux-worker.env, then ~/.config/macs/tmux-worker.env)',
    'MACS_TMUX_CONFIG',
  ),
  text('--config <file>', 'tmuxConfig', null, 'same as --tmux-config', undefined, true),
  is('--mouse', 'mouse', true, 'mouse on in the session (the default)', 'MACS_TMUX_MOUSE'),
  is('--no-mouse', 'mouse', false, 'mouse off in the session'),
  {
    flag: '--history-limit <lines>',
    key: 'historyLimit',
    type: 'number',
    default: workerDefaults.historyLimit,
    env: 'MACS_TMUX_HISTORY_LIMIT',
    meaning: "lines of scrollback in the worker's pane",
  },
  is('--reset-session', 'resetSession', true, 'end the session of that name and make a new one'),
  is('--clean-session', 'resetSession', true, 'same as --reset-session', undefined, true),
  is('--attach', 'attach', true, 'show the session in this terminal (the default)'),
  is('--no-attach', 'attach', false, 'leave it in the background'),
  is('--detach', 'attach', false, 'same as --no-attach', undefined, true),
  text('--agent <name>', 'agent', workerDefaults.agent, names),
  text(
    '--agent-command <command>',
    'agentCommand',
    null,
    'another program and its arguments, split like a shell would, never run by one',
  ),
  list('--agent-arg <word>', 'agentArgs', 'one more word for the agent (repeatable)'),
  is('--yolo', 'yolo', true, "start the agent with its sandbox and its questions switched off (MACS's default)"),
  is('--no-codex', 'startAgent', 'never', 'make the pane and start no agent in it'),
  is('--no-agent', 'startAgent', 'never', 'same as --no-codex', undefined, true),
  is(
    '--start-codex',
    'startAgent',
    'always',
    'also start the agent in a pane that is there already, at its shell prompt',
  ),
  is('--start-agent', 'startAgent', 'always', 'same as --start-codex', undefined, true),
  is('--skip-skills', 'skipSkills', true, 'do not put the worker skill into the repository'),
];

/** `bridge start controller [SESSION]`; the positional is `--tmux-session`. Keys are those of StartControllerOptions. */
export const controllerFlags: readonly LaunchFlag[] = [
  text('--repo <folder>', 'repo', null, 'the repository the controller looks at (default: this folder)'),
  text('--prompt <file>', 'prompt', null, 'controller prompt to install', 'MACS_CONTROLLER_PROMPT'),
  text('--skills <folder>', 'skills', null, 'skills to install, one folder each', 'MACS_SKILLS_DIR'),
  is('--skip-skills', 'skipSkills', true, 'install no skills'),
  is('--force', 'force', true, 'replace installed files that differ; never their source'),
  text('--tmux-socket <path>', 'socket', null, "socket of the worker's tmux server", 'TMUX_SOCKET'),
  text('--socket <path>', 'socket', null, 'same as --tmux-socket', undefined, true),
  text('--tmux-session <name>', 'session', null, "the worker's session (exact name)"),
  text('--session <name>', 'session', null, 'same as --tmux-session', undefined, true),
  is('--no-tmux-detect', 'tmuxDetect', false, 'start in this terminal without a tmux server'),
  text(
    '--codex-args <words>',
    'codexArgs',
    null,
    'more words for the agent, split like a shell would',
    'MACS_CODEX_ARGS',
  ),
  list('--codex-arg <word>', 'codexArg', 'one more word for the agent (repeatable)'),
  list('--agent-arg <word>', 'codexArg', 'same as --codex-arg', true),
  is('--no-codex', 'startAgent', false, 'install everything and start no agent'),
  is('--no-agent', 'startAgent', false, 'same as --no-codex', undefined, true),
  text('--agent <name>', 'agent', controllerDefaults.agent, names),
  text(
    '--agent-command <command>',
    'agentCommand',
    null,
    'another program and its arguments, split like a shell would, never run by one',
  ),
  is('--attach', 'attach', true, "show the controller's window in this terminal (the default)"),
  is('--no-attach', 'attach', false, 'leave it in the background'),
  is('--detach', 'attach', false, 'same as --no-attach', undefined, true),
];

function text(
  flag: string,
  key: string,
  fallback: string | null,
  meaning: string,
  env?: string,
  alias?: true,
): LaunchFlag {
  return { flag, key, type: 'text', default: fallback, meaning, ...(env ? { env } : {}), ...(alias ? { alias } : {}) };
}

function is(
  flag: string,
  key: string,
  value: string | boolean,
  meaning: string,
  env?: string,
  alias?: true,
): LaunchFlag {
  return {
    flag,
    key,
    value,
    type: 'boolean',
    default: null,
    meaning,
    ...(env ? { env } : {}),
    ...(alias ? { alias } : {}),
  };
}

function list(flag: string, key: string, meaning: string, alias?: true): LaunchFlag {
  return { flag, key, type: 'list', default: null, meaning, ...(alias ? { alias } : {}) };
}
