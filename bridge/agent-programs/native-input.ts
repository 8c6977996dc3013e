import type { Clock } from '../core/clock.ts';
import type { NativeInputFacts } from '../core/composer.ts';
import type { HandOver, OpenInput } from '../core/native-input.ts';
import type { ProcessInfo, TcpSocket } from '../core/process-info.ts';

/** A program's own way to take text beside its keyboard: how it treats a text there, and how it is found. */
export interface NativeInput extends NativeInputFacts {
  /** certain to be that of exactly this program, or refused with the reason */
  find(around: Around): OpenInput | { readonly refused: string };
}

/** What a native input is found by and used with. All input and output is handed in. */
export interface Around {
  /** the processes of the one program in the pane */
  readonly program: readonly ProcessInfo[];
  /** all processes of this user */
  others(): ReadonlyArray<Pick<ProcessInfo, 'pid' | 'argv' | 'cwd'>>;
  tcp(): readonly TcpSocket[];
  readonly clock: Clock;
  readonly io: NativeInputIo;
}

export interface NativeInputIo {
  /**
   * Starts a program that speaks JSON-RPC in lines over its standard input and output, so that no text stands in an argument
   * list. A HOME that is given counts only where this process has none.
   */
  startJsonRpc(executable: string, args: readonly string[], environment: Readonly<Record<string, string>>): JsonRpc;
  /** One POST to 127.0.0.1, bounded in time. */
  postJson(
    to: { readonly port: number; readonly path: string; readonly limitMs: number },
    body: object,
  ): Promise<HttpEnd>;
  /**
   * Appends one whole line to a regular file of this user's that has no other name, and waits until it is read: `taken`,
   * or `left` where nobody has read it within `readWithinMs`.
   */
  appendLine(path: string, line: string, readWithinMs: number): Promise<HandOver>;
}

export interface JsonRpc {
  /** @throws Refusal where the answer is no; another error where there is none, and it may have been done */
  call(method: string, params: object): Promise<Readonly<Record<string, unknown>>>;
  notify(method: string): void;
  /** Asks it to end, and ends it. */
  end(): Promise<void>;
}

/** The program answered, and the answer was no. */
export class Refusal extends Error {}

export type HttpEnd =
  | { readonly is: 'answered'; readonly status: number }
  /** nobody listens there: nothing was handed over */
  | { readonly is: 'nobody' }
  | { readonly is: 'failed'; readonly reason: string };
