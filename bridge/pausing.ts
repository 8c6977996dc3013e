import { wrongUse } from './core/failure.ts';
import { Allowance, type Pauses } from './desk/allowance.ts';
import { systemClock } from './host/clock.ts';
import { Journal } from './journal/journal.ts';
import type { Rooms } from './rooms.ts';

const noLimits = { answersPerHour: 0, consecutive: 0, perDay: 0 };

/** Who is paused, from a journal that exists. */
export function openPauses(path: string): Pauses {
  const { journal } = Journal.open(path, { now: systemClock.now() });
  try {
    return new Allowance(journal, noLimits).pauses;
  } finally {
    journal.close();
  }
}

/**
 * The name that requests of this worker carry. A pause for a name that nobody has would look like one and be none.
 * @throws BridgeError naming the workers that are known
 */
export async function workerNamed(rooms: Rooms, name: string): Promise<string> {
  const asked = new Set(rooms.journal.requests().map((request) => request.worker));
  if (Object.hasOwn(rooms.desk.pauses, name) || asked.has(name)) return name;
  const panes = await rooms.sight.panes().catch(() => []);
  if (panes.some((pane) => pane.label === name)) return name;
  const found = await rooms.sight.resolve(name, rooms.config.session).catch(() => null);
  if (found !== null) return found.label || found.paneId;
  const known = [...new Set([...asked, ...panes.map((pane) => pane.label || pane.paneId)])].sort();
  throw wrongUse('worker', name, 'is not known', `there are ${known.join(', ') || 'none'}`);
}
