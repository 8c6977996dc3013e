import { execa } from 'execa';
import type { Clock } from '../core/clock.ts';
import { messageOf } from '../core/failure.ts';
import { type ProcessRow, stillLiving, treeOf } from './process-tree.ts';

/** An answer is words. A program that writes more than this is not answering. */
const outputLimit = 1_000_000;
/** Enough of stderr to say why a program failed. */
const stderrLimit = 4_000;
/** Time between the polite signal and the other one. */
const graceMs = 2_000;
/** After the program has ended: how long its last output may take to arrive when something it left behind holds the pipe. */
const drainMs = 500;
const lookEveryMs = 25;

export interface ChildRun {
  readonly file: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly input: string;
  /** 0 waits for ever */
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** given, standard output is read line by line and not kept, and has no limit */
  readonly onLine?: (line: string) => void;
}

export type ChildEnd =
  | {
      readonly is: 'exited';
      readonly code: number | null;
      readonly signal: string | null;
      readonly stdout: Buffer;
      readonly stderr: string;
    }
  | { readonly is: 'not-started'; readonly reason: string }
  | { readonly is: 'timeout' | 'aborted' | 'overflow' };

/**
 * Runs one program in its own process group and returns when it has ended, and with it everything it started that
 * still sits in its group or descends from it.
 *
 *   running ─► exited ─► drained ─► leftovers ended
 *      └─► timeout | aborted | overflow ─► SIGTERM to the tree ─► (2 s) SIGKILL
 */
export async function runChild(run: ChildRun, signal: AbortSignal): Promise<ChildEnd> {
  if (signal.aborted) return { is: 'aborted' };
  const child = execa(run.file, run.args, {
    cwd: run.folder,
    env: run.environment,
    extendEnv: false,
    input: run.input,
    detached: true,
    buffer: false,
    reject: false,
    cleanup: false,
    encoding: 'buffer',
  });
  const root = child.pid;
  if (root === undefined) return { is: 'not-started', reason: notStarted(run.file, (await child).originalMessage) };
  groups.add(root);
  const output = collect(run.onLine);
  let stderr = '';
  let cut: 'timeout' | 'aborted' | 'overflow' | null = null;

  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const interrupted = new Promise<void>((resolve) => {
    const stop = (why: 'timeout' | 'aborted' | 'overflow') => {
      cut ??= why;
      resolve();
    };
    output.onOverflow = () => stop('overflow');
    const withdrawn = () => stop('aborted');
    const cancelLimit = run.timeoutMs > 0 ? run.clock.after(run.timeoutMs, () => stop('timeout')) : () => {};
    signal.addEventListener('abort', withdrawn);
    void ended.then(() => {
      signal.removeEventListener('abort', withdrawn);
      cancelLimit();
    });
  });
  child.stdout.on('data', (chunk: Buffer) => output.take(chunk));
  child.stderr.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString('utf8')).slice(-stderrLimit);
  });
  const drained = Promise.all([closed(child.stdout), closed(child.stderr)]);

  try {
    await Promise.race([ended, interrupted]);
    if (cut === null) await withLimit(run.clock, drainMs, Promise.race([drained, interrupted]));
    await endTree(root, run.clock);
    child.stdout.destroy();
    child.stderr.destroy();
    const result = await child;
    if (cut !== null) return { is: cut };
    output.finish();
    return {
      is: 'exited',
      code: result.exitCode ?? null,
      signal: result.signal ?? null,
      stdout: output.whole(),
      stderr,
    };
  } finally {
    groups.delete(root);
  }
}

/** Groups of programs that run now; if this process ends first, they are ended with it. */
const groups = new Set<number>();
process.on('exit', () => {
  for (const group of groups) send(-group, 'SIGKILL');
});

/** Asks the tree to end, and ends it. A process that left both the group and the family is not found. */
async function endTree(root: number, clock: Clock): Promise<void> {
  if (isGone(root)) return;
  let left = await treeOf(root);
  if (left.length === 0) return;
  signalAll(root, left, 'SIGTERM');
  for (const name of ['SIGKILL', null] as const) {
    const deadlineAt = clock.now() + graceMs;
    while (left.length > 0 && clock.now() < deadlineAt) {
      await pause(clock, lookEveryMs);
      left = await living(root, left);
    }
    if (left.length > 0 && name !== null) signalAll(root, left, name);
  }
}

/** The root has ended and nobody is left in its group: nobody is left who descends from one of them, as far as that can be told. */
function isGone(root: number): boolean {
  try {
    process.kill(-root, 0);
    return false;
  } catch (fault) {
    return (fault as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** What lives of the known, and what they have started since. */
async function living(root: number, known: readonly ProcessRow[]): Promise<ProcessRow[]> {
  const found = new Map((await stillLiving(known)).map((row) => [row.pid, row]));
  for (const row of await treeOf(root)) found.set(row.pid, row);
  return [...found.values()];
}

function signalAll(root: number, rows: readonly ProcessRow[], name: 'SIGTERM' | 'SIGKILL'): void {
  if (rows.some((row) => row.group === root)) send(-root, name);
  for (const row of rows) if (row.group !== root) send(row.pid, name);
}

function send(target: number, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(target, name);
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code !== 'ESRCH') throw fault;
  }
}

/** Standard output, whole and bounded, or line by line. */
function collect(onLine: ((line: string) => void) | undefined) {
  const chunks: Buffer[] = [];
  let size = 0;
  const output = {
    onOverflow: () => {},
    take(chunk: Buffer) {
      size += chunk.length;
      chunks.push(chunk);
      if (onLine === undefined) {
        if (size <= outputLimit) return;
        chunks.length = 0;
        output.onOverflow();
        return;
      }
      if (!chunk.includes(10)) {
        if (size > outputLimit) chunks.length = 0; // no line of ours is this long
        return;
      }
      const lines = Buffer.concat(chunks).toString('utf8').split('\n');
      const rest = Buffer.from(lines.pop() ?? '');
      chunks.splice(0, chunks.length, rest);
      size = rest.length;
      for (const line of lines) onLine(line);
    },
    finish() {
      if (onLine !== undefined && size > 0) onLine(Buffer.concat(chunks).toString('utf8'));
    },
    whole: () => Buffer.concat(onLine === undefined ? chunks : []),
  };
  return output;
}

function closed(stream: NodeJS.ReadableStream): Promise<void> {
  return new Promise((resolve) => stream.once('close', () => resolve()));
}

function pause(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => clock.after(delayMs, resolve));
}

async function withLimit(clock: Clock, limitMs: number, work: Promise<unknown>): Promise<void> {
  let cancel = () => {};
  const limit = new Promise<void>((resolve) => {
    cancel = clock.after(limitMs, resolve);
  });
  await Promise.race([work, limit]);
  cancel();
}

function notStarted(file: string, message: string | undefined): string {
  if (/ENOENT/.test(message ?? '')) return `${file} was not found`;
  if (/EACCES/.test(message ?? '')) return `${file} may not be executed`;
  return `${file} could not be started: ${messageOf(message ?? 'no reason given')}`;
}
