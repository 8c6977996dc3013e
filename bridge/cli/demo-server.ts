import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { loadConfig } from '../config/config.ts';
import type { PublicEvent } from '../core/events.ts';
import { BridgeError } from '../core/failure.ts';
import { asPaneId } from '../core/ids.ts';
import { packageRoot } from '../launch/package-root.ts';
import { Daemon } from '../server/daemon.ts';
import { capture } from '../tmux/capture.ts';
import { ExecCommands, tmuxEnvironment } from '../tmux/exec.ts';
import { paint, print } from './output.ts';

/** What is asked of one scripted agent: the label of its pane, and further flags of its program. */
export interface DemoAgent {
  readonly label: string;
  readonly args: readonly string[];
}

/** A private tmux server with scripted agents, and a bridge of this process beside it; after `end` nothing of it is left. */
export class DemoServer {
  readonly folder = mkdtempSync(join(tmpdir(), 'bridge-demo-'));
  readonly home = join(this.folder, 'home');
  readonly tmux: ExecCommands;
  readonly #socket = join(this.folder, 'tmux.sock');
  readonly #program = join(this.folder, 'codex');
  readonly #startedAt = performance.now();
  readonly #stop: AbortSignal;
  #starting: Promise<Daemon | null> = Promise.resolve(null);

  /** @param stop looked at between its steps @param yaml the bridge.yaml of its state directory */
  constructor(stop: AbortSignal, yaml: string) {
    this.#stop = stop;
    // the pane locks' folder too goes with the demo
    process.env.XDG_RUNTIME_DIR = this.folder;
    this.tmux = new ExecCommands({ socketPath: this.#socket });
    for (const path of [this.home, join(this.folder, 'bin')]) mkdirSync(path, { mode: 0o700 });
    symlinkSync(join(packageRoot, 'bridge', 'demo', 'scripted-agent.mjs'), this.#program);
    writeFileSync(join(this.home, 'bridge.yaml'), yaml);
    const program = join(packageRoot, 'dist', 'cli', 'main.js');
    writeFileSync(join(this.folder, 'bin', 'bridge'), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`, {
      mode: 0o700,
    });
  }

  /** One line, with the seconds since the beginning. */
  tell(text: string): void {
    print(`${paint('dim', `${((performance.now() - this.#startedAt) / 1000).toFixed(2)}s`.padStart(7))}  ${text}`);
  }

  /** In a session of its own, in a folder of its own, with `bridge` on its PATH. @returns its pane's id */
  async addAgent({ label, args }: DemoAgent): Promise<string> {
    this.#stop.throwIfAborted();
    const work = join(this.folder, label);
    mkdirSync(work, { recursive: true, mode: 0o700 });
    const environment = {
      BRIDGE_HOME: this.home,
      TMUX_SOCKET: this.#socket,
      XDG_RUNTIME_DIR: this.folder,
    };
    await this.#start([
      ...['-S', this.#socket, '-f', '/dev/null', 'new-session', '-d', '-s', label, '-x', '100', '-y', '30', '-c', work],
      ...Object.entries(environment).flatMap(([name, value]) => ['-e', `${name}=${value}`]),
      ...[process.execPath, this.#program, '--log', join(this.folder, `${label}.log`), '--name', label, ...args],
      // at once: a worker has the name under which it is first seen
      ...[';', 'set-option', '-p', '-t', `=${label}:`, '@label', label],
    ]);
    this.#stop.throwIfAborted();
    const [paneId = ''] = await this.tmux.run('list-panes', '-t', `=${label}:`, '-F', '#{pane_id}');
    return paneId;
  }

  /** @param on hears what people are told, from the first moment on */
  async startBridge(on: (event: PublicEvent) => void): Promise<Daemon> {
    const config = loadConfig({ home: this.home, flags: { socket: this.#socket, trustWorkspace: false }, env: {} });
    const started = Daemon.start(config, new Date().toISOString(), (event) => {
      if (!this.#stop.aborted) on(event);
    });
    this.#starting = started.catch(() => null);
    return started;
  }

  /** Waits until something is so. @throws BridgeError where it is not within `limitMs` */
  async until(what: string, isSo: () => boolean | Promise<boolean>, limitMs: number): Promise<void> {
    const giveUpAt = performance.now() + limitMs;
    while (!(await isSo())) {
      this.#stop.throwIfAborted();
      if (performance.now() > giveUpAt) {
        const nextStep = '`bridge doctor` may say why';
        throw new BridgeError({ what: 'demo', target: what, reason: 'did not happen in time', nextStep });
      }
      await pause(20);
    }
  }

  /** The rows of a pane that have anything on them. */
  async rowsOf(paneId: string): Promise<string[]> {
    const screen = await capture(this.tmux, asPaneId(paneId)!, { historyLines: 0 });
    return (screen?.rows ?? []).map((row) => row.text).filter((row) => row.trim() !== '');
  }

  /** The server and what ran in its panes are gone when this returns, and the bridge and their folder with them. */
  async end(): Promise<void> {
    await (await this.#starting)?.stop();
    const lines = await this.tmux.run('list-panes', '-a', '-F', '#{pid} #{pane_pid}').catch(() => []);
    await this.tmux.run('kill-server').catch(() => []);
    const giveUpAt = performance.now() + 5000;
    const pids = lines.flatMap((line) => line.split(' ').map(Number));
    while (pids.some(lives) && performance.now() < giveUpAt) await pause(20);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    this.tell('the tmux server, the bridge and their folder are gone');
  }

  /** In a process group of its own: Ctrl-C at the terminal does not reach it, and the server is there for certain once it has ended. */
  async #start(argv: readonly string[]): Promise<void> {
    const child = spawn('tmux', [...argv], {
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
      // a command from outside of tmux gets the PATH of its client (3.3a)
      env: { ...tmuxEnvironment(), PATH: `${join(this.folder, 'bin')}:${process.env.PATH ?? ''}` },
    });
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (piece: string) => (errors += piece));
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0)
      throw new BridgeError({ what: 'demo', target: 'tmux', reason: errors.trim() || `ended with ${code}` });
  }
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
