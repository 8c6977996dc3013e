import { join, resolve } from 'node:path';
import { BridgeError, ExitCode, wrongUse } from '../../core/failure.ts';

/** How one agent program is told to call us. */
export interface Wiring {
  readonly agent: string;
  /** its folder for settings: an environment name of its own, else a folder below HOME */
  readonly folder: { readonly env: string; readonly below?: string; readonly name: string };
  /** the file that lists hooks, and the program's own names for what we want to hear of */
  readonly hooks: {
    readonly file: string;
    readonly events: readonly string[];
    /** in the unit that this program counts in */
    readonly timeout: number;
    /** further fields of a hook, as this program has them */
    readonly fields: Readonly<Record<string, string>>;
  };
  /** a TOML file whose one key `notify` names a program */
  readonly notify?: { readonly file: string };
  /** what the person has still to do; null where the program asks for nothing */
  readonly trust: string | null;
  readonly seen: string;
}

export const wirings: readonly Wiring[] = [
  {
    agent: 'codex',
    folder: { env: 'CODEX_HOME', name: '.codex' },
    // codex 0.169.0 allows Interrupt and SessionEnd 3 s, and warns at every start where a file says more
    hooks: {
      file: 'hooks.json',
      events: ['SessionStart', 'UserPromptSubmit', 'PermissionRequest', 'Stop', 'Interrupt', 'SessionEnd'],
      timeout: 3,
      fields: {},
    },
    notify: { file: 'config.toml' },
    trust: 'codex asks at its next start to review new hooks: choose "Trust all", or none of them runs',
    seen: 'seen live with codex 0.169.0',
  },
  {
    agent: 'gemini',
    folder: { env: 'GEMINI_CLI_HOME', below: '.gemini', name: '.gemini' },
    hooks: {
      file: 'settings.json',
      events: ['SessionStart', 'BeforeAgent', 'AfterAgent', 'Notification', 'SessionEnd'],
      timeout: 10_000,
      fields: { name: 'bridge' },
    },
    trust: null,
    seen: 'seen live with gemini-cli 0.61.0',
  },
  {
    agent: 'qwen',
    folder: { env: 'QWEN_HOME', name: '.qwen' },
    hooks: {
      file: 'settings.json',
      events: [
        'SessionStart',
        'UserPromptSubmit',
        'PermissionRequest',
        'Stop',
        'StopFailure',
        'Notification',
        'SessionEnd',
      ],
      timeout: 10,
      fields: { name: 'bridge' },
    },
    trust: null,
    seen: 'seen live with qwen-code 0.24.4',
  },
  {
    agent: 'claude',
    folder: { env: 'CLAUDE_CONFIG_DIR', name: '.claude' },
    hooks: {
      file: 'settings.json',
      events: ['SessionStart', 'UserPromptSubmit', 'PermissionRequest', 'Notification', 'Stop', 'SessionEnd'],
      timeout: 10,
      fields: {},
    },
    trust: null,
    seen: "built from claude's public documentation; never seen live here",
  },
];

/** Why there is nothing to wire. */
const without: Readonly<Record<string, string>> = {
  opencode: 'has no hooks or notify program; its own HTTP port and its screen are read instead',
  pi: 'has no hooks or notify program; an extension of yours may call `bridge signal --agent pi --event turn-ended`',
  continue: 'has no hooks or notify program; its screen is all there is',
  cline: 'has hooks that belong to each workspace, which bridge does not write to; its screen is read instead',
  aider:
    'has one notification command without an event: `--notifications-command` may call `bridge signal --agent aider --event turn-ended`',
};

/** @throws BridgeError for an agent that nothing can be wired for, with the reason */
export function wiringOf(agent: string): Wiring {
  const wiring = wirings.find((one) => one.agent === agent);
  if (wiring !== undefined) return wiring;
  const names = wirings.map((one) => one.agent).join(', ');
  const reason = without[agent];
  if (reason === undefined) throw wrongUse('hooks', agent, `no hooks of it are known; there are ${names}`);
  throw new BridgeError({
    what: 'hooks',
    target: agent,
    reason,
    nextStep: `bridge reads it without hooks; hooks can be wired for ${names}`,
    exitCode: ExitCode.failed,
  });
}

/** Where the agent looks for its settings, unless a file is named. */
export function folderOf(wiring: Wiring, env: NodeJS.ProcessEnv, userFolder: string): string {
  const { folder } = wiring;
  const named = env[folder.env];
  if (named) return folder.below === undefined ? resolve(named) : join(resolve(named), folder.below);
  return join(userFolder, folder.name);
}

/** The end of every command of ours: a comment for the shell that runs it, and how we know it again. */
export const mark = '# bridge hooks';

/** The program and its arguments, for who starts it without a shell. */
export interface SignalProgram {
  readonly node: string;
  readonly script: string;
  readonly home: string;
}

export function notifyWords(agent: string, { node, script, home }: SignalProgram): string[] {
  return [node, script, '--agent', agent, '--home', home];
}

/** One line for a shell. It ends well even where bridge or its Node is gone: an agent must not see a failed hook. */
export function hookCommand(agent: string, event: string, program: SignalProgram): string {
  const words = [...notifyWords(agent, program), '--event', event].map(quoted).join(' ');
  return `${words} 2>/dev/null || true ${mark}`;
}

/** One word for a POSIX shell. */
function quoted(word: string): string {
  return /^[\w./:@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
