import { randomBytes } from 'node:crypto';
import type { CommandResult, TmuxCommands } from './commands.ts';
import { commandLine } from './control-mode.ts';
import type { ExecCommands } from './exec.ts';

interface Question {
  readonly argv: readonly string[];
  answer(lines: Promise<string[]>): void;
}

/** A server does nothing else while it answers: so many looks take it some 20 ms. */
const TOGETHER = 100;

/**
 * Questions that are put at the same time go to the server in one process, a thousand looks in ten: for one-shot use where a
 * process for each would take a minute. For questions only: one whose answer does not come whole is put again by itself, and
 * that one's fault is its fault.
 */
export class QuestionsTogether implements TmuxCommands {
  readonly #exec: ExecCommands;
  readonly #most: number;
  #waiting: Question[] = [];
  #last: Promise<unknown> = Promise.resolve();

  /** @param most so many at once: for a process that has other work, which waits while it takes their answers */
  constructor(exec: ExecCommands, most = TOGETHER) {
    this.#exec = exec;
    this.#most = most;
  }

  run(...argv: string[]): Promise<string[]> {
    if (this.#waiting.length === 0) setImmediate(() => this.#putAll());
    return new Promise((resolve) => this.#waiting.push({ argv, answer: resolve }));
  }

  runAll(commands: readonly (readonly string[])[]): Promise<readonly CommandResult[]> {
    return this.#exec.runAll(commands);
  }

  #putAll(): void {
    const questions = this.#waiting;
    this.#waiting = [];
    for (let at = 0; at < questions.length; at += this.#most) {
      const some = questions.slice(at, at + this.#most);
      this.#last = this.#last.then(() => this.#put(some));
    }
  }

  async #put(questions: readonly Question[]): Promise<void> {
    const answers = questions.length > 1 ? await this.#answers(questions.map(({ argv }) => argv)) : [];
    for (const [index, { argv, answer }] of questions.entries()) {
      answer(answers[index] === undefined ? this.#exec.run(...argv) : Promise.resolve(answers[index]));
    }
  }

  /** The lines of each; undefined where they are not whole. */
  async #answers(questions: readonly (readonly string[])[]): Promise<ReadonlyArray<string[] | undefined>> {
    const mark = randomBytes(9).toString('hex');
    const [begins, ends] = [`${mark}-begins`, `${mark}-ends`];
    const input = questions.map(
      (argv) => `display-message -p ${begins}\n${commandLine(argv)} ; display-message -p ${ends}\n`,
    );
    const lines = await this.#exec.source(input.join('')).catch((): string[] => []);
    const starts = lines.flatMap((line, at) => (line === begins ? [at + 1] : []));
    return starts.map((start, index) => {
      const end = lines.indexOf(ends, start);
      const next = starts[index + 1] ?? lines.length + 1;
      return end >= 0 && end < next ? lines.slice(start, end) : undefined;
    });
  }
}
