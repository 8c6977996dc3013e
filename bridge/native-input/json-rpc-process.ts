import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { type JsonRpc, Refusal } from '../agent-programs/native-input.ts';
import type { Clock } from '../core/clock.ts';

/** codex 0.169.0 is up after 0.1 to 0.3 s and answers in milliseconds; a machine under load may take far longer. */
const callLimitMs = 10_000;
const endLimitMs = 2_000;
const keptErrorCharacters = 300;

type Answer = Readonly<Record<string, unknown>>;

/** A child that is spoken to in JSON lines over its standard input and output. */
export class JsonRpcProcess implements JsonRpc {
  readonly #child: ChildProcess;
  readonly #clock: Clock;
  readonly #waiting = new Map<number, (reply: Answer | Error) => void>();
  #calls = 0;
  #errors = '';
  #gone: Error | null = null;

  constructor(
    executable: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>>,
    clock: Clock,
  ) {
    this.#clock = clock;
    const { PATH = '', HOME } = process.env;
    this.#child = spawn(executable, [...args], {
      cwd: '/',
      env: { PATH, ...environment, ...(HOME === undefined ? {} : { HOME }) },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#child.on('error', (fault) => this.#lost(fault));
    this.#child.on('exit', (code, signal) =>
      this.#lost(new Error(`it ended (${code ?? signal}) ${this.#errors.trim()}`)),
    );
    // a child that ended takes no more: its end is told by `exit`
    this.#child.stdin!.on('error', (fault) => this.#lost(fault));
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#errors = (this.#errors + text).slice(-keptErrorCharacters);
    });
    createInterface({ input: this.#child.stdout! }).on('line', (line) => this.#received(line));
  }

  notify(method: string): void {
    this.#write({ method });
  }

  /** @throws Refusal where the server says no; another error where it did not answer, and may have done it */
  call(method: string, params: object): Promise<Answer> {
    const id = ++this.#calls;
    return new Promise((resolve, reject) => {
      const settle = (reply: Answer | Error) => {
        cancel();
        this.#waiting.delete(id);
        if (reply instanceof Error) reject(reply);
        else resolve(reply);
      };
      const cancel = this.#clock.after(callLimitMs, () =>
        settle(new Error(`no answer to ${method} within ${callLimitMs} ms`)),
      );
      this.#waiting.set(id, settle);
      if (this.#gone !== null) settle(this.#gone);
      else this.#write({ id, method, params });
    });
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null || this.#child.pid === undefined) return;
    const exited = once(this.#child, 'exit');
    this.#child.stdin!.end();
    const cancel = this.#clock.after(endLimitMs, () => this.#child.kill('SIGKILL'));
    await exited;
    cancel();
  }

  #write(message: object): void {
    this.#child.stdin!.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  }

  #received(line: string): void {
    let message: { id?: unknown; result?: unknown; error?: { message?: unknown } };
    try {
      message = JSON.parse(line);
    } catch {
      return; // not of the protocol; an answer that never comes is told by its limit
    }
    const settle = typeof message.id === 'number' ? this.#waiting.get(message.id) : undefined;
    if (settle === undefined) return;
    if (message.error !== undefined) settle(new Refusal(String(message.error?.message ?? 'no reason given')));
    else settle((message.result ?? {}) as Answer);
  }

  #lost(fault: Error): void {
    this.#gone ??= fault;
    for (const settle of [...this.#waiting.values()]) settle(fault);
  }
}
