import type { Clock } from '../../bridge/core/clock.ts';
import type { Delivery } from '../../bridge/core/envelope.ts';
import type { NewJournalEvent } from '../../bridge/core/journal-event.ts';
import { identityKey } from '../../bridge/core/pane.ts';
import { Attempt } from '../../bridge/delivery/attempt.ts';
import type { Look } from '../../bridge/delivery/evidence.ts';
import type { CourierParts } from '../../bridge/delivery/pane-io.ts';
import { GroupCommit } from '../../bridge/journal/group-commit.ts';
import { Journal } from '../../bridge/journal/journal.ts';
import type { Courier } from '../../bridge/messages/delivery-queue.ts';

/** A clock that stands still until it is turned. */
export class ManualClock implements Clock {
  time = 1_000_000;
  now(): number {
    return this.time;
  }
  after(): () => void {
    throw new Error('nothing in messages and requests sets a timer of its own');
  }
}

export class Crashed extends Error {}

/**
 * One process's view of a journal that outlives it. `dieIn` counts commits: at the last one the process dies, just before
 * or just after it. A dead process can read and write nothing any more, as if it were gone.
 */
export class CrashingJournal {
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
    if (this.dead) throw new Crashed();
  }

  #die(): never {
    this.dead = true;
    this.atDeath();
    throw new Crashed();
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

/** An attempt of a delivery: every state of it goes through the one that the real courier uses. */
export function attemptOf(memory: CrashingJournal, clock: Clock, delivery: Delivery): Attempt {
  return new Attempt({ memory, clock, readers: { composerFacts: () => ({}) } } as unknown as CourierParts, delivery);
}

/** Nobody looks here: what the panes show is scripted. */
const unseen = {
  snapshot: { rows: [], firstVisible: 0 },
  reading: { why: [], turn: { inputs: [], words: [], cut: false } },
} as unknown as Look;

/** Hands that type by the contract: claimed before they take the pane, typed before the paste. */
export class ScriptedCourier implements Courier {
  readonly #panes: Panes;
  readonly #memory: CrashingJournal;
  readonly #clock: Clock;

  constructor(panes: Panes, memory: CrashingJournal, clock: Clock) {
    this.#panes = panes;
    this.#memory = memory;
    this.#clock = clock;
  }

  async attempt(delivery: Delivery): Promise<void> {
    const pane = identityKey(delivery.recipient);
    const attempt = attemptOf(this.#memory, this.#clock, delivery);
    if (this.#panes.locks.has(pane)) {
      await attempt.hold('locked', 'another bridge types here');
      return;
    }
    this.#enter(pane);
    try {
      this.#panes.attempts += 1;
      await Promise.resolve();
      if (this.#panes.busy.has(pane)) await attempt.hold('busy', 'it works');
      else await this.#type(attempt, pane);
    } finally {
      this.#leave(pane);
    }
  }

  async #type(attempt: Attempt, pane: string): Promise<void> {
    const { outcome } = this.#panes;
    if (outcome === 'fault-before') throw new Error('tmux does not answer');
    await attempt.claim();
    await attempt.pressing(this.#clock.now(), {});
    this.#paste(attempt.delivery, pane);
    await Promise.resolve();
    if (outcome === 'fault-after') throw new Error('tmux does not answer');
    if (outcome === 'typed-not-submitted') await attempt.leave('Enter was ignored');
    else if (outcome === 'uncertain') await attempt.doubt('gone');
    else {
      await attempt.submitting();
      if (!this.#memory.dead) this.#panes.submitted.add(attempt.delivery.id);
      await Promise.resolve();
      await attempt.acknowledge('busy-began', unseen, '');
    }
  }

  async reconcile(delivery: Delivery): Promise<void> {
    const pane = identityKey(delivery.recipient);
    if (this.#panes.locks.has(pane)) return;
    this.#enter(pane);
    try {
      await Promise.resolve();
      const attempt = attemptOf(this.#memory, this.#clock, delivery);
      if (this.#panes.submitted.has(delivery.id)) await attempt.acknowledge('echoed', unseen, '');
      else if (this.#panes.pastes.some(({ id }) => id === delivery.id)) await attempt.leave('it is there');
      else await attempt.doubt('not found');
    } finally {
      this.#leave(pane);
    }
  }

  #paste(delivery: Delivery, pane: string): void {
    if (this.#memory.dead) return;
    const { thread, body } = delivery.envelope;
    this.#panes.pastes.push({ pane, id: delivery.id, thread, body });
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
