import { BridgeError, ExitCode } from '../core/failure.ts';

/** What a worker's settings file may say. It is read as data: MACS ran it as a shell script. */
export interface WorkerConfig {
  readonly mouse?: boolean;
  readonly historyLimit?: number;
  readonly socket?: string;
}

/**
 * Reads `NAME=value` lines: blank lines, `#` comments, `export` and shell quotes are understood; nothing is expanded or
 * run. Any other line is a fault that names its number.
 */
export function parseWorkerConfig(text: string, file: string): WorkerConfig {
  const config: { mouse?: boolean; historyLimit?: number; socket?: string } = {};
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const fault = (reason: string) =>
      new BridgeError({ what: 'tmux config', target: `${file}:${index + 1}`, reason, exitCode: ExitCode.usageError });
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const assignment = /^(?:export[ \t]+)?([A-Za-z_]\w*)=(.*)$/.exec(line);
    if (assignment === null) throw fault(`cannot read ${JSON.stringify(raw)}: NAME=value is wanted`);
    const value = shellWord(assignment[2]!, fault);
    switch (assignment[1]) {
      case 'TMUX_MOUSE':
        config.mouse = parseSwitch(value, (reason) => fault(`TMUX_MOUSE ${reason}`));
        break;
      case 'TMUX_HISTORY_LIMIT':
        config.historyLimit = parseHistoryLimit(value, (reason) => fault(`TMUX_HISTORY_LIMIT ${reason}`));
        break;
      case 'TMUX_SOCKET':
        if (value !== '') config.socket = value;
        break;
      default:
        throw fault(`${assignment[1]} is unknown; expected one of TMUX_MOUSE, TMUX_HISTORY_LIMIT, TMUX_SOCKET`);
    }
  }
  return config;
}

/** `on`/`off` and the other spellings that MACS took. */
export function parseSwitch(value: string, fault: (reason: string) => Error): boolean {
  if (/^(?:1|on|true|yes)$/i.test(value)) return true;
  if (/^(?:0|off|false|no)$/i.test(value)) return false;
  throw fault(`is ${JSON.stringify(value)}: on or off is wanted`);
}

export function parseHistoryLimit(value: string, fault: (reason: string) => Error): number {
  if (!/^\d{1,9}$/.test(value)) throw fault(`is ${JSON.stringify(value)}: a number of lines is wanted`);
  return Number(value);
}

/** The text after `=`: one shell word, quoted or bare, and then at most a comment. */
function shellWord(text: string, fault: (reason: string) => Error): string {
  const word = /^(?:'([^']*)'|"((?:[^"\\]|\\.)*)"|([^\s'"#;&|<>()]*))(?:[ \t]+#.*|[ \t]*)$/.exec(text);
  if (word === null)
    throw fault(`cannot read the value ${JSON.stringify(text)}: one word is wanted, quoted if it has spaces`);
  if (word[1] !== undefined) return word[1];
  const value = word[2] === undefined ? word[3]! : word[2].replace(/\\(["\\$`])/g, '$1');
  if (/[$`]/.test(word[2]?.replace(/\\./g, '') ?? word[3]!) || (word[2] === undefined && /^~|\\/.test(value))) {
    throw fault(`${JSON.stringify(text)} would need a shell, and this file is never run: write the value out`);
  }
  return value;
}
