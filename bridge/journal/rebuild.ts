import { isEnded, isWaiting, mayFollow } from '../core/delivery-machine.ts';
import type { Delivery, DeliveryState } from '../core/envelope.ts';
import type { Finding, FindingKind } from '../core/finding.ts';
import type { JournalEvent } from '../core/journal-event.ts';
import { type Mail, type MailState, type Message, mayMailBecome } from '../core/message.ts';
import { type Answer, isAnswerTyped, mayBecome, type Request, type RequestState } from '../core/request.ts';

type EventData<State> = { readonly state?: State; readonly answer?: Answer; readonly kept?: Answer } | null;

/** A request's life by its events alone, held to the lifecycle and to what the journal keeps of it. Pure. */
export function rebuildRequest(request: Request, events: readonly JournalEvent[]): Finding[] {
  const findings: Finding[] = [];
  const found = (kind: FindingKind, what: string) => findings.push({ kind, target: request.id, what });
  if (events[0]?.kind !== 'request-opened') found('impossible-step', 'its record does not begin with its opening');
  let state: RequestState = { is: 'open' };
  const late: Answer[] = [];
  for (const event of events.slice(1)) {
    const data = event.data as EventData<RequestState>;
    if (event.kind === 'request-answer-late') {
      if (data?.answer) late.push(data.answer);
      continue;
    }
    if (event.kind === 'request-deadline-moved') continue;
    if (event.kind === 'request-turn-corrected') {
      if (state.is !== 'open')
        found('impossible-step', `event ${event.seq}: its turn was corrected while it was ${state.is}`);
      continue;
    }
    const next = data?.state ?? stateNamed<RequestState>(event.kind, 'request-');
    if (!mayBecome(state, next)) found('impossible-step', `event ${event.seq}: ${state.is} became ${next.is}`);
    if (data?.kept) late.push(data.kept);
    state = next;
  }
  if (!agrees(state, request.state)) {
    found('disagrees', `it is ${request.state.is}, and its record ends with ${state.is}`);
  }
  if (JSON.stringify(late) !== JSON.stringify(request.late)) {
    found('disagrees', `${request.late.length} late answers are kept, and ${late.length} are recorded`);
  }
  return findings;
}

/** A delivery's life, likewise; ended, it has its receipt or its reason. Pure. */
export function rebuildDelivery(delivery: Delivery, events: readonly JournalEvent[]): Finding[] {
  const findings: Finding[] = [];
  const found = (kind: FindingKind, what: string) => findings.push({ kind, target: delivery.id, what });
  if (events[0]?.kind !== 'delivery-queued') found('impossible-step', 'its record does not begin with its posting');
  let state: DeliveryState = { is: 'queued' };
  for (const event of events.slice(1)) {
    if (event.kind === 'delivery-deadline-moved') continue;
    if (event.kind === 'delivery-body-replaced') {
      if (!isWaiting(state)) {
        found('impossible-step', `event ${event.seq}: its text was replaced while it was ${state.is}`);
      }
      continue;
    }
    const next = (event.data as EventData<DeliveryState>)?.state ?? stateNamed<DeliveryState>(event.kind, 'delivery-');
    if (!mayFollow(state, next)) found('impossible-step', `event ${event.seq}: ${state.is} became ${next.is}`);
    state = next;
  }
  if (!agrees(state, delivery.state)) {
    found('disagrees', `it is ${delivery.state.is}, and its record ends with ${state.is}`);
  }
  if (isEnded(delivery.state) && !hasEvidence(delivery.state)) {
    found('no-evidence', `it ended ${delivery.state.is} without a receipt or a reason`);
  }
  return findings;
}

/** The deliveries of one thread against their request: one answer is typed once, and an end says how it was carried. Pure. */
export function rebuildThread(request: Request, deliveries: readonly Delivery[]): Finding[] {
  const findings: Finding[] = [];
  const found = (kind: FindingKind, target: string, what: string) => findings.push({ kind, target, what });
  const answers = deliveries.filter(({ envelope }) => envelope.inReplyTo === request.id);
  const typed = answers.filter(({ state }) => mayBeOnScreen(state));
  for (const [index, { id, envelope }] of typed.entries()) {
    const before = typed[index - 1];
    if (before === undefined || (isUndecided(before.state) && envelope.from.startsWith('human'))) continue;
    found('typed-twice', request.id, `delivery ${id} was typed after ${before.id}, which ended ${before.state.is}`);
  }
  const { state } = request;
  if ('deliveryId' in state && !answers.some(({ id }) => id === state.deliveryId)) {
    found('lost-delivery', request.id, `delivery ${state.deliveryId} of its answer is not in the journal`);
  } else if (isAnswerTyped(request) && (state.is === 'delivered' || state.is === 'settled')) {
    const isConfirmed = state.is === 'settled' && state.vouchedBy !== undefined;
    const carried = answers.filter(
      (one) =>
        one.envelope.body === state.answer.instructions &&
        (isConfirmed ? isUndecided(one.state) : one.state.is === 'acknowledged'),
    );
    if (carried.length === 0)
      found('no-evidence', request.id, `it is ${state.is}, and no delivery has typed its answer`);
  } else if (!isAnswerTyped(request) && typed.length > 0) {
    found('typed-twice', request.id, 'its answer was printed by the command that asked, and typed as well');
  }
  if (state.is === 'withdrawn' && state.notTyped) {
    const { deliveryId } = state.notTyped;
    const is = answers.find(({ id }) => id === deliveryId)?.state.is;
    if (is === undefined)
      found('lost-delivery', request.id, `delivery ${deliveryId} of its answer is not in the journal`);
    else if (is !== 'cancelled')
      found('disagrees', request.id, `its answer was never typed, and delivery ${deliveryId} is ${is}`);
  }
  return findings;
}

/** What became of a message for each recipient, by its events alone. Pure. */
export function rebuildMail(message: Message, kept: readonly Mail[], events: readonly JournalEvent[]): Finding[] {
  const findings: Finding[] = [];
  const found = (kind: FindingKind, what: string) => findings.push({ kind, target: message.id, what });
  const sent = events[0]?.data as { readonly message: Message; readonly state: MailState } | undefined;
  if (events[0]?.kind !== 'message-sent' || sent === undefined) {
    found('impossible-step', 'its record does not begin with its sending');
    return findings;
  }
  if (JSON.stringify(sent.message) !== JSON.stringify(message))
    found('disagrees', 'it is not the message that was sent');
  const states = new Map<string, MailState>(message.to.map((member) => [member, sent.state]));
  for (const event of events.slice(1)) {
    if (event.kind === 'message-deadline-moved') continue;
    const { member, state } = event.data as { readonly member: string; readonly state: MailState };
    const before = states.get(member);
    if (before === undefined || !mayMailBecome(before, state))
      found('impossible-step', `event ${event.seq}: for ${member} ${before?.is ?? 'nothing'} became ${state.is}`);
    states.set(member, state);
  }
  for (const [member, state] of states) {
    const is = kept.find((mail) => mail.member === member)?.state;
    if (JSON.stringify(is) !== JSON.stringify(state))
      found('disagrees', `for ${member} it is ${is?.is ?? 'not kept'}, and its record ends with ${state.is}`);
  }
  return findings;
}

function mayBeOnScreen({ is }: DeliveryState): boolean {
  return ['typed', 'submitted', 'acknowledged', 'typed-not-submitted', 'uncertain'].includes(is);
}

function isUndecided({ is }: DeliveryState): boolean {
  return is === 'uncertain' || is === 'typed-not-submitted';
}

function hasEvidence(state: DeliveryState): boolean {
  if (state.is === 'acknowledged') return state.receipt.evidence !== '';
  return state.is === 'expired' || ('reason' in state && state.reason !== '');
}

/** Where an event tells no state, its kind names it. */
function stateNamed<State>(kind: string, prefix: string): State {
  return { is: kind.slice(prefix.length) } as State;
}

/** A state of which the event told no more than its name agrees with any of that name. */
function agrees(data: { readonly is: string }, kept: { readonly is: string }): boolean {
  return Object.keys(data).length === 1 ? data.is === kept.is : JSON.stringify(data) === JSON.stringify(kept);
}
