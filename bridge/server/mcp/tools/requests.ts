import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { ResultOf } from '../../../api/index.ts';
import { usageError } from '../../../core/failure.ts';
import { tool } from '../tool.ts';
import { idInput, requestIn, requestOutput, textInput } from '../views.ts';

/** Clients end a call after 60 s (Claude Code 2.1): a wait that is longer becomes a ticket before that. */
const mostWaitS = 45;

const answerOutput = z.object({
  is_answered: z.boolean(),
  answer: z.string().nullable(),
  ticket: z.string().nullable().describe('for answer_status, where there is no answer yet'),
  status: z.string(),
  next: z.string().describe('what to do now'),
});

const waitInput = z.number().min(0).max(mostWaitS);

export const askController = tool({
  name: 'ask_controller',
  title: 'Ask your controller',
  description: `Ask whoever decides for you, a rule, a controller agent or a person, a question that stops you. Returns the answer if it comes within wait_s seconds (at most ${mostWaitS}); else a ticket. Then go on with other work, or end your turn: the answer will be typed into your input when it is there. Do not ask the same again.`,
  input: z.object({
    question: textInput.describe('the question, with all that is needed to decide it'),
    wait_s: waitInput.default(mostWaitS).describe('how long to wait for the answer, in seconds'),
  }),
  output: answerOutput,
  does: 'write',
  async run({ asking }, { question, wait_s: waitS }, closed) {
    const asked = await asking.call('ask', { text: question, wait: false, isTicketed: true, key: randomUUID() });
    if (asked.ticket === null) throw usageError('ask_controller', 'the ticket', 'was not given');
    const { ticket } = asked;
    const waitMs = asked.answer === null && !closed.aborted ? waitS * 1_000 : 0;
    try {
      return answerFor(ticket, await asking.call('ticket', { ticket, waitMs }, closed));
    } catch (fault) {
      // who cancels may have hung up before the bridge knew of the wait: now it knows that nobody waits
      if (closed.aborted) await asking.call('ticket', { ticket });
      throw fault;
    }
  },
});

export const answerStatus = tool({
  name: 'answer_status',
  title: 'Look for an answer',
  description:
    'Look whether a question that you asked with ask_controller is answered, by its ticket. Where you have a terminal pane you need not: the answer is typed into your input.',
  input: z.object({ ticket: z.string().min(1).max(256), wait_s: waitInput.default(0) }),
  output: answerOutput,
  does: 'read',
  run: async ({ asking }, { ticket, wait_s: waitS }, closed) =>
    answerFor(ticket, await asking.call('ticket', { ticket, waitMs: waitS * 1_000 }, closed)),
});

export const listRequests = tool({
  name: 'list_requests',
  title: 'List requests',
  description: 'List what agents have asked and nobody has answered yet; with all, also what has ended.',
  input: z.object({ all: z.boolean().default(false) }),
  output: z.object({ requests: z.array(requestOutput) }),
  does: 'read',
  async run({ asking }, { all }) {
    const requests = (await asking.call('requests', { all })).slice(-mostRequests).map(requestIn);
    const lines = requests.map(
      ({ id, agent, question, status }) => `${id} ${agent}: ${question.split('\n')[0]} (${status})`,
    );
    return { says: lines.length === 0 ? 'Nothing is open.' : lines.join('\n'), data: { requests } };
  },
});

/** The newest so many: an answer that is longer no model reads. */
const mostRequests = 100;

export const answerRequest = tool({
  name: 'answer_request',
  title: 'Answer a request',
  description:
    'Answer what another agent asked, by the id of its request. Only whom the configuration lets may: the controller of that agent, or a member that is named there. The first answer counts, and is typed into the pane of who asked.',
  input: z.object({
    request_id: idInput,
    answer: textInput.optional().describe('the text; or'),
    choice: z.string().min(1).max(1_000).optional().describe('of a dialog: one of its options'),
  }),
  output: z.object({ id: z.string(), accepted: z.enum(['first', 'replaced', 'late', 'refused']), status: z.string() }),
  does: 'write-once',
  async run({ asking }, { request_id: id, answer, choice }, closed) {
    if ((answer === undefined) === (choice === undefined))
      throw usageError(
        'answer_request',
        id,
        'expected one of answer and choice',
        'give answer; or choice, for a dialog',
      );
    const found = await asking.call(
      'answer',
      { id, ...(choice === undefined ? { text: answer } : { choose: choice }) },
      closed,
    );
    return { says: found.message, data: { id: found.id, accepted: found.accepted, status: found.message } };
  },
});

function answerFor(ticket: string, found: ResultOf<'ticket'>) {
  const { isAnswered, answer, isOver, status, isTyped } = found;
  const next = nextStep({ isAnswered, isOver, isTyped });
  const says = isAnswered ? `The answer: ${answer}` : `${status}. Ticket: ${ticket}\n${next}`;
  const data = { is_answered: isAnswered, answer, ticket: isAnswered || isOver ? null : ticket, status, next };
  return { says, data };
}

function nextStep({
  isAnswered,
  isOver,
  isTyped,
}: Pick<ResultOf<'ticket'>, 'isAnswered' | 'isOver' | 'isTyped'>): string {
  if (isAnswered) return 'Go on with the answer.';
  if (isOver) return 'Nobody will answer this question. Decide yourself what is safe, or ask anew.';
  return isTyped
    ? 'Go on with other work, or end your turn: the answer will be typed into your input. Do not ask the same again.'
    : 'Go on with other work. Nothing can be typed into your pane: call answer_status with this ticket at your next pause.';
}
