import { existsSync } from 'node:fs';
import { processNames } from '../agent-programs/index.ts';
import { type RecordedWorker, recordedWorkers } from '../app/recorded-workers.ts';
import type { Config } from '../config/config-values.ts';
import { BridgeError, wrongUse } from '../core/failure.ts';
import { serverPidOf } from '../core/ids.ts';
import { isCalled, nameMeant } from '../core/names.ts';
import { type PaneFacts, sameServer } from '../core/pane.ts';
import { systemClock } from '../host/clock.ts';
import { ProcessTree } from '../host/process-tree.ts';
import { readPin } from '../launch/state-folder.ts';
import { type KnownPane, nameOf, Panes } from '../panes/panes.ts';
import { call } from '../server/socket.ts';
import { socketPath } from '../server/socket-path.ts';
import { ExecCommands } from '../tmux/exec.ts';
import { oncePerPane } from '../tmux/facts.ts';
import { listPanes, paneFacts } from '../tmux/pane.ts';
import { resolveSocket } from '../tmux/socket.ts';
import { QuestionsTogether } from '../tmux/together.ts';
import type { Context } from './context.ts';
import { socketChoice } from './socket.ts';

/** A look at one tmux server for one command: a process per question, nothing left attached. */
export interface Looker {
  readonly known: Panes;
  readonly tmux: ExecCommands;
  readonly socketPath: string;
}

/** At the server of this shell. */
export function lookerHere(context: Context): Looker {
  return lookerAt(context, socketHere(context));
}

/**
 * For a command that only reads: where this shell has no server and none was named, at the one that the known workers live
 * on. A command that types names a pane there, or is refused.
 * @throws BridgeError naming the servers, where they are several or none
 */
export async function lookerToRead(context: Context): Promise<Looker> {
  const beside = await knownByBridge(context);
  try {
    return lookerAt(context, socketHere(context), beside);
  } catch (fault) {
    const { socket, home } = context.config;
    if (socket !== null) throw fault;
    const living = await livingAmong(recordedWorkers(home));
    const [only, ...others] = new Set(living.map(({ pane }) => pane.socketPath));
    if (only === undefined || others.length > 0) throw fault;
    context.out.warn(`bridge: this shell has no tmux server; this is ${only}, where the known workers are`);
    return lookerAt(context, only, beside);
  }
}

/** What no single look can show: what a living bridge has heard and measured of the panes that it watches. */
async function knownByBridge({ config }: Context): Promise<readonly KnownPane[]> {
  const reply = await call(socketPath(config.home), 'panes', {});
  return (reply?.ok ?? []) as readonly KnownPane[];
}

/** @throws BridgeError that names the servers of the workers which the state directory knows, where this shell has none */
function socketHere({ config }: Context): string {
  try {
    return resolveSocket(socketChoice(config));
  } catch (fault) {
    if (!(fault instanceof BridgeError)) throw fault;
    const { what, target, reason, exitCode, cause } = fault;
    const known = serversOf(config.home);
    if (known.length === 0) throw fault;
    throw new BridgeError({
      what,
      target,
      reason,
      exitCode,
      cause,
      nextStep: `workers that are known: ${known.join(', ')}`,
    });
  }
}

/** `--socket PATH (worker, …)` of each server that is there and that a recorded worker is on. */
function serversOf(home: string): string[] {
  const names = new Map<string, string[]>();
  for (const { socketPath, name } of recordedWorkers(home)) {
    if (existsSync(socketPath)) names.set(socketPath, [...(names.get(socketPath) ?? []), name]);
  }
  return [...names].map(([path, workers]) => `--socket ${path} (${[...new Set(workers)].join(', ')})`);
}

/** @param beside what a living bridge knows of the panes there */
export function lookerAt({ config }: Context, socketPath: string, beside: readonly KnownPane[] = []): Looker {
  const tmux = new ExecCommands({ socketPath });
  const together = new QuestionsTogether(tmux);
  const known = new Panes({
    servers: { of: () => together, panes: () => listPanes(tmux) },
    processes: new ProcessTree(processNames),
    clock: systemClock,
    choiceFor: () => ({ agent: config.agent, agents: config.agents }),
    beside,
  });
  return { known, tmux, socketPath };
}

/**
 * The pane a hand tool works on, and a look at its server. A name that this shell's server does not know may be that of a
 * worker elsewhere: `shop/worker`.
 * @param lookAt the server to begin with: `sightToRead` for one that types nothing
 */
export async function aim(
  context: Context,
  lookAt: (context: Context) => Looker | Promise<Looker> = lookerHere,
): Promise<Looker & { readonly pane: PaneFacts }> {
  try {
    const here = await lookAt(context);
    return { ...here, pane: await choosePane(context, here.known) };
  } catch (fault) {
    const { pane: name } = context.config;
    const elsewhere = name === null ? null : await workerElsewhere(context, name);
    if (elsewhere === null) throw fault;
    return { ...lookerAt(context, elsewhere.socketPath, await knownByBridge(context)), pane: elsewhere };
  }
}

/** A living worker that the state directory knows by this name; null where there is none. @throws BridgeError where several have it */
async function workerElsewhere({ config }: Context, name: string): Promise<PaneFacts | null> {
  await call(socketPath(config.home), 'ping', {});
  const living = await livingAmong(recordedWorkers(config.home).filter((record) => isCalled(record.name, name)));
  const meant = nameMeant(
    name,
    living.map((one) => one.name),
  );
  return living.find((one) => one.name === meant)?.pane ?? null;
}

/** Those whose pane is still theirs, on the server that they were seen on. */
async function livingAmong(
  records: readonly RecordedWorker[],
): Promise<Array<{ readonly name: string; readonly pane: PaneFacts }>> {
  const living: Array<{ name: string; pane: PaneFacts }> = [];
  for (const record of records) {
    const pane = await paneFacts(new ExecCommands({ socketPath: record.socketPath }), record.paneId).catch(() => null);
    const isThat = pane !== null && sameServer(pane, record) && pane.panePid === record.panePid;
    if (isThat) living.push({ name: record.name, pane });
  }
  return living;
}

/** How a command names a pane to a bridge: its address, and the way to its server. */
export function addressOf({ host, server, paneId, socketPath }: PaneFacts) {
  return { host, server, paneId, socketPath };
}

/**
 * The pane a hand tool works on: `--pane`, else a `--label` that was given, else the pinned pane, else the pane labelled
 * "worker", else the only pane there is. A label that was asked for is never overruled by a pin.
 */
export async function choosePane({ config, out }: Context, known: Panes): Promise<PaneFacts> {
  const pane = await choice(config, known);
  await warnOfOtherSessions(config, known, pane, out.warn);
  return pane;
}

async function choice(config: Config, known: Panes): Promise<PaneFacts> {
  const { session } = config;
  const all = await known.list();
  const panes = oncePerPane(panesOf(session, all));
  if (config.pane !== null) return known.resolve(config.pane, session, all);
  if (config.given.has('label')) return known.resolve(config.label, session, all);
  const pinned = pinnedPane(panes);
  if (pinned) return pinned;
  const labelled = panes.filter((pane) => [pane.label, pane.title, pane.windowName].includes(config.label));
  if (labelled.length > 0) return known.resolve(config.label, session);
  if (panes.length === 1) return panes[0]!;
  throw wrongUse(
    'target',
    session ?? 'all sessions',
    `no pane is labelled "${config.label}" and none is pinned`,
    `name one with --pane, or pin it with \`bridge target\`: ${panes.map(nameOf).join(', ') || 'there are no panes'}`,
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
export function pinnedPane(panes: readonly PaneFacts[]): PaneFacts | null {
  const pin = readPin({ env: process.env, cwd: process.cwd() });
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
async function warnOfOtherSessions(
  config: Config,
  known: Panes,
  pane: PaneFacts,
  warn: (line: string) => void,
): Promise<void> {
  if (config.session !== null || config.pane !== null) return;
  const others = oncePerPane(await known.list()).filter(
    (other) => other.sessionName !== pane.sessionName && other.label !== '' && other.label === pane.label,
  );
  if (others.length === 0) return;
  const list = [pane, ...others].map(nameOf).join(', ');
  if (/^(1|true|yes|on)$/i.test(process.env.TARGET_PANE_REQUIRE_EXPLICIT_SESSION_ON_MULTI ?? '')) {
    throw wrongUse('target', pane.label, `several sessions hold one: ${list}`, 'name the session with --session');
  }
  warn(`several sessions hold a pane like this: ${list}; using ${nameOf(pane)}`);
}

export function describePane(pane: PaneFacts): Record<string, unknown> {
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
