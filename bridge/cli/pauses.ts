import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Pauses } from '../desk/desk.ts';
import { call, socketPath } from '../host/socket.ts';
import type { Context } from './context.ts';
import { paint } from './output.ts';

/** Who is paused, from the daemon or the journal. Looking makes neither a home nor a journal where there is none. */
export async function pausesOf({ config: { home } }: Context): Promise<Pauses> {
  const reply = await call(socketPath(home), 'pauses', {});
  if (reply) return reply.ok as Pauses;
  const path = join(home, 'bridge.db');
  if (!existsSync(path)) return {};
  const { openPauses } = await import('../pausing.ts');
  return openPauses(path);
}

/** The reason why a worker is paused; null where it is not. */
export function pauseOf(pauses: Pauses, worker: string): string | null {
  return (pauses[worker] ?? pauses['*'])?.reason ?? null;
}

/** One line for each pause, for people. */
export function describePauses(pauses: Pauses): string[] {
  return Object.entries(pauses).map(([name, { by, reason }]) => {
    const all = name === '*';
    const line = `${all ? 'all workers are' : `${name} is`} paused (${by}): ${reason}; \`bridge resume${all ? '' : ` ${name}`}\``;
    return paint('yellow', line);
  });
}
