import type { RequestKind } from '../core/events.ts';
import type { Request } from '../core/request.ts';

/** Why an answer that comes now cannot be typed, or why nothing more can be decided about the request. */
export function whyLate(request: Request): string {
  const { state } = request;
  switch (state.is) {
    case 'answered':
      return `it is already answered by ${state.answer.by}`;
    case 'delivered':
    case 'settled':
      return `the answer of ${state.answer.by} was delivered`;
    case 'withdrawn':
      return `the request was withdrawn: ${state.reason}`;
    case 'expired':
      return 'the request has expired';
    case 'failed':
      return `the request has failed: ${state.reason}`;
    case 'dismissed':
      return `the request was dismissed by ${state.by}`;
    default:
      return 'it is not answered yet';
  }
}

/** The journal's word for a transition, in the past tense. */
export function wordFor(before: Request, after: Request): RequestKind {
  if (after.state === before.state) return 'request-answer-late';
  if (after.isTyped !== before.isTyped) return 'request-asker-left';
  if (before.state.is === 'answered' && after.state.is === 'answered') return 'request-answer-replaced';
  return `request-${after.state.is}`;
}

/** What the journal keeps of a transition: enough that no answer is ever lost, also one that was replaced. */
export function factsOf(before: Request, after: Request): unknown {
  if (after.state === before.state) return { answer: after.late.at(-1) };
  if (before.state.is === 'answered' && after.state.is === 'answered') {
    return { replaced: before.state.answer, state: after.state };
  }
  // an answer that was taken back, or is followed by another one, is kept
  if (after.late.length > before.late.length) return { state: after.state, kept: after.late.at(-1) };
  return { state: after.state };
}
