import { unknownName, usageError } from '../core/failure.ts';
import { nameMeant, shownName } from '../core/names.ts';
import { addressKey, type PaneFacts } from '../core/pane.ts';
import type { Journal } from '../journal/journal.ts';
import { nameOf } from '../panes/panes.ts';
import { Budget, everyWorker, type Pause, type Pauses } from '../requests/budget.ts';
import type { Bridge } from './bridge.ts';
import { recordedIn } from './worker-records.ts';

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

export function keptPauses(journal: Journal): SeenPauses {
  const { pauses } = new Budget(journal, () => noLimits);
  return pausesSeen(
    pauses,
    recordedIn(journal).map(({ name }) => name),
  );
}

/** Every worker whose name may be meant: watched, with an open request, or paused. */
export function knownWorkers(bridge: Pick<Bridge, 'journal' | 'requests' | 'workerNames'>): Set<string> {
  const asking = bridge.journal.requests({ open: true }).map((request) => request.worker);
  const paused = Object.keys(bridge.requests.pauses).filter((name) => name !== everyWorker);
  return new Set([...bridge.workerNames, ...asking, ...paused]);
}

/** Pauses as people see them: by the names that workers are shown with. */
export function pausesShown(bridge: Pick<Bridge, 'journal' | 'requests' | 'workerNames'>): Record<string, Pause> {
  const known = knownWorkers(bridge);
  return Object.fromEntries(
    Object.entries(bridge.requests.pauses).map(([name, pause]) => [
      name === everyWorker ? name : shownName(name, known),
      pause,
    ]),
  );
}

/** What a worker is found in by its name. */
export type ForWorkers = Pick<
  Bridge,
  'config' | 'journal' | 'panes' | 'projects' | 'requests' | 'servers' | 'workerNames'
>;

/**
 * The full name that requests of this worker carry. A pause for a name that nobody has, or of a pane that nobody watches,
 * would look like one and be none.
 * @throws BridgeError naming the workers that are known
 */
export async function workerNamed(bridge: ForWorkers, given: string): Promise<string> {
  const panes = await bridge.servers.panes().catch(() => []);
  const living = panes
    .filter((pane) => mayBeWorker(bridge, pane))
    .map((pane) => bridge.projects.nameOf(bridge.panes.identify(pane).identity, pane));
  const ended = bridge.journal.requests().map((request) => request.worker);
  const meant = nameMeant(given, [...knownWorkers(bridge), ...living]) ?? nameMeant(given, ended);
  if (meant !== null) return meant;
  const known = [...new Set([...knownWorkers(bridge), ...living])].sort();
  const workers = known.length === 0 ? 'no workers are known' : `known workers: ${known.join(', ')}`;
  const found = await bridge.panes.resolve(given, bridge.config.session, panes).catch(() => null);
  if (found === null) throw unknownName('worker', given, known);
  const name = bridge.projects.nameOf(bridge.panes.identify(found).identity, found);
  if (known.includes(name) || (await isNamedAsWorker(bridge, found, panes))) return name;
  if (found.label === 'controller')
    throw usageError('worker', given, `is the controller's pane (${nameOf(found)})`, workers);
  throw usageError(
    'worker',
    given,
    `is no worker: ${nameOf(found)} has no label of one, and no agent program runs in it`,
    `${workers}; \`bridge --worker ${found.paneId}\` makes it one`,
  );
}

/** A pane that a bridge watches, or would as soon as it is started for it. */
function mayBeWorker({ panes: known }: Pick<Bridge, 'panes'>, pane: PaneFacts): boolean {
  if (pane.label.startsWith('worker') || pane.title === 'worker' || pane.windowName === 'worker') return true;
  return pane.label !== 'controller' && known.hasAgent(pane);
}

/** By `worker:` in bridge.yaml. */
async function isNamedAsWorker(
  { panes: known, config }: Pick<Bridge, 'panes' | 'config'>,
  pane: PaneFacts,
  panes: readonly PaneFacts[],
) {
  const named = await Promise.all(
    config.worker.map((target) => known.resolve(target, config.session, panes).catch(() => null)),
  );
  return named.some((one) => one !== null && addressKey(one) === addressKey(pane));
}
