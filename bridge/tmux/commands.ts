import { BridgeError } from '../core/failure.ts';

/**
 * Speaks to one tmux server in argv, never through a shell. One tmux command per call; where several must be one server
 * step they are nested in one `if-shell -F` (its output is that of the nested commands, in order).
 */
export interface TmuxCommands {
  /** @returns the output lines; rejects with TmuxError */
  run(...argv: string[]): Promise<string[]>;
  /** Pipelined; replies in order. A command that fails does not stop the others; never rejects. */
  runAll(commands: readonly (readonly string[])[]): Promise<readonly CommandResult[]>;
  /** the machine on which the server is, as it is called here; left out: this one */
  readonly host?: string;
  /** Fills a paste buffer where a text in `argv` could be read by others, or would be too long for it. */
  load?(buffer: string, text: string): Promise<void>;
}

export type CommandResult =
  | { readonly ok: true; readonly lines: string[] }
  | { readonly ok: false; readonly error: string };

/**
 * error    tmux answered with an error: the server lives, the command did nothing
 * timeout  no answer in time: whether the command ran is unknown
 * gone     no server there, or the connection to it ended: a command that was under way may have run
 * missing  the tmux program is not installed
 * away     the server's machine is not reached: it may live, and a command that was under way may have run
 */
export type TmuxFaultKind = 'error' | 'timeout' | 'gone' | 'missing' | 'away';

export class TmuxError extends BridgeError {
  readonly kind: TmuxFaultKind;

  constructor(kind: TmuxFaultKind, command: string, reason: string, cause?: unknown) {
    const nextStep = nextStepFor(kind, reason);
    super({ what: 'tmux', target: command, reason, cause, ...(nextStep === undefined ? {} : { nextStep }) });
    this.name = 'TmuxError';
    this.kind = kind;
  }
}

/** No single tmux command takes longer than this; tmux calls that hang for hours have been reported. */
export const COMMAND_LIMIT_MS = 10_000;

/** What tmux wrote to stderr, or what the system said when it could not be started, as a fault. */
export function faultOf(command: string, text: string, cause?: unknown): TmuxError {
  const reason = text.trim() || 'it failed and said nothing';
  const gone =
    /^(no server running on |server exited|lost server)|error connecting to .*\((No such file or directory|Connection refused)\)/m;
  return new TmuxError(gone.test(reason) ? 'gone' : 'error', command, reason, cause);
}

/**
 * For questions only: asked again when the connection went while they were under way. The second time goes another way, or
 * finds out what is gone. A command that acts is never repeated.
 */
export async function ask<Answer>(question: () => Promise<Answer>): Promise<Answer> {
  try {
    return await question();
  } catch (fault) {
    if (fault instanceof TmuxError && fault.kind === 'gone') return question();
    throw fault;
  }
}

/** The first words of a command, for messages: bodies and long formats stay out of logs. */
export function nameOf(argv: readonly string[]): string {
  const words = argv.slice(0, 3).join(' ');
  return words.length > 60 ? `${words.slice(0, 60)}…` : words;
}

function nextStepFor(kind: TmuxFaultKind, reason: string): string | undefined {
  if (kind === 'away') return 'see what `bridge hosts check` says; it is tried again by itself';
  if (kind === 'missing') return 'install tmux 3.2 or newer, for instance: apt-get install tmux, or brew install tmux';
  if (kind === 'timeout') return 'see whether `tmux list-sessions` answers on this socket; a stopped server does not';
  if (/permission denied|operation not permitted/i.test(reason)) {
    return 'the socket belongs to another user or a sandbox forbids it: run as the user who started tmux, or name your own with --socket PATH';
  }
  if (kind === 'gone') return 'start a session first (tmux new-session), or name the running server with --socket PATH';
  return undefined;
}
