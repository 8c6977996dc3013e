import { statSync } from 'node:fs';
import type { ProcessTable } from '../core/process-info.ts';
import { linkOrNull, listOrEmpty, type Process, procSource, readOrNull } from './process-source.ts';

/** A program has few processes in its own group; deeper nesting than this is not looked through. */
const memberLimit = 64;

/** What /proc tells of a program's own processes: their arguments, their descriptors, the sockets of this machine. */
export class ProcessFiles {
  readonly #root: string;
  readonly #source: ReturnType<typeof procSource>;

  constructor(root = '/proc') {
    this.#root = root;
    this.#source = procSource(root);
  }

  program(pid: number, startedAt: string) {
    const first = this.#source.read(pid);
    if (first === null || first.startedAt !== startedAt || !this.#isOurs(pid)) return [];
    return this.#group(first).map((process) => this.#member(process));
  }

  others() {
    return this.#own().map((process) => ({
      pid: process.pid,
      argv: this.#source.commandLine(process),
      cwd: this.#link(process.pid, 'cwd'),
    }));
  }

  ours(isWanted: Parameters<ProcessTable['ours']>[0]) {
    const wanted = this.#own().filter((process) =>
      isWanted({ argv: this.#source.commandLine(process), executable: this.#link(process.pid, 'exe') }),
    );
    return wanted.map((process) => this.#member(process));
  }

  /** IPv4 alone: where an agent listens on 127.0.0.1. */
  tcp() {
    return parseTcp(readOrNull(`${this.#root}/self/net/tcp`) ?? '');
  }

  /** The process and its descendants in its own process group, parents before children. */
  #group(first: Process): Process[] {
    const group = [first];
    for (let index = 0; index < group.length && group.length < memberLimit; index++) {
      for (const child of this.#source.children(group[index]!.pid)) {
        const process = this.#source.read(child);
        if (process !== null && process.group === first.group && this.#isOurs(child)) group.push(process);
      }
    }
    return group;
  }

  #member(process: Process) {
    const { pid } = process;
    const descriptors = listOrEmpty(`${this.#root}/${pid}/fd`);
    return {
      pid,
      argv: this.#source.commandLine(process),
      cwd: this.#link(pid, 'cwd'),
      executable: this.#link(pid, 'exe'),
      open: descriptors.flatMap((descriptor) => this.#link(pid, `fd/${descriptor}`) ?? []),
    };
  }

  #own(): Process[] {
    const pids = listOrEmpty(this.#root).filter((name) => /^\d+$/.test(name));
    return pids.flatMap((pid) => (this.#isOurs(Number(pid)) ? (this.#source.read(Number(pid)) ?? []) : []));
  }

  #isOurs(pid: number): boolean {
    try {
      return statSync(`${this.#root}/${pid}`).uid === process.getuid?.();
    } catch {
      return false; // it ended meanwhile
    }
  }

  #link(pid: number, name: string): string | null {
    return linkOrNull(`${this.#root}/${pid}/${name}`);
  }
}

/** `  0: 0100007F:1F90 00000000:0000 0A … uid timeout inode …`; addresses are in the machine's own byte order. */
export function parseTcp(text: string) {
  return text
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const fields = line.trim().split(/\s+/);
      const [, local, remote, state] = fields;
      const inode = fields[9];
      if (!local || !remote || !state || inode === undefined) return [];
      return [{ local: address(local), remote: address(remote), isListening: state === '0A', inode }];
    });
}

function address(hex: string): string {
  const [host = '', port = ''] = hex.split(':');
  const bytes = (host.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16)).reverse();
  return `${bytes.join('.')}:${Number.parseInt(port, 16)}`;
}
