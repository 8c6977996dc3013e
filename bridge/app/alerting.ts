import { AlertQueue } from '../alerts/alert-queue.ts';
import type { ActionLinks } from '../alerts/links.ts';
import { type LinkFor, recallersFor, sendersFor, type WaysSetUp } from '../alerts/senders.ts';
import type { Config } from '../config/config-values.ts';
import type { AlertLink, AlertWay } from '../core/alert.ts';
import { humanName } from '../core/member.ts';
import type { MessageId } from '../core/message.ts';
import { systemClock } from '../host/clock.ts';
import { ExecCommands } from '../tmux/exec.ts';
import { clientTerminals } from '../tmux/pane.ts';
import { socketPathOf } from '../tmux/socket.ts';
import { alertOf, isSettled, type Known, settledBy } from './alert-of.ts';
import type { Bridge } from './bridge.ts';
import { hasEnded } from './ended-agent.ts';
import { pushOf } from './push.ts';

/**
 * Has a person called for what needs one, from now on. A dry run calls nobody.
 * @param linkBase where the server is reached by now
 * @returns `watched`: to be called once panes are watched, which tells who is there: what was settled meanwhile is found from then on
 */
export function alerting(
  bridge: Bridge,
  linkBase: () => AlertLink,
): { readonly queue: AlertQueue; watched(): void; close(): void } {
  const { config, journal, links } = bridge;
  const linkFor = config.notify.links === true ? linksOf(links, linkBase) : () => null;
  const setUp = waysSetUp(config);
  const push = pushOf(config, bridge.subscriptions);
  const queue = new AlertQueue({
    memory: journal,
    clock: systemClock,
    settings: {
      rules: config.notify.rules ?? [],
      quiet: config.notify.quiet ?? null,
      unasked: config.notify.bell === undefined ? ['bell'] : [],
    },
    senders: config.dryRun ? {} : sendersFor(setUp, () => terminalsOf(config), linkFor, push),
    recallers: config.dryRun ? {} : recallersFor(setUp, push),
    say: (text) => bridge.say('warning', text),
  });
  const stop = bridge.listen((event) => {
    const settled = settledBy(event);
    if (settled !== null) queue.settle(settled);
    if (settled !== null && event.type === 'request-changed') links.end(event.request.id);
    const alert = alertOf(event);
    if (alert !== null) queue.raise({ ...alert, id: bridge.mint(), raisedAt: systemClock.now() });
  });
  queue.resume();
  let stopLooking = () => {};
  const look = () => {
    stopLooking = systemClock.after(lookMs, look);
    const known = knownTo(bridge);
    try {
      queue.settle((alert) => isSettled(alert, known));
    } catch {
      // the journal cannot be written just now, which its other writers say: the next look settles it
    }
  };
  return {
    queue,
    watched: () => {
      if (queue.unsettled.length > 0)
        for (const delivery of journal.deliveries({ limit: mostMissed })) {
          const settled = settledBy({ type: 'delivery-changed', delivery });
          if (settled !== null) queue.settle(settled);
        }
      look();
    },
    close: () => {
      stopLooking();
      stop();
      queue.close();
    },
  };
}

/** How often it is looked whether a matter is settled of which nobody tells: its agent has ended, or another process has written of it. */
const lookMs = 2_000;
/** So many texts may have been typed while no bridge ran. */
const mostMissed = 200;

function knownTo({ journal, servers, watchedMembers }: Bridge): Known {
  const watched = watchedMembers.map(({ identity }) => identity);
  return {
    request: (id) => journal.request(id),
    delivery: (id) => journal.delivery(id),
    mail: (id) => journal.mail.mail(id as MessageId, humanName)?.state ?? null,
    hasEnded: (agent) => hasEnded(agent, servers, watched),
  };
}

/** One link for each alert, whichever way it goes and however often it is tried. */
function linksOf(links: ActionLinks, linkBase: () => AlertLink): LinkFor {
  const codes = new Map<string, string>();
  return ({ id, request }) => {
    if (request === undefined) return null;
    const base = linkBase();
    if ('why' in base) return base;
    const known = codes.get(id);
    const code = known !== undefined && links.requestOf(known) !== null ? known : links.mint(request);
    if (code === null) return { why: 'only who looks at its pane can decide this' };
    if (codes.size >= mostCodes) codes.delete(codes.keys().next().value!);
    codes.set(id, code);
    return { url: `${base.url}/a/${code}` };
  };
}

const mostCodes = 200;

/** What bridge.yaml says; without a word of it the bell rings. */
export function waysSetUp({ notify }: Pick<Config, 'notify'>): WaysSetUp {
  const { bell = true, desktop = false, command = null, webhook = null, ntfy } = notify;
  return {
    bell,
    desktop,
    command,
    webhook,
    ntfy: ntfy === undefined ? null : { url: ntfy.url, token: ntfy.token ?? null },
  };
}

/** The ways by which a person is called. */
export function waysNamed(bridge: Pick<Bridge, 'config' | 'subscriptions'>): AlertWay[] {
  const { config, subscriptions } = bridge;
  const none = async () => [];
  return Object.keys(sendersFor(waysSetUp(config), none, () => null, pushOf(config, subscriptions))) as AlertWay[];
}

/** Wherever somebody looks at the server, and where the bridge itself was started. */
export async function terminalsOf({ socket }: Pick<Config, 'socket'>): Promise<readonly string[]> {
  const tmux = new ExecCommands({ socketPath: socketPathOf({ socket, env: process.env }) });
  return [...(await clientTerminals(tmux).catch(() => [])), '/dev/tty'];
}
