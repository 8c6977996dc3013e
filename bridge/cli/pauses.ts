import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { SeenPauses } from '../app/pausing.ts';
import { identityKey, type PaneFacts } from '../core/pane.ts';
import { type Pauses, pauseOf } from '../requests/budget.ts';
import { call } from '../server/socket.ts';
import { socketPath } from '../server/socket-path.ts';
import type { Context } from './context.ts';
import { paint } from './output.ts';

/** Who is paused, from the daemon or the journal. Looking makes neither a home nor a journal where there is none. */
export async function pausesOf({ config: { home } }: Context): Promise<SeenPauses> {
  const reply = await call(socketPath(home), 'pauses', {});
  if (reply) return reply.ok as SeenPauses;
  const path = join(home, 'bridge.db');
  if (!existsSync(path)) return {};
  const { openPauses } = await import('../app/pausing.ts');
  return openPauses(path);
}

/** Why the worker in a pane is paused; null where it is not. */
export async function pausesByPane(context: Context): Promise<(pane: PaneFacts) => string | null> {
  const pauses = await pausesOf(context);
  if (Object.keys(pauses).length === 0) return () => null;
  const { recordedWorkers } = await import('../app/recorded-workers.ts');
  const names = new Map(recordedWorkers(context.config.home).map((worker) => [identityKey(worker), worker.name]));
  return (pane) => {
    const name = names.get(identityKey(pane)) ?? (pane.label || pane.paneId);
    return (pauseOf(pauses, name) ?? pauses['*'])?.reason ?? null;
  };
}

/** One line for each pause, for people. */
export function describePauses(pauses: Pauses | SeenPauses): string[] {
  return Object.entries(pauses).map(([name, pause]) => {
    const all = name === '*';
    const shown = 'shown' in pause ? String(pause.shown) : name;
    const line = `${all ? 'all workers are' : `${shown} is`} paused (${pause.by}): ${pause.reason}; \`bridge resume${all ? '' : ` ${shown}`}\``;
    return paint('yellow', line);
  });
}
