import type { Config } from '../config.ts';
import { BridgeError, wrongUse } from '../core/failure.ts';
import type { PaneFacts } from '../core/pane.ts';
import { systemClock } from '../host/clock.ts';
import { ProcessTree } from '../host/process-tree.ts';
import { readPin } from '../launch/state-folder.ts';
import { nameOf, Sight } from '../sight.ts';
import { ExecCommands } from '../tmux/exec.ts';
import { oncePerPane } from '../tmux/pane.ts';
import { resolveSocket } from '../tmux/socket.ts';
import type { Context } from './context.ts';
import { socketChoice } from './socket.ts';

/** A look at tmux for one command: a process per question, nothing left attached. */
export function sightOf(context: Context): { sight: Sight; tmux: ExecCommands; socketPath: string } {
  const { config } = context;
  const socketPath = resolveSocket(socketChoice(config));
  const tmux = new ExecCommands({ socketPath });
  const sight = new Sight({
    tmux,
    processes: new ProcessTree(),
    clock: systemClock,
    choice: { agent: config.agent, agents: config.agents },
  });
  return { sight, tmux, socketPath };
}

/**
 * The pane a hand tool works on: `--pane`, else a `--label` that was given, else the pinned pane, else the pane labelled
 * "worker", else the only pane there is. A label that was asked for is never overruled by a pin.
 */
export async function choosePane({ config, out }: Context, sight: Sight): Promise<PaneFacts> {
  const pane = await choice(config, sight);
  await warnOfOtherSessions(config, sight, pane, out.warn);
  return pane;
}

async function choice(config: Config, sight: Sight): Promise<PaneFacts> {
  if (config.pane !== null) return sight.resolve(config.pane, config.session);
  const session = config.session;
  if (config.given.has('label')) return sight.resolve(config.label, session);
  const panes = oncePerPane((await sight.panes()).filter((pane) => session === null || pane.sessionName === session));
  if (session !== null && panes.length === 0) {
    const known = [...new Set((await sight.panes()).map((pane) => pane.sessionName))];
    throw new BridgeError({
      what: 'session',
      target: session,
      reason: 'does not exist',
      nextStep: `sessions: ${known.join(', ') || 'none'}`,
    });
  }
  const pinned = pinnedPane(panes);
  if (pinned) return pinned;
  const labelled = panes.filter((pane) => [pane.label, pane.title, pane.windowName].includes(config.label));
  if (labelled.length > 0) return sight.resolve(config.label, session);
  if (panes.length === 1) return panes[0]!;
  throw wrongUse(
    'target',
    session ?? 'all sessions',
    `no pane is labelled "${config.label}" and none is pinned`,
    `name one with --pane, or pin it with \`bridge target\`: ${panes.map(nameOf).join(', ') || 'there are no panes'}`,
  );
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
        (pin.serverPid === null || pin.serverPid === pane.serverPid),
    ) ?? null
  );
}

/** MACS warned where several sessions hold a pane of that label, and refused where the user had asked it to. */
async function warnOfOtherSessions(
  config: Config,
  sight: Sight,
  pane: PaneFacts,
  warn: (line: string) => void,
): Promise<void> {
  if (config.session !== null || config.pane !== null) return;
  const others = oncePerPane(await sight.panes()).filter(
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
