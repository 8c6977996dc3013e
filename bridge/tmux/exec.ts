import { execFile } from 'node:child_process';
import { messageOf } from '../core/failure.ts';
import { COMMAND_LIMIT_MS, type CommandResult, faultOf, nameOf, type TmuxCommands, TmuxError } from './commands.ts';

/** One process per command: for launchers, doctor and one-shot use. 30 times the price of a control client's command. */
export class ExecCommands implements TmuxCommands {
  readonly #socketPath: string | null;
  readonly #tmux: string;

  /** @param target socketPath null means tmux's own choice */
  constructor(target: { socketPath: string | null; tmux?: string }) {
    this.#socketPath = target.socketPath;
    this.#tmux = target.tmux ?? 'tmux';
  }

  run(...argv: string[]): Promise<string[]> {
    return this.#execute(argv, '');
  }

  /** Over stdin: every user of the machine can read a process's arguments. */
  async load(buffer: string, text: string): Promise<void> {
    await this.#execute(['load-buffer', '-b', buffer, '-'], text);
  }

  /** Runs lines of tmux's command language in one process, each whatever becomes of the others, and gives all that they printed. */
  source(lines: string): Promise<string[]> {
    return this.#execute(['source-file', '-q', '-'], lines, { despiteFaults: true });
  }

  #execute(argv: readonly string[], input: string, { despiteFaults = false } = {}): Promise<string[]> {
    // -u: without it, and without a UTF-8 locale, tmux prints `_` for every character outside ASCII.
    const all = ['-u', ...(this.#socketPath === null ? [] : ['-S', this.#socketPath]), ...argv.map(keepSemicolon)];
    return new Promise((resolve, reject) => {
      const options = {
        timeout: COMMAND_LIMIT_MS,
        killSignal: 'SIGKILL' as const,
        maxBuffer: 64 << 20,
        env: tmuxEnvironment(),
      };
      const child = execFile(this.#tmux, all, options, (fault, stdout, stderr) => {
        if (fault === null) return resolve(linesOf(stdout));
        if (despiteFaults && fault.code === 1) return resolve(linesOf(stdout));
        const command = nameOf(argv);
        if (fault.code === 'ENOENT') {
          return reject(new TmuxError('missing', command, `no program "${this.#tmux}" on PATH`, fault));
        }
        if (fault.killed) {
          return reject(new TmuxError('timeout', command, `no answer within ${COMMAND_LIMIT_MS / 1000} s`, fault));
        }
        reject(faultOf(command, stderr || messageOf(fault), fault));
      });
      // A process that ended before it read all says why in its exit.
      child.stdin?.on('error', () => {});
      child.stdin?.end(input);
    });
  }

  async runAll(commands: readonly (readonly string[])[]): Promise<readonly CommandResult[]> {
    const results: CommandResult[] = [];
    for (const argv of commands) {
      results.push(
        await this.run(...argv).then(
          (lines) => ({ ok: true as const, lines }),
          (fault: unknown) => ({
            ok: false as const,
            error: fault instanceof TmuxError ? fault.reason : messageOf(fault),
          }),
        ),
      );
    }
    return results;
  }
}

/** tmux's argv reads an argument's last `;` as the end of the command, unless it is `\;`. */
export function keepSemicolon(argument: string): string {
  return argument.endsWith(';') ? `${argument.slice(0, -1)}\\;` : argument;
}

/** Every line ends in LF, so the last piece is not a line. */
export function linesOf(stdout: string): string[] {
  if (stdout === '') return [];
  return (stdout.endsWith('\n') ? stdout.slice(0, -1) : stdout).split('\n');
}

/** The bridge may itself run inside tmux: `TMUX` and `TMUX_PANE` would give commands a current target nobody named. */
export function tmuxEnvironment(): NodeJS.ProcessEnv {
  const { TMUX: _socket, TMUX_PANE: _pane, ...rest } = process.env;
  return rest;
}
