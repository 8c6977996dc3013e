import type { ResultOf, Single } from '../../api/index.ts';
import type { TmuxCommands } from '../../tmux/commands.ts';
import type { ArgsOf } from '../invoke.ts';
import type { evidenceOf } from '../mail-lines.ts';

export type Sender = ReturnType<typeof evidenceOf>;

/** One run of a wrapper: what it uses of the process that was called, be that this one or one for which the daemon does the work. */
export interface Run {
  readonly env: Readonly<NodeJS.ProcessEnv>;
  readonly userFolder: string;
  /** the process above the one that was called: who calls is judged from there */
  readonly parent: number;
  /** what it can show for who calls, as it was when that was first asked for */
  sender(): Promise<Sender>;
  /** that of the caller: what stands on stdin can be read, and a command of its registry be run */
  readonly isOwnProcess: boolean;
  /** aborts when the caller is gone */
  readonly closed: AbortSignal;
  /** the tmux server at that socket */
  tmux(socketPath: string): TmuxCommands;
  say(text: string): void;
  /** to stderr */
  warn(text: string): void;
  /**
   * Runs a method of bridge.
   * @param socket of the tmux server that is meant
   * @param closed left out: that of this run
   */
  ask<Name extends Single>(
    socket: string,
    name: Name,
    args: ArgsOf<Name>,
    closed?: AbortSignal,
  ): Promise<ResultOf<Name>>;
}
