import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type PrivateTmux, waitFor } from '../fixtures/private-tmux.ts';
import { type Ran, runAsPerson } from './as-person.ts';

export const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** Far more than it takes, but for a machine with many at work: at a load of 30 on two cores it took more than ten seconds. */
const startLimitMs = 60_000;

/** As long as a test waits for what is sure to come: much more than it takes, on a machine with many at work. */
const waitLimitMs = 30_000;

/** One line of the daemon's `--json` log. */
export interface Line {
  readonly type: string;
  readonly [key: string]: unknown;
}

export interface BridgeProcess {
  readonly child: ChildProcess;
  readonly lines: readonly Line[];
  readonly stderr: () => string;
  /** waits for the first line that fits */
  line(what: string, fits: (line: Line) => boolean, limitMs?: number): Promise<Line>;
  /** ends it as a person would, and gives its exit code */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** A home of the test's own, outside of the workers' folders. */
export function makeHome(tmux: PrivateTmux, yaml = '', name = 'home'): string {
  const home = join(tmux.folder, name);
  mkdirSync(home, { recursive: true, mode: 0o700 });
  if (yaml !== '') writeFileSync(join(home, 'bridge.yaml'), yaml);
  return home;
}

/** A bridge.yaml whose rule answers every request in this name. */
export const answering = (name: string) => `
controller: { backend: rules }
policy:
  - when: { kind: request }
    answer: "Answer of ${name}."
  - when: { kind: completion }
    then: ignore
`;

/** A working folder for workers, beside the home. */
export function makeWork(tmux: PrivateTmux, name = 'work'): string {
  const work = join(tmux.folder, name);
  mkdirSync(work, { recursive: true });
  return work;
}

function environment(tmux: PrivateTmux, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    HOME: tmux.folder,
    XDG_RUNTIME_DIR: tmux.folder,
    TMUX_SOCKET: tmux.socketPath,
    LANG: 'C.UTF-8',
    ...more,
  };
}

/**
 * Starts the bridge itself, as a child of the test, and waits until it watches.
 * @param more.preload a module that Node loads before the bridge
 */
export async function startBridge(
  tmux: PrivateTmux,
  home: string,
  args: readonly string[],
  more: { env?: NodeJS.ProcessEnv; cwd?: string; waitForReady?: boolean; preload?: string } = {},
): Promise<BridgeProcess> {
  const preload = more.preload === undefined ? [] : ['--import', more.preload];
  const child = spawn(process.execPath, [...preload, program, '--home', home, '--json', ...args], {
    cwd: more.cwd ?? tmux.folder,
    env: environment(tmux, more.env),
    // a preloaded module is spoken to over the channel
    stdio: ['ignore', 'pipe', 'pipe', ...(preload.length > 0 ? (['ipc'] as const) : [])],
  });
  const lines: Line[] = [];
  let text = '';
  let errors = '';
  child.stdout!.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      lines.push(JSON.parse(text.slice(0, end)) as Line);
      text = text.slice(end + 1);
    }
  });
  child.stderr!.setEncoding('utf8').on('data', (chunk: string) => {
    errors += chunk;
  });
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const tail = () =>
    `${errors}\n${lines
      .slice(-25)
      .map((line) => JSON.stringify(line))
      .join('\n')}`;
  const bridge: BridgeProcess = {
    child,
    lines,
    stderr: () => errors,
    line: (what, fits, limitMs = waitLimitMs) =>
      waitFor(
        what,
        () => {
          const found = lines.find(fits);
          if (found === undefined && child.exitCode !== null)
            throw new Error(`the bridge left (${child.exitCode}) before: ${what}\n${tail()}`);
          return found;
        },
        { limitMs, describe: async () => tail() },
      ),
    async stop(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      return exited;
    },
  };
  if (more.waitForReady !== false) {
    const isWatching = (line: Line) => line.type === 'said' && String(line.text).startsWith('watching');
    await bridge.line('the bridge watches', isWatching, startLimitMs);
  }
  return bridge;
}

/**
 * Runs one command to its end, as a person does.
 * @param more.killed SIGKILLs it; its exit code is null then
 */
export async function run(
  tmux: PrivateTmux,
  args: readonly string[],
  more: { input?: string; env?: NodeJS.ProcessEnv; cwd?: string; killed?: AbortSignal } = {},
): Promise<Ran> {
  return runAsPerson([process.execPath, program, ...args], {
    ...more,
    cwd: more.cwd ?? tmux.folder,
    env: environment(tmux, more.env),
  });
}

/** Ids of the requests that a bridge opened, in order, each once. */
export function requestIds(bridge: BridgeProcess): string[] {
  return [...new Set(bridge.lines.filter((line) => line.type === 'request-changed').map((line) => String(line.id)))];
}

export function inState(state: string): (line: Line) => boolean {
  return (line) => line.type === 'request-changed' && line.state === state;
}
