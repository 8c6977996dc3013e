import type { Question, Reply } from '../core/controller.ts';
import { runChild } from './child.ts';
import type { Controller } from './controller.ts';
import {
  answered,
  environmentFor,
  failureOf,
  folderProblem,
  type ProgramSetting,
  promptFor,
  unavailable,
} from './program.ts';
import { withScratch } from './scratch.ts';

/**
 * Any program: the prompt on its standard input, its answer on its standard output, exit code 0. Its standard error is
 * never an answer. What it may do to the machine is its own matter; isolated, it runs in an empty folder that is
 * removed afterwards.
 */
export class CommandController implements Controller {
  readonly name = 'command';
  readonly #argv: readonly string[];
  readonly #setting: ProgramSetting;

  /** @param argv program and arguments; never empty */
  constructor(argv: readonly string[], setting: ProgramSetting) {
    this.#argv = argv;
    this.#setting = setting;
  }

  async ask(question: Question, signal: AbortSignal): Promise<Reply> {
    if (this.#setting.isolated) {
      return withScratch(this.#setting.scratchRoot, (folder) => this.#run(question, folder, signal));
    }
    const problem = await folderProblem(question.workingFolder);
    return problem === null ? this.#run(question, question.workingFolder, signal) : unavailable(problem);
  }

  async #run(question: Question, folder: string, signal: AbortSignal): Promise<Reply> {
    const [file, ...args] = this.#argv;
    const { timeoutMs, clock } = this.#setting;
    const end = await runChild(
      {
        file: file!,
        args,
        folder,
        environment: environmentFor(question, this.#setting),
        input: promptFor(question, this.#setting),
        timeoutMs,
        clock,
      },
      signal,
    );
    return failureOf(end, file!, timeoutMs) ?? (end.is === 'exited' ? answered(end.stdout) : unavailable(end.is));
  }
}
