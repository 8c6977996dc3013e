// What the benchmarks stand on: a private tmux server, and what the system says of a process.
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
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

/** Processor seconds of a process, to the nanosecond, and of its reaped children, to the tick. */
export function cpuSecondsOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const ofChildren = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(13, 15);
  const nanoseconds = readdirSync(`/proc/${pid}/task`).map((task) => {
    return Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]);
  });
  return sum(nanoseconds) / 1e9 + sum(ofChildren.map(Number)) / 100;
}

const sum = (numbers) => numbers.reduce((total, one) => total + one, 0);

/** Resident memory in bytes. */
export function memoryOf(pid) {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024;
}
