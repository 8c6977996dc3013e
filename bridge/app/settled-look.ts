import type { PaneAddress, Snapshot } from '../core/pane.ts';
import { mayComeToRest, type Reading } from '../core/reading.ts';
import { systemClock } from '../host/clock.ts';
import type { Panes } from '../panes/panes.ts';

/** Long enough for the slowest program's quiet time; a busy agent shows itself well before. */
const settleLimitMs = 2600;
const lookAgainMs = 120;

/**
 * Looks until the reading is one that more time cannot change, the limit has passed, or `closed` aborts.
 * @param agent the program that it is read as; null: the one that is found there
 */
export async function settledLook(
  panes: Panes,
  pane: PaneAddress,
  closed: AbortSignal,
  agent: string | null = null,
): Promise<{ snapshot: Snapshot; reading: Reading } | null> {
  const startedAt = systemClock.now();
  for (;;) {
    const snapshot = await panes.capture(pane);
    if (snapshot === null) return null;
    const reading = agent === null ? panes.read(snapshot) : panes.readAs(snapshot, agent);
    // a program that nobody knows reads the same however long it rests
    const program = agent === null ? panes.agentProgram(snapshot) : panes.agentProgramAs(snapshot, agent);
    if (program.screen.quietStepsMs.length === 0) return { snapshot, reading };
    const isUndecided = reading.state !== 'starting' && mayComeToRest(reading);
    const open = isUndecided && ['agent', 'program'].includes(snapshot.foreground);
    if (!open && panes.motion(snapshot).quietForMs > 100) return { snapshot, reading };
    if (closed.aborted || systemClock.now() - startedAt > settleLimitMs) return { snapshot, reading };
    await panes.nextOutput(pane, lookAgainMs);
  }
}
