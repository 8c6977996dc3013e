import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { asPaneId, type PaneId } from '../core/ids.ts';
import { readSmallFile, replaceFile } from './files.ts';
import { type LaunchWorld, setting } from './world.ts';

/** The pane that hand tools use when none is named, with the server it belongs to: ids repeat across servers. */
export interface Pin {
  readonly paneId: PaneId;
  /** null in a file that MACS wrote */
  readonly socketPath: string | null;
  readonly serverPid: number | null;
  readonly file: string;
}

/** MACS's order: `$MACS_REPO_ROOT/.codex`, `$CODEX_HOME`, the git top level's `.codex`, `$PWD/.codex`. */
export function stateFolder(world: Pick<LaunchWorld, 'env' | 'cwd'>): string {
  const root = setting(world.env, 'MACS_REPO_ROOT');
  if (root !== null) return join(resolve(world.cwd, root), '.codex');
  const codexHome = setting(world.env, 'CODEX_HOME');
  if (codexHome !== null) return resolve(world.cwd, codexHome);
  return join(topLevel(world.cwd) ?? resolve(world.cwd), '.codex');
}

/** Where a launcher keeps its files: as `stateFolder`, but `CODEX_HOME` names an agent's home and is not a repository's. */
export function launchFolder(world: Pick<LaunchWorld, 'env' | 'cwd'>): string {
  return stateFolder({ cwd: world.cwd, env: { MACS_REPO_ROOT: world.env.MACS_REPO_ROOT } });
}

/** The nearest folder upward that holds `.git` (a folder, or a file in a work tree). */
export function topLevel(from: string): string | null {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder;
    if (dirname(folder) === folder) return null;
  }
}

/** The pin in this state folder; MACS's older file beside its scripts is read where there is no newer one. */
export async function readPin(folder: string): Promise<Pin | null> {
  for (const file of [pinFile(folder), join(dirname(folder), 'tools', 'tmux_bridge', 'target_pane.txt')]) {
    const text = await readSmallFile(file);
    const [first, ...rest] = (text ?? '').split('\n').map((line) => line.trim());
    const paneId = asPaneId(first ?? '');
    if (paneId === null) continue;
    const value = (key: string) => rest.find((line) => line.startsWith(`${key}=`))?.slice(key.length + 1) || null;
    const pid = Number(value('server-pid'));
    return { paneId, socketPath: value('socket'), serverPid: Number.isInteger(pid) && pid > 0 ? pid : null, file };
  }
  return null;
}

/** First line the pane id alone, which is all that MACS's own scripts read; the server on the lines below. */
export async function writePin(
  folder: string,
  pin: { readonly paneId: PaneId; readonly socketPath: string; readonly serverPid: number },
): Promise<string> {
  const file = pinFile(folder);
  await replaceFile(file, `${pin.paneId}\nsocket=${pin.socketPath}\nserver-pid=${pin.serverPid}\n`);
  return file;
}

/** True when there was a pin. MACS's older file is never written and never removed. */
export async function clearPin(folder: string): Promise<boolean> {
  const file = pinFile(folder);
  const held = (await readSmallFile(file)) !== null;
  await rm(file, { force: true });
  return held;
}

export type StateFile = 'tmux-session.txt' | 'tmux-socket.txt' | 'macs-path.txt';

/** The one line of a state file; null when it is absent or empty. */
export async function readState(folder: string, name: StateFile): Promise<string | null> {
  const text = await readSmallFile(join(folder, name));
  return text?.split('\n')[0]?.trim() || null;
}

export async function writeState(folder: string, name: StateFile, value: string): Promise<string> {
  const file = join(folder, name);
  await replaceFile(file, `${value}\n`);
  return file;
}

function pinFile(folder: string): string {
  return join(folder, 'target-pane.txt');
}
