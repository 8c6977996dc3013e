import type { Question, Reply } from '../core/controller.ts';

/** Somebody who can be asked and answers with text. */
export interface Controller {
  /** the program's name, as in `controller:codex` */
  readonly name: string;
  /**
   * One question, one reply; every expected failure is a value. Aborting ends whatever was started for it: when the
   * promise settles no process of it runs and no temporary file of it is left.
   */
  ask(question: Question, signal: AbortSignal): Promise<Reply>;
}
