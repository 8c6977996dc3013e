import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isEnded } from '../../bridge/core/delivery-machine.ts';
import type { Delivery, DeliveryState } from '../../bridge/core/envelope.ts';
import type { DeliveryId } from '../../bridge/core/ids.ts';
import { Courier } from '../../bridge/delivery/courier.ts';
import type { PaneIO } from '../../bridge/delivery/pane-io.ts';
import { DeliveryQueue } from '../../bridge/messages/delivery-queue.ts';
import { fuzz } from '../fixtures/fuzz.ts';
import { sampleDelivery } from '../journal/samples.ts';
import { Crashed, CrashingJournal } from '../messages/crashing-journal.ts';
import { type Character, FakePane } from './fake-pane.ts';
import { characters, happenings } from './hostile-schedules.ts';
import { VirtualClock } from './virtual-clock.ts';

const tickMs = 500;

/** One pane and one journal, on which bridges live and die: what they share is here, and so is the truth. */
class Simulation {
  readonly clock = new VirtualClock();
  readonly journal = CrashingJournal.fresh();
  readonly pane: FakePane;
  readonly alive = new Set<Bridge>();
  /** the pane's lock; the system frees it when its holder dies */
  holder: Bridge | null = null;
  typedWithoutLock = 0;
  readonly bodies = new Map<DeliveryId, string>();

  constructor(character: Partial<Character>) {
    this.pane = new FakePane(this.clock, character);
  }

  /** Another process on the same home: a daemon's successor, or a command beside it. */
  boot(): Bridge {
    const bridge = new Bridge(this);
    this.alive.add(bridge);
    bridge.turn(() => bridge.queue.resume());
    return bridge;
  }

  post(bridge: Bridge, body: string, deadlineInMs: number | null): void {
    const id = `d${this.bodies.size + 1}` as DeliveryId;
    this.bodies.set(id, body);
    const deadlineAt = deadlineInMs === null ? null : this.clock.now() + deadlineInMs;
    const envelope = { ...sampleDelivery(id).envelope, body };
    const plain = { force: false, allowShell: false };
    bridge.turn(() => bridge.queue.post(envelope, this.pane.identity, 'fake', plain, deadlineAt, id));
  }

  get isInDoubt(): boolean {
    return this.journal.deliveries().some(({ state: { is } }) => is === 'typed' || is === 'submitted');
  }

  /** The time of the daemons' timers, for so long. */
  async pass(forMs: number): Promise<void> {
    for (const endAt = this.clock.now() + forMs; this.clock.now() < endAt; ) {
      await this.clock.pass(tickMs);
      for (const bridge of [...this.alive]) {
        bridge.turn(() => bridge.queue.takeUp());
        bridge.turn(() => bridge.queue.tick(this.clock.now()));
      }
    }
  }
}

/** One process: the real delivery queue and the real courier. Dead, it does nothing any more, wherever it was. */
class Bridge {
  readonly #simulation: Simulation;
  readonly #memory: CrashingJournal;
  readonly queue: DeliveryQueue;
  /** acts of its hands until it dies at one, just before or just after */
  #doom: { readonly at: Act; readonly before: boolean; left: number } | null = null;
  refusing = false;

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    this.#memory = new CrashingJournal(simulation.journal);
    const { clock, pane } = simulation;
    const memory = this.#memory;
    const save = memory.saveDelivery.bind(memory);
    memory.saveDelivery = (...given) => {
      if (this.refusing) throw new Error('the disk is full');
      save(...given);
    };
    const locks = {
      tryAcquire: async () => {
        this.#live();
        if (simulation.holder !== null) return null;
        simulation.holder = this;
        return { release: () => this.#release() };
      },
    };
    const courier = new Courier({ io: this.#hands(pane), readers: pane, locks, memory, clock });
    this.queue = new DeliveryQueue({ memory, clock, mint: () => 'unused', courier, on: () => {} });
  }

  /** What a process does in one turn of its loop; a death in it ends the process, and no other. */
  turn(work: () => unknown): void {
    try {
      work();
    } catch (fault) {
      if (!(fault instanceof Crashed) && !this.refusing) throw fault;
    }
    if (this.#memory.dead) this.die();
  }

  die(): void {
    this.#memory.dead = true;
    this.#simulation.alive.delete(this);
    this.#release();
  }

  /** Nothing more happens to it by itself. */
  spare(): void {
    this.#memory.dieIn = Number.POSITIVE_INFINITY;
    this.#doom = null;
    this.refusing = false;
  }

  doomAtCommit(commits: number, before: boolean): void {
    this.#memory.dieIn = commits;
    this.#memory.dieBefore = before;
  }

  doomAtAct(at: Act, acts: number, before: boolean): void {
    this.#doom = { at, before, left: acts };
  }

  #release(): void {
    if (this.#simulation.holder === this) this.#simulation.holder = null;
  }

  #live(): void {
    if (!this.#memory.dead) return;
    this.die();
    throw new Crashed();
  }

  #hands(pane: FakePane): PaneIO {
    const act = async <Done>(name: Act, does: () => Promise<Done>): Promise<Done> => {
      this.#live();
      const doom = this.#doom?.at === name ? this.#doom : null;
      const isLast = doom !== null && --doom.left <= 0;
      if (isLast && doom.before) this.die();
      this.#live();
      const done = does();
      if (isLast) this.die();
      const result = await done;
      this.#live();
      return result;
    };
    const type = <Done>(name: Act, does: () => Promise<Done>) =>
      act(name, () => {
        if (this.#simulation.holder !== this) this.#simulation.typedWithoutLock++;
        return does();
      });
    return {
      capture: () => act('look', () => pane.capture()),
      paste: (id, text, condition) => type('paste', () => pane.paste(id, text, condition)),
      press: (id, key, condition) => type('press', () => pane.press(id, key, condition)),
      leaveMode: () => type('look', () => pane.leaveMode()),
      outputCount: () => pane.outputCount(),
      nextOutput: (id, limitMs, after) => act('wait', () => pane.nextOutput(id, limitMs, after)),
    };
  }
}

type Act = 'look' | 'paste' | 'press' | 'wait';

type Deed =
  | { readonly do: 'happening'; readonly what: string }
  | { readonly do: 'post'; readonly which: number; readonly deadlineInMs: number | null }
  | { readonly do: 'kill'; readonly which: number }
  | { readonly do: 'boot' | 'disk-full' | 'disk-free' | 'cancel' }
  | { readonly do: 'doom-commit'; readonly which: number; readonly after: number; readonly before: boolean }
  | {
      readonly do: 'doom-act';
      readonly which: number;
      readonly at: Act;
      readonly after: number;
      readonly before: boolean;
    };

const which = fc.nat(1);
const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('happening' as const), what: fc.constantFrom(...Object.keys(happenings)) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('post' as const), which, deadlineInMs: fc.constantFrom(null, null, 3_000) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('kill' as const), which }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('boot' as const) }) },
  fc.record({
    do: fc.constantFrom('disk-full' as const, 'disk-free' as const, 'disk-free' as const, 'cancel' as const),
  }),
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('doom-commit' as const),
      which,
      after: fc.integer({ min: 1, max: 7 }),
      before: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('doom-act' as const),
      which,
      at: fc.constantFrom<Act[]>('paste', 'paste', 'press', 'press', 'look', 'wait'),
      after: fc.constantFrom(1, 1, 1, 2, 5),
      before: fc.boolean(),
    }),
  },
);
const story = fc.array(
  fc.tuple(
    fc.integer({ min: 0, max: 12_000 }).map((ms) => (ms % 2 ? ms % 900 : ms)),
    deed,
  ),
  { minLength: 3, maxLength: 14 },
);

/** Different from each other, so that the truth tells them apart however they run together. */
const bodyOf = (number: number) =>
  [`alpha ${number} one line`, `beta ${number}\n\nthree lines`, `gamma ${number} ${'long '.repeat(30)}`][number % 3]!;

function perform(simulation: Simulation, deed: Deed): void {
  const bridges = [...simulation.alive];
  const chosen = 'which' in deed ? bridges[deed.which % Math.max(1, bridges.length)] : bridges[0];
  switch (deed.do) {
    case 'happening':
      happenings[deed.what]!(simulation.pane);
      return;
    case 'post':
      if (chosen && simulation.bodies.size < 3)
        simulation.post(chosen, bodyOf(simulation.bodies.size + 1), deed.deadlineInMs);
      return;
    case 'boot':
      // two at once at most: a daemon and a command
      if (bridges.length < 2) simulation.boot();
      return;
    case 'kill':
      chosen?.die();
      return;
    case 'doom-commit':
      chosen?.doomAtCommit(deed.after, deed.before);
      return;
    case 'doom-act':
      chosen?.doomAtAct(deed.at, deed.after, deed.before);
      return;
    case 'disk-full':
    case 'disk-free':
      for (const bridge of bridges) bridge.refusing = deed.do === 'disk-full';
      return;
    case 'cancel':
      chosen?.turn(() => chosen.queue.cancel('d1' as DeliveryId, 'dismissed'));
  }
}

const bare = (text: string) => text.replace(/\s+/g, '');
const untyped: ReadonlyArray<DeliveryState['is']> = ['queued', 'held', 'expired', 'cancelled', 'failed'];

function check({ pane, journal, bodies, typedWithoutLock, holder }: Simulation): Delivery[] {
  expect(typedWithoutLock).toBe(0);
  expect(holder).toBeNull();
  for (const { by, wasDrawn } of pane.approvals) if (by === 'courier') expect(wasDrawn).toBe(false);
  const submitted = bare(pane.submissions.join('\u0001'));
  const stored = journal.deliveries();
  for (const { id, state, envelope } of stored) {
    const copies = submitted.split(bare(envelope.body)).length - 1;
    const fact = `${id} is ${JSON.stringify(state)}`;
    expect(copies, fact).toBeLessThanOrEqual(1);
    if (state.is === 'acknowledged') expect(copies, fact).toBe(1);
    if (untyped.includes(state.is)) expect(pane.pastes, fact).not.toContain(envelope.body);
    // whoever was told that it was posted finds it in the journal, and on its way nothing stays
    expect(['claimed', 'typed', 'submitted'], fact).not.toContain(state.is);
  }
  for (const { id } of stored) expect(bodies.has(id)).toBe(true);
  return stored;
}

test('two bridges on one pane die at any act and any commit, whatever happens: typed by one at a time, submitted at most once, and told', async () => {
  const ends = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(characters, story, fc.boolean(), async (character, deeds, oneLivesOn) => {
      const simulation = new Simulation(character);
      const first = simulation.boot();
      simulation.post(first, bodyOf(0), null);
      for (const [atMs, each] of deeds) simulation.clock.after(atMs, () => perform(simulation, each));
      await simulation.pass(16_000);
      // one is left, or begins anew: what nobody can tell is uncertain a minute later, one text after the other
      const [survivor = null] = oneLivesOn ? simulation.alive : [];
      for (const bridge of [...simulation.alive]) if (bridge !== survivor) bridge.die();
      if (survivor === null) simulation.boot();
      else survivor.spare();
      for (let round = 0; round < 3 && simulation.isInDoubt; round++) await simulation.pass(75_000);
      for (const bridge of simulation.alive) await simulation.clock.until(bridge.queue.close());
      for (const { state } of check(simulation))
        ends.set(state.is, (ends.get(state.is) ?? 0) + (isEnded(state) ? 1 : 0));
      simulation.journal.close();
    }),
    fuzz(120),
  );
  // a run in which nothing ever arrives would prove nothing
  expect(ends.get('acknowledged') ?? 0).toBeGreaterThan(20);
});
