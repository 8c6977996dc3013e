import { wrongUse } from './core/failure.ts';
import { nameMeant, shownName } from './core/names.ts';
import { Allowance, everyWorker, type Pause, type Pauses } from './desk/allowance.ts';
import { systemClock } from './host/clock.ts';
import { Journal } from './journal/journal.ts';
import { recordedIn } from './recorded-workers.ts';
import type { Rooms } from './rooms.ts';

const noLimits = { answersPerHour: 0, consecutive: 0, perDay: 0 };

/** A pause, and how its worker's name is shown. */
export type SeenPauses = Readonly<Record<string, Pause & { readonly shown: string }>>;

/** @param pauses by full name */
export function pausesSeen(pauses: Pauses, known: Iterable<string>): SeenPauses {
  const names = [...known];
  return Object.fromEntries(
    Object.entries(pauses).map(([name, pause]) => [name, { ...pause, shown: shownName(name, names) }]),
  );
}

/** Who is paused, from a journal that exists. */
export function openPauses(path: string): SeenPauses {
  const { journal } = Journal.open(path, { now: systemClock.now() });
  try {
    const { pauses } = new Allowance(journal, () => noLimits);
    return pausesSeen(
      pauses,
      recordedIn(journal).map(({ name }) => name),
    );
  } finally {
    journal.close();
  }
}

/** Every worker whose name may be meant: watched, with an open request, or paused. */
export function knownWorkers(rooms: Rooms): Set<string> {
  const asking = rooms.journal.requests({ open: true }).map((request) => request.worker);
  const paused = Object.keys(rooms.desk.pauses).filter((name) => name !== everyWorker);
  return new Set([...rooms.workerNames(), ...asking, ...paused]);
}

/**
 * The full name that requests of this worker carry. A pause for a name that nobody has would look like one and be none.
 * @throws BridgeError naming the workers that are known
 */
export async function workerNamed(rooms: Rooms, given: string): Promise<string> {
  const panes = await rooms.servers.panes().catch(() => []);
  const living = panes
    .filter((pane) => pane.label.startsWith('worker') || rooms.sight.programOf(pane) !== null)
    .map((pane) => rooms.projects.nameOf(rooms.sight.identify(pane).identity, pane));
  const ended = rooms.journal.requests().map((request) => request.worker);
  const meant = nameMeant(given, [...knownWorkers(rooms), ...living]) ?? nameMeant(given, ended);
  if (meant !== null) return meant;
  const found = await rooms.sight.resolve(given, rooms.config.session, panes).catch(() => null);
  if (found !== null) return rooms.projects.nameOf(rooms.sight.identify(found).identity, found);
  const known = [...new Set([...knownWorkers(rooms), ...living])].sort();
  throw wrongUse('worker', given, 'is not known', `there are ${known.join(', ') || 'none'}`);
}
