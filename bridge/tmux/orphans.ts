import { execFile } from 'node:child_process';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** A control client of ours, as it is kept in a file for whoever comes after a SIGKILL. */
export interface ClientRecord {
  readonly pid: number;
  /** unique to the client, and part of its command line */
  readonly marker: string;
}

export function writeClients(file: string, clients: readonly ClientRecord[]): void {
  writeFileSync(`${file}.new`, `${clients.map(({ pid, marker }) => `${pid} ${marker}`).join('\n')}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** The list as it was left; an absent file is an empty list, and a line that is no record is none of ours. */
export function readClients(file: string): ClientRecord[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
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
 * Ends the clients that a predecessor left. Each is ended only if the process with that id still carries that client's
 * own marker: pids are used again. The list is empty then. @returns how many were ended
 */
export async function reapClients(file: string): Promise<number> {
  const left = readClients(file);
  const ended = await Promise.all(left.map(reap));
  if (left.length > 0) writeClients(file, []);
  return ended.filter(Boolean).length;
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
