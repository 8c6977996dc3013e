import type { DeliveryId } from '../core/ids.ts';
import type { Answer, Request } from '../core/request.ts';
import type { Effect } from './inputs.ts';

/**
 * What a step of a request has others do. `deliver`, `choose`, `replace` and `cancelDelivery` are called inside the transaction that commits
 * the transition and write to the same journal: both happen or neither. All others are called after the commit, may be
 * called again after a crash, and may return a promise; one that fails is told and tried again.
 */
export interface RequestEffects {
  ask(request: Request): void | Promise<void>;
  cancelAsk(request: Request): void | Promise<void>;
  /** writes it to the inbox, unless it is there, and tells the human */
  publish(request: Request, why: string): void | Promise<void>;
  /** @returns the id of the delivery; `request.state.deliveryId` is one that may be used for it */
  deliver(request: Request, answer: Answer): DeliveryId;
  /** has the option of the request's dialog chosen that the answer names; @returns as `deliver` */
  choose(request: Request, answer: Answer): DeliveryId;
  /** false when the delivery is being typed, or was */
  replace(request: Request, answer: Answer): boolean;
  /** false when the delivery is being typed, or was */
  cancelDelivery(id: DeliveryId, reason: string): boolean;
  /** moves its inbox and outbox files away, if there are any */
  archive(request: Request): void | Promise<void>;
  notify(request: Request, why: string): void | Promise<void>;
  /** tells whoever gave the answer that it came too late for its turn, and was never typed */
  tellNotTyped(request: Request, answer: Answer, why: string): void | Promise<void>;
}

const firstPauseMs = 1_000;
const mostTries = 10;

/** @param tries how often it was tried */
function pauseMs(tries: number): number {
  return firstPauseMs * 2 ** (tries - 1);
}

interface OwedEffect {
  readonly request: Request;
  readonly effect: Effect;
  readonly tries: number;
  readonly dueAt: number;
}

/**
 * Effects after the commit. One that fails is told, and owed: it is tried again after 1, 2, 4, … seconds, ten times at
 * most; the request itself stays in the journal, and the next start performs it again.
 */
export class EffectRunner {
  readonly #perform: RequestEffects;
  readonly #now: () => number;
  readonly #failed: (request: Request, effect: Effect, fault: unknown) => void;
  #owed: OwedEffect[] = [];
  #closed = false;

  constructor(parts: {
    perform: RequestEffects;
    now: () => number;
    failed: (request: Request, effect: Effect, fault: unknown) => void;
  }) {
    this.#perform = parts.perform;
    this.#now = parts.now;
    this.#failed = parts.failed;
  }

  run(request: Request, effect: Effect): void {
    this.#try({ request, effect, tries: 0, dueAt: 0 });
  }

  /** Tries again what is due; `current` tells how a request stands now, and `publish` is dropped once nobody is asked. */
  retry(now: number, current: (request: Request) => Request | null): void {
    // what lies further ahead than it was ever put was put there by a clock that has been set back since
    const isDue = ({ dueAt, tries }: OwedEffect) => now >= dueAt || dueAt - now > pauseMs(tries);
    const due = this.#owed.filter(isDue);
    if (due.length === 0) return;
    this.#owed = this.#owed.filter((owed) => !isDue(owed));
    for (const owed of due) {
      const request = current(owed.request);
      const asked = request?.state.is === 'asked' && request.state.of === 'human';
      if (request && (asked || owed.effect.do !== 'publish')) this.#try({ ...owed, request });
    }
  }

  /**
   * What fails from now on is nobody's news: the journal closes, and the next start performs it again. What still ends
   * meanwhile has its files put away as ever.
   */
  close(): void {
    this.#closed = true;
  }

  #try(owed: OwedEffect): void {
    try {
      const done = this.#start(owed);
      if (done instanceof Promise) done.catch((fault: unknown) => this.#owe(owed, fault));
    } catch (fault) {
      this.#owe(owed, fault);
    }
  }

  #start({ request, effect }: OwedEffect): void | Promise<void> {
    switch (effect.do) {
      case 'ask':
        return this.#perform.ask(request);
      case 'cancel-ask':
        return this.#perform.cancelAsk(request);
      case 'publish':
        return this.#perform.publish(request, effect.why);
      case 'archive':
        return this.#perform.archive(request);
      case 'notify-human':
        return this.#perform.notify(request, effect.why);
      case 'tell-not-typed':
        return this.#perform.tellNotTyped(request, effect.answer, effect.why);
      case 'deliver':
      case 'choose':
      case 'replace-delivery':
      case 'cancel-delivery':
        return; // done already, inside the transaction
    }
  }

  #owe(owed: OwedEffect, fault: unknown): void {
    if (this.#closed) return;
    const tries = owed.tries + 1;
    const dueAt = this.#now() + pauseMs(tries);
    // A controller that cannot be asked is a failure of the controller: the human is asked instead.
    if (owed.effect.do !== 'ask' && tries < mostTries) this.#owed.push({ ...owed, tries, dueAt });
    this.#failed(owed.request, owed.effect, fault);
  }
}
