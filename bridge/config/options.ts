import { nativeInputNames, offeredNames, rememberingNames } from '../agent-programs/names.ts';
import { backends } from '../controllers/backends.ts';
import { vias } from '../core/native-input.ts';

/**
 * Every option, one row each: help, documentation, environment and validation all come from here.
 * Precedence: default < bridge.yaml < environment < flag.
 */
export interface OptionRow {
  /** key in the frozen configuration */
  readonly key: string;
  /** commander's flag syntax */
  readonly flag: string;
  /** a `path` may begin with `~/` */
  readonly type: 'text' | 'path' | 'number' | 'boolean' | 'list' | 'choice';
  readonly choices?: readonly string[];
  readonly default: string | number | boolean | readonly string[] | null;
  /** environment name; MACS's own names are kept */
  readonly env?: string;
  /** another flag that means the same: MACS's own name for it */
  readonly alias?: string;
  /** key in bridge.yaml, where a file may set it */
  readonly yaml?: string;
  readonly meaning: string;
  /** the parts of the program that take this option */
  readonly for: readonly Audience[];
}

/** `place`: every command; `target`: commands that name a pane; `daemon`: the bridge itself; `ask`: whoever asks a controller. */
export type Audience = 'place' | 'target' | 'daemon' | 'ask';

export const options = [
  row(
    'home',
    '--home <dir>',
    'path',
    null,
    'the state directory: journal, inbox, outbox and your own bridge.yaml (default: ~/.bridge)',
    ['place'],
    { env: 'BRIDGE_HOME' },
  ),
  row('socket', '--socket <path>', 'path', null, "the tmux server's socket", ['place'], {
    env: 'TMUX_SOCKET',
    yaml: 'socket',
  }),
  row(
    'session',
    '--session <name>',
    'text',
    null,
    'tmux session that holds the pane (exact name)',
    ['target', 'daemon'],
    { yaml: 'session' },
  ),
  row(
    'pane',
    '--pane <id>',
    'text',
    null,
    'the pane: %3, session:window.pane, label, title, window name or agent program',
    ['target'],
  ),
  row('label', '--label <label>', 'text', 'worker', 'the pane with this label', ['target'], {
    env: 'TARGET_PANE_LABEL',
  }),
  row(
    'agent',
    '--agent <name>',
    'text',
    null,
    `settles which agent program is in the pane: ${offeredNames.join(', ')}, or one of bridge.yaml`,
    ['target', 'daemon'],
    { yaml: 'agent' },
  ),
  row(
    'mode',
    '--mode <mode>',
    'choice',
    'auto',
    'auto: a controller answers; manual: a file in outbox/ answers',
    ['daemon', 'ask'],
    { choices: ['auto', 'manual'], yaml: 'mode' },
  ),
  row(
    'worker',
    '--worker <target>',
    'list',
    [],
    'watch this pane; repeatable (default: every pane whose label begins with "worker")',
    ['daemon'],
    { yaml: 'worker', alias: '--worker-pane <id>' },
  ),
  row(
    'controllerBackend',
    '--controller-backend <name>',
    'choice',
    'auto',
    'who is asked in auto mode',
    ['daemon', 'ask'],
    { choices: backends, yaml: 'controller.backend' },
  ),
  row(
    'controllerPane',
    '--controller-pane <target>',
    'text',
    null,
    'the live controller agent, for the backend "pane"',
    ['daemon', 'ask'],
    { yaml: 'controller.pane' },
  ),
  row(
    'controllerCommand',
    '--controller-command <command>',
    'text',
    null,
    'program for the backend "command": request on stdin, response on stdout',
    ['daemon', 'ask'],
    { yaml: 'controller.command' },
  ),
  row(
    'controllerModel',
    '--controller-model <name>',
    'text',
    null,
    'model the controller program is started with',
    ['daemon', 'ask'],
    { yaml: 'controller.model' },
  ),
  row(
    'controllerExtraArgs',
    '--controller-extra-args <args>',
    'text',
    null,
    'more arguments for the controller program, split like a shell would, never run by one',
    ['daemon', 'ask'],
    { yaml: 'controller.extra-args' },
  ),
  row(
    'controllerSystemPrompt',
    '--controller-system-prompt <file>',
    'path',
    null,
    'what the controller is told (default: prompts/controller.md)',
    ['daemon', 'ask'],
    { env: 'MACS_CONTROLLER_PROMPT', yaml: 'controller.system-prompt' },
  ),
  row(
    'controllerTimeout',
    '--controller-timeout <seconds>',
    'number',
    300,
    'a controller that has not answered by then has failed; 0 = no timeout',
    ['daemon', 'ask'],
    { yaml: 'controller.timeout' },
  ),
  row(
    'controllerIsolated',
    '--controller-isolated',
    'boolean',
    false,
    'the controller works in an empty folder and without tools',
    ['daemon', 'ask'],
    { yaml: 'controller.isolated' },
  ),
  row(
    'controllerResume',
    '--controller-resume',
    'boolean',
    false,
    `${rememberingNames.join(', ')}: the controller remembers its earlier answers`,
    ['daemon', 'ask'],
    { yaml: 'controller.resume' },
  ),
  row(
    'splitResponse',
    '--no-split-response',
    'boolean',
    true,
    'the worker gets the whole response, not only its WORKER INSTRUCTIONS',
    ['daemon', 'ask'],
    { yaml: 'split-response' },
  ),
  row(
    'via',
    '--via <way>',
    'choice',
    'keyboard',
    `how a text reaches an agent: keyboard types it; native hands it to the program's own way in (${nativeInputNames.join(', ')}), or fails; auto does that where it can and types where it cannot`,
    ['daemon'],
    { choices: vias, yaml: 'via' },
  ),
  row(
    'workerContextLines',
    '--worker-context-lines <n>',
    'number',
    40,
    "lines of the worker's screen that the controller sees",
    ['daemon', 'ask'],
    { yaml: 'worker-context-lines' },
  ),
  row(
    'heuristic',
    '--no-heuristic',
    'boolean',
    true,
    'judge only delimited blocks: no questions or completions by the closing words of an ended turn',
    ['daemon'],
    { yaml: 'heuristic' },
  ),
  row(
    'heuristicLines',
    '--heuristic-lines <n>',
    'number',
    20,
    'the last lines of an ended turn by which it is judged',
    ['daemon'],
    { yaml: 'heuristic-lines' },
  ),
  row(
    'stuckAfter',
    '--stuck-after <seconds>',
    'number',
    600,
    'busy for so long with no change but spinners and clocks is stuck; 0 never',
    ['daemon'],
    { yaml: 'stuck-after' },
  ),
  row(
    'requestTimeout',
    '--request-timeout <seconds>',
    'number',
    0,
    'a request that nobody answered by then expires; 0 never',
    ['daemon', 'ask'],
    { yaml: 'request-timeout' },
  ),
  row(
    'answersPerHour',
    '--answers-per-hour <n>',
    'number',
    60,
    'automatic answers per worker and hour; the next one pauses it and is yours. 0: no limit',
    ['daemon', 'ask'],
    { yaml: 'limits.answers-per-hour' },
  ),
  row(
    'consecutiveAnswers',
    '--consecutive-answers <n>',
    'number',
    10,
    'automatic answers in a row to a worker that shows no new work; likewise',
    ['daemon', 'ask'],
    { yaml: 'limits.consecutive' },
  ),
  row(
    'answersPerDay',
    '--answers-per-day <n>',
    'number',
    500,
    'automatic answers to all workers within 24 hours; likewise',
    ['daemon', 'ask'],
    { yaml: 'limits.per-day' },
  ),
  row(
    'notifyAgainAfter',
    '--notify-again-after <seconds>',
    'number',
    600,
    'a request that still waits for you calls you again after this long; 0 never',
    ['daemon'],
    { yaml: 'notify.again-after' },
  ),
  row(
    'retentionDays',
    '--retention-days <n>',
    'number',
    90,
    'what ended so many days ago moves from the journal into archive/, once a day; 0 never',
    ['daemon'],
    { yaml: 'retention-days' },
  ),
  row(
    'dryRun',
    '--dry-run',
    'boolean',
    false,
    'rules and read-only controller programs are asked; the rest ends as "would send", "would ask" or "would notify you": nothing is typed, written into inbox/ or called',
    ['daemon'],
  ),
  row(
    'simulateLog',
    '--simulate-log <file>',
    'path',
    null,
    'report what would have been detected in a recorded terminal log, and exit',
    ['daemon'],
  ),
  row('columns', '--columns <n>', 'number', 120, 'width of the terminal that made the log (with --simulate-log)', [
    'daemon',
  ]),
  row('rows', '--rows <n>', 'number', 50, 'height of the terminal that made the log (with --simulate-log)', ['daemon']),
  row(
    'trustWorkspace',
    '--trust-workspace',
    'boolean',
    false,
    "accept a home inside a worker's own folder, where the worker could answer itself",
    ['daemon', 'ask'],
  ),
  row('log', '--log <file>', 'path', null, 'also append the log to this file, as JSON lines; SIGHUP opens it anew', [
    'daemon',
  ]),
  row('controllerLog', '--controller-log <file>', 'path', null, 'append every controller answer, whole, to this file', [
    'daemon',
  ]),
  row('quiet', '--quiet', 'boolean', false, 'say only what needs a human', ['daemon']),
  row('json', '--json', 'boolean', false, 'machine-readable output', ['place']),
] as const satisfies readonly OptionRow[];

function row(
  key: string,
  flag: string,
  type: OptionRow['type'],
  fallback: OptionRow['default'],
  meaning: string,
  audience: readonly Audience[],
  more: { env?: string; yaml?: string; choices?: readonly string[]; alias?: string } = {},
): OptionRow {
  return { key, flag, type, default: fallback, meaning, for: audience, ...more };
}
