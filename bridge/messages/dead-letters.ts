import { isEnded } from '../core/delivery-machine.ts';
import type { Documents } from '../core/documents.ts';
import type { Delivery, HoldReason } from '../core/envelope.ts';
import type { DeliveryId } from '../core/ids.ts';

/** The agent that the text is for is not there; what stands in its place does not get it. */
const absent: readonly HoldReason[] = ['gone', 'replaced', 'shell'];
/** An agent that is started again, or suspended for a moment, calls nobody. */
const graceMs = 5_000;
/** Of so many texts it is remembered that somebody was called for them. */
const mostTold = 200;
const documentKey = 'dead-letters';

interface Letters {
  /** texts whose sender died before it knew what became of them */
  readonly owed: readonly DeliveryId[];
  /** texts for which the human has been called */
  readonly told: readonly DeliveryId[];
}

interface Memory extends Documents {
  delivery(id: DeliveryId): Delivery | null;
  deliveries(filter: { open: boolean }): Delivery[];
}

/**
 * The texts that nobody will come for, so that the human is called, once for each: one that ended in doubt when whoever
 * sent it had gone, and an answer whose worker has gone. A request that is still open calls by itself.
 */
export class DeadLetters {
  readonly #memory: Memory;
  readonly #isAwaited: (id: DeliveryId) => boolean;
  readonly #call: (delivery: Delivery, why: string) => void;
  #isAttended = false;

  /** @param parts.isAwaited whoever sent it is told what becomes of it */
  constructor(parts: {
    memory: Memory;
    isAwaited: (id: DeliveryId) => boolean;
    call: (delivery: Delivery, why: string) => void;
  }) {
    this.#memory = parts.memory;
    this.#isAwaited = parts.isAwaited;
    this.#call = parts.call;
  }

  /** Only the bridge itself calls. What was sent before it started and has not ended was sent by somebody who has died. */
  enable(): void {
    const before = this.#letters;
    const orphans = this.#memory.deliveries({ open: true }).filter(isSent);
    this.#isAttended = true;
    this.#save({ ...before, owed: [...new Set([...before.owed, ...orphans.map(({ id }) => id)])] });
    for (const id of before.owed) {
      const delivery = this.#memory.delivery(id);
      if (delivery !== null) this.changed(delivery);
    }
  }

  changed(delivery: Delivery): void {
    const { id, state } = delivery;
    if (!this.#isAttended || !isSent(delivery) || !isEnded(state)) return;
    const { owed } = this.#letters;
    const wasOwed = owed.includes(id);
    if (state.is === 'uncertain' || state.is === 'typed-not-submitted') {
      if (wasOwed || !this.#isAwaited(id)) this.#report(delivery, `${state.is}: ${state.reason}`);
    }
    if (wasOwed) this.#save({ ...this.#letters, owed: owed.filter((one) => one !== id) });
  }

  tick(now: number): void {
    if (!this.#isAttended) return;
    for (const delivery of this.#memory.deliveries({ open: true })) {
      const { envelope, state } = delivery;
      if (envelope.kind !== 'response' || state.is !== 'held') continue;
      // an instant that is still to come was told by a clock that has been set back since
      const isOver = now - state.since >= graceMs || state.since > now;
      if (absent.includes(state.reason) && isOver) {
        this.#report(delivery, `the answer has nobody to go to: ${state.detail}`);
      }
    }
  }

  #report(delivery: Delivery, why: string): void {
    const letters = this.#letters;
    if (letters.told.includes(delivery.id)) return;
    this.#save({ ...letters, told: [...letters.told, delivery.id].slice(-mostTold) });
    this.#call(delivery, why);
  }

  #save(letters: Letters): void {
    this.#memory.saveMemory(documentKey, letters);
  }

  get #letters(): Letters {
    return this.#memory.memory<Letters>(documentKey) ?? { owed: [], told: [] };
  }
}

/** Sent by a person or an agent, who waits for its end; answers and requests have their own end. */
function isSent({ envelope }: Delivery): boolean {
  return ['message', 'keys', 'command', 'draft', 'submit'].includes(envelope.kind);
}
