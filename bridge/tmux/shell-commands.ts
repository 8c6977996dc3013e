import { messageOf } from '../core/failure.ts';
import { type CommandResult, faultOf, nameOf, type TmuxCommands, TmuxError } from './commands.ts';
import { keepSemicolon, linesOf } from './exec.ts';

/** A POSIX shell on another machine. */
export interface Shell {
  /** runs it with an empty stdin; rejects where the machine is not reached */
  run(script: string): Promise<{ readonly code: number; readonly output: string }>;
}

/** What a shell says of a program that it does not find. */
const notFound = 127;

/** tmux on another machine, each command by itself through a shell that is kept there: a round trip and a process. */
export class ShellCommands implements TmuxCommands {
  readonly host: string;
  readonly #shell: Shell;
  readonly #tmux: readonly string[];
  readonly #quote: (word: string) => string;

  /**
   * @param parts.host as it is called here
   * @param parts.socket the path there; null: the one that `tmux` itself takes
   * @param parts.quote makes one word of the shell's
   */
  constructor(parts: { host: string; shell: Shell; socket: string | null; quote: (word: string) => string }) {
    this.host = parts.host;
    this.#shell = parts.shell;
    this.#tmux = ['tmux', '-u', ...(parts.socket === null ? [] : ['-S', parts.socket])];
    this.#quote = parts.quote;
  }

  run(...argv: string[]): Promise<string[]> {
    return this.#execute(argv, this.#line(argv));
  }

  /** Through a pipe from a word of the shell's own: every user of that machine can read a process's arguments. */
  async load(buffer: string, text: string): Promise<void> {
    const argv = ['load-buffer', '-b', buffer, '-'];
    await this.#execute(argv, `printf %s ${this.#quote(text)} | ${this.#line(argv)}`);
  }

  async runAll(commands: readonly (readonly string[])[]): Promise<readonly CommandResult[]> {
    const results = await Promise.allSettled(commands.map((argv) => this.run(...argv)));
    return results.map((result) =>
      result.status === 'fulfilled'
        ? { ok: true, lines: result.value }
        : { ok: false, error: result.reason instanceof TmuxError ? result.reason.reason : messageOf(result.reason) },
    );
  }

  #line(argv: readonly string[]): string {
    return [...this.#tmux, ...argv.map(keepSemicolon)].map(this.#quote).join(' ');
  }

  async #execute(argv: readonly string[], script: string): Promise<string[]> {
    const command = nameOf(argv);
    const { code, output } = await this.#shell.run(script).catch((cause: unknown) => {
      throw new TmuxError('away', command, `${this.host} is not reached: ${messageOf(cause)}`, cause);
    });
    if (code === 0) return linesOf(output);
    if (code === notFound) throw new TmuxError('missing', command, `no tmux on PATH at ${this.host}`);
    throw faultOf(command, output);
  }
}
