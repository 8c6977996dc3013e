import { nativeInputNames, offeredNames, rememberingNames } from '../agent-programs/names.ts';
import { backends } from '../controllers/backends.ts';
import { usualLoopLimits } from '../core/loop-guard.ts';
import { envelopeLooks } from '../core/mail-envelope.ts';
import { vias } from '../core/native-input.ts';
import type { OptionGroup } from './option-groups.ts';

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
  /** what a shell completes; others are taken too */
  readonly suggests?: readonly string[];
  readonly default: string | number | boolean | readonly string[] | null;
  /** environment name; MACS's own names are kept */
  readonly env?: string;
  /** another flag that means the same: MACS's own name for it */
  readonly alias?: string;
  /** key in bridge.yaml, where a file may set it */
  readonly yaml?: string;
  readonly meaning: string;
  /** its heading in the help of the bridge itself */
  readonly group: OptionGroup;
  /** the parts of the program that take this option */
  readonly for: readonly Audience[];
}

/** `place`: every command; `target`: commands that name a pane; `daemon`: the bridge itself; `ask`: whoever asks a controller. */
export type Audience = 'place' | 'target' | 'daemon' | 'ask';

const daemon = ['daemon'] as const;
const asked = ['daemon', 'ask'] as const;

export const options: readonly OptionRow[] = [
  row('--home <dir>', 'path', null, ['place'], {
    env: 'BRIDGE_HOME',
    group: 'Everywhere',
    meaning: 'the state directory: journal, inbox, outbox and your own bridge.yaml (default: ~/.bridge)',
  }),
  row('--socket <path>', 'path', null, ['place'], {
    env: 'TMUX_SOCKET',
    yaml: 'socket',
    group: 'Everywhere',
    meaning: "the tmux server's socket",
  }),
  row('--host <name>', 'text', null, ['target'], {
    group: 'Watch',
    meaning: 'the host of bridge.yaml that has the pane; or as gpu:SESSION, gpu:%3',
  }),
  row('--session <name>', 'text', null, ['target', 'daemon'], {
    yaml: 'session',
    group: 'Watch',
    meaning: 'tmux session that holds the pane (exact name)',
  }),
  row('--pane <id>', 'text', null, ['target'], {
    group: 'Watch',
    meaning: 'the pane: %3, session:window.pane, label, title, window name or agent program',
  }),
  row('--label <label>', 'text', 'worker', ['target'], {
    env: 'TARGET_PANE_LABEL',
    group: 'Watch',
    meaning: 'the pane with this label',
  }),
  row('--agent <name>', 'text', null, ['target', 'daemon'], {
    yaml: 'agent',
    suggests: offeredNames,
    group: 'Watch',
    meaning: `settles which agent program is in the pane: ${offeredNames.join(', ')}, or one of bridge.yaml`,
  }),
  row('--mode <mode>', 'choice', 'auto', asked, {
    choices: ['auto', 'manual'],
    yaml: 'mode',
    group: 'Answer',
    meaning: 'auto: a controller answers; manual: a file in outbox/ answers',
  }),
  row('--worker <target>', 'list', [], daemon, {
    yaml: 'worker',
    alias: '--worker-pane <id>',
    group: 'Watch',
    meaning: 'watch this pane; repeatable (default: every pane whose label begins with "worker")',
  }),
  row('--controller-backend <name>', 'choice', 'auto', asked, {
    choices: backends,
    yaml: 'controller.backend',
    group: 'Answer',
    meaning: 'who is asked in auto mode',
  }),
  row('--controller-pane <target>', 'text', null, asked, {
    yaml: 'controller.pane',
    group: 'Answer',
    meaning: 'the live controller agent, for the backend "pane"',
  }),
  row('--controller-command <command>', 'text', null, asked, {
    yaml: 'controller.command',
    group: 'Answer',
    meaning: 'program for the backend "command": request on stdin, response on stdout',
  }),
  row('--controller-model <name>', 'text', null, asked, {
    yaml: 'controller.model',
    group: 'Answer',
    meaning: 'model the controller program is started with',
  }),
  row('--controller-extra-args <args>', 'text', null, asked, {
    yaml: 'controller.extra-args',
    group: 'Answer',
    meaning: 'more arguments for the controller program, split like a shell would, never run by one',
  }),
  row('--controller-system-prompt <file>', 'path', null, asked, {
    env: 'MACS_CONTROLLER_PROMPT',
    yaml: 'controller.system-prompt',
    group: 'Answer',
    meaning: 'what the controller is told (default: prompts/controller.md)',
  }),
  row('--controller-timeout <seconds>', 'number', 300, asked, {
    yaml: 'controller.timeout',
    group: 'Answer',
    meaning: 'a controller that has not answered by then has failed; 0 = no timeout',
  }),
  row('--controller-isolated', 'boolean', false, asked, {
    yaml: 'controller.isolated',
    group: 'Answer',
    meaning: 'the controller works in an empty folder and without tools',
  }),
  row('--controller-resume', 'boolean', false, asked, {
    yaml: 'controller.resume',
    group: 'Answer',
    meaning: `${rememberingNames.join(', ')}: the controller remembers its earlier answers`,
  }),
  row('--no-split-response', 'boolean', true, asked, {
    yaml: 'split-response',
    group: 'Answer',
    meaning: 'the worker gets the whole response, not only its WORKER INSTRUCTIONS',
  }),
  row('--via <way>', 'choice', 'keyboard', daemon, {
    choices: vias,
    yaml: 'via',
    group: 'Answer',
    meaning: `how a text reaches an agent: keyboard types it; native hands it to the program's own way in (${nativeInputNames.join(', ')}), or fails; auto does that where it can and types where it cannot`,
  }),
  row('--worker-context-lines <n>', 'number', 40, asked, {
    yaml: 'worker-context-lines',
    group: 'Answer',
    meaning: "lines of the worker's screen that the controller sees",
  }),
  row('--no-heuristic', 'boolean', true, daemon, {
    yaml: 'heuristic',
    group: 'Watch',
    meaning: 'judge only delimited blocks: no questions or completions by the closing words of an ended turn',
  }),
  row('--heuristic-lines <n>', 'number', 20, daemon, {
    yaml: 'heuristic-lines',
    group: 'Watch',
    meaning: 'the last lines of an ended turn by which it is judged',
  }),
  row('--stuck-after <seconds>', 'number', 600, daemon, {
    yaml: 'stuck-after',
    group: 'Watch',
    meaning: 'busy for so long with no change but spinners and clocks is stuck; 0 never',
  }),
  row('--request-timeout <seconds>', 'number', 0, asked, {
    yaml: 'request-timeout',
    group: 'Limits',
    meaning: 'a request that nobody answered by then expires; 0 never',
  }),
  row('--answers-per-hour <n>', 'number', 60, asked, {
    yaml: 'limits.answers-per-hour',
    group: 'Limits',
    meaning: 'automatic answers per worker and hour; the next one pauses it and is yours. 0: no limit',
  }),
  row('--consecutive-answers <n>', 'number', 10, asked, {
    yaml: 'limits.consecutive',
    group: 'Limits',
    meaning: 'automatic answers in a row to a worker that shows no new work; likewise',
  }),
  row('--answers-per-day <n>', 'number', 500, asked, {
    yaml: 'limits.per-day',
    group: 'Limits',
    meaning: 'automatic answers to all workers within 24 hours; likewise',
  }),
  row('--message-hops <n>', 'number', usualLoopLimits.hops, daemon, {
    yaml: 'limits.message-hops',
    group: 'Limits',
    meaning:
      'messages between agents, each because of the one before; the next one is held until you let it go on. 0: no limit',
  }),
  row('--message-rounds <n>', 'number', usualLoopLimits.rounds, daemon, {
    yaml: 'limits.message-rounds',
    group: 'Limits',
    meaning: 'how often two agents write to each other by turns without you; likewise',
  }),
  row('--thread-messages <n>', 'number', usualLoopLimits.threadPerHour, daemon, {
    yaml: 'limits.thread-messages',
    group: 'Limits',
    meaning: 'messages of agents in one thread and hour; likewise',
  }),
  row('--member-messages <n>', 'number', usualLoopLimits.memberPerHour, daemon, {
    yaml: 'limits.member-messages',
    group: 'Limits',
    meaning: 'messages of one agent in an hour; likewise',
  }),
  row('--notify-again-after <seconds>', 'number', 600, daemon, {
    yaml: 'notify.again-after',
    group: 'Notify',
    meaning: 'a request that still waits for you calls you again after this long; 0 never',
  }),
  row('--senders <which>', 'choice', 'any', ['daemon'], {
    yaml: 'senders',
    choices: ['any', 'verified'],
    group: 'Limits',
    meaning:
      'whose messages are taken; verified: only of members whose processes or token show who they are, and yours',
  }),
  row('--envelope <look>', 'choice', 'bridge', ['daemon'], {
    yaml: 'envelope',
    choices: envelopeLooks,
    group: 'Limits',
    meaning: 'how a message in a pane says who wrote; a member may have its own',
  }),
  row('--dialog-keys <member>', 'list', [], ['daemon'], {
    yaml: 'dialog-keys',
    group: 'Limits',
    meaning:
      "a member that may press keys in a dialog that it has read (`keys --in-dialog`), as you and a worker's live controller may; repeatable",
  }),
  row('--retention-days <n>', 'number', 90, daemon, {
    yaml: 'retention-days',
    group: 'Limits',
    meaning: 'what ended so many days ago moves from the journal into archive/, once a day; 0 never',
  }),
  row('--dry-run', 'boolean', false, daemon, {
    group: 'Debug',
    meaning:
      'rules and read-only controller programs are asked; the rest ends as "would send", "would ask" or "would notify you": nothing is typed, written into inbox/ or called',
  }),
  row('--simulate-log <file>', 'path', null, daemon, {
    group: 'Debug',
    meaning: 'report what would have been detected in a recorded terminal log, and exit',
  }),
  row('--columns <n>', 'number', 120, daemon, {
    group: 'Debug',
    meaning: 'width of the terminal that made the log (with --simulate-log)',
  }),
  row('--rows <n>', 'number', 50, daemon, {
    group: 'Debug',
    meaning: 'height of the terminal that made the log (with --simulate-log)',
  }),
  row('--trust-workspace', 'boolean', false, asked, {
    group: 'Watch',
    meaning: "accept a home inside a worker's own folder, where the worker could answer itself",
  }),
  row('--log <file>', 'path', null, daemon, {
    group: 'Debug',
    meaning: 'also append the log to this file, as JSON lines; SIGHUP opens it anew',
  }),
  row('--controller-log <file>', 'path', null, daemon, {
    group: 'Debug',
    meaning: 'append every controller answer, whole, to this file',
  }),
  row('--quiet', 'boolean', false, daemon, {
    group: 'Notify',
    meaning: 'say only what needs a human',
  }),
  row('--verbose', 'boolean', false, daemon, {
    group: 'Debug',
    meaning: 'the live log tells each change of a reading with its reason, and every step',
  }),
  row('--json', 'boolean', false, ['place'], {
    group: 'Everywhere',
    meaning: 'machine-readable output',
  }),
];

/** The key is the flag in the other spelling; a `--no-…` is the key without it. */
function row(
  flag: string,
  type: OptionRow['type'],
  fallback: OptionRow['default'],
  audience: readonly Audience[],
  more: Pick<OptionRow, 'env' | 'yaml' | 'choices' | 'suggests' | 'alias' | 'meaning' | 'group'>,
): OptionRow {
  const name = flag.split(' ')[0]!.replace(/^--(?:no-)?/, '');
  const key = name.replace(/-(.)/g, (_dash, letter: string) => letter.toUpperCase());
  return { key, flag, type, default: fallback, for: audience, ...more };
}
