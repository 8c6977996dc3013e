import { readdirSync, readFileSync } from 'node:fs';
import { execa } from 'execa';

export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** tells a reused pid apart */
  readonly startedAt: string;
}

/**
 * The living processes that descend from `root` or sit in its process group. A process that
 * has ended and waits to be reaped is not living.
 */
export async function treeOf(root: number): Promise<ProcessRow[]> {
  const rows = process.platform === 'linux' ? readProc() : await readPs();
  const members = new Set([root]);
  for (let grew = true; grew; ) {
    const found = rows.filter(
      (row) => !members.has(row.pid) && (members.has(row.parent) || row.group === root) && row.pid !== process.pid,
    );
    for (const row of found) members.add(row.pid);
    grew = found.length > 0;
  }
  return rows.filter((row) => members.has(row.pid));
}

/** Which of these still live: same pid, same start. */
export async function stillLiving(known: readonly ProcessRow[]): Promise<ProcessRow[]> {
  if (known.length === 0) return [];
  const rows = process.platform === 'linux' ? readProc() : await readPs();
  const starts = new Map(rows.map((row) => [row.pid, row.startedAt]));
  return known.filter((row) => starts.get(row.pid) === row.startedAt);
}

function readProc(): ProcessRow[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    let stat: string;
    try {
      stat = readFileSync(`/proc/${name}/stat`, 'latin1');
    } catch {
      return []; // it ended between the listing and the look
    }
    // the program's name stands in parentheses and may hold spaces and parentheses itself
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return [];
    return [{ pid: Number(name), parent: Number(fields[1]), group: Number(fields[2]), startedAt: fields[19] ?? '' }];
  });
}

async function readPs(): Promise<ProcessRow[]> {
  const { stdout } = await execa('ps', ['-A', '-o', 'pid=,ppid=,pgid=,stat=,lstart='], { timeout: 5_000 });
  return stdout.split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.+)$/.exec(line);
    if (match === null || match[4]!.startsWith('Z')) return [];
    return [{ pid: Number(match[1]), parent: Number(match[2]), group: Number(match[3]), startedAt: match[5]! }];
  });
}
