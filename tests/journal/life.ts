import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { RequestId, TurnId } from '../../bridge/core/ids.ts';
import { Courier } from '../../bridge/delivery/courier.ts';
import { Journal } from '../../bridge/journal/journal.ts';
import { FakeLocks } from '../delivery/courier-harness.ts';
import { FakePane } from '../delivery/fake-pane.ts';
import { VirtualClock } from '../delivery/virtual-clock.ts';
import { Died, Panes } from '../messages/world.ts';
import { Study, sighting } from '../requests/study.ts';

/** A worker's pane that outlives every bridge, and the bridges that live on one journal file, with the real courier. */
export class House {
  readonly clock = new VirtualClock();
  readonly pane = new FakePane(this.clock).settle();
  /** what people were told of their answers: the text of each that was accepted, by request */
  readonly accepted = new Map<RequestId, string>();
  /** those of which nobody heard: committed, or not, when the power went */
  readonly unheard = new Map<RequestId, string>();
  study: Study;
  #journal: Journal;
  #minted = 0;

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    [this.#journal, this.study] = this.#boot(join(folder, 'bridge.db'));
  }

  get journal(): Journal {
    return this.#journal;
  }

  /** The power comes back: another bridge, on what the cut left in that folder. */
  reboot(folder: string): { readonly setAside: string | null } {
    this.study.memory.dead = true;
    this.#journal.close();
    const { journal, setAside } = Journal.open(join(folder, 'bridge.db'), { now: this.clock.now() });
    journal.close();
    [this.#journal, this.study] = this.#boot(join(folder, 'bridge.db'));
    this.study.resume();
    return { setAside };
  }

  close(): void {
    this.study.memory.dead = true;
    this.#journal.close();
  }

  /** Time goes on, and the bridge looks after its deadlines and its deliveries once a second. */
  async pass(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second += 1) {
      await this.clock.pass(1_000);
      if (this.study.memory.dead) continue;
      this.study.desk.tick(this.clock.now());
      this.study.office.tick(this.clock.now());
    }
  }

  ask(turn: string, text: string, via: 'screen' | 'ask' = 'screen'): RequestId {
    const { id } = this.study.desk.open(
      sighting({ turn: turn as TurnId, agent: 'fake', via }, text, this.pane.identity),
    );
    this.study.desk.confirm(id);
    return id;
  }

  answer(id: RequestId, text: string): void {
    this.unheard.set(id, text);
    const { accepted } = this.study.desk.answer(id, { by: 'human:cli', instructions: text, notes: '' });
    if (accepted === 'first' || accepted === 'replaced') this.accepted.set(id, text);
    this.unheard.delete(id);
  }

  turn(turn: string): void {
    this.study.desk.turnBegan(this.pane.identity, turn as TurnId);
  }

  #boot(path: string): [Journal, Study] {
    const { journal } = Journal.open(path, { now: this.clock.now() });
    const study = new Study({
      journal,
      panes: new Panes(),
      clock: this.clock,
      policy: '[{ when: { text: /^rule$/ }, answer: by rule }]',
      mint: () => `id${++this.#minted}`,
      courier: (memory) =>
        new Courier({ hands: this.pane, eyes: this.pane, locks: new FakeLocks(), memory, clock: this.clock }),
    });
    return [journal, study];
  }
}

/** A day in which every kind of thing happens once. Each text is used once, so that the pane's truth can be counted. */
export async function live(house: House): Promise<void> {
  const { pane, study } = house;
  house.ask('t1', 'rule');
  await house.pass(4);
  house.turn('t2');

  const asked = house.ask('t2', 'May I add it?');
  study.desk.controllerFailed(asked, { is: 'empty' });
  pane.change((it) => Object.assign(it, { busy: true }));
  await house.pass(1);
  house.answer(asked, 'No.');
  await house.pass(2);
  house.answer(asked, 'Yes, add it.');
  pane.change((it) => Object.assign(it, { busy: false }));
  await house.pass(5);
  house.turn('t3');

  const doubtful = house.ask('t3', 'Which database?');
  pane.deaf = true;
  house.answer(doubtful, 'Use SQLite.');
  await house.pass(40);
  // a person looks, empties the input line and says: once more
  pane.deaf = false;
  pane.human('C-u');
  await house.pass(3);
  study.desk.retry(doubtful, 'human:cli');
  await house.pass(6);
  house.turn('t4');

  const dismissed = house.ask('t4', 'Shall I go on?');
  await house.pass(1);
  study.desk.dismiss(dismissed, 'human:cli');
  const printed = house.ask('t5', 'What is the port?', 'ask');
  house.answer(printed, '8080');
  house.turn('t6');
  house.answer(house.ask('t6', 'The last one?'), 'The last answer.');
  await house.pass(4);
  house.turn('t7');
}

/** The life until somebody dies in it; then nothing more is done. */
export async function liveUntilDeath(house: House): Promise<void> {
  await live(house).catch((error: unknown) => {
    if (!(error instanceof Died)) throw error;
  });
  // what was on its way to the pane arrives: a terminal does not notice the death of a bridge
  await house.clock.pass(1_000);
}

/** What is on the disk at this instant, without the -shm, which is memory. */
export function copyDisk(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of ['bridge.db', 'bridge.db-wal']) {
    if (existsSync(join(from, name))) copyFileSync(join(from, name), join(to, name));
  }
}
