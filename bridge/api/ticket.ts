import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { BridgeError } from '../core/failure.ts';
import { isOpen, type Request } from '../core/request.ts';
import { steadyClock } from '../host/clock.ts';
import { limitMs, word } from './arguments.ts';
import { archivedView, type ForViews, findRequest, viewIn } from './find-request.ts';
import { method } from './method.ts';
import { type Evidence, type ForSender, provenPane, senderArgs, senderOf } from './sender.ts';
import type { RequestView } from './views.ts';

const ticketView = z.object({
  id: z.string(),
  question: z.string(),
  isAnswered: z.boolean(),
  answer: z.string().nullable(),
  /** nobody will answer any more: dismissed, expired, … */
  isOver: z.boolean(),
  status: z.string(),
  /** its answer goes into the pane that asked, too */
  isTyped: z.boolean(),
});
export type TicketView = z.infer<typeof ticketView>;

/**
 * What became of a question, for who asked it; waits for its answer. At the end of the wait, or where who asks hangs up, nobody
 * waits for the answer any more: it goes into the pane that asked, where there is one.
 */
export const ticket = method({
  name: 'ticket',
  args: z.object({ ...senderArgs, ticket: word(256), waitMs: limitMs.default(0) }),
  result: ticketView,
  async run(bridge: ForTicket, { ticket, waitMs, ...evidence }, closed) {
    const id = bridge.tickets.idIn(ticket, await holderOf(bridge, evidence));
    const kept = bridge.journal.request(id);
    if (kept === null) {
      const archived = archivedView(bridge, id);
      return archived === null ? viewFor(bridge, findRequest(bridge, id)) : viewOf(archived, false);
    }
    const now = () => bridge.journal.request(id) ?? kept;
    const isThere = () => (answerIn(viewIn(bridge, now())) !== null || !isOpen(now()) ? true : null);
    await untilThere(bridge, isThere, closed, waitMs);
    // in one go with the look: what is answered before is taken here, and what is answered later is typed
    if (hasPane(now())) bridge.requests.askerLeft(kept.id);
    return viewFor(bridge, now());
  },
});

/** Another process may have answered, of which nobody here is told. */
const lookEveryMs = 250;

async function untilThere(
  { changes }: Pick<Bridge, 'changes'>,
  isThere: () => true | null,
  closed: AbortSignal,
  waitMs: number,
): Promise<void> {
  const giveUpAt = steadyClock.now() + waitMs;
  for (;;) {
    const leftMs = giveUpAt - steadyClock.now();
    if (leftMs <= 0 || closed.aborted) return;
    if ((await changes.until(isThere, closed, Math.min(lookEveryMs, leftMs))) !== null) return;
  }
}

type ForTicket = ForViews & ForSender & Pick<Bridge, 'tickets' | 'changes' | 'requests' | 'config'>;

/**
 * For whom a ticket counts: a member that is shown to be who asks, or a person; an agent without a name by its pane.
 * @throws BridgeError where nothing shows who asks
 */
export async function holderOf(bridge: ForSender, evidence: Evidence): Promise<string> {
  const who = await senderOf(bridge, evidence, { isLook: true }).catch((fault: unknown) => {
    if (fault instanceof BridgeError) return null;
    throw fault;
  });
  if (who !== null && who.standing !== 'claimed') return who.name;
  const pane = await provenPane(bridge, evidence);
  if (pane !== null) return JSON.stringify([pane.server, pane.paneId, pane.panePid]);
  throw new BridgeError({
    what: 'ticket',
    target: who === null ? 'this agent' : bridge.directory.shown(who.name),
    reason: 'nothing shows that this is who asks',
    nextStep: 'run it in the pane of that member, or with its token in BRIDGE_TOKEN',
  });
}

function hasPane({ pane }: Request): boolean {
  return pane.panePid !== 0;
}

function viewFor(bridge: ForViews, request: Request): TicketView {
  return viewOf(viewIn(bridge, request), request.isTyped === true);
}

function viewOf(view: RequestView, isTyped: boolean): TicketView {
  const { id, text, state, status } = view;
  const answer = answerIn(view);
  const isOver = answer === null && ['withdrawn', 'expired', 'failed', 'dismissed'].includes(state);
  return { id, question: text, isAnswered: answer !== null, answer, isOver, status, isTyped };
}

/** Also of one whose delivery came to nothing: who asked has it here. */
function answerIn({ answer, doubt, notTyped, delivery, late }: RequestView): string | null {
  const given = answer ?? doubt?.answer ?? notTyped ?? late.at(-1);
  return given?.instructions ?? delivery?.envelope.body ?? null;
}
