// What the benchmarks stand on: a private tmux server, and what the system says of a process.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

export async function commandOutput(program, args) {
  return (await execute(program, args)).stdout;
}

export function freshTmux(folder) {
  const socket = join(folder, 's');
  return { socket, run: (...args) => commandOutput('tmux', ['-S', socket, '-f', '/dev/null', ...args]) };
}

/** Processor seconds of a process and its reaped children. */
export function cpuSecondsOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / 100;
}

/** Resident memory in bytes. */
export function memoryOf(pid) {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024;
}
