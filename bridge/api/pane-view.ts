import * as z from 'zod';
import { unseenInWords } from '../agent-programs/agent-program.ts';
import type { Reader } from '../app/reader.ts';
import { recordedIn } from '../app/worker-records.ts';
import { identityKey, type PaneFacts, type Snapshot } from '../core/pane.ts';
import { isHere } from '../core/way.ts';
import { versionOf } from '../host/program-version.ts';
import type { Panes } from '../panes/panes.ts';
import { pauseOf } from '../requests/budget.ts';

/** A pane as people and machines find it. */
export const paneView = z.object({
  pane: z.string(),
  host: z.string(),
  server: z.string(),
  session: z.string(),
  window: z.number(),
  windowName: z.string(),
  index: z.number(),
  label: z.string().nullable(),
  title: z.string(),
  command: z.string(),
  width: z.number(),
  height: z.number(),
  path: z.string(),
});
export type PaneView = z.infer<typeof paneView>;

/** What a person should know besides, a line each. */
export const warnings = z.array(z.string()).readonly();

export function describePane(pane: PaneFacts): PaneView {
  return {
    pane: pane.paneId,
    host: pane.host,
    server: pane.server,
    session: pane.sessionName,
    window: pane.windowIndex,
    windowName: pane.windowName,
    index: pane.paneIndex,
    label: pane.label || null,
    title: pane.title,
    command: pane.command,
    width: pane.width,
    height: pane.height,
    path: pane.currentPath,
  };
}

/** The version of the agent program in a pane, and a note about it. Null where none is known. */
export function versionIn(
  panes: Panes,
  snapshot: Snapshot,
): { readonly shown: string; readonly note: string | null } | null {
  const { program, identity } = snapshot;
  const { agentPid } = identity;
  const shown = agentPid === null || program === null || !isHere(identity) ? null : versionOf(agentPid, program);
  return shown === null ? null : { shown, note: unseenInWords(panes.agentProgram(snapshot), shown) };
}

/** Why the worker in a pane is paused; null where it is not. */
export function pausesByPane(reader: Reader): (pane: PaneFacts) => string | null {
  const pauses = reader.pauses();
  const journal = reader.journal();
  if (journal === null || Object.keys(pauses).length === 0) return () => null;
  const names = new Map(recordedIn(journal).map((worker) => [identityKey(worker), worker.name]));
  return (pane) => {
    const name = names.get(identityKey(pane)) ?? (pane.label || pane.paneId);
    return (pauseOf(pauses, name) ?? pauses['*'])?.reason ?? null;
  };
}
