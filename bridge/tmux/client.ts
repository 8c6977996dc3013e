import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { messageOf } from '../core/failure.ts';
import { COMMAND_LIMIT_MS, type CommandResult, faultOf, nameOf, type TmuxCommands, TmuxError } from './commands.ts';
import { type ControlMessage, ControlParser, commandLine } from './control-mode.ts';
import { socketArguments, type TmuxWay } from './way.ts';

export type ClientNotice = Extract<ControlMessage, { type: 'output' | 'notification' }>;

export interface Attachment {
  readonly way: Pick<TmuxWay, 'socketPath' | 'startTmux'>;
  /** exact: a session id `$3`, or `=name` */
  readonly session: string;
  /** a word that names this client in its command line, so that an orphan is known for certain */
  readonly marker?: string;
  readonly onNotification?: (notice: ClientNotice) => void;
  readonly commandLimitMs?: number;
}

/**
 * One persistent control-mode client of one session.
 *
 *   attaching ─► living ─► ended: the session or the server went, somebody detached us, a command got no answer in
 *                                 time, the stream made no sense, or `close` was called
 *
 * Replies come in the order of the commands. Everything under way when it ends is rejected as `gone` or `timeout`: such a
 * command may have run.
 */
export class ControlClient implements TmuxCommands {
  readonly pid: number;
  readonly attached: Promise<void>;
  /** resolves once the tmux process is gone, with why */
  readonly closed: Promise<string>;
  readonly #child: ChildProcess;
  readonly #parser = new ControlParser();
  readonly #onNotification: (notice: ClientNotice) => void;
  readonly #limitMs: number;
  #pending: Pending[] = [];
  readonly #hushed = new Set<string>();
  #sessionId = '';
  #leaving = false;
  #onLastReply: () => void = () => {};
  #settleAttached: { resolve: () => void; reject: (fault: TmuxError) => void } | null = null;
  /** null while it lives */
  #ended: TmuxError | null = null;

  /** Resolves once tmux has said which session it is. @throws TmuxError when there is no such session or server */
  static async attach(attachment: Attachment): Promise<ControlClient> {
    const client = ControlClient.start(attachment);
    await client.attached;
    return client;
  }

  /** As `attach`, without waiting: the process is there, its `attached` tells the rest. */
  static start(attachment: Attachment): ControlClient {
    return new ControlClient(attachment);
  }

  private constructor(attachment: Attachment) {
    this.#onNotification = attachment.onNotification ?? (() => {});
    this.#limitMs = attachment.commandLimitMs ?? COMMAND_LIMIT_MS;
    this.#child = attachment.way.startTmux(attachArguments(attachment));
    this.pid = this.#child.pid ?? -1;
    this.attached = new Promise((resolve, reject) => {
      const limit = setTimeout(() => this.#end('timeout', 'no answer to attach-session'), this.#limitMs);
      const settle = (how: () => void) => {
        clearTimeout(limit);
        this.#settleAttached = null;
        how();
      };
      this.#settleAttached = { resolve: () => settle(resolve), reject: (fault) => settle(() => reject(fault)) };
    });
    // Whoever does not wait for it hears of the end through `closed`.
    this.attached.catch(() => {});
    let stderr = '';
    this.#child.stdout!.on('data', (chunk: Buffer) => this.#take(chunk));
    this.#child.stderr!.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk.toString()).slice(-500);
    });
    // A broken pipe is the process's end, which `close` tells.
    this.#child.stdin!.on('error', (fault) => this.#end('gone', messageOf(fault)));
    this.closed = new Promise((resolve) => {
      this.#child.on('error', (fault: NodeJS.ErrnoException) => {
        this.#end(fault.code === 'ENOENT' ? 'missing' : 'gone', messageOf(fault));
        if (this.#child.pid === undefined) resolve(this.#ended!.reason);
      });
      // tmux hands our pipes on to its server: one that hangs would keep them open when the client has long ended.
      this.#child.on('exit', () => {
        setTimeout(() => {
          this.#child.stdout!.destroy();
          this.#child.stderr!.destroy();
        }, DRAIN_MS);
      });
      this.#child.on('close', (code, signal) => {
        const said = stderr.trim();
        // once it is attached, whoever says something (tmux, or ssh) says why it ended, and not that a command did nothing
        if (said !== '' && this.#sessionId === '') this.#endWith(faultOf('attach-session', said));
        this.#end('gone', said || `the tmux client ended (${signal ?? `exit code ${code}`})`);
        resolve(this.#ended!.reason);
      });
    });
  }

  /** The session it is attached to just now; tmux moves a client whose session ended where detach-on-destroy is off. */
  get sessionId(): string {
    return this.#sessionId;
  }

  /** It is attached and can take commands. */
  get living(): boolean {
    return this.#ended === null && this.#sessionId !== '' && !this.#leaving;
  }

  run(...argv: string[]): Promise<string[]> {
    return this.#send([argv])[0]!;
  }

  async runAll(commands: readonly (readonly string[])[]): Promise<readonly CommandResult[]> {
    const results = await Promise.allSettled(this.#send(commands));
    return results.map((result) =>
      result.status === 'fulfilled'
        ? { ok: true, lines: result.value }
        : { ok: false, error: result.reason instanceof TmuxError ? result.reason.reason : messageOf(result.reason) },
    );
  }

  /**
   * Takes no new command, waits for the replies that are due (`LEAVE_MS` at most: then they are rejected), ends stdin, which
   * detaches, and waits for the process; one that stays is ended by signal.
   */
  async close(): Promise<void> {
    this.#leaving = true;
    if (this.#sessionId !== '') await this.#repliesCame();
    this.#end('gone', 'the client was closed');
    for (const [signal, afterMs] of [
      ['SIGTERM', 2_000],
      ['SIGKILL', 3_000],
    ] as const) {
      const timer = setTimeout(() => this.#child.kill(signal), afterMs);
      void this.closed.then(() => clearTimeout(timer));
    }
    await this.closed;
  }

  /** tmux keeps nothing of this pane for us, and tells nothing of it, until `unhush`. */
  hush(paneId: string): void {
    this.#hushed.add(paneId);
    // a pane that has closed since needs no more, and a connection that failed is told by `closed`
    this.run('refresh-client', '-A', `${paneId}:pause`).catch(() => {});
  }

  unhush(paneId: string): void {
    this.#hushed.delete(paneId);
    this.#continue(paneId);
  }

  #repliesCame(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#pending.length === 0) return resolve();
      const limit = setTimeout(resolve, LEAVE_MS);
      this.#onLastReply = () => {
        clearTimeout(limit);
        resolve();
      };
    });
  }

  #send(commands: readonly (readonly string[])[]): Array<Promise<string[]>> {
    const lines: string[] = [];
    const replies = commands.map((argv) => {
      if (this.#ended !== null || this.#leaving) {
        const { kind, reason } = this.#ended ?? { kind: 'gone', reason: 'the client is being closed' };
        return Promise.reject(new TmuxError(kind, nameOf(argv), reason));
      }
      // The number of blocks that a nesting command causes is not known beforehand: a word of our own ends them.
      const last = nesting.has(argv[0] ?? '') ? `end-${randomBytes(8).toString('hex')}` : null;
      lines.push(commandLine(argv), ...(last === null ? [] : [`display-message -p ${last}`]));
      return new Promise<string[]>((resolve, reject) => {
        const timer = setTimeout(
          () => this.#end('timeout', `no answer to ${nameOf(argv)} within ${this.#limitMs / 1000} s`),
          this.#limitMs,
        );
        this.#pending.push({ command: nameOf(argv), last, lines: [], fault: null, timer, resolve, reject });
      });
    });
    if (lines.length > 0) this.#child.stdin!.write(`${lines.join('\n')}\n`);
    return replies;
  }

  #take(chunk: Buffer): void {
    for (const message of this.#parser.push(chunk)) {
      if (message.type === 'reply') this.#reply(message);
      else if (message.type === 'stray') this.#end('gone', 'tmux wrote a line outside of any reply');
      else this.#notice(message);
    }
  }

  #reply(reply: Extract<ControlMessage, { type: 'reply' }>): void {
    if (!reply.ours) {
      if (!reply.ok && this.#settleAttached !== null) this.#endWith(faultOf('attach-session', reply.lines.join('\n')));
      return;
    }
    const pending = this.#pending[0];
    if (pending === undefined) {
      this.#end('gone', 'tmux answered a command that was not sent');
      return;
    }
    const isLast = pending.last === null || (reply.ok && reply.lines.length === 1 && reply.lines[0] === pending.last);
    if (!reply.ok) pending.fault ??= faultOf(pending.command, reply.lines.join('\n'));
    else if (pending.last === null || !isLast) pending.lines.push(...reply.lines);
    if (!isLast) return;
    this.#pending.shift();
    clearTimeout(pending.timer);
    if (pending.fault === null) pending.resolve(pending.lines);
    else pending.reject(pending.fault);
    if (this.#pending.length === 0) this.#onLastReply();
  }

  #notice(notice: ClientNotice): void {
    if (notice.type === 'notification') this.#heed(notice.name, notice.rest);
    if (this.#ended === null) this.#onNotification(notice);
  }

  #heed(name: string, rest: string): void {
    if (name === 'session-changed') {
      this.#sessionId = rest.split(' ')[0]!;
      this.#settleAttached?.resolve();
    } else if (name === 'exit') {
      this.#end('gone', `tmux ended the connection${rest === '' ? '' : `: ${rest}`}`);
    } else if (name === 'pause' && !this.#hushed.has(rest)) {
      this.#continue(rest);
    }
  }

  /**
   * We were slow for a second and tmux skips what the pane draws until it is continued. An empty output makes somebody look,
   * and comes only after that: earlier it could be answered before the last skipped byte was drawn.
   */
  #continue(paneId: string): void {
    if (!/^%\d+$/.test(paneId)) return;
    const resume = () => this.#onNotification({ type: 'output', paneId, bytes: Buffer.alloc(0) });
    // A pane that has closed since is told by the next list of panes, a connection that failed by `closed`.
    this.run('refresh-client', '-A', `${paneId}:continue`).then(resume, resume);
  }

  #end(kind: TmuxError['kind'], reason: string): void {
    this.#endWith(new TmuxError(kind, 'control client', reason));
  }

  #endWith(fault: TmuxError): void {
    if (this.#ended !== null) return;
    this.#ended = fault;
    for (const { reject, timer, command } of this.#pending.splice(0)) {
      clearTimeout(timer);
      reject(new TmuxError(fault.kind, command, fault.reason, fault));
    }
    this.#onLastReply();
    this.#settleAttached?.reject(fault);
    this.#child.stdin?.end();
    // A server that answers nothing will not end the client either.
    if (fault.kind === 'timeout') this.#child.kill('SIGKILL');
  }
}

interface Pending {
  readonly command: string;
  readonly last: string | null;
  readonly lines: string[];
  fault: TmuxError | null;
  readonly timer: NodeJS.Timeout;
  readonly resolve: (lines: string[]) => void;
  readonly reject: (fault: TmuxError) => void;
}

/** How long a client that is let go waits for replies; a command takes well under a millisecond. */
const LEAVE_MS = 1_000;

/** What tmux wrote last is read within this time of its end. */
const DRAIN_MS = 100;

/** Commands whose nested commands answer in blocks of their own. */
const nesting = new Set(['if-shell', 'if', 'run-shell', 'run', 'source-file', 'source']);

/**
 * -N never starts a server; -u keeps characters outside ASCII; -L is ignored beside -S and carries the marker. -E leaves the
 * session's environment alone; ignore-size keeps the user's window as large as it is. tmux 3.2 and newer know all of them.
 */
function attachArguments({ way, session, marker }: Attachment): string[] {
  const marked = marker === undefined ? [] : ['-L', marker];
  const attach = ['attach-session', '-E', '-f', 'ignore-size,pause-after=1', '-t', session];
  return ['-N', '-u', ...marked, ...socketArguments(way.socketPath), '-C', ...attach];
}
