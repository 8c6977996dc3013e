import { linksKey } from '../alerts/links.ts';
import type { Clock } from '../core/clock.ts';
import type { DeliveryInput } from '../core/delivery-machine.ts';
import { mustStep } from '../core/delivery-machine.ts';
import type { Delivery } from '../core/envelope.ts';
import type { DeliveryId } from '../core/ids.ts';
import { stepMail } from '../core/message.ts';
import type { Journal } from '../journal/journal.ts';
import { Budget } from '../requests/budget.ts';
import { EffectRunner, type RequestEffects } from '../requests/effects.ts';
import { Transitions } from '../requests/transitions.ts';

/** What had not ended when the backup was made. */
export interface WhatWaited {
  /** deliveries that are cancelled now */
  readonly cancelled: number;
  /** deliveries that had been typed, of which nobody can tell what became of them */
  readonly uncertain: number;
}

/**
 * Ends what waited in a journal that was restored. What happened after its backup is not in it: the answers that it has may
 * have been typed since. So nothing that waited is typed; every request that is open is the human's, with its answer kept.
 */
export function endWhatWaited(journal: Journal, madeAt: number, now: number): WhatWaited {
  const why = `restored: this journal was restored from a backup of ${new Date(madeAt).toISOString()}, and what happened since is not in it`;
  const clock: Clock = { now: () => now, after: () => () => {} };
  const counts = { cancelled: 0, uncertain: 0 };
  const change = (id: DeliveryId, event: DeliveryInput) => changed(journal, id, event, now);
  const transitions = transitionsOf(journal, clock, (id, reason) => {
    counts.cancelled += 1;
    return change(id, { type: 'cancelled', reason })?.state.is === 'cancelled';
  });
  journal.transact(() => {
    // one that was used since is in it as it was before
    journal.saveMemory(linksKey, []);
    for (const { id, state } of journal.deliveries({ open: true })) {
      if (state.is === 'claimed') change(id, { type: 'released' });
      if (state.is !== 'typed' && state.is !== 'submitted') continue;
      counts.uncertain += 1;
      change(id, { type: 'lost-sight', reason: why });
    }
    for (const { id, state, via } of journal.requests({ open: true })) {
      const delivery = state.is === 'answered' ? journal.delivery(state.deliveryId) : null;
      if (delivery?.state.is === 'uncertain') {
        transitions.apply(id, () => ({ type: 'delivery-changed', state: delivery.state, at: now }));
      } else if (via === 'ask' && state.is !== 'answered') {
        transitions.apply(id, () => ({ type: 'recalled', why, at: now }));
      } else {
        // as if another bridge had typed there, which one may have done
        transitions.apply(id, () => ({ type: 'typed-elsewhere', typedAt: Number.POSITIVE_INFINITY, why, at: now }));
      }
    }
    for (const { id } of journal.deliveries({ open: true })) {
      counts.cancelled += 1;
      change(id, { type: 'cancelled', reason: why });
    }
    for (const mail of journal.mail.mailOf(null, ['waiting', 'offered'])) {
      const deliveryId = mail.state.is === 'offered' ? mail.state.deliveryId : null;
      const isInDoubt = deliveryId !== null && journal.delivery(deliveryId)?.state.is === 'uncertain';
      const state = isInDoubt
        ? stepMail(mail.state, { type: 'lost-sight', deliveryId, reason: why, at: now })
        : stepMail(mail.state, { type: 'recalled', why, at: now });
      journal.mail.saveMail({ message: mail.message, member: mail.member, state }, now);
    }
  });
  return counts;
}

function changed(journal: Journal, id: DeliveryId, event: DeliveryInput, at: number): Delivery | null {
  const stored = journal.delivery(id);
  if (stored === null) return null;
  const delivery = mustStep(stored, event);
  const { state } = delivery;
  journal.saveDelivery(delivery, { at, kind: `delivery-${state.is}`, subject: id, data: { state } });
  return delivery;
}

/** Steps requests as a bridge does, and performs nothing: pages are written by the next start, nobody is asked or told. */
function transitionsOf(journal: Journal, clock: Clock, cancelDelivery: RequestEffects['cancelDelivery']): Transitions {
  const nothing = () => {};
  const impossible = () => {
    throw new Error('a restored journal answers nothing');
  };
  const perform: RequestEffects = {
    ask: nothing,
    cancelAsk: nothing,
    publish: nothing,
    archive: nothing,
    notify: nothing,
    tellNotTyped: nothing,
    deliver: impossible,
    choose: impossible,
    replace: impossible,
    cancelDelivery,
  };
  return new Transitions({
    memory: journal,
    clock,
    perform,
    budget: new Budget(journal, () => ({ answersPerHour: 0, consecutive: 0, perDay: 0 })),
    effects: new EffectRunner({ perform, now: () => clock.now(), failed: nothing }),
    changed: nothing,
  });
}
