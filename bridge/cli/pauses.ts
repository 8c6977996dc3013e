import type { SeenPauses } from '../app/pausing.ts';
import type { Pauses } from '../requests/budget.ts';
import { paint } from './output.ts';

/** One line for each pause, for people. */
export function describePauses(pauses: Pauses | SeenPauses): string[] {
  return Object.entries(pauses).map(([name, pause]) => {
    const all = name === '*';
    const shown = 'shown' in pause ? String(pause.shown) : name;
    const line = `${all ? 'all workers are' : `${shown} is`} paused (${pause.by}): ${pause.reason}; \`bridge resume${all ? '' : ` ${shown}`}\``;
    return paint('yellow', line);
  });
}
