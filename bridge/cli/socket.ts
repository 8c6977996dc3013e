import { existsSync } from 'node:fs';
import type { Config } from '../config/config-values.ts';
import { launchFolder, readState, stateFolder } from '../launch/state-folder.ts';
import { type SocketChoice, socketPathOf } from '../tmux/socket.ts';

/** `--socket`, else TMUX_SOCKET, else the server a launcher noted for this folder while it lives, else tmux's own rules. */
export function socketChoice(config: Config): SocketChoice {
  return { socket: config.socket ?? notedSocket({ env: process.env, cwd: process.cwd() }), env: process.env };
}

/** What a launcher noted for this folder comes before what MACS's order finds: `CODEX_HOME` is an agent's, for every folder. */
export function notedSocket(place: { env: NodeJS.ProcessEnv; cwd: string }): string | null {
  const noted = [launchFolder(place), stateFolder(place)].map((folder) => readState(folder, 'tmux-socket.txt'));
  return noted.find((path) => path !== null && existsSync(path)) ?? null;
}

/** Where the tmux server is, or would be: the daemon waits for one that is not there yet. */
export function socketOf(config: Config): string {
  return socketPathOf(socketChoice(config));
}
