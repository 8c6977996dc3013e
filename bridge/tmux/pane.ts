import type { PaneId } from '../core/ids.ts';
import type { PaneFacts } from '../core/pane.ts';
import { ask, type TmuxCommands, TmuxError } from './commands.ts';
import { askForFacts, asReachedBy } from './facts.ts';

/** Every pane of the server, once for each window place it has: a pane linked into two sessions is told twice, with both names. */
export async function listPanes(t: TmuxCommands): Promise<PaneFacts[]> {
  const question = askForFacts();
  try {
    const panes = question.read(await ask(() => t.run('list-panes', '-a', '-F', question.format)));
    return panes.map((facts) => asReachedBy(t.host, facts));
  } catch (fault) {
    if (saysNoSession(fault)) return [];
    throw fault;
  }
}

/** What a server says that lives on without any session (exit-empty off). */
export function saysNoSession(fault: unknown): boolean {
  return fault instanceof TmuxError && fault.kind === 'error' && fault.reason === 'no current target';
}

/** One pane; null when it is gone. */
export async function paneFacts(t: TmuxCommands, paneId: PaneId): Promise<PaneFacts | null> {
  const question = askForFacts();
  try {
    const lines = await ask(() => t.run('display-message', '-p', '-t', paneId, question.format));
    const [facts] = question.read(lines);
    return facts === undefined ? null : asReachedBy(t.host, facts);
  } catch (fault) {
    if (fault instanceof TmuxError && fault.kind === 'error' && /can't find pane/.test(fault.reason)) return null;
    throw fault;
  }
}

/** The terminals of the people attached to the server: where a bell is heard. */
export async function clientTerminals(t: TmuxCommands): Promise<string[]> {
  const lines = await ask(() => t.run('list-clients', '-F', '#{client_control_mode} #{client_tty}'));
  return lines.filter((line) => line.startsWith('0 /')).map((line) => line.slice(2));
}
