/**
 * A format that asks only where there is such a pane; empty where it is gone. tmux 3.2a (Ubuntu 22.04's) ends with all its
 * sessions when a format of an instant, or of a colour, is asked for a target that is gone: `session_activity`,
 * `session_last_attached`, `session_created`, `window_activity`, `client_activity`, `client_created`, `buffer_created`,
 * `pane_fg`, `pane_bg`; all others it knows, and all of 3.3a and newer, are empty then.
 */
export function ofLiving(format: string): string {
  return `#{?pane_id,${format},}`;
}
