import type { Clock } from '../../bridge/core/clock.ts';
import type { Delivery } from '../../bridge/core/envelope.ts';
import type { NewJournalEvent } from '../../bridge/core/journal-event.ts';
import { identityKey } from '../../bridge/core/pane.ts';
import { GroupCommit } from '../../bridge/journal/group-commit.ts';
import { Journal } from '../../bridge/journal/journal.ts';
import { type DeliveryEvent, step } from '../../bridge/mail/delivery-machine.ts';
import type { Courier } from '../../bridge/mail/post-office.ts';

/** A clock that stands still until it is turned. */
export class TurnedClock implements Clock {
  time = 1_000_000;
  now(): number {
    return this.time;
  }
  after(): () => void {
    throw new Error('nothing in mail and desk sets a timer of its own');
  }
}

export class Died extends Error {}

/**
 * One process's view of a journal that outlives it. `dieIn` counts commits: at the last one the process dies, just before
 * or just after it. A dead process can read and write nothing any more, as if it were gone.
 */
export class Mortal {
  readonly journal: Journal;
  dieIn = Number.POSITIVE_INFINITY;
  dieBefore = false;
  dead = false;
  /** called in the instant of death: what is on the disk then is what a power cut leaves */
  atDeath: () => void = () => {};
  #depth = 0;
  /** at once: turns of the real loop are nothing to a virtual clock */
  readonly #commits = new GroupCommit(this, queueMicrotask);

  constructor(journal: Journal) {
    this.journal = journal;
  }

  static fresh(): Journal {
    return Journal.open(':memory:', { now: 0 }).journal;
  }

  transact<T>(work: () => T): T {
    this.#live();
    if (this.#depth > 0) return this.journal.transact(work);
    this.#depth += 1;
    try {
      const result = this.journal.transact(() => {
        const done = work();
        if (--this.dieIn <= 0 && this.dieBefore) this.#die();
        return done;
      });
      if (this.dieIn <= 0) this.#die();
      return result;
    } finally {
      this.#depth -= 1;
    }
  }

  commit<T>(work: () => T): Promise<T> {
    return this.#commits.commit(work);
  }

  saveDelivery(delivery: Delivery, event: NewJournalEvent): void {
    this.transact(() => this.journal.saveDelivery(delivery, event));
  }

  saveRequest(...given: Parameters<Journal['saveRequest']>): void {
    this.transact(() => this.journal.saveRequest(...given));
  }

  saveMemory(key: string, value: unknown): void {
    this.transact(() => this.journal.saveMemory(key, value));
  }

  record(event: NewJournalEvent): number {
    return this.transact(() => this.journal.record(event));
  }

  memory<T>(key: string): T | null {
    this.#live();
    return this.journal.memory<T>(key);
  }

  delivery(id: string): Delivery | null {
    this.#live();
    return this.journal.delivery(id);
  }

  deliveries(filter: { open: boolean }): Delivery[] {
    this.#live();
    return this.journal.deliveries(filter);
  }

  request(id: string) {
    this.#live();
    return this.journal.request(id);
  }

  requests(filter: Parameters<Journal['requests']>[0]) {
    this.#live();
    return this.journal.requests(filter);
  }

  #live(): void {
    if (this.dead) throw new Died();
  }

  #die(): never {
    this.dead = true;
    this.atDeath();
    throw new Died();
  }
}

export type Outcome = 'acknowledged' | 'typed-not-submitted' | 'uncertain' | 'fault-before' | 'fault-after';

/** What the panes show: it outlives every process. */
export class Panes {
  readonly busy = new Set<string>();
  /** every paste that reached a pane, in order */
  readonly pastes: Array<{ pane: string; id: string; thread: string; body: string }> = [];
  readonly submitted = new Set<string>();
  /** held while an attempt is under way, across processes; freed when its holder dies */
  readonly locks = new Set<string>();
  outcome: Outcome = 'acknowledged';
  attempts = 0;
  /** attempts under way in each pane, and the most there ever were */
  readonly underWay = new Map<string, number>();
  most = 0;
}

/** A courier that types by the contract: `claimed` before it takes the pane, `typed` before the paste. */
export class ScriptedCourier implements Courier {
  readonly #panes: Panes;
  readonly #memory: Mortal;
  readonly #clock: Clock;

  constructor(panes: Panes, memory: Mortal, clock: Clock) {
    this.#panes = panes;
    this.#memory = memory;
    this.#clock = clock;
  }

  async attempt(delivery: Delivery): Promise<Delivery> {
    const pane = identityKey(delivery.recipient);
    const at = this.#clock.now();
    if (this.#panes.locks.has(pane)) {
      return this.#commit(delivery, { type: 'held', reason: 'locked', detail: 'another bridge types here', at });
    }
    this.#enter(pane);
    try {
      this.#panes.attempts += 1;
      await Promise.resolve();
      if (this.#panes.busy.has(pane)) {
        return this.#commit(delivery, { type: 'held', reason: 'busy', detail: 'it works', at });
      }
      if (this.#panes.outcome === 'fault-before') throw new Error('tmux does not answer');
      const claimed = this.#commit(delivery, { type: 'claimed', at });
      await Promise.resolve();
      const typed = this.#commit(claimed, { type: 'typed', at });
      this.#paste(typed, pane);
      await Promise.resolve();
      if (this.#panes.outcome === 'fault-after') throw new Error('tmux does not answer');
      if (this.#panes.outcome === 'typed-not-submitted') {
        return this.#commit(typed, { type: 'left-in-composer', reason: 'Enter was ignored' });
      }
      if (this.#panes.outcome === 'uncertain') return this.#commit(typed, { type: 'lost-sight', reason: 'gone' });
      const submitted = this.#commit(typed, { type: 'submitted', at });
      if (!this.#memory.dead) this.#panes.submitted.add(delivery.id);
      await Promise.resolve();
      return this.#commit(submitted, {
        type: 'acknowledged',
        receipt: { at, typedAt: at, evidence: 'busy-began', lines: [] },
      });
    } finally {
      this.#leave(pane);
    }
  }

  async reconcile(delivery: Delivery): Promise<Delivery> {
    const pane = identityKey(delivery.recipient);
    if (this.#panes.locks.has(pane)) return delivery;
    this.#enter(pane);
    try {
      await Promise.resolve();
      const pasted = this.#panes.pastes.some((paste) => paste.id === delivery.id);
      const at = this.#clock.now();
      if (this.#panes.submitted.has(delivery.id)) {
        return this.#commit(delivery, {
          type: 'acknowledged',
          receipt: { at, typedAt: at, evidence: 'echoed', lines: [] },
        });
      }
      return this.#commit(
        delivery,
        pasted ? { type: 'left-in-composer', reason: 'it is there' } : { type: 'lost-sight', reason: 'not found' },
      );
    } finally {
      this.#leave(pane);
    }
  }

  #paste(delivery: Delivery, pane: string): void {
    if (this.#memory.dead) return;
    const { thread, body } = delivery.envelope;
    this.#panes.pastes.push({ pane, id: delivery.id, thread, body });
  }

  #commit(delivery: Delivery, event: DeliveryEvent): Delivery {
    const next = step(delivery, event);
    if (!next.changed) return delivery;
    const at = this.#clock.now();
    this.#memory.saveDelivery(next.delivery, {
      at,
      kind: `delivery-${next.delivery.state.is}`,
      subject: delivery.id,
      data: null,
    });
    return next.delivery;
  }

  #enter(pane: string): void {
    this.#panes.locks.add(pane);
    const count = (this.#panes.underWay.get(pane) ?? 0) + 1;
    this.#panes.underWay.set(pane, count);
    this.#panes.most = Math.max(this.#panes.most, count);
  }

  #leave(pane: string): void {
    this.#panes.locks.delete(pane);
    this.#panes.underWay.set(pane, (this.#panes.underWay.get(pane) ?? 0) - 1);
  }
}

/** Lets everything that was started run until it waits for the clock or for a pane. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
