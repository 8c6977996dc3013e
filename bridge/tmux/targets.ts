import type { ListedPane } from '../core/pane.ts';
import { oncePerPane } from './facts.ts';

export type Resolution<Pane extends ListedPane> =
  | { readonly is: 'one'; readonly pane: Pane }
  | { readonly is: 'none'; readonly reason: string }
  | { readonly is: 'many'; readonly candidates: readonly Pane[] };

/**
 * Which pane a person means. The kinds of names are tried in the order below, each exactly; the first kind that matches
 * decides, and two panes within it are an ambiguity.
 * @param programOf the agent program in a pane's process tree; asked only when no name matched
 */
export function resolveTarget<Pane extends ListedPane>(
  panes: readonly Pane[],
  target: string,
  programOf: (pane: Pane) => string | null,
  scope: { readonly session?: string } = {},
): Resolution<Pane> {
  const name = target.trim();
  if (name === '') return { is: 'none', reason: 'the target is empty' };
  const session = scope.session;
  const inScope = session === undefined ? panes : panes.filter((pane) => isSession(pane, session));
  const sessionPanes = oncePerPane(inScope.filter((pane) => isSession(pane, name.replace(/:$/, ''))));
  const kinds: Array<() => readonly Pane[]> = [
    () => inScope.filter((pane) => pane.paneId === name),
    // a session's name may look like a place (tmux 3.7c leaves the colon in it)
    () => inScope.filter((pane) => isPlace(pane, name) || (name.includes(':') && isSession(pane, name))),
    // a session of several panes names none of them, and may yet be the label of one
    () => (sessionPanes.length === 1 ? sessionPanes : []),
    () => inScope.filter((pane) => pane.label === name),
    () => inScope.filter((pane) => pane.title === name),
    () => inScope.filter((pane) => pane.windowName === name || pane.windowId === name),
    () => inScope.filter((pane) => programOf(pane) === name),
    () => sessionPanes,
  ];
  for (const kind of kinds) {
    const [first, ...others] = oncePerPane(kind());
    if (first === undefined) continue;
    return others.length === 0 ? { is: 'one', pane: first } : { is: 'many', candidates: [first, ...others] };
  }
  return { is: 'none', reason: reasonFor(panes, session) };
}

function isSession(pane: ListedPane, name: string): boolean {
  const exact = name.replace(/^=/, '');
  return pane.sessionName === exact || pane.sessionId === exact;
}

/** `session:window.pane` or `session:window`. Names of both may hold colons (of sessions from tmux 3.7c on), and dots. */
function isPlace(pane: ListedPane, name: string): boolean {
  for (let colon = name.indexOf(':'); colon >= 0; colon = name.indexOf(':', colon + 1)) {
    if (isSession(pane, name.slice(0, colon)) && isInSession(pane, name.slice(colon + 1))) return true;
  }
  return false;
}

function isInSession(pane: ListedPane, place: string): boolean {
  const isWindow = (text: string) =>
    text === String(pane.windowIndex) || text === pane.windowName || text === pane.windowId;
  if (isWindow(place)) return true;
  const dot = place.lastIndexOf('.');
  if (dot < 1) return false;
  const index = place.slice(dot + 1);
  return isWindow(place.slice(0, dot)) && (index === String(pane.paneIndex) || index === pane.paneId);
}

function reasonFor(panes: readonly ListedPane[], session: string | undefined): string {
  if (session === undefined) return 'no pane has that id, place, label, title, window name or agent program';
  if (!panes.some((pane) => isSession(pane, session))) return `there is no session "${session}"`;
  return `no pane in session "${session}" has that id, place, label, title, window name or agent program`;
}
