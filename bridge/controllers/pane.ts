import { Delimiter, responseStart } from '../core/block-protocol.ts';
import type { Question } from '../core/controller.ts';
import { describeQuestion, otherAgents, untrustedNotice } from './prompt.ts';
import { fence, quoteContext, quoteRequest } from './untrusted.ts';

/**
 * What the courier delivers into the pane of a live controller. Its answer is matched by the request id alone. The id
 * is minted after the worker wrote its text, so it also serves as the fence that the worker cannot have guessed.
 *
 * The text holds END before START, so that its echo on the screen encloses nothing. It is itself the one kind of text
 * whose delimiters the courier must leave alone; those in the worker's words are disarmed here.
 */
export function composePaneRequest(question: Question, requestId: string): string {
  const parts = [
    `Bridge request id=${requestId}: a worker asks, and you decide. (See your controller skill.)`,
    describeQuestion(question),
    untrustedNotice(requestId),
    fence('REQUEST', quoteRequest(question.text), requestId),
  ];
  if (question.context.trim() !== '') parts.push(fence('SCREEN', quoteContext(question.context), requestId));
  parts.push(...otherAgents(question, requestId));
  parts.push(
    [
      'Answer here, in this conversation, with exactly one block, as plain text and not in a code fence. Do not send it to the worker yourself: the bridge does.',
      `Its last line: ${Delimiter.responseEnd}`,
      `Its first line: ${responseStart(requestId)}`,
      'In between: a line "WORKER INSTRUCTIONS:" and below it what the worker gets, word for word; ' +
        'then a line "NOTES:" and below it what only the human sees. If the human has to decide: one line that begins with ESCALATE, a colon and the reason, instead of both headers.',
    ].join('\n'),
  );
  return parts.join('\n\n');
}
