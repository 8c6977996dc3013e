import type { RequestView } from '../../bridge/api/views.ts';
import { markPattern, type Question } from './questions.ts';

/** Which questions were asked, and which of them which bridge is known to have. */
export class QuestionLog {
  readonly questions: Question[] = [];
  /** by mark */
  readonly askedAt = new Map<string, number>();
  readonly #byMark = new Map<string, Question>();
  readonly #lastOf = new Map<string, Question>();
  /** or passed over */
  readonly #answered = new Set<string>();
  /** by mark: names of the bridges that have listed it */
  readonly #knownTo = new Map<string, Set<string>>();

  enter(question: Question): void {
    this.questions.push(question);
    this.askedAt.set(question.mark, Date.now());
    this.#byMark.set(question.mark, question);
    this.#lastOf.set(question.agent, question);
  }

  lastOf(agent: string): Question | undefined {
    return this.#lastOf.get(agent);
  }

  questionOf(request: RequestView): Question | undefined {
    return this.#byMark.get(markPattern.exec(request.text)?.[0] ?? '');
  }

  /** Nobody need have seen that one: its agent is given another input. */
  passOver(mark: string): void {
    this.#answered.add(mark);
  }

  /** The bridge of that name has listed these. */
  listed(requests: readonly RequestView[], by: string): void {
    for (const request of requests) {
      const mark = markPattern.exec(request.text)?.[0] ?? '';
      this.#knownTo.set(mark, (this.#knownTo.get(mark) ?? new Set()).add(by));
    }
  }

  /** One of these bridges has listed it, or its agent has its answer. @param inputs what that agent received */
  isKnown({ mark, answer }: Question, to: readonly string[], inputs: () => readonly string[]): boolean {
    if (this.#answered.has(mark) || to.some((name) => this.#knownTo.get(mark)?.has(name))) return true;
    if (inputs().includes(answer)) this.#answered.add(mark);
    return this.#answered.has(mark);
  }
}
