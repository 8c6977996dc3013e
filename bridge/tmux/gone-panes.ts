import type { ControlMessage } from './control-mode.ts';

/**
 * The panes that are in their window no more, by what tmux tells the client of a session: the window is in the session no
 * more, or its new layout lacks them. They may be closed, in another window of the session, or in another session.
 * @param known the window of each pane that was in the session
 */
export function gonePanes(
  { name, rest }: Extract<ControlMessage, { type: 'notification' }>,
  known: ReadonlyMap<string, string>,
): string[] {
  const [window = '', layout = ''] = rest.split(' ');
  if (name !== 'unlinked-window-close' && name !== 'layout-change') return [];
  const stay = new Set(name === 'layout-change' ? panesIn(layout) : []);
  if (name === 'layout-change' && stay.size === 0) return [];
  return [...known].filter(([paneId, at]) => at === window && !stay.has(paneId)).map(([paneId]) => paneId);
}

/** `bb62,159x48,0,0{79x48,0,0,79,79x48,80,0[79x24,80,0,82,…]}`: a cell with a fourth number is that pane (tmux 3.2a to 3.7). */
function panesIn(layout: string): string[] {
  return [...layout.matchAll(/\d+x\d+,\d+,\d+,(\d+)(?![\dx])/g)].map(([, pane]) => `%${pane}`);
}
