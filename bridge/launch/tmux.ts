/** One command to one tmux server: argv without `tmux`, resolves to the lines it printed, rejects with a BridgeError. */
export interface Tmux {
  run(...argv: string[]): Promise<string[]>;
}

/** Launchers learn which server they work on from flags and files, so they are handed a way to reach any of them. */
export type TmuxAt = (socketPath: string) => Tmux;

/**
 * `1` where a key sent to the pane may reach its neighbours (`synchronize-panes`), as a format of tmux. Holds more often
 * than `tmux/synchronized.ts`, which counts the panes that take input.
 */
export const isSynchronized =
  '#{?pane_synchronized,#{?#{==:#{window_panes},1},0,#{!=:#{window_zoomed_flag}#{pane_active},11}},0}';

/** tmux's words, across versions, for "there is no server behind this socket". */
export function isNoServer(message: string): boolean {
  return /no server running|No such file or directory|Connection refused|server exited|lost server/i.test(message);
}
