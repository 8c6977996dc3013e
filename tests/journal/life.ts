import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { RequestId, TurnId } from '../../bridge/core/ids.ts';
import { Courier } from '../../bridge/delivery/courier.ts';
import { Journal } from '../../bridge/journal/journal.ts';
import { FakeLocks } from '../delivery/courier-harness.ts';
import { FakePane } from '../delivery/fake-pane.ts';
import { VirtualClock } from '../delivery/virtual-clock.ts';
import { Crashed, Panes } from '../messages/crashing-journal.ts';
import { origin, RequestsHarness } from '../requests/requests-harness.ts';

/** A worker's pane that outlives every bridge, and the bridges that live on one journal file, with the real courier. */
export class SimulatedBridge {
  readonly clock = new VirtualClock();
  readonly pane = new FakePane(this.clock).settle();
  /** what people were told of their answers: the text of each that was accepted, by request */
  readonly accepted = new Map<RequestId, string>();
  /** those of which nobody heard: committed, or not, when the power went */
  readonly unheard = new Map<RequestId, string>();
  harness: RequestsHarness;
  #journal: Journal;
  #minted = 0;

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    [this.#journal, this.harness] = this.#boot(join(folder, 'bridge.db'));
  }

  get journal(): Journal {
    return this.#journal;
  }

  /** The power comes back: another bridge, on what the cut left in that folder. */
  reboot(folder: string): { readonly setAside: string | null } {
    this.harness.memory.dead = true;
    this.#journal.close();
    const { journal, setAside } = Journal.open(join(folder, 'bridge.db'), { now: this.clock.now() });
    journal.close();
    [this.#journal, this.harness] = this.#boot(join(folder, 'bridge.db'));
    this.harness.resume();
    return { setAside };
  }

  close(): void {
    this.harness.memory.dead = true;
    this.#journal.close();
  }

  /** Time goes on, and the bridge looks after its deadlines and its deliveries once a second. */
  async pass(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second += 1) {
      await this.clock.pass(1_000);
      if (this.harness.memory.dead) continue;
      this.harness.requests.tick(this.clock.now());
      this.harness.queue.tick(this.clock.now());
    }
  }

  ask(turn: string, text: string, via: 'screen' | 'ask' = 'screen'): RequestId {
    const { id } = this.harness.requests.open(
      origin({ turn: turn as TurnId, agent: 'fake', via }, text, this.pane.identity),
    );
    this.harness.requests.confirm(id);
    return id;
  }

  answer(id: RequestId, text: string): void {
    this.unheard.set(id, text);
    const { accepted } = this.harness.requests.answer(id, { by: 'human:cli', instructions: text, notes: '' });
    if (accepted === 'first' || accepted === 'replaced') this.accepted.set(id, text);
    this.unheard.delete(id);
  }

  turn(turn: string): void {
    this.harness.requests.turnBegan(this.pane.identity, turn as TurnId);
  }

  #boot(path: string): [Journal, RequestsHarness] {
    const { journal } = Journal.open(path, { now: this.clock.now() });
    const harness = new RequestsHarness({
      journal,
      panes: new Panes(),
      clock: this.clock,
      policy: '[{ when: { text: /^rule$/ }, answer: by rule }]',
      mint: () => `id${++this.#minted}`,
      courier: (memory) =>
        new Courier({ io: this.pane, readers: this.pane, locks: new FakeLocks(), memory, clock: this.clock }),
    });
    return [journal, harness];
  }
}

/** A day in which every kind of thing happens once. Each text is used once, so that the pane's truth can be counted. */
export async function live(bridge: SimulatedBridge): Promise<void> {
  const { pane, harness } = bridge;
  bridge.ask('t1', 'rule');
  await bridge.pass(4);
  bridge.turn('t2');

  const asked = bridge.ask('t2', 'May I add it?');
  harness.requests.controllerFailed(asked, { is: 'empty' });
  pane.change((it) => Object.assign(it, { busy: true }));
  await bridge.pass(1);
  bridge.answer(asked, 'No.');
  await bridge.pass(2);
  bridge.answer(asked, 'Yes, add it.');
  pane.change((it) => Object.assign(it, { busy: false }));
  await bridge.pass(5);
  bridge.turn('t3');

  const doubtful = bridge.ask('t3', 'Which database?');
  pane.deaf = true;
  bridge.answer(doubtful, 'Use SQLite.');
  await bridge.pass(40);
  // a person looks, empties the input line and says: once more
  pane.deaf = false;
  pane.human('C-u');
  await bridge.pass(3);
  harness.requests.retry(doubtful, 'human:cli');
  await bridge.pass(6);
  bridge.turn('t4');

  const dismissed = bridge.ask('t4', 'Shall I go on?');
  await bridge.pass(1);
  harness.requests.dismiss(dismissed, 'human:cli');
  const printed = bridge.ask('t5', 'What is the port?', 'ask');
  bridge.answer(printed, '8080');
  bridge.turn('t6');
  bridge.answer(bridge.ask('t6', 'The last one?'), 'The last answer.');
  await bridge.pass(4);
  bridge.turn('t7');
}

/** The life until somebody dies in it; then nothing more is done. */
export async function liveUntilDeath(bridge: SimulatedBridge): Promise<void> {
  await live(bridge).catch((error: unknown) => {
    if (!(error instanceof Crashed)) throw error;
  });
  // what was on its way to the pane arrives: a terminal does not notice the death of a bridge
  await bridge.clock.pass(1_000);
}

/** What is on the disk at this instant, without the -shm, which is memory. */
export function copyDisk(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of ['bridge.db', 'bridge.db-wal']) {
    if (existsSync(join(from, name))) copyFileSync(join(from, name), join(to, name));
  }
}
