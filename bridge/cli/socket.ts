import { existsSync } from 'node:fs';
import type { Config } from '../config.ts';
import { readState, stateFolder } from '../launch/state-folder.ts';
import { type SocketChoice, socketPathOf } from '../tmux/socket.ts';

/** `--socket`, else TMUX_SOCKET, else the server a launcher noted for this folder while it lives, else tmux's own rules. */
export function socketChoice(config: Config): SocketChoice {
  const place = { env: process.env, cwd: process.cwd() };
  const noted = config.socket === null ? readState(stateFolder(place), 'tmux-socket.txt') : null;
  const alive = noted !== null && existsSync(noted) ? noted : null;
  return { socket: config.socket ?? alive, env: process.env };
}

/** Where the tmux server is, or would be: the daemon waits for one that is not there yet. */
export function socketOf(config: Config): string {
  return socketPathOf(socketChoice(config));
}
