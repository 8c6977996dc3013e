import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import { whyNotReached } from './not-reached.ts';
import { type SshHost, sshArguments } from './ssh-host.ts';

/** What a command there said, on stdout and stderr together, and how it ended. */
export interface RemoteResult {
  readonly code: number;
  readonly output: string;
}

/** The host is not reached: in ssh's own words where it said any. A command that was under way may have run. */
export class HostAway extends Error {
  readonly nextStep: string;

  constructor(words: string, nextStep: string) {
    super(words);
    this.name = 'HostAway';
    this.nextStep = nextStep;
  }
}

/** A command that takes longer ends the connection: what hangs there must not hang here. */
const commandLimitMs = 10_000;
/** ssh gives up by itself before that. */
const connectLimitMs = 20_000;
/** Pauses before a host is called again: they double, and vary by a quarter so that many do not come back at once. */
const firstPauseMs = 1_000;
const longestPauseMs = 60_000;

/**
 * One kept shell on another machine: `ssh HOST sh -s`. Commands go through it in order, so that each costs a round trip and no
 * new connection (a fresh ssh: 415 ms).
 *
 *   closed ─run─► connecting ─► open ─► away: ssh ended, or a command took too long
 *                     └───────────────► away ─run, after a pause─► connecting
 */
export class RemoteShell {
  readonly host: SshHost;
  readonly #clock: Clock;
  readonly #random: () => number;
  #connection: Connection | null = null;
  #away: {
    readonly fault: HostAway;
    readonly since: number;
    readonly againAt: number;
    readonly pauseMs: number;
  } | null = null;
  #isClosed = false;

  constructor(host: SshHost, clock: Clock, random: () => number = Math.random) {
    this.host = host;
    this.#clock = clock;
    this.#random = random;
  }

  /** Why it is not reached, and since when (the clock's ms); null while it is, or nobody has called it. */
  get away(): { readonly words: string; readonly since: number } | null {
    return this.#away === null ? null : { words: this.#away.fault.message, since: this.#away.since };
  }

  /** Runs a script of a POSIX shell there, its stdin empty. @throws HostAway at once while its pause lasts */
  async run(script: string): Promise<RemoteResult> {
    const connection = this.#connected();
    const result = await connection.run(script);
    if (this.#connection === connection) this.#away = null;
    return result;
  }

  /** Ends the connection; nothing is run any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#connection?.close();
  }

  #connected(): Connection {
    if (this.#connection !== null) return this.#connection;
    if (this.#isClosed) throw new HostAway('the connection is closed', '');
    const now = this.#clock.now();
    if (this.#away !== null && now < this.#away.againAt) throw this.#away.fault;
    const connection = new Connection(this.host, this.#clock);
    this.#connection = connection;
    void connection.ended.then((fault) => {
      this.#connection = null;
      this.#wentAway(fault);
    });
    return connection;
  }

  #wentAway(fault: HostAway): void {
    const before = this.#away;
    const pauseMs = before === null ? firstPauseMs : Math.min(before.pauseMs * 2, longestPauseMs);
    const now = this.#clock.now();
    const againAt = now + pauseMs * (0.75 + this.#random() / 2);
    this.#away = { fault, since: before?.since ?? now, againAt, pauseMs };
  }
}

interface Pending {
  /** parts what it said from what whoever greets, or ran before, says */
  readonly mark: string;
  readonly cancelLimit: () => void;
  readonly resolve: (result: RemoteResult) => void;
  readonly reject: (fault: HostAway) => void;
}

/** One ssh process with a shell at its other end. */
class Connection {
  /** resolves once ssh has ended, with why */
  readonly ended: Promise<HostAway>;
  readonly #child: ChildProcess;
  readonly #clock: Clock;
  readonly #pending: Pending[] = [];
  #output = '';
  #isOpen = false;
  #why: string | null = null;

  constructor(host: SshHost, clock: Clock) {
    this.#clock = clock;
    this.#child = spawnSsh(host);
    let stderr = '';
    this.#child.stdout!.setEncoding('utf8').on('data', (chunk: string) => this.#take(chunk));
    this.#child.stderr!.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk.toString()).slice(-4_000);
    });
    this.#child.stdin!.on('error', () => {});
    this.ended = new Promise((resolve) => {
      const end = (exitCode: number | undefined, message?: string) => {
        const isKnown = this.#isOpen && stderr.trim() === '';
        const why = this.#why ?? (isKnown ? 'the connection ended' : null);
        const found = whyNotReached(host, { stderr, exitCode, message, isTimedOut: false });
        const fault = new HostAway(why ?? found.words, found.nextStep);
        for (const pending of this.#pending.splice(0)) {
          pending.cancelLimit();
          pending.reject(fault);
        }
        resolve(fault);
      };
      this.#child.on('error', (fault) => {
        if (this.#child.pid === undefined) end(undefined, fault.message);
      });
      this.#child.on('close', (code) => end(code ?? 255));
    });
  }

  run(script: string): Promise<RemoteResult> {
    const mark = randomBytes(9).toString('hex');
    return new Promise((resolve, reject) => {
      const limitMs = this.#isOpen ? commandLimitMs : connectLimitMs;
      const cancelLimit = this.#clock.after(limitMs, () => this.#giveUp(`no answer within ${limitMs / 1000} s`));
      this.#pending.push({ mark, cancelLimit, resolve, reject });
      // a subshell, so that no command can end the shell that all of them go through
      const begin = `printf '\\n%s\\n' ${mark}-begins`;
      const end = `printf '\\n%s %s\\n' ${mark}-ends "$?"`;
      this.#child.stdin!.write(`${begin}; ( ${script}\n) </dev/null 2>&1\n${end}\n`);
    });
  }

  async close(): Promise<void> {
    this.#why = 'the connection is closed';
    this.#child.stdin!.end();
    const cancel = this.#clock.after(1_000, () => this.#child.kill('SIGKILL'));
    await this.ended;
    cancel();
  }

  #giveUp(why: string): void {
    this.#why ??= why;
    this.#child.kill('SIGKILL');
  }

  #take(chunk: string): void {
    this.#output += chunk;
    for (let first = this.#pending[0]; first !== undefined; first = this.#pending[0]) {
      const [begin, end] = [`\n${first.mark}-begins\n`, `\n${first.mark}-ends `];
      const at = this.#output.indexOf(end);
      const lineEnd = at < 0 ? -1 : this.#output.indexOf('\n', at + end.length);
      if (lineEnd < 0) return;
      this.#isOpen = true;
      const code = Number(this.#output.slice(at + end.length, lineEnd));
      const output = this.#output.slice(this.#output.indexOf(begin) + begin.length, at);
      this.#output = this.#output.slice(lineEnd + 1);
      this.#pending.shift();
      first.cancelLimit();
      first.resolve({ code, output });
    }
  }
}

/** A shell that is no login shell may not have these in its PATH. */
export const morePlaces = '/usr/local/bin:/opt/homebrew/bin:/opt/local/bin:/usr/pkg/bin';

/** Before anything else is run there. The bridge itself may run in a tmux, and what greets whoever comes is none of ours. */
export const preamble = `PATH=$PATH:${morePlaces}; export PATH; unset TMUX TMUX_PANE`;

/**
 * `ssh` to a shell that takes its commands from stdin, so that no login shell there reads a word of ours. It has no terminal
 * here, and nobody can be asked.
 */
export function spawnSsh(host: SshHost): ChildProcess {
  const child = spawn('ssh', sshArguments(host, 'exec sh -s'), {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, LC_ALL: 'C', SSH_ASKPASS_REQUIRE: 'never' },
  });
  child.stdin.write(`${preamble}\n`);
  return child;
}
