import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { permit } from '../app/permit.ts';
import { parseResponse } from '../core/block-protocol.ts';
import { isWaiting } from '../core/delivery-machine.ts';
import { ExitCode, usageError } from '../core/failure.ts';
import type { Request } from '../core/request.ts';
import { answererArgs, answererOf, type ForAnswerer } from './answerer.ts';
import { id, text } from './arguments.ts';
import { accepted } from './decision.ts';
import { findRequest } from './find-request.ts';
import { method } from './method.ts';
import { type AnswerView, answerView, outcomeOf } from './views.ts';

/** How long `answer` stays to see whether the answer it gave goes out at once: a long text, shown late, takes a while. */
const firstAttempt = { beginMs: 8_000, endMs: 60_000 };

const args = z.object({
  id,
  text: text().default(''),
  /** the label, key or number of an option, for a request about a dialog */
  choose: text().min(1, 'is empty').optional(),
  /** types the answer in doubt once more */
  again: z.boolean().default(false),
  /** counts only where nobody has answered yet: else it is refused, and the answer that there is stays */
  isFirst: z.boolean().default(false),
  notes: text().default(''),
  ...answererArgs,
});

/** Answers a request, or chooses in its dialog, and stays to see it delivered. */
export const answer = method({
  name: 'answer',
  args,
  result: answerView,
  async run(bridge: ForAnswerer & Pick<Bridge, 'journal' | 'requests' | 'texts' | 'projects'>, given, closed) {
    const { id, text, choose, again, isFirst, notes, ...who } = given;
    const request = findRequest(bridge, id);
    if (again) {
      const by = await permit(bridge, { act: 'answer', target: request.id, about: request.pane, ...who });
      accepted('answer --again', request, bridge.requests.retry(request.id, by));
      return outcomeFor(bridge, request, 'first', closed);
    }
    const by = await answererOf(bridge, request, who);
    if (choose !== undefined && request.dialog === undefined) {
      throw usageError('answer', request.id, 'is not about a dialog: there is nothing to choose', 'answer with a text');
    }
    const said =
      choose === undefined
        ? parseResponse(text, {
            split: bridge.projects.configFor(request.pane).splitResponse,
            requireBlock: false,
            requestId: request.id,
          })
        : ({ is: 'answer', instructions: choose, notes: '' } as const);
    if (said.is !== 'answer') throw usageError('answer', request.id, 'the text holds no instructions for the worker');
    const known = isFirst ? answeredBy(bridge, request) : null;
    const outcome =
      known === null
        ? bridge.requests.answer(request.id, {
            by,
            instructions: said.instructions,
            notes: [said.notes, notes].filter(Boolean).join('\n'),
          })
        : ({ accepted: 'refused', reason: `${known} has answered it meanwhile` } as const);
    if (outcome.accepted === 'refused' || outcome.accepted === 'late') {
      const message = `request ${request.id}: ${outcome.accepted}: ${outcome.reason}`;
      return { id: request.id, accepted: outcome.accepted, message, delivery: null, exitCode: ExitCode.failed };
    }
    return outcomeFor(bridge, request, outcome.accepted, closed);
  },
});

/** Whose answer there is by now; null where there is none. */
function answeredBy({ journal }: Pick<Bridge, 'journal'>, request: Request): string | null {
  const { state } = journal.request(request.id) ?? request;
  return 'answer' in state ? state.answer.by : null;
}

/** What became of an answer that was given just now, as far as it goes out at once. */
async function outcomeFor(
  { texts }: Pick<Bridge, 'texts'>,
  { id }: Request,
  accepted: 'first' | 'replaced',
  closed: AbortSignal,
): Promise<AnswerView> {
  const delivery = await texts.settled(id, firstAttempt, closed);
  const end = delivery ? outcomeOf(delivery.state) : { message: 'answered', exitCode: ExitCode.done };
  const kept = delivery !== null && isWaiting(delivery.state);
  const message = `request ${id}: ${end.message}${kept ? '; it will be sent when the pane can take it' : ''}`;
  return { id, accepted, message, delivery, exitCode: end.exitCode };
}
