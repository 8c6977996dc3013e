import { resolve } from 'node:path';
import type { Target } from '../app/choose-pane.ts';
import type { PaneFacts } from '../core/pane.ts';
import { readPin } from '../launch/state-folder.ts';
import type { Context } from './context.ts';
import { notedSocket } from './socket.ts';

/** What this command line, this shell and this folder say about which pane is meant. */
export function targetOf({ config }: Context): Target {
  const { host, session, pane, label, agent, socket } = config;
  const { TMUX, TMUX_SOCKET, TMUX_TMPDIR } = process.env;
  const place = { env: process.env, cwd: process.cwd() };
  return {
    host,
    socket: {
      named: absolute(socket),
      noted: absolute(notedSocket(place)),
      env: { TMUX, TMUX_SOCKET: absolute(TMUX_SOCKET) ?? undefined, TMUX_TMPDIR },
    },
    session,
    pane,
    label,
    isLabelGiven: config.given.has('label'),
    agent,
    pin: readPin(place),
    oneSession: /^(1|true|yes|on)$/i.test(process.env.TARGET_PANE_REQUIRE_EXPLICIT_SESSION_ON_MULTI ?? ''),
  };
}

/** The bridge that is asked has a folder of its own. */
function absolute(path: string | null | undefined): string | null {
  return path ? resolve(path) : null;
}

/** How a command names a pane to a bridge: its address, and the way to its server. */
export function addressOf({ host, server, paneId, socketPath }: PaneFacts) {
  return { host, server, paneId, socketPath };
}

/** What people should know besides. */
export function warnAll({ out }: Context, warnings: readonly string[]): void {
  for (const warning of warnings) out.warn(warning);
}
