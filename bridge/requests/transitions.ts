import type { Clock } from '../core/clock.ts';
import type { RequestKind } from '../core/events.ts';
import type { RequestId } from '../core/ids.ts';
import type { Request } from '../core/request.ts';
import { newAnswer } from './answers.ts';
import type { Budget } from './budget.ts';
import type { EffectRunner, RequestEffects } from './effects.ts';
import type { RequestInput } from './inputs.ts';
import type { RequestMemory, Transactions } from './memory.ts';
import { isHuman, type RequestStep, step } from './request-machine.ts';
import { factsOf, wordFor } from './wording.ts';

export interface Outcome {
  readonly before: Request;
  readonly request: Request;
  readonly changed: boolean;
  /** the delivery queue could not do its part, and nothing has changed */
  readonly tooLate: boolean;
}

/** One event of one request, committed with all that belongs to it before anything of it is performed. */
export class Transitions {
  readonly #memory: RequestMemory & Transactions;
  readonly #clock: Clock;
  readonly #perform: RequestEffects;
  readonly #budget: Budget;
  readonly #effects: EffectRunner;
  readonly #changed: (request: Request, what: RequestKind) => void;

  constructor(parts: {
    memory: RequestMemory & Transactions;
    clock: Clock;
    perform: RequestEffects;
    budget: Budget;
    effects: EffectRunner;
    changed: (request: Request, what: RequestKind) => void;
  }) {
    this.#memory = parts.memory;
    this.#clock = parts.clock;
    this.#perform = parts.perform;
    this.#budget = parts.budget;
    this.#effects = parts.effects;
    this.#changed = parts.changed;
  }

  /** Reads, steps, has the delivery queue do its part and writes, as one transaction; then tells, and performs the rest. Null: no such request. */
  apply(id: RequestId, eventFor: (request: Request) => RequestInput): Outcome | null {
    const done = this.#memory.transact(() => {
      const before = this.#memory.request(id);
      if (before === null) return null;
      const stepped = this.#stepWithPost(before, eventFor(before));
      if (stepped.changed) {
        const { request } = stepped;
        const kind = wordFor(before, request);
        const at = this.#clock.now();
        this.#memory.saveRequest(request, { at, kind, subject: id, data: factsOf(before, request) });
        const answer = newAnswer(before, request);
        if (answer) this.#budget.answered(request, isHuman(answer) ? 'human' : 'automatic', at);
      }
      return { ...stepped, before };
    });
    if (done?.changed) {
      const { before, request, effects } = done;
      this.#changed(request, wordFor(before, request));
      for (const effect of effects) this.#effects.run(request, effect);
    }
    return done;
  }

  /** One step, with the part of it that the delivery queue does: a delivery posted, replaced or taken back. */
  #stepWithPost(before: Request, event: RequestInput): RequestStep & { tooLate: boolean } {
    const stepped = step(before, event);
    const tooLate = { request: before, effects: [], changed: false, tooLate: true };
    for (const effect of stepped.effects) {
      switch (effect.do) {
        case 'replace-delivery':
          if (!this.#perform.replace(stepped.request, effect.answer)) return tooLate;
          break;
        case 'cancel-delivery':
          if (!this.#perform.cancelDelivery(effect.deliveryId, effect.reason)) return tooLate;
          break;
        case 'deliver':
        case 'choose': {
          const deliveryId = this.#perform[effect.do](stepped.request, effect.answer);
          const { state } = stepped.request;
          if (state.is !== 'answered' || state.deliveryId === deliveryId) break;
          return { ...stepped, request: { ...stepped.request, state: { ...state, deliveryId } }, tooLate: false };
        }
      }
    }
    return { ...stepped, tooLate: false };
  }
}
