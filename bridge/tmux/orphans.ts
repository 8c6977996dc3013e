import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A control client of ours, as it is kept in a file for whoever comes after a SIGKILL. */
export interface ClientRecord {
  readonly pid: number;
  /** unique to the client, and part of its command line */
  readonly marker: string;
}

/**
 * Keeps the list of this process. Others that look after the same server from the same state directory have one each:
 * a command beside a bridge that is just starting, for one.
 * @param place where the lists of one server are kept: a path, to which each process adds its pid
 */
export function writeClients(place: string, clients: readonly ClientRecord[]): void {
  const file = listOf(place, process.pid);
  if (clients.length === 0) {
    rmSync(file, { force: true });
    return;
  }
  const draft = `${file}.new`;
  writeFileSync(draft, `${clients.map(({ pid, marker }) => `${pid} ${marker}`).join('\n')}\n`, { mode: 0o600 });
  renameSync(draft, file);
}

/** The list that a process left; none is an empty one, and a line that is no record is none of ours. */
export function readClients(place: string, keeper: number = process.pid): ClientRecord[] {
  let text: string;
  try {
    text = readFileSync(listOf(place, keeper), 'utf8');
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw fault;
  }
  return [...text.matchAll(/^(\d{1,9}) (bridge-[0-9a-f]{16})$/gm)].map((match) => ({
    pid: Number(match[1]),
    marker: match[2]!,
  }));
}

/**
 * Ends the clients that predecessors left, and removes their lists. Each is ended only if the process with that id still
 * carries that client's own marker: pids are used again. Those of a process that lives are its own. @returns how many were
 * ended
 */
export async function reapClients(place: string): Promise<number> {
  const counts = await Promise.all(
    keepers(place).map(async (keeper) => {
      const ended = await Promise.all(readClients(place, keeper).map(reap));
      for (const file of [listOf(place, keeper), `${listOf(place, keeper)}.new`]) rmSync(file, { force: true });
      return ended.filter(Boolean).length;
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Whose lists lie there and who lives no more, or had the pid of this process before it. */
function keepers(place: string): number[] {
  const names = existsSync(dirname(place)) ? readdirSync(dirname(place)) : [];
  const pids = names.flatMap((name) => {
    const found = name.startsWith(`${basename(place)}.`) && ofKeeper.exec(name.slice(basename(place).length));
    return found ? [Number(found[1])] : [];
  });
  return [...new Set(pids)].filter((pid) => !isAnother(pid));
}

const ofKeeper = /^\.(\d{1,9})(?:\.new)?$/;

function listOf(place: string, keeper: number): string {
  return `${place}.${keeper}`;
}

/** Another process has that id now, whoever's it is. */
export function isAnother(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (fault) {
    return (fault as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function reap(client: ClientRecord): Promise<boolean> {
  let ended = false;
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (!(await isStill(client))) return ended;
    ended = end(client.pid, signal);
    for (let waited = 0; waited < PATIENCE_MS && (await isStill(client)); waited += 20) await delay(20);
  }
  return ended;
}

/** How long a client may take to go after a signal before the next one. */
const PATIENCE_MS = 1_000;

function end(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw fault;
  }
}

async function isStill({ pid, marker }: ClientRecord): Promise<boolean> {
  const words = await commandLineOf(pid);
  return words.includes('tmux') && words.includes(marker);
}

/** Empty when there is no such process, or only what is left of one. */
async function commandLineOf(pid: number): Promise<string> {
  if (process.platform === 'linux') {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
    } catch (fault) {
      if (['ENOENT', 'ESRCH'].includes((fault as NodeJS.ErrnoException).code ?? '')) return '';
      throw fault;
    }
  }
  return new Promise((resolve, reject) => {
    execFile('ps', ['-ww', '-o', 'args=', '-p', String(pid)], { timeout: 5_000 }, (fault, stdout) => {
      // ps exits with 1 where there is no such process
      if (fault !== null && fault.code !== 1) reject(fault);
      else resolve(stdout);
    });
  });
}
