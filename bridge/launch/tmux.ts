/** One command to one tmux server: argv without `tmux`, resolves to the lines it printed, rejects with a BridgeError. */
export interface Tmux {
  run(...argv: string[]): Promise<string[]>;
}

/** Launchers learn which server they work on from flags and files, so they are handed a way to reach any of them. */
export type TmuxAt = (socketPath: string) => Tmux;

/** tmux's words, across versions, for "there is no server behind this socket". */
export function isNoServer(message: string): boolean {
  return /no server running|No such file or directory|Connection refused|server exited|lost server/i.test(message);
}
