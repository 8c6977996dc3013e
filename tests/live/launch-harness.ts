import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LaunchEnvironment } from '../../bridge/launch/environment.ts';
import type { TmuxAt } from '../../bridge/launch/tmux.ts';
import { ExecCommands } from '../../bridge/tmux/exec.ts';

/** A folder of its own for one test, with the tmux servers below it ended and everything removed afterwards. */
export class LaunchHarness {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'bridge-launch-')));
  readonly socket = join(this.folder, 's');
  readonly #sockets = new Set<string>();
  readonly #own = {
    HOME: process.env.HOME,
    SHELL: process.env.SHELL,
    ENV: process.env.ENV,
    HISTFILE: process.env.HISTFILE,
  };

  /** Servers and the shells in their panes read none of the user's settings: start-up files can take a minute. */
  constructor() {
    process.env.HOME = this.folder;
    process.env.SHELL = '/bin/sh';
    process.env.HISTFILE = '/dev/null';
    delete process.env.ENV;
  }

  readonly tmuxAt: TmuxAt = (socketPath) => {
    this.#sockets.add(socketPath);
    return new ExecCommands({ socketPath });
  };

  environment(env: Record<string, string> = {}): LaunchEnvironment {
    return {
      env: { PATH: process.env.PATH, HOME: this.folder, SHELL: '/bin/sh', ...env },
      cwd: this.folder,
    };
  }

  /** tmux on this harness's server, as a test sees it */
  tmux(...argv: string[]): string {
    this.#sockets.add(this.socket);
    return execFileSync('tmux', ['-f', '/dev/null', '-S', this.socket, ...argv], {
      encoding: 'utf8',
      env: { ...process.env, TMUX: undefined, TMUX_PANE: undefined },
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trimEnd();
  }

  /** @returns the id of the pane that this command opens */
  openPane(command: 'new-session' | 'new-window', ...argv: string[]): string {
    return this.tmux(command, '-P', '-F', '#{pane_id}', ...argv);
  }

  panes(): string[] {
    return this.tmux('list-panes', '-a', '-F', '#{session_name}|#{window_name}|#{pane_id}|#{@label}').split('\n');
  }

  remove(): void {
    for (const socket of this.#sockets) {
      try {
        execFileSync('tmux', ['-S', socket, 'kill-server'], { stdio: 'ignore' });
      } catch {
        // it has ended already
      }
    }
    // a program that is just ending may still write there
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    for (const [name, value] of Object.entries(this.#own)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

/** Polls until `look` gives something, with a deadline that says what was waited for. */
export async function until<T>(
  what: string,
  look: () => Promise<T | null | undefined | false> | T | null | undefined | false,
  limitMs = 10_000,
): Promise<T> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const seen = await look();
    if (seen !== null && seen !== undefined && seen !== false) return seen;
    if (Date.now() > deadline) throw new Error(`waited ${limitMs} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
