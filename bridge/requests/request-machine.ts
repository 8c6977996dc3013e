import { parseSections } from '../core/block-protocol.ts';
import { becausePassed, whyTurnPassed } from '../core/envelope.ts';
import type { DeliveryId } from '../core/ids.ts';
import {
  type Answer,
  describeFailure,
  doubtOf,
  isAnswerTyped,
  notTypedOf,
  type Request,
  type RequestState,
} from '../core/request.ts';
import type { Effect, RequestInput } from './inputs.ts';
import { ruleInWords } from './policy.ts';

export interface RequestStep {
  readonly request: Request;
  readonly effects: readonly Effect[];
  /** false: the event had no place in this state, and the request is the very same object */
  readonly changed: boolean;
}

/**
 *   open ─► asked of a controller ─► asked of the human ◄─┐   it failed or passed it on; or a rule says so, from open
 *     └───────────────┴────────────────────┴─► answered ──┤   its delivery failed, or nobody can tell what became of it
 *                                                         └─► delivered ─► settled
 *
 *   from open and asked   withdrawn (the worker moved on) · expired (deadline) · dismissed
 *   from answered         withdrawn (the worker moved on, or its dialog closed) · dismissed: both only while nothing is typed
 *                         failed (its delivery was taken away) · expired (its deadline)
 *
 * Pure and total. The first answer wins; while nothing is typed a human's answer may replace it; every other answer is
 * kept in `late`. The answer to `bridge ask` is printed by the command that asked: it goes to `settled` at once. Where that
 * waits no more and has a pane, the answer is delivered as any other.
 * An answer is bound to the turn that asked: where that has passed it is taken back, kept, and its author told.
 * Where another bridge may have answered meanwhile, what is not typed yet is the human's.
 * An answer in doubt is the human's: it may be marked as delivered, typed on a person's word, or followed by another.
 */
export function step(request: Request, event: RequestInput): RequestStep {
  switch (event.type) {
    case 'confirmed':
      return confirmed(request, event);
    case 'unconfirmed':
      return request.state.is === 'open'
        ? toHuman(request, 'it was seen on the screen only once', event.at)
        : unchanged(request);
    case 'answer-arrived':
      return answerArrived(request, event.answer, event.deliveryId);
    case 'answer-missed':
      return isKnown(request, event.answer) ? unchanged(request) : late(request, event.answer);
    case 'confirmed-delivered':
      return confirmedDelivered(request, event.by, event.at);
    case 'asked-again': {
      const doubt = doubtOf(request);
      if (doubt === null) return unchanged(request);
      return answered(request, { ...doubt.answer, by: event.by, at: event.at }, event.deliveryId);
    }
    case 'controller-failed':
      return request.state.is === 'asked' && request.state.of === 'controller'
        ? toHuman(request, describeFailure(event.failure), event.at)
        : unchanged(request);
    case 'delivery-changed':
      return request.state.is === 'answered' ? deliveryChanged(request, request.state, event) : unchanged(request);
    case 'dialog-closed':
      return dialogClosed(request, event.at);
    case 'recalled':
      return recalled(request, event.why, event.at);
    case 'typed-elsewhere':
      return typedElsewhere(request, event);
    case 'asker-left':
      return askerLeft(request);
    case 'turn-began':
      return turnBegan(request, event.at);
    case 'dismissed':
      return dismissed(request, event.by, event.at);
    case 'ticked':
      return ticked(request, event.at);
  }
}

function confirmed(seen: Request, event: RequestInput & { type: 'confirmed' }): RequestStep {
  const { decision, at, deliveryId, turnMark } = event;
  if (seen.state.is !== 'open') return unchanged(seen);
  const request = turnMark === undefined ? seen : { ...seen, turnMark };
  const rule = ruleInWords(decision) ?? 'no policy rule answers it';
  switch (decision.is) {
    case 'answer': {
      const said = parseSections(decision.text, true);
      const instructions = said.is === 'answer' ? said.instructions : decision.text;
      const notes = [said.is === 'answer' ? said.notes : '', `answered by ${rule}`].filter(Boolean).join('\n');
      return answered(request, { by: 'rules', instructions, notes, at }, deliveryId);
    }
    case 'choose':
      return answered(
        request,
        { by: 'rules', instructions: decision.option, notes: `chosen by ${rule}`, at },
        deliveryId,
      );
    case 'controller':
      return become(request, { is: 'asked', of: 'controller', why: rule, at }, { do: 'ask', of: 'controller' });
    case 'human':
      return toHuman(request, decision.why ?? rule, at);
    case 'ignore':
      return become(request, { is: 'dismissed', by: `rules: ${rule} ignores it`, at });
  }
}

function answerArrived(request: Request, answer: Answer, deliveryId: DeliveryId): RequestStep {
  const { state } = request;
  if (isKnown(request, answer)) return unchanged(request);
  switch (state.is) {
    case 'open':
    case 'asked':
      return doubtOf(request) && !isHuman(answer) ? late(request, answer) : answered(request, answer, deliveryId);
    case 'answered':
      // Only a human may think again; among controllers and rules the first one stands.
      return isHuman(answer)
        ? become(request, { ...state, answer }, { do: 'replace-delivery', answer })
        : late(request, answer);
    default:
      return late(request, answer);
  }
}

function answered(request: Request, answer: Answer, deliveryId: DeliveryId): RequestStep {
  const stop = stopAsking(request.state, answer.by);
  if (!isAnswerTyped(request)) {
    return become(request, { is: 'settled', answer, at: answer.at }, ...stop, { do: 'archive' });
  }
  const act = request.dialog === undefined ? 'deliver' : 'choose';
  const doubt = doubtOf(request);
  const kept = doubt === null ? request : { ...request, late: [...request.late, doubt.answer] };
  const askedAt = request.state.is === 'asked' ? request.state.at : answer.at;
  return become(kept, { is: 'answered', answer, deliveryId, askedAt }, ...stop, { do: act, answer });
}

function deliveryChanged(
  request: Request,
  state: RequestState & { is: 'answered' },
  event: RequestInput & { type: 'delivery-changed' },
): RequestStep {
  const { answer, deliveryId } = state;
  const { at, state: delivery } = event;
  const failed = (reason: string) =>
    become(request, { is: 'failed', reason, at }, { do: 'archive' }, { do: 'notify-human', why: reason });
  switch (delivery.is) {
    case 'acknowledged':
      return become(request, { is: 'delivered', answer, deliveryId, at }, { do: 'archive' });
    case 'typed-not-submitted':
    case 'uncertain': {
      const why = `${request.dialog ? whyChoiceInDoubt[delivery.is] : whyInDoubt[delivery.is]}: ${delivery.reason}`;
      const seen = delivery.seen === undefined ? {} : { seen: delivery.seen };
      const doubt = { answer, deliveryId, delivery: delivery.is, ...seen };
      return become(request, { is: 'asked', of: 'human', why, at, doubt }, { do: 'publish', why });
    }
    case 'failed': {
      const refused = { ...request, late: [...request.late, answer] };
      return toHuman(refused, `the answer of ${answer.by} could not be delivered: ${delivery.reason}`, at);
    }
    case 'cancelled': {
      const passed = whyTurnPassed(delivery);
      if (passed !== null || request.dialog) return tooLateFor(request, state, passed ?? delivery.reason, at);
      return failed(`the delivery of the answer was cancelled: ${delivery.reason}`);
    }
    case 'expired':
      return become(
        request,
        { is: 'expired', at },
        { do: 'archive' },
        { do: 'notify-human', why: 'the answer could not be typed before the deadline' },
      );
    default:
      // Queued, held, being typed: it is still answered, and the delivery itself says why it waits.
      return unchanged(request);
  }
}

const whyInDoubt = {
  uncertain: 'nobody can tell whether the answer arrived',
  'typed-not-submitted': "the answer is in the worker's input line but was not submitted",
};
const whyChoiceInDoubt = {
  uncertain: 'nobody can tell whether the option was chosen',
  'typed-not-submitted': 'the key was pressed but the option was not chosen',
};

/** Nothing was typed of it. The answer is kept, and whoever gave it is told. */
function tooLateFor(
  request: Request,
  { answer, deliveryId }: Pick<RequestState & { is: 'answered' }, 'answer' | 'deliveryId'>,
  why: string,
  at: number,
  ...effects: readonly Effect[]
): RequestStep {
  const reason = `the ${request.dialog ? 'choice' : 'answer'} of ${answer.by} came too late: ${why}`;
  const withdrawn = { is: 'withdrawn', reason, at, notTyped: { answer, deliveryId } } as const;
  return become(request, withdrawn, ...effects, { do: 'archive' }, { do: 'tell-not-typed', answer, why });
}

/** The turn or the dialog is seen to have passed; where its answer is being typed, or was, that may be why. */
function takenBack(request: Request, state: RequestState & { is: 'answered' }, why: string, at: number): RequestStep {
  const { deliveryId } = state;
  return tooLateFor(request, state, why, at, { do: 'cancel-delivery', deliveryId, reason: becausePassed(why) });
}

/** A person says that the answer arrived; or, of one that was not typed, that it need not be. */
function confirmedDelivered(request: Request, by: string, at: number): RequestStep {
  const doubt = doubtOf(request);
  if (doubt === null) return unchanged(request);
  if (doubt.delivery === 'not-typed') {
    const { answer, deliveryId } = doubt;
    const reason = `it was answered otherwise: ${by} has seen it`;
    return become(request, { is: 'withdrawn', reason, at, notTyped: { answer, deliveryId } }, { do: 'archive' });
  }
  return become(request, { is: 'settled', answer: doubt.answer, at, vouchedBy: by }, { do: 'archive' });
}

/** Somebody decided in the pane itself. A choice whose key is being pressed finds the dialog closed, and says so itself. */
function dialogClosed(request: Request, at: number): RequestStep {
  const { state } = request;
  if (request.dialog === undefined) return unchanged(request);
  const gone = 'the dialog was answered in the pane, or has gone';
  if (state.is === 'answered') {
    return takenBack(request, state, gone, at);
  }
  if (state.is !== 'open' && state.is !== 'asked') return unchanged(request);
  const doubt = doubtOf(request);
  if (doubt?.delivery === 'not-typed') return tooLateFor(request, doubt, gone, at);
  const reason = doubt === null ? gone : 'the dialog has gone; whether by the key that was pressed, nobody can tell';
  const withdrawn = { is: 'withdrawn', reason, at } as const;
  return become(request, withdrawn, ...stopAsking(state), { do: 'archive' });
}

/** A machine's answer that was not typed yet is taken back and kept for the human to see. */
function recalled(request: Request, why: string, at: number): RequestStep {
  const { state } = request;
  const asked = { is: 'asked', of: 'human', why, at } as const;
  if (state.is === 'asked' && state.of === 'controller') {
    return become(request, asked, ...stopAsking(state), { do: 'publish', why });
  }
  if (state.is !== 'answered' || isHuman(state.answer)) return unchanged(request);
  const { answer, deliveryId } = state;
  const takenBack = { ...request, late: [...request.late, answer] };
  return become(takenBack, asked, { do: 'cancel-delivery', deliveryId, reason: why }, { do: 'publish', why });
}

/** Another bridge may have answered it: whoever is asked, and whatever was said and is not typed, a person is told and asked now. */
function typedElsewhere(request: Request, event: RequestInput & { type: 'typed-elsewhere' }): RequestStep {
  const { state } = request;
  const { typedAt, why, at } = event;
  if (state.is !== 'asked' && state.is !== 'answered') return unchanged(request);
  // what is typed into a pane answers no question of `bridge ask`
  if (request.via === 'ask' && state.is === 'asked') return unchanged(request);
  // an answer of ours that is in doubt is the human's already
  if (doubtOf(request) || (state.is === 'asked' ? state.at : (state.askedAt ?? request.openedAt)) > typedAt) {
    return unchanged(request);
  }
  const asked = { is: 'asked', of: 'human', why, at } as const;
  if (state.is === 'asked') {
    return become({ ...request, humanOnly: why }, asked, ...stopAsking(state), { do: 'publish', why });
  }
  const { answer, deliveryId } = state;
  return become(
    { ...request, humanOnly: why },
    { ...asked, doubt: { answer, deliveryId, delivery: 'not-typed' } },
    { do: 'cancel-delivery', deliveryId, reason: why },
    { do: 'publish', why },
  );
}

/** Its answer was taken, or goes into its pane: never both. */
function askerLeft(request: Request): RequestStep {
  const { state } = request;
  if (isAnswerTyped(request) || state.is !== 'asked') return unchanged(request);
  return become({ ...request, isTyped: true }, { ...state });
}

function turnBegan(request: Request, at: number): RequestStep {
  const { state } = request;
  if (state.is === 'delivered') return become(request, { is: 'settled', answer: state.answer, at });
  // A dialog stands until it is answered, whatever turn it is counted to.
  if (request.dialog !== undefined) return unchanged(request);
  // Who asked with `bridge ask` waits in its own shell, whatever the screen does.
  if (request.via === 'ask') return unchanged(request);
  if (state.is === 'answered') return takenBack(request, state, 'the worker was given another input since', at);
  if (state.is !== 'open' && state.is !== 'asked') return unchanged(request);
  const doubt = doubtOf(request);
  // That turn may well be ours: only a person can tell.
  if (doubt?.delivery === 'uncertain') return unchanged(request);
  if (doubt?.delivery === 'not-typed') {
    return tooLateFor(request, doubt, 'the worker was given another input since', at);
  }
  const reason = doubt
    ? 'the worker went on; the answer had been left in its input line'
    : 'the worker went on without an answer';
  const withdrawn = { is: 'withdrawn', reason, at } as const;
  return become(request, withdrawn, ...stopAsking(state), { do: 'archive' });
}

function dismissed(request: Request, by: string, at: number): RequestStep {
  const { state } = request;
  const next = { is: 'dismissed', by, at } as const;
  switch (state.is) {
    case 'open':
    case 'asked':
      return become(request, next, ...stopAsking(state), { do: 'archive' });
    case 'answered': {
      const { deliveryId } = state;
      const reason = `the request was dismissed by ${by}`;
      return become(request, next, { do: 'cancel-delivery', deliveryId, reason }, { do: 'archive' });
    }
    default:
      return unchanged(request);
  }
}

/** Once it is answered, how long the answer may wait for the pane is the delivery's own deadline. */
function ticked(request: Request, at: number): RequestStep {
  const { state, deadlineAt } = request;
  if (deadlineAt === null || at < deadlineAt || (state.is !== 'open' && state.is !== 'asked'))
    return unchanged(request);
  // It was answered in time; what became of that does not grow clearer with the clock.
  if (doubtOf(request)) return unchanged(request);
  const why = 'nobody answered before the deadline';
  return become(request, { is: 'expired', at }, ...stopAsking(state), { do: 'archive' }, { do: 'notify-human', why });
}

function toHuman(request: Request, why: string, at: number): RequestStep {
  return become(request, { is: 'asked', of: 'human', why, at }, { do: 'publish', why });
}

/** A controller that is still thinking need not; the one that has just answered has stopped by itself. */
function stopAsking(state: RequestState, answeredBy = ''): Effect[] {
  const asking = state.is === 'asked' && state.of === 'controller';
  return asking && !answeredBy.startsWith('controller') ? [{ do: 'cancel-ask' }] : [];
}

function late(request: Request, answer: Answer): RequestStep {
  return { request: { ...request, late: [...request.late, answer] }, effects: [], changed: true };
}

/** The same answer by the same hand again: an outbox file that is met a second time after a restart. */
export function isKnown(request: Request, answer: Answer): boolean {
  const doubt = doubtOf(request);
  const notTyped = notTypedOf(request);
  const kept = doubt?.answer ?? notTyped;
  const current = 'answer' in request.state ? [request.state.answer] : kept ? [kept] : [];
  return [...current, ...request.late].some(
    (known) => known.by === answer.by && known.instructions === answer.instructions && known.notes === answer.notes,
  );
}

export function isHuman(answer: Answer): boolean {
  return answer.by === 'human' || answer.by.startsWith('human:');
}

/** One that `peers:` of bridge.yaml lets answer. */
export function isMember(answer: Answer): boolean {
  return answer.by.startsWith('member:');
}

function become(request: Request, state: RequestState, ...effects: readonly Effect[]): RequestStep {
  return { request: { ...request, state }, effects, changed: true };
}

function unchanged(request: Request): RequestStep {
  return { request, effects: [], changed: false };
}
