import type { ListedPane } from '../core/pane.ts';

/**
 * Which session tells of which watched pane. `%output` comes only to clients of a session that holds the pane's window; a
 * pane that several sessions hold is notified of by one of them, so that each output is notified once, and by as few clients as can be.
 * @param panes every place of every pane
 * @param attached sessions that have a client already, kept where possible
 */
export function planAttachments(
  panes: readonly ListedPane[],
  watched: ReadonlySet<string>,
  attached: ReadonlySet<string>,
): Map<string, string> {
  const homes = new Map<string, string[]>();
  for (const pane of panes) {
    if (!watched.has(pane.paneId) || pane.dead) continue;
    homes.set(pane.paneId, [...(homes.get(pane.paneId) ?? []), pane.sessionId]);
  }
  // Panes without a choice go first: they settle which sessions are needed in any case.
  const needed = new Set([...homes.values()].filter((sessions) => sessions.length === 1).flat());
  const plan = new Map<string, string>();
  for (const [paneId, sessions] of homes) {
    const chosen =
      sessions.find((session) => needed.has(session) && attached.has(session)) ??
      sessions.find((session) => needed.has(session)) ??
      sessions.find((session) => attached.has(session)) ??
      sessions[0]!;
    needed.add(chosen);
    plan.set(paneId, chosen);
  }
  return plan;
}
