import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { steadyClock } from './clock.ts';

/** One process, as far as its place at a terminal matters. */
export interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** the foreground process group of this process's terminal; -1 without a terminal */
  readonly foregroundGroup: number;
  /** stopped by a signal, as Ctrl-Z does */
  readonly stopped: boolean;
  /** in the system's own units; a pid and its start name a process for good */
  readonly startedAt: string;
  readonly comm: string;
}

/** Where processes are read from. Each answer is of its own instant: a process may be gone at the next question. */
export interface ProcessSource {
  read(pid: number): Process | null;
  children(pid: number): number[];
  commandLine(process: Process): string[];
  /** the file that it runs, where the system tells it */
  executable?(process: Process): string | null;
  /** false only where it is known that the process's keys come from elsewhere than a terminal */
  readsTerminal(pid: number): boolean;
}

/** A walk never reads more than this many threads of one process. */
const threadLimit = 256;

export function systemSource(): ProcessSource {
  return existsSync('/proc/self/stat') ? procSource() : psSource(() => steadyClock.now());
}

/** Which processes are seen from here; null where the system has one world of processes only. */
export function pidNamespace(): string | null {
  return linkOrNull('/proc/self/ns/pid');
}

/** Linux: a few small reads of /proc, no process spawned. */
export function procSource(root = '/proc'): ProcessSource {
  return {
    read(pid) {
      const text = readOrNull(`${root}/${pid}/stat`);
      return text === null ? null : parseStat(text);
    },
    children(pid) {
      // a program with threads starts children from any of them (codex 0.169.0, written in Rust, does)
      const threads = listOrEmpty(`${root}/${pid}/task`).slice(0, threadLimit);
      return threads.flatMap((thread) =>
        (readOrNull(`${root}/${pid}/task/${thread}/children`) ?? '').split(' ').filter(Boolean).map(Number),
      );
    },
    commandLine: ({ pid }) => {
      const text = readOrNull(`${root}/${pid}/cmdline`) ?? '';
      // a program that gives itself a title writes it over its arguments, padded with zeros
      return text.replace(/\0+$/, '').split('\0');
    },
    executable: ({ pid }) => linkOrNull(`${root}/${pid}/exe`),
    readsTerminal(pid) {
      try {
        return /^\/dev\/(?:pts\/|tty|console)/.test(readlinkSync(`${root}/${pid}/fd/0`));
      } catch {
        return true; // another user's process, or gone: nothing is known against it
      }
    },
  };
}

/** `pid (comm) state ppid pgrp session tty_nr tpgid … starttime …`; comm may hold spaces and parentheses. */
export function parseStat(text: string): Process | null {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  if (open < 0 || close < open) return null;
  const fields = text.slice(close + 2).split(' ');
  if (fields.length < 20 || fields[0] === 'Z' || fields[0] === 'X') return null;
  return {
    pid: Number(text.slice(0, open)),
    parent: Number(fields[1]),
    group: Number(fields[2]),
    foregroundGroup: Number(fields[5]),
    stopped: fields[0] === 'T',
    startedAt: fields[19]!,
    comm: text.slice(open + 1, close),
  };
}

/** macOS and the BSDs have no /proc: one `ps` shows all processes, and its answer serves every pane for this long. */
const listLivesMs = 1000;

export function psSource(now: () => number, run: () => string = runPs): ProcessSource {
  let list = new Map<number, Process & { readonly command: string }>();
  let takenAt = Number.NEGATIVE_INFINITY;
  const fresh = () => {
    if (now() - takenAt >= listLivesMs || now() < takenAt) {
      list = new Map(parsePs(run()).map((process) => [process.pid, process]));
      takenAt = now();
    }
    return list;
  };
  return {
    read: (pid) => fresh().get(pid) ?? null,
    children: (pid) => [...fresh().values()].filter((process) => process.parent === pid).map((process) => process.pid),
    commandLine: ({ pid }) => fresh().get(pid)?.command.split(' ') ?? [],
    readsTerminal: () => true,
  };
}

function runPs(): string {
  return execFileSync('ps', ['-axo', 'pid=,ppid=,pgid=,tpgid=,stat=,lstart=,command='], {
    encoding: 'utf8',
    timeout: 5000,
    maxBuffer: 16 * 1024 * 1024,
    env: { ...process.env, LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

/** `  501   1 501 501 S+   Fri Nov 21 01:34:05 2026 /usr/bin/login -fp ada` */
export function parsePs(text: string): Array<Process & { readonly command: string }> {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(-?\d+)\s+(-?\d+)\s+(\S+)\s+(\w+\s+\w+\s+\d+\s+[\d:]+\s+\d+)\s+(.*)$/.exec(line);
    if (match === null || match[5]!.startsWith('Z')) return [];
    return [
      {
        pid: Number(match[1]),
        parent: Number(match[2]),
        group: Number(match[3]),
        foregroundGroup: Number(match[4]),
        stopped: match[5]!.startsWith('T'),
        startedAt: match[6]!.replace(/\s+/g, ' '),
        comm: '',
        command: match[7]!,
      },
    ];
  });
}

/** The folder in which a process works; null where the system does not tell, as of another user's. */
export function workingFolder(pid: number): string | null {
  return linkOrNull(`/proc/${pid}/cwd`);
}

/** Processes end while we look at them: a file that cannot be read is an answer. */
export function linkOrNull(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null; // another user's process, or gone
  }
}

export function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

export function listOrEmpty(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
