import { AlertQueue } from '../alerts/alert-queue.ts';
import { sendersFor, type WaysSetUp } from '../alerts/senders.ts';
import type { Config } from '../config/config-values.ts';
import { systemClock } from '../host/clock.ts';
import { ExecCommands } from '../tmux/exec.ts';
import { clientTerminals } from '../tmux/pane.ts';
import { socketPathOf } from '../tmux/socket.ts';
import { alertOf, settledBy } from './alert-of.ts';
import type { Bridge } from './bridge.ts';

/** Has a person called for what needs one, from now on. A dry run calls nobody. */
export function alerting(bridge: Bridge): { readonly queue: AlertQueue; close(): void } {
  const { config, journal } = bridge;
  const queue = new AlertQueue({
    memory: journal,
    clock: systemClock,
    settings: {
      rules: config.notify.rules ?? [],
      quiet: config.notify.quiet ?? null,
      unasked: config.notify.bell === undefined ? ['bell'] : [],
    },
    senders: config.dryRun ? {} : sendersFor(waysSetUp(config), () => terminalsOf(config)),
    say: (text) => bridge.say('warning', text),
  });
  const stop = bridge.listen((event) => {
    const settled = settledBy(event);
    if (settled !== null) queue.settle(settled);
    const alert = alertOf(event);
    if (alert !== null) queue.raise({ ...alert, id: bridge.mint(), raisedAt: systemClock.now() });
  });
  queue.resume();
  return {
    queue,
    close: () => {
      stop();
      queue.close();
    },
  };
}

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

/** Wherever somebody looks at the server, and where the bridge itself was started. */
export async function terminalsOf({ socket }: Pick<Config, 'socket'>): Promise<readonly string[]> {
  const tmux = new ExecCommands({ socketPath: socketPathOf({ socket, env: process.env }) });
  return [...(await clientTerminals(tmux).catch(() => [])), '/dev/tty'];
}
