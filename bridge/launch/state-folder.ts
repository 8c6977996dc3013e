import { existsSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { asPaneId, asServerId, type PaneId, type ServerId, serverPidOf } from '../core/ids.ts';
import { type LaunchEnvironment, setting } from './environment.ts';
import { readSmallFile, replaceFile } from './files.ts';

type Place = Pick<LaunchEnvironment, 'env' | 'cwd'>;

/** The pane that hand tools use when none is named, with the server it belongs to: ids repeat across servers. */
export interface Pin {
  readonly paneId: PaneId;
  /** both null in a file that MACS wrote */
  readonly socketPath: string | null;
  readonly serverPid: number | null;
  /** null in a file that an older bridge wrote */
  readonly server: ServerId | null;
  readonly file: string;
}

/** MACS's order: `$MACS_REPO_ROOT/.codex`, `$CODEX_HOME`, the git top level's `.codex`, `$PWD/.codex`. */
export function stateFolder(place: Place): string {
  const root = setting(place.env, 'MACS_REPO_ROOT');
  if (root !== null) return join(resolve(place.cwd, root), '.codex');
  const codexHome = setting(place.env, 'CODEX_HOME');
  if (codexHome !== null) return resolve(place.cwd, codexHome);
  return join(topLevel(place.cwd) ?? resolve(place.cwd), '.codex');
}

/** Where a launcher keeps its files: as `stateFolder`, but `CODEX_HOME` names an agent's home and is not a repository's. */
export function launchFolder(place: Place): string {
  return stateFolder({ cwd: place.cwd, env: { MACS_REPO_ROOT: place.env.MACS_REPO_ROOT } });
}

/** The nearest folder upward that holds `.git` (a folder, or a file in a work tree). */
function topLevel(from: string): string | null {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder;
    if (dirname(folder) === folder) return null;
  }
}

/** The pin in force here; MACS's older file, in the repository's copy of its tools, is read where there is no newer one. */
export function readPin(place: Place): Pin | null {
  const folder = stateFolder(place);
  for (const file of [pinFile(folder), join(dirname(folder), 'tools', 'tmux_bridge', 'target_pane.txt')]) {
    const [first = '', ...rest] = (readSmallFile(file) ?? '').split('\n').map((line) => line.trim());
    const paneId = asPaneId(first);
    if (paneId === null) continue;
    const value = (key: string) => rest.find((line) => line.startsWith(`${key}=`))?.slice(key.length + 1) || null;
    const pid = Number(value('server-pid'));
    const serverPid = Number.isInteger(pid) && pid > 0 ? pid : null;
    return { paneId, socketPath: value('socket'), serverPid, server: asServerId(value('server') ?? ''), file };
  }
  return null;
}

/** First line the pane id alone, which is all that MACS's own scripts read; the server on the lines below. */
export function writePin(
  place: Place,
  pin: { readonly paneId: PaneId; readonly socketPath: string; readonly server: ServerId },
): string {
  const file = pinFile(stateFolder(place));
  replaceFile(
    file,
    `${pin.paneId}\nsocket=${pin.socketPath}\nserver-pid=${serverPidOf(pin.server)}\nserver=${pin.server}\n`,
  );
  return file;
}

/** True when there was a pin. MACS's older file is never written and never removed. */
export function clearPin(place: Place): boolean {
  const file = pinFile(stateFolder(place));
  const pinned = existsSync(file);
  rmSync(file, { force: true });
  return pinned;
}

export type StateFile = 'tmux-session.txt' | 'tmux-socket.txt' | 'macs-path.txt';

/** The one line of a state file; null when it is absent or empty. */
export function readState(folder: string, name: StateFile): string | null {
  return readSmallFile(join(folder, name))?.split('\n')[0]?.trim() || null;
}

export function writeState(folder: string, name: StateFile, value: string): string {
  const file = join(folder, name);
  replaceFile(file, `${value}\n`);
  return file;
}

function pinFile(folder: string): string {
  return join(folder, 'target-pane.txt');
}
