import { type ChildProcess, spawn } from 'node:child_process';
import { pathOfWay } from '../core/way.ts';
import type { TmuxCommands } from './commands.ts';
import { ExecCommands, tmuxEnvironment } from './exec.ts';

export type LoneCommands = TmuxCommands & Required<Pick<TmuxCommands, 'load'>>;

/** How one tmux server is reached: here by its socket, or on another machine. */
export interface TmuxWay {
  /** as in core/way.ts */
  readonly socketPath: string;
  /** the machine on which it is, as it is called here; left out: this one */
  readonly host?: string;
  /** each command by itself, over no control client */
  readonly commands: LoneCommands;
  /** Starts `tmux` with these arguments, on that machine; its stdin and stdout are the control client's. */
  startTmux(argv: readonly string[]): ChildProcess;
}

/** Which way leads to a socket. */
export type WayTo = (socketPath: string) => TmuxWay;

/** @param tmux the program */
export function wayHere(socketPath: string, tmux = 'tmux'): TmuxWay {
  return {
    socketPath,
    commands: new ExecCommands({ socketPath, tmux }),
    startTmux: (argv) => spawn(tmux, argv, { stdio: ['pipe', 'pipe', 'pipe'], env: tmuxEnvironment() }),
  };
}

/** `-S PATH`, or nothing where tmux itself chooses. */
export function socketArguments(socketPath: string): string[] {
  const path = pathOfWay(socketPath);
  return path === null ? [] : ['-S', path];
}
