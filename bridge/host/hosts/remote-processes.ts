import type { Clock } from '../../core/clock.ts';
import { type Process, type ProcessSource, parsePs, parseStat } from '../process-source.ts';
import type { RemoteShell } from './remote-shell.ts';

const parted = 'bridge-arguments';

/** Of arguments so many characters are looked at: a link may be slow. */
const argumentsLength = 400;

/**
 * All processes there that have a terminal: as Linux tells them, with the same start as a bridge of that machine reads, and
 * their arguments as `ps` prints them, one line each (busybox's knows no other options); or all that there are, as the `ps`
 * of macOS and the BSDs tells them. Of what Linux tells no more is sent than up to the start (the 22nd word).
 */
const script = [
  'if [ -r /proc/self/stat ]; then',
  `  cat /proc/[0-9]*/stat 2>/dev/null | sed -e '/) [A-Za-z]\\( -*[0-9]*\\)\\{3\\} 0 /d' -e 's/^\\(.*) [A-Za-z]\\( -*[0-9]*\\)\\{19\\}\\).*/\\1/'`,
  `  echo ${parted}`,
  `  { ps -axww -o tty=,pid=,args= 2>/dev/null || ps -o tty,pid,args 2>/dev/null; } | grep -v '^?' | cut -c1-${argumentsLength}`,
  'else',
  '  LC_ALL=C ps -axo pid=,ppid=,pgid=,tpgid=,stat=,lstart=,command= 2>/dev/null',
  'fi; true',
].join('\n');

type Known = Process & { readonly command: string };

/** The processes of another machine, as they were when they were asked for last. */
export class RemoteProcesses implements ProcessSource {
  readonly #shell: Pick<RemoteShell, 'run'>;
  readonly #clock: Pick<Clock, 'now'>;
  #list: ReadonlyMap<number, Known> = new Map();
  #children: ReadonlyMap<number, readonly number[]> = new Map();
  #askedAt = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | null = null;

  constructor(shell: Pick<RemoteShell, 'run'>, clock: Pick<Clock, 'now'>) {
    this.#shell = shell;
    this.#clock = clock;
  }

  /** Asks anew unless what is known was asked for at most so long ago. @throws HostAway */
  async refresh(atMostMs: number): Promise<void> {
    // one that is under way may have looked before now
    if (this.#asking !== null) await this.#asking.catch(() => {});
    if (this.#clock.now() - this.#askedAt <= atMostMs) return;
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = null;
    });
    await this.#asking;
  }

  read(pid: number): Process | null {
    return this.#list.get(pid) ?? null;
  }

  children(pid: number): number[] {
    return [...(this.#children.get(pid) ?? [])];
  }

  commandLine({ pid }: Process): string[] {
    return this.#list.get(pid)?.command.split(' ') ?? [];
  }

  readsTerminal(): boolean {
    return true;
  }

  async #ask(): Promise<void> {
    const askedAt = this.#clock.now();
    const { output } = await this.#shell.run(script);
    const list = parseProcesses(output);
    const children = new Map<number, number[]>();
    for (const { pid, parent } of list) children.set(parent, [...(children.get(parent) ?? []), pid]);
    this.#list = new Map(list.map((process) => [process.pid, process]));
    this.#children = children;
    this.#askedAt = askedAt;
  }
}

export function parseProcesses(output: string): Known[] {
  const lines = output.split('\n');
  const at = lines.lastIndexOf(parted);
  if (at < 0) return parsePs(output);
  const commands = new Map(
    lines.slice(at + 1).flatMap((line) => {
      const match = /^\S+\s+(\d+) (.*)$/.exec(line);
      return match === null ? [] : [[Number(match[1]), match[2]!] as const];
    }),
  );
  return lines.slice(0, at).flatMap((line) => {
    const process = parseStat(line);
    return process === null ? [] : [{ ...process, command: commands.get(process.pid) ?? process.comm }];
  });
}
