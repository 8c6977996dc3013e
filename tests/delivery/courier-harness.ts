import { mayFollow } from '../../bridge/core/delivery-machine.ts';
import type { Delivery, DeliveryState, Envelope } from '../../bridge/core/envelope.ts';
import type { DeliveryId, EnvelopeId } from '../../bridge/core/ids.ts';
import { Courier } from '../../bridge/delivery/courier.ts';
import type { DeliveryMemory, Locks } from '../../bridge/delivery/pane-io.ts';
import { type Character, FakePane } from './fake-pane.ts';
import { VirtualClock } from './virtual-clock.ts';

/** What survives a crash: the states in order. It refuses what the lifecycle refuses, as the journal does. */
export class FakeMemory implements DeliveryMemory {
  readonly saved: Delivery[] = [];
  readonly kinds: string[] = [];
  stored: Delivery | null = null;
  /** called before and after a commit; throws for a crash there */
  crash: (when: 'before' | 'after', next: Delivery) => void = () => {};
  /** saved in the transaction under way; null outside of one */
  #uncommitted: Delivery[] | null = null;

  saveDelivery(delivery: Delivery, event: { kind: string }): void {
    this.crash('before', delivery);
    if (this.stored && !mayFollow(this.stored.state, delivery.state)) {
      throw new Error(`${this.stored.state.is} cannot become ${delivery.state.is}`);
    }
    this.stored = delivery;
    this.saved.push(delivery);
    this.kinds.push(event.kind);
    if (this.#uncommitted === null) this.crash('after', delivery);
    else this.#uncommitted.push(delivery);
  }

  async commit<T>(work: () => T): Promise<T> {
    const { stored } = this;
    const { length } = this.saved;
    const committed: Delivery[] = [];
    this.#uncommitted = committed;
    let result: T;
    try {
      result = work();
    } catch (fault) {
      this.stored = stored;
      this.saved.length = length;
      this.kinds.length = length;
      throw fault;
    } finally {
      this.#uncommitted = null;
    }
    for (const delivery of committed) this.crash('after', delivery);
    return result;
  }

  get states(): string[] {
    return this.saved.map((delivery) => delivery.state.is);
  }
}

export class FakeLocks implements Locks {
  held = false;
  /** the pane's server tells who is its writer, and notes what is typed */
  told: FakePane | null = null;
  #count = 0;

  async tryAcquire() {
    if (this.held) return null;
    this.held = true;
    const release = () => {
      this.held = false;
    };
    if (this.told === null) return { release };
    const name = `bb.${++this.#count}`;
    this.told.writer = name;
    return { writer: { claim: name, name, found: this.told.note }, release };
  }
}

export interface CourierHarness {
  readonly clock: VirtualClock;
  readonly pane: FakePane;
  readonly memory: FakeMemory;
  readonly locks: FakeLocks;
  readonly courier: Courier;
  delivery(body: string, change?: Partial<Delivery> & { kind?: Envelope['kind'] }): Delivery;
  attempt(delivery: Delivery): Promise<DeliveryState>;
  reconcile(delivery: Delivery): Promise<DeliveryState>;
}

export function courierHarness(character: Partial<Character> = {}): CourierHarness {
  const clock = new VirtualClock();
  const pane = new FakePane(clock, character);
  const memory = new FakeMemory();
  const locks = new FakeLocks();
  const courier = new Courier({ io: pane, readers: pane, locks, memory, clock });
  return {
    clock,
    pane,
    memory,
    locks,
    courier,
    delivery(body, { kind = 'response', ...change } = {}) {
      const envelope: Envelope = {
        id: 'e1' as EnvelopeId,
        thread: 't',
        from: 'controller',
        to: 'worker',
        inReplyTo: null,
        kind,
        body,
        notes: 'never typed',
        expectsReply: false,
        createdAt: clock.now(),
      };
      return {
        id: 'd1' as DeliveryId,
        envelope,
        recipient: pane.identity,
        agent: 'fake',
        options: { force: false, allowShell: false },
        state: { is: 'queued' },
        attempts: 0,
        createdAt: clock.now(),
        deadlineAt: null,
        ...change,
      };
    },
    attempt: async (delivery) => (await clock.until(courier.attempt(delivery))).state,
    reconcile: async (delivery) => (await clock.until(courier.reconcile(delivery))).state,
  };
}
