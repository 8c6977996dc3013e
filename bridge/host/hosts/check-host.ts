import { type NotReached, whyNotReached } from './not-reached.ts';
import { morePlaces } from './remote-shell.ts';
import { inQuotes, type SshHost } from './ssh-host.ts';
import { sshOnce } from './ssh-once.ts';

/** What a bridge needs there, and what it found. */
export interface FoundHost {
  readonly is: 'reached';
  /** from the call of ssh to its end, milliseconds */
  readonly tookMs: number;
  /** `Linux`, `Darwin` */
  readonly system: string;
  readonly user: string;
  /** how many whole seconds its clock is ahead of ours for certain; null where `date` told nothing */
  readonly clockAheadS: number | null;
  /** where the program is, and what it says of itself; null where it is not */
  readonly tmux: { readonly path: string; readonly version: string } | null;
  /** the server that answers there; null while none does */
  readonly server: { readonly id: string; readonly panes: number } | null;
  /** tmux's own words where no server answers */
  readonly noServer: string | null;
  /** `ps` tells of processes what bridge asks of it */
  readonly hasProcesses: boolean;
}

/** ssh did not get there: its own words, and what to do about it. */
export interface UnreachedHost {
  readonly is: 'unreached';
  readonly tookMs: number;
  readonly words: string;
  readonly nextStep: string;
}

export type HostCheck = FoundHost | UnreachedHost;

/** More than ssh takes to give up by itself. */
const limitMs = 20_000;
const outputLimit = 64 * 1024;

/** Where a shell greets whoever comes, its words stand above this. */
const begin = 'bridge-begins';

/** What is run there, by `sh` from its stdin: no quoting of any login shell stands between. */
function script({ socket }: SshHost): string {
  const tmux = `tmux${socket === null ? '' : ` -S ${inQuotes(socket)}`}`;
  return [
    `PATH=$PATH:${morePlaces}`,
    `echo ${begin}`,
    'echo "system $(uname -s)"',
    'echo "user $(id -un)"',
    'echo "clock $(date +%s)"',
    'ps -axo pid=,ppid=,pgid=,tpgid=,stat=,lstart=,command= >/dev/null 2>&1 && echo processes',
    'path=$(command -v tmux) || exit 0',
    'echo "tmux $path"',
    'echo "version $(tmux -V 2>/dev/null)"',
    `if server=$(${tmux} display-message -p '#{pid}@#{start_time}' 2>&1)`,
    `then echo "server $server"; echo "panes $(${tmux} list-panes -a -F x 2>/dev/null | wc -l)"`,
    'else echo "no-server $server"; fi',
    '',
  ].join('\n');
}

/** Looks at a host from here: whether ssh gets there without asking anybody, and whether a bridge finds what it needs. */
export async function checkHost(host: SshHost, now: () => number): Promise<HostCheck> {
  const startedAt = now();
  const ran = await sshOnce(host, 'sh -s', { script: script(host), limitMs, outputLimit });
  const endedAt = now();
  const tookMs = endedAt - startedAt;
  const lines = ran.stdout.split('\n');
  const begun = lines.indexOf(begin);
  if (begun < 0) return { is: 'unreached', tookMs, ...whyNotReached(host, reasonOf(ran)) };
  return { is: 'reached', tookMs, ...foundIn(lines.slice(begun + 1), { startedAt, endedAt }) };
}

interface Span {
  readonly startedAt: number;
  readonly endedAt: number;
}

/** It was asked at some moment in between, and told whole seconds. */
function aheadBy(clockS: number, { startedAt, endedAt }: Span): number {
  const [least, most] = [clockS - endedAt / 1000, clockS + 1 - startedAt / 1000];
  return least > 0 ? Math.floor(least) : most < 0 ? Math.ceil(most) : 0;
}

function foundIn(lines: readonly string[], span: Span): Omit<FoundHost, 'is' | 'tookMs'> {
  const said = new Map(lines.map((line) => [line.split(' ')[0]!, line.slice(line.indexOf(' ') + 1).trim()]));
  const of = (key: string) => said.get(key) ?? '';
  const clock = Number(of('clock') || Number.NaN);
  return {
    system: of('system'),
    user: of('user'),
    clockAheadS: Number.isFinite(clock) ? aheadBy(clock, span) : null,
    tmux: said.has('tmux') ? { path: of('tmux'), version: of('version') } : null,
    server: said.has('server') ? { id: of('server'), panes: Number(of('panes') || 0) } : null,
    noServer: said.has('no-server') ? of('no-server') : null,
    hasProcesses: said.has('processes'),
  };
}

function reasonOf(ran: {
  readonly stderr: string;
  readonly timedOut: boolean;
  readonly exitCode?: number | undefined;
  readonly originalMessage?: string | undefined;
}): NotReached {
  const message = ran.timedOut ? `no answer within ${limitMs / 1000} s` : ran.originalMessage;
  return { stderr: ran.stderr, exitCode: ran.exitCode, message, isTimedOut: ran.timedOut };
}
