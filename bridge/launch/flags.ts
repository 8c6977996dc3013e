import { launchable } from '../agent-programs/index.ts';
import { controllerDefaults } from './controller.ts';
import { workerDefaults } from './worker-settings.ts';

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
  /** what a shell completes; others are taken too */
  readonly suggests?: readonly string[];
  /** another name for the flag above it, kept for people who come from MACS */
  readonly alias?: true;
}

const known = launchable.map(({ name }) => name);
const names = known.join(', ');
const agentCommand = text(
  '--agent-command <command>',
  'agentCommand',
  'another program and its arguments, split like a shell would, never run by one',
);

/** `bridge start worker [SESSION]`; the positional is `--session`. Keys are those of StartWorkerOptions. */
export const workerFlags: readonly LaunchFlag[] = [
  text('--session <name>', 'session', 'tmux session that holds the worker (exact name)', {
    default: workerDefaults.session,
  }),
  text('--tmux-socket <path>', 'socket', "socket of the tmux server (default: the repository's .codex/tmux.sock)", {
    env: 'TMUX_SOCKET',
  }),
  text('--socket <path>', 'socket', 'same as --tmux-socket', { alias: true }),
  text(
    '--tmux-config <file>',
    'tmuxConfig',
    'TMUX_MOUSE, TMUX_HISTORY_LIMIT and TMUX_SOCKET, parsed and never run (default: .codex/tmux-worker.env, then ~/.config/macs/tmux-worker.env)',
    { env: 'MACS_TMUX_CONFIG' },
  ),
  text('--config <file>', 'tmuxConfig', 'same as --tmux-config', { alias: true }),
  is('--mouse', 'mouse', true, 'mouse on in the session (the default)', { env: 'MACS_TMUX_MOUSE' }),
  is('--no-mouse', 'mouse', false, 'mouse off in the session'),
  text('--history-limit <lines>', 'historyLimit', "lines of scrollback in the worker's pane", {
    type: 'number',
    default: workerDefaults.historyLimit,
    env: 'MACS_TMUX_HISTORY_LIMIT',
  }),
  is('--reset-session', 'resetSession', true, 'end the session of that name and make a new one'),
  is('--clean-session', 'resetSession', true, 'same as --reset-session', { alias: true }),
  is('--attach', 'attach', true, 'show the session in this terminal (the default)'),
  is('--no-attach', 'attach', false, 'leave it in the background'),
  is('--detach', 'attach', false, 'same as --no-attach', { alias: true }),
  text('--agent <name>', 'agent', names, { default: workerDefaults.agent, suggests: known }),
  agentCommand,
  list('--agent-arg <word>', 'agentArgs', 'one more word for the agent (repeatable)'),
  is('--yolo', 'yolo', true, "start the agent with its sandbox and its questions switched off (MACS's default)"),
  is('--no-agent', 'startAgent', 'never', 'make the pane and start no agent in it'),
  is('--no-codex', 'startAgent', 'never', 'same as --no-agent', { alias: true }),
  is(
    '--start-agent',
    'startAgent',
    'always',
    'also start the agent in a pane that is there already, at its shell prompt',
  ),
  is('--start-codex', 'startAgent', 'always', 'same as --start-agent', { alias: true }),
  is('--skip-skills', 'skipSkills', true, 'do not put the skills of a worker into the repository'),
  is('--undo', 'undo', true, 'take back the files that were put into this repository, where they are unchanged'),
];

/** `bridge start controller [SESSION]`; the positional is `--tmux-session`. Keys are those of StartControllerOptions. */
export const controllerFlags: readonly LaunchFlag[] = [
  text('--repo <folder>', 'repo', 'the repository the controller looks at (default: this folder)'),
  text('--prompt <file>', 'prompt', 'controller prompt to install', { env: 'MACS_CONTROLLER_PROMPT' }),
  text('--skills <folder>', 'skills', 'skills to install, one folder each', { env: 'MACS_SKILLS_DIR' }),
  is('--skip-skills', 'skipSkills', true, 'install no skills'),
  is('--force', 'force', true, 'replace installed files that differ; never their source'),
  text('--tmux-socket <path>', 'socket', "socket of the worker's tmux server", { env: 'TMUX_SOCKET' }),
  text('--socket <path>', 'socket', 'same as --tmux-socket', { alias: true }),
  text('--tmux-session <name>', 'session', "the worker's session (exact name)"),
  text('--session <name>', 'session', 'same as --tmux-session', { alias: true }),
  is('--no-tmux-detect', 'tmuxDetect', false, 'start in this terminal without a tmux server'),
  text('--codex-args <words>', 'codexArgs', 'more words for the agent, split like a shell would', {
    env: 'MACS_CODEX_ARGS',
  }),
  list('--agent-arg <word>', 'codexArg', 'one more word for the agent (repeatable)'),
  list('--codex-arg <word>', 'codexArg', 'same as --agent-arg', { alias: true }),
  is('--no-agent', 'startAgent', false, 'install everything and start no agent'),
  is('--no-codex', 'startAgent', false, 'same as --no-agent', { alias: true }),
  text('--agent <name>', 'agent', names, { default: controllerDefaults.agent, suggests: known }),
  agentCommand,
  is('--attach', 'attach', true, "show the controller's window in this terminal (the default)"),
  is('--no-attach', 'attach', false, 'leave it in the background'),
  is('--detach', 'attach', false, 'same as --no-attach', { alias: true }),
];

type More = Partial<Pick<LaunchFlag, 'type' | 'default' | 'env' | 'alias' | 'suggests'>>;

function text(flag: string, key: string, meaning: string, more: More = {}): LaunchFlag {
  return { flag, key, type: 'text', default: null, meaning, ...more };
}

function is(flag: string, key: string, value: string | boolean, meaning: string, more: More = {}): LaunchFlag {
  return { ...text(flag, key, meaning, { type: 'boolean', ...more }), value };
}

function list(flag: string, key: string, meaning: string, more: More = {}): LaunchFlag {
  return text(flag, key, meaning, { type: 'list', ...more });
}
