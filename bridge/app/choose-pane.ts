import { existsSync } from 'node:fs';
import { BridgeError, isAway, usageError } from '../core/failure.ts';
import { type PaneId, type ServerId, serverPidOf } from '../core/ids.ts';
import { isCalled, nameMeant } from '../core/names.ts';
import { type PaneFacts, sameServer } from '../core/pane.ts';
import { hostOfWay, isHere, wayTo } from '../core/way.ts';
import { unknownHost } from '../host/hosts/hosts.ts';
import { nameOf, type Panes } from '../panes/panes.ts';
import { oncePerPane } from '../tmux/facts.ts';
import { paneFacts } from '../tmux/pane.ts';
import { resolveSocket } from '../tmux/socket.ts';
import type { Look, Reader } from './reader.ts';
import { type RecordedWorker, recordedIn } from './worker-records.ts';

/** Which pane is meant: what the command line names, and what the shell and the working folder add. */
export interface Target {
  /** a host that bridge.yaml names: the pane is on the server there, whatever `socket` says; null: on this machine */
  readonly host: string | null;
  /** absolute paths; `noted`: by a launcher, for this folder */
  readonly socket: {
    readonly named: string | null;
    readonly noted: string | null;
    readonly env: Readonly<Partial<Record<'TMUX' | 'TMUX_SOCKET' | 'TMUX_TMPDIR', string>>>;
  };
  readonly session: string | null;
  readonly pane: string | null;
  readonly label: string;
  /** the label was asked for, and is no default */
  readonly isLabelGiven: boolean;
  readonly agent: string | null;
  readonly pin: Pinned | null;
  /** refuses where several sessions hold such a pane */
  readonly oneSession: boolean;
}

/** The pane that hand tools use when none is named; what is not known of its server is null. */
export interface Pinned {
  readonly paneId: PaneId;
  readonly socketPath: string | null;
  readonly serverPid: number | null;
  readonly server: ServerId | null;
}

/** What was chosen, with what a person should know of the choice. */
export interface Found {
  readonly look: Look;
  readonly warnings: readonly string[];
}

/**
 * The pane a hand tool works on, and a look at its server. A name that this shell's server does not know may be that of a
 * worker elsewhere: `shop/worker`.
 * @param find the look to begin with: `lookToRead` for what types nothing
 */
export async function aim(
  reader: Reader,
  given: Target,
  find: (reader: Reader, target: Target) => Promise<Found>,
): Promise<Found & { readonly pane: PaneFacts }> {
  const target = withHost(reader, given);
  try {
    const here = await find(reader, target);
    const { pane, warnings } = await choosePane(target, here.look.panes);
    return { look: here.look, pane, warnings: [...here.warnings, ...warnings] };
  } catch (fault) {
    const { pane, host } = target;
    const elsewhere = pane === null || host !== null ? null : await workerElsewhere(reader, pane);
    if (elsewhere === null) throw fault;
    return { look: reader.look(elsewhere.socketPath, target.agent), pane: elsewhere, warnings: [] };
  }
}

/** `gpu:main:0.1` is a place on a host that bridge.yaml names; `gpu:` alone is that host. @throws BridgeError where none is called so */
export function withHost({ hosts }: Reader, target: Target): Target {
  if (target.host !== null) {
    if (!hosts.has(target.host)) throw unknownHost(target.host, hosts.all);
    return target;
  }
  const host = target.pane === null ? null : hostOfWay(target.pane);
  if (host === null || !hosts.has(host)) return target;
  return { ...target, host, pane: target.pane!.slice(host.length + 1) || null };
}

/** At the server of this shell, or of the host that is named. @throws BridgeError where there is none */
export async function lookHere(reader: Reader, target: Target): Promise<Found> {
  return { look: reader.look(socketHere(reader, target), target.agent), warnings: [] };
}

/**
 * For what only reads: where this shell has no server and none was named, at the one that the known workers live on. A
 * command that types names a pane there, or is refused.
 * @throws BridgeError naming the servers, where they are several or none
 */
export async function lookToRead(reader: Reader, target: Target): Promise<Found> {
  try {
    return await lookHere(reader, target);
  } catch (fault) {
    if (target.socket.named !== null || target.host !== null) throw fault;
    const here = workersIn(reader).filter(isHere);
    const living = await livingAmong(reader, here);
    const [only, ...others] = new Set(living.map(({ pane }) => pane.socketPath));
    if (only === undefined || others.length > 0) throw fault;
    const warning = `bridge: this shell has no tmux server; this is ${only}, where the known workers are`;
    return { look: reader.look(only, target.agent), warnings: [warning] };
  }
}

/** @throws BridgeError that names the servers of the workers which the state directory knows, where this shell has none */
function socketHere(reader: Reader, { socket, host }: Target): string {
  if (host !== null) return wayTo(host, null);
  try {
    return resolveSocket({ socket: socket.named ?? socket.noted, env: socket.env });
  } catch (fault) {
    if (!(fault instanceof BridgeError)) throw fault;
    const { what, target, reason, exitCode, cause } = fault;
    const known = serversOf(workersIn(reader));
    if (known.length === 0) throw fault;
    const nextStep = `workers that are known: ${known.join(', ')}`;
    throw new BridgeError({ what, target, reason, exitCode, cause, nextStep });
  }
}

function workersIn(reader: Reader): RecordedWorker[] {
  const journal = reader.journal();
  return journal === null ? [] : recordedIn(journal);
}

/** `--socket PATH (worker, …)` of each server that is there and that a recorded worker is on. */
function serversOf(workers: readonly RecordedWorker[]): string[] {
  const names = new Map<string, string[]>();
  for (const { socketPath, name } of workers) {
    if (existsSync(socketPath)) names.set(socketPath, [...(names.get(socketPath) ?? []), name]);
  }
  return [...names].map(([path, workers]) => `--socket ${path} (${[...new Set(workers)].join(', ')})`);
}

/**
 * A living worker that the state directory knows by this name; null where there is none.
 * @throws BridgeError where several have it, or its host is not reached
 */
async function workerElsewhere(reader: Reader, name: string): Promise<PaneFacts | null> {
  const living = await livingAmong(
    reader,
    workersIn(reader).filter((record) => isCalled(record.name, name)),
  );
  const meant = nameMeant(
    name,
    living.map((one) => one.name),
  );
  return living.find((one) => one.name === meant)?.pane ?? null;
}

/** Those whose pane is still theirs, on the server that they were seen on. */
async function livingAmong(
  reader: Reader,
  records: readonly RecordedWorker[],
): Promise<Array<{ readonly name: string; readonly pane: PaneFacts }>> {
  const living: Array<{ name: string; pane: PaneFacts }> = [];
  for (const record of records) {
    const { tmux } = reader.look(record.socketPath, null);
    const pane = await paneFacts(tmux, record.paneId).catch((fault: unknown) => {
      // it may be there: whoever asks is not told of another
      if (isAway(fault)) throw fault;
      return null;
    });
    const isThat = pane !== null && sameServer(pane, record) && pane.panePid === record.panePid;
    if (isThat) living.push({ name: record.name, pane });
  }
  return living;
}

/**
 * The pane a hand tool works on: the one that is named, else one of a label that was given, else the pinned pane, else the
 * pane labelled "worker", else the only pane there is. A label that was asked for is never overruled by a pin.
 */
export async function choosePane(
  target: Target,
  panes: Panes,
): Promise<{ readonly pane: PaneFacts; readonly warnings: readonly string[] }> {
  const all = await panes.list();
  const pane = await choice(target, panes, all);
  return { pane, warnings: otherSessions(target, all, pane) };
}

async function choice(
  { session, pane, label, isLabelGiven, pin }: Target,
  known: Panes,
  all: readonly PaneFacts[],
): Promise<PaneFacts> {
  const panes = oncePerPane(panesOf(session, all));
  if (pane !== null) return known.resolve(pane, session, all);
  if (isLabelGiven) return known.resolve(label, session, all);
  const pinned = pinnedAmong(panes, pin);
  if (pinned) return pinned;
  const labelled = panes.filter((pane) => [pane.label, pane.title, pane.windowName].includes(label));
  if (labelled.length > 0) return known.resolve(label, session, all);
  if (panes.length === 1) return panes[0]!;
  throw usageError(
    'target',
    session ?? 'all sessions',
    `no pane is labelled "${label}" and none is pinned`,
    `name one with --pane, or pin it with \`bridge target\`: ${panes.map(nameOf).join(', ') || 'no panes'}`,
  );
}

/** The panes of a session, or all. @throws BridgeError where there is no such session */
export function panesOf(session: string | null, all: readonly PaneFacts[]): PaneFacts[] {
  const panes = all.filter((pane) => session === null || pane.sessionName === session);
  if (session === null || panes.length > 0) return panes;
  const known = [...new Set(all.map((pane) => pane.sessionName))];
  throw new BridgeError({
    what: 'session',
    target: session,
    reason: 'does not exist',
    nextStep: `sessions: ${known.join(', ') || 'none'}`,
  });
}

/** The pinned pane, if it is still one of these on the server it was pinned on. */
export function pinnedAmong(panes: readonly PaneFacts[], pin: Pinned | null): PaneFacts | null {
  if (pin === null) return null;
  return (
    panes.find(
      (pane) =>
        pane.paneId === pin.paneId &&
        (pin.socketPath === null || pin.socketPath === pane.socketPath) &&
        (pin.serverPid === null || pin.serverPid === serverPidOf(pane.server)) &&
        (pin.server === null || pin.server === pane.server),
    ) ?? null
  );
}

/** MACS warned where several sessions hold a pane of that label, and refused where the user had asked it to. */
function otherSessions(target: Target, all: readonly PaneFacts[], pane: PaneFacts): string[] {
  if (target.session !== null || target.pane !== null) return [];
  const others = oncePerPane(all).filter(
    (other) => other.sessionName !== pane.sessionName && other.label !== '' && other.label === pane.label,
  );
  if (others.length === 0) return [];
  const list = [pane, ...others].map(nameOf).join(', ');
  if (target.oneSession) {
    throw usageError('target', pane.label, `several sessions hold one: ${list}`, 'name the session with --session');
  }
  return [`several sessions hold a pane like this: ${list}; using ${nameOf(pane)}`];
}
