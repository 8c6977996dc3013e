import type { Bridge } from '../app/bridge.ts';
import { addressKey, type PaneFacts } from '../core/pane.ts';
import { ExecCommands } from '../tmux/exec.ts';
import { listPanes } from '../tmux/pane.ts';

/** All panes that are known, and those of the server that a caller says it is in: a claim, which only says where to look. */
export async function panesFor({ panes }: Pick<Bridge, 'panes'>, tmuxSocket: string | null): Promise<PaneFacts[]> {
  const known = await panes.list().catch(() => []);
  // a server that is known has told of all its panes
  if (tmuxSocket === null || known.some(({ socketPath }) => socketPath === tmuxSocket)) return known;
  const there = await listPanes(new ExecCommands({ socketPath: tmuxSocket })).catch(() => []);
  return [...known, ...there.filter((pane) => !known.some((one) => addressKey(one) === addressKey(pane)))];
}
