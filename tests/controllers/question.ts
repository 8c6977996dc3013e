import type { Clock } from '../../bridge/core/clock.ts';
import type { Question } from '../../bridge/core/controller.ts';
import type { RequestId } from '../../bridge/core/ids.ts';

export const requestId = '20261121T012706.123Z-7f3k9q' as RequestId;

export function questionOf(changes: Partial<Question> = {}): Question {
  return {
    requestId,
    kind: 'request',
    worker: 'worker-1',
    agent: 'codex',
    text: 'Which database should the service use?',
    attributes: {},
    context: '',
    fromAgents: [],
    workingFolder: process.cwd(),
    ...changes,
  };
}

/** The machine's clock, for tests that run real processes and real files. */
export const realClock: Clock = {
  now: () => Date.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Polls until the condition holds; fails with `what` at the limit. */
export async function until(what: string, condition: () => boolean | Promise<boolean>, limitMs = 20_000) {
  const deadlineAt = Date.now() + limitMs;
  while (!(await condition())) {
    if (Date.now() > deadlineAt) throw new Error(`not within ${limitMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
