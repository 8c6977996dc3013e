import type { RequestView } from '../../bridge/views.ts';
import { markPattern, type Question } from './questions.ts';

/** Which questions were asked, and which of them a bridge is known to have. */
export class Register {
  readonly questions: Question[] = [];
  /** by mark */
  readonly askedAt = new Map<string, number>();
  readonly #byMark = new Map<string, Question>();
  readonly #lastOf = new Map<string, Question>();
  readonly #known = new Set<string>();

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

  /** A bridge has listed these. */
  listed(requests: readonly RequestView[]): void {
    for (const request of requests) this.#known.add(markPattern.exec(request.text)?.[0] ?? '');
  }

  /** Some list of requests has had it, or its agent has its answer. @param inputs what that agent received */
  isKnown({ mark, answer }: Question, inputs: () => readonly string[]): boolean {
    if (!this.#known.has(mark) && inputs().includes(answer)) this.#known.add(mark);
    return this.#known.has(mark);
  }
}
