import type { Clock } from '../core/clock.ts';
import { type DeliveryInput, isEnded, isTyped, isWaiting, newDelivery, step } from '../core/delivery-machine.ts';
import type { Delivery, DeliveryOptions, Envelope } from '../core/envelope.ts';
import type { DeliveryEvent, DeliveryKind } from '../core/events.ts';
import { type BridgeError, isAway, messageOf } from '../core/failure.ts';
import type { DeliveryId } from '../core/ids.ts';
import type { NewJournalEvent } from '../core/journal-event.ts';
import { addressKey, type PaneAddress, type PaneIdentity } from '../core/pane.ts';
import { AfterCommit } from './after-commit.ts';
import { PaneQueue, paneQueueKey, type Waiting } from './pane-queue.ts';

/** How long a typed delivery may stay unread on its screen before it is called uncertain. */
const doubtLimitMs = 60_000;

/** What the queue needs of the journal. `saveDelivery` throws when the copy in hand is older than what is stored. */
export interface DeliveryMemory {
  saveDelivery(delivery: Delivery, event: NewJournalEvent): void;
  delivery(id: DeliveryId): Delivery | null;
  deliveries(filter: { open: boolean }): Delivery[];
}

export interface Transactions {
  transact<T>(work: () => T): T;
}

/**
 * Who types. It commits each state to the same memory before the act that it names; both methods resolve when the delivery
 * came as far as it goes now, held or ended, and reject only on faults.
 */
export interface Courier {
  attempt(delivery: Delivery): Promise<unknown>;
  /** reads from the screen what became of a delivery that was typed; never types its body */
  reconcile(delivery: Delivery): Promise<unknown>;
}

/**
 * Every delivery from posting to its end. The truth is in the memory and is read again before each act; what is kept
 * here is only who waits for which pane. One pane is served by one attempt at a time, in order of posting for each
 * agent; different panes are served at the same time. Events are told after the transaction that made them.
 */
export class DeliveryQueue {
  readonly #memory: DeliveryMemory & Transactions;
  readonly #clock: Clock;
  readonly #mint: () => string;
  readonly #courier: Courier;
  readonly #news: AfterCommit<DeliveryEvent>;
  readonly #queues = new Map<string, PaneQueue>();
  #closed = false;

  constructor(parts: {
    memory: DeliveryMemory & Transactions;
    clock: Clock;
    mint: () => string;
    courier: Courier;
    on: (event: DeliveryEvent) => void;
  }) {
    this.#memory = parts.memory;
    this.#clock = parts.clock;
    this.#mint = parts.mint;
    this.#courier = parts.courier;
    this.#news = new AfterCommit(parts.on);
  }

  /**
   * Commits a new delivery, then tries it. With an `id` it is done once: the same id again changes nothing, and tells
   * how far that delivery is.
   * @param bound.dialog fingerprint of the dialog in which it chooses the option that its body names
   * @param bound.turnMark of the turn (or dialog) that it answers
   * @param bound.askedAt when whoever gave the answer was asked
   */
  post(
    envelope: Envelope,
    recipient: PaneIdentity,
    agent: string,
    options: DeliveryOptions,
    deadlineAt: number | null,
    id: DeliveryId = this.#mint() as DeliveryId,
    bound: Pick<Delivery, 'dialog' | 'turnMark' | 'askedAt'> = {},
  ): Delivery {
    const delivery = this.#memory.transact(() => {
      const known = this.#memory.delivery(id);
      if (known) return known;
      const createdAt = this.#clock.now();
      const fresh = newDelivery({ id, envelope, recipient, agent, options, ...bound, createdAt, deadlineAt });
      const { from, to, inReplyTo } = envelope;
      this.#save(fresh, 'delivery-queued', { from, to, inReplyTo, characters: envelope.body.length });
      return fresh;
    });
    this.#emit(id);
    if (!isEnded(delivery.state)) this.#start(this.#enqueue(delivery));
    return delivery;
  }

  /** True when it is cancelled now; false when it is being typed, or has ended otherwise. */
  cancel(id: DeliveryId, reason: string): boolean {
    const after = this.#change(id, { type: 'cancelled', reason });
    return after?.state.is === 'cancelled';
  }

  /** True when it will be this text that is typed, which is tried then; false when another one is being typed already, or was. */
  replaceBody(id: DeliveryId, body: string, notes: string): boolean {
    const after = this.#change(id, { type: 'body-replaced', body, notes });
    if (after === null || !isWaiting(after.state)) return false;
    this.#start(this.#enqueue(after));
    return after.envelope.body === body && after.envelope.notes === notes;
  }

  /** Something was drawn in the pane: what waits for it is tried now. Resolves when the tries are over. */
  async paneMoved(pane: PaneAddress): Promise<void> {
    const address = addressKey(pane);
    const queues = [...this.#queues.values()].filter((queue) => queue.address === address);
    for (const queue of queues) this.#start(queue);
    await Promise.all(queues.map((queue) => queue.busy));
  }

  /**
   * Ends what is past its deadline and tries again what has waited for its pause.
   * @throws what a listener threw, after everything else is done; it is told again at the next tick
   */
  tick(now: number): void {
    for (const queue of [...this.#queues.values()]) {
      for (const entry of [...queue.waiting]) {
        if (entry.deadlineAt !== null && now >= entry.deadlineAt) this.#change(entry.id, { type: 'ticked', at: now });
      }
      if (queue.busy === null && now >= queue.retryAt) this.#start(queue);
    }
    const faults = this.#news.emit();
    if (faults.length > 0) throw faults[0];
  }

  get isBusy(): boolean {
    return [...this.#queues.values()].some(({ busy }) => busy !== null);
  }

  /** The clock tells so much more than before, or less; stored deadlines have been moved by as much. */
  clockSet(byMs: number): void {
    for (const queue of this.#queues.values()) queue.move(byMs);
  }

  /**
   * After a start: everything that has not ended is taken up again. `claimed` goes back to the queue, for `typed` is
   * committed before the paste; what was typed or submitted is read from the screen, never typed again.
   */
  resume(): void {
    for (const delivery of this.#memory.deliveries({ open: true })) {
      if (delivery.state.is === 'claimed') this.#change(delivery.id, { type: 'released' });
      this.#start(this.#enqueue(delivery));
    }
  }

  /**
   * What another process has posted since, for the one that stays: a command that posted beside a daemon which was just
   * starting may have died, and then nobody else would bring its text to an end.
   */
  takeUp(): void {
    const known = new Set([...this.#queues.values()].flatMap(({ waiting }) => waiting.map(({ id }) => id)));
    for (const delivery of this.#memory.deliveries({ open: true })) {
      if (!known.has(delivery.id)) this.#start(this.#enqueue(delivery));
    }
  }

  /** Begins nothing more and resolves when no attempt is under way; only then may the memory be closed. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#news.close();
    await Promise.all([...this.#queues.values()].map((queue) => queue.busy));
  }

  #enqueue(delivery: Delivery): PaneQueue {
    const key = paneQueueKey(delivery);
    const queue = this.#queues.get(key) ?? new PaneQueue(delivery.recipient);
    this.#queues.set(key, queue);
    queue.add(delivery);
    return queue;
  }

  #start(queue: PaneQueue): void {
    queue.again = true;
    // Not at once: whoever posts may be inside a transaction that is not committed yet.
    queue.busy ??= Promise.resolve().then(() => this.#serve(queue));
  }

  async #serve(queue: PaneQueue): Promise<void> {
    while (queue.again && !this.#closed) {
      queue.again = false;
      const stuck = new Set<string>();
      const typed = this.#typedIn(queue);
      for (let entry = queue.next(stuck, typed); entry && !this.#closed; entry = queue.next(stuck, typed)) {
        if (await this.#tryOnce(queue, entry)) queue.remove(entry.id);
        else stuck.add(entry.agentKey);
      }
    }
    queue.busy = null;
    queue.pause(this.#clock.now());
    if (queue.waiting.length === 0) {
      for (const [key, value] of this.#queues) if (value === queue) this.#queues.delete(key);
    }
  }

  /** Also what another bridge typed: a daemon and a command beside it each keep an order of their own, and either may die. */
  #typedIn({ waiting }: PaneQueue): ReadonlySet<DeliveryId> {
    if (waiting.length < 2) return none;
    try {
      const stored = waiting.map(({ id }) => this.#memory.delivery(id));
      return new Set(stored.filter((one) => one !== null && isTyped(one.state)).map((one) => one!.id));
    } catch {
      // the memory refuses: each of them is told so as it is tried, and nothing is decided without it
      return none;
    }
  }

  /** One attempt. True when the delivery has ended, or is not in the memory: its transaction was undone. */
  async #tryOnce(queue: PaneQueue, entry: Waiting): Promise<boolean> {
    let before: Delivery | null = null;
    try {
      // Looks at the deadline first: nothing is tried past it, not even once.
      before = this.#change(entry.id, { type: 'ticked', at: this.#clock.now() });
      if (before?.state.is === 'claimed') before = this.#change(entry.id, { type: 'released' });
      if (before === null || isEnded(before.state)) return true;
      await (isTyped(before.state) ? this.#courier.reconcile(before) : this.#courier.attempt(before));
      return this.#settle(queue, entry, before, this.#memory.delivery(entry.id));
    } catch (fault) {
      return this.#recover(queue, entry, before, fault);
    }
  }

  #settle(queue: PaneQueue, entry: Waiting, before: Delivery, after: Delivery | null): boolean {
    if (after === null) return true;
    if (!sameState(before, after)) {
      this.#emit(entry.id);
      queue.hasten();
    }
    if (!isTyped(after.state)) {
      entry.doubtSince = null;
      return isEnded(after.state);
    }
    entry.doubtSince ??= this.#clock.now();
    if (this.#clock.now() - entry.doubtSince < doubtLimitMs) return false;
    const seconds = doubtLimitMs / 1000;
    const reason = `it was typed, but for ${seconds} s the screen did not tell what became of it`;
    const ended = this.#change(entry.id, { type: 'lost-sight', reason });
    return ended === null || isEnded(ended.state);
  }

  /**
   * The attempt threw. When the delivery was cancelled or its text replaced meanwhile, that was the memory stopping the
   * courier, as it should. Otherwise it is a fault: told, shown as the reason of the hold, and tried again.
   */
  #recover(queue: PaneQueue, entry: Waiting, before: Delivery | null, fault: unknown): boolean {
    try {
      const stored = this.#memory.delivery(entry.id);
      if (stored === null || isEnded(stored.state)) return true;
      if (before !== null && stored.envelope.body !== before.envelope.body) {
        queue.again = true;
        return false;
      }
      if (isAway(fault)) return this.#waitForHost(entry, stored, fault);
      this.#news.later(() => ({ type: 'attempt-failed', delivery: stored, fault }));
      const detail = `the courier failed: ${messageOf(fault)}`;
      if (!isTyped(stored.state)) {
        this.#change(entry.id, { type: 'held', reason: 'unknown', detail, at: this.#clock.now() });
        return false;
      }
      return this.#settle(queue, entry, stored, stored);
    } catch (second) {
      // The memory itself refuses, on a full disk for instance. Nothing is decided without it: the next round asks again.
      if (before !== null) this.#news.later(() => ({ type: 'attempt-failed', delivery: before, fault: second }));
      return false;
    }
  }

  /** No fault of anybody's. What was typed is read from the screen once that can be seen again: until then nothing is in doubt. */
  #waitForHost(entry: Waiting, stored: Delivery, { reason: detail }: BridgeError): false {
    entry.doubtSince = null;
    if (!isTyped(stored.state)) {
      this.#change(entry.id, { type: 'held', reason: 'host-away', detail, at: this.#clock.now() });
    }
    return false;
  }

  /** Reads, steps and writes as one; null when no such delivery is known. */
  #change(id: DeliveryId, event: DeliveryInput): Delivery | null {
    return this.#memory.transact(() => {
      const stored = this.#memory.delivery(id);
      if (stored === null) return null;
      const { delivery, changed } = step(stored, event);
      if (!changed) return stored;
      if (event.type === 'body-replaced') {
        const { body, notes } = stored.envelope;
        this.#save(delivery, 'delivery-body-replaced', { replaced: { body, notes } });
      } else {
        this.#save(delivery, `delivery-${delivery.state.is}`, { state: delivery.state });
      }
      this.#emit(id);
      return delivery;
    });
  }

  #save(delivery: Delivery, kind: DeliveryKind, data: unknown): void {
    this.#memory.saveDelivery(delivery, { at: this.#clock.now(), kind, subject: delivery.id, data });
  }

  /** Tells how the delivery stands once the transaction under way is over; nothing when that was undone. */
  #emit(id: DeliveryId): void {
    this.#news.later(() => {
      const delivery = this.#memory.delivery(id);
      return delivery && { type: 'delivery-changed', delivery };
    });
  }
}

const none: ReadonlySet<DeliveryId> = new Set();

function sameState(a: Delivery, b: Delivery): boolean {
  return JSON.stringify(a.state) === JSON.stringify(b.state);
}
