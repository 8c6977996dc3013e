import type { Config } from '../config/config-values.ts';
import type { Mailbox } from '../controllers/mailbox.ts';
import { optionNamed } from '../core/choice.ts';
import type { Clock } from '../core/clock.ts';
import type { PublicEvent } from '../core/events.ts';
import type { DeliveryId } from '../core/ids.ts';
import type { Answer, Request } from '../core/request.ts';
import type { DeliveryQueue } from '../messages/delivery-queue.ts';
import type { Alerts } from '../requests/alerts.ts';
import type { RequestEffects } from '../requests/effects.ts';
import type { Dispatches } from './dispatches.ts';
import type { TextSender } from './send-text.ts';

export interface EffectParts {
  readonly config: Pick<Config, 'dryRun'>;
  readonly clock: Clock;
  readonly dispatches: Dispatches;
  readonly mailbox: Mailbox;
  readonly alerts: Alerts;
  readonly texts: TextSender;
  readonly deliveries: DeliveryQueue;
  readonly emit: (event: PublicEvent) => void;
}

/**
 * What a step of a request has others do: ask, publish, deliver, tell. In a dry run it tells where others would notice it
 * what would have happened, and that is all: nothing is written into the mailbox, nothing is put away, nobody is called;
 * the delivery of an answer ends before it is typed.
 */
export function requestEffects(parts: EffectParts): RequestEffects {
  const { config, clock, dispatches, mailbox, alerts, texts, deliveries, emit } = parts;
  const effects: RequestEffects = {
    ask: (request) => dispatches.ask(request),
    cancelAsk: (request) => dispatches.cancel(request.id),
    publish: (request, why) => {
      alerts.needed(request, why, clock.now());
      return mailbox.publish(request, why);
    },
    deliver: (request, answer) => deliver(parts, request, answer),
    choose: (request, answer) => deliver(parts, request, answer, request.dialog?.fingerprint),
    replace: ({ state }, { instructions, notes }) =>
      'deliveryId' in state && deliveries.replaceBody(state.deliveryId, instructions, notes),
    cancelDelivery: (id, reason) => deliveries.cancel(id, reason),
    archive: (request) => mailbox.archive(request),
    notify: (request, why) => emit({ type: 'human-needed', request, why }),
    tellNotTyped: (request, answer, why) => {
      const isAwaited = texts.isAnswerAwaited(request.id);
      emit({ type: 'answer-not-typed', request, by: answer.by, why, isAwaited });
    },
  };
  if (!config.dryRun) return effects;
  return {
    ...effects,
    publish: (request, why) => emit({ type: 'would-notify', request, why }),
    notify: (request, why) => emit({ type: 'would-notify', request, why }),
    archive: () => {},
    tellNotTyped: () => {},
  };
}

/** @param dialog fingerprint of the dialog in which the answer names an option */
function deliver(parts: EffectParts, request: Request, answer: Answer, dialog?: string): DeliveryId {
  const { config, clock, texts, emit } = parts;
  const { instructions, notes, by } = answer;
  const key = request.dialog && optionNamed(request.dialog, instructions)?.key;
  const press = dialog === undefined ? {} : { press: key ?? 'Enter' };
  // a rule's notes end with the rule that it is
  const who = by === 'rules' ? notes.split('\n').at(-1)! : by;
  if (config.dryRun) emit({ type: 'would-send', request, text: instructions, by: who, ...press });
  return texts.answer(request, answer, {
    id: 'deliveryId' in request.state ? request.state.deliveryId : undefined,
    deadlineAt: config.dryRun ? clock.now() : null,
    ...(dialog === undefined ? {} : { dialog }),
  });
}
