import { type PrivateTmux, waitFor } from '../fixtures/private-tmux.ts';
import { anotherInput } from './ledger.ts';
import { Neighbour } from './neighbour.ts';
import type { Person } from './person.ts';
import type { Seeded } from './seeded.ts';
import type { SimulatedAgent, Simulation } from './simulation.ts';

/** A fault comes on average this often. */
const everyMs = 900;
/** How long a person types, or reads in copy mode. */
const lastsMs = [500, 2_500] as const;
/** How long a second bridge lives: long enough to be the first one at some pane, and to take over what a killed one leaves. */
const secondLivesMs = [3_000, 9_000] as const;
/** No client that comes or goes for so long: a bridge that takes a pane over does so within two seconds. */
const quietMs = 2_500;

/** The bridge and agents die more rarely than people type. */
const shares = {
  'human-typed': 3,
  'went-on': 2,
  'copy-mode': 3,
  resized: 2,
  synchronized: 2,
  swapped: 2,
  'clients-detached': 1,
  'agent-restarted': 2,
  'bridge-killed': 1,
  'second-bridge': 1,
};
type Kind = keyof typeof shares;
const kinds = (Object.entries(shares) as Array<[Kind, number]>).flatMap(([kind, share]) =>
  Array<Kind>(share).fill(kind),
);

/** What goes wrong in a soak: now and then, anywhere, and put right again. */
export class SoakFaults {
  readonly #simulation: Simulation;
  readonly #random: Seeded;
  readonly #persons: readonly Person[];
  readonly #counts = new Map<string, number>();
  /** each kind comes once before any comes again: a short run on a busy machine has few faults */
  readonly #first: Kind[];
  /** by the name of the agent, or what else it is about: something that lasts, and what ends it */
  readonly #lasting = new Map<string, { readonly untilAt: number; readonly end: () => Promise<unknown> }>();
  /** the agent that dies just now */
  #dying = '';
  readonly #failures: string[] = [];
  #nextAt = Date.now() + everyMs;

  /** @param persons one at each of the simulation's servers */
  constructor(simulation: Simulation, random: Seeded, persons: readonly Person[]) {
    this.#simulation = simulation;
    this.#persons = persons;
    this.#random = random;
    this.#first = random.shuffled(Object.keys(shares) as Kind[]);
  }

  /** of each kind; what found nothing to strike is counted by itself */
  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#counts].sort());
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, one) => sum + one, 0);
  }

  /** what was seen to go wrong, beside what the ledger says */
  get failures(): readonly string[] {
    return this.#failures;
  }

  /** Something lasts in its pane, or it dies. */
  holds({ name }: SimulatedAgent): boolean {
    return this.#lasting.has(name) || this.#dying === name;
  }

  async perhaps({ mayKill }: { mayKill: boolean }): Promise<void> {
    for (const [name, { untilAt, end }] of this.#lasting) {
      if (Date.now() >= untilAt) await this.#finish(name, end);
    }
    if (Date.now() < this.#nextAt) return;
    const kind = this.#first[0] ?? this.#random.oneOf(kinds);
    const agent = this.#random.oneOf(this.#simulation.agents);
    if (this.holds(agent)) return;
    this.#first.shift();
    if ((kind === 'bridge-killed' || kind === 'second-bridge') && !mayKill) return;
    const done = await this.#do(kind, agent);
    const name = done === 'nothing-there' ? `${kind}: nothing there` : kind;
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
    this.#nextAt = Date.now() + this.#random.between(everyMs / 2, everyMs * 1.5);
  }

  async end(): Promise<void> {
    for (const [name, { end }] of this.#lasting) await this.#finish(name, end);
  }

  async #finish(name: string, end: () => Promise<unknown>): Promise<void> {
    this.#lasting.delete(name);
    await end();
  }

  #last({ name }: SimulatedAgent, end: () => Promise<unknown>): void {
    this.#lasting.set(name, { untilAt: Date.now() + this.#random.between(...lastsMs), end });
  }

  async #do(kind: Kind, agent: SimulatedAgent): Promise<'done' | 'nothing-there'> {
    const { tmux, paneId } = agent;
    const person = this.#personAt(agent);
    switch (kind) {
      case 'human-typed':
        await person.type(paneId, 'hm, let me see');
        // whatever stands there by now, the person takes away
        this.#last(agent, () => agent.perform({ draft: '' }));
        return 'done';
      case 'went-on':
        await person.type(paneId, anotherInput);
        this.#last(agent, () => this.#goOn(agent));
        return 'done';
      case 'copy-mode':
        await tmux.run('copy-mode', '-t', paneId);
        this.#last(agent, () =>
          tmux.run('if-shell', '-F', '-t', paneId, '#{pane_in_mode}', `copy-mode -q -t ${paneId}`),
        );
        return 'done';
      case 'resized': {
        const size = ['-x', String(this.#random.between(80, 160)), '-y', String(this.#random.between(24, 50))];
        await tmux.run('resize-window', '-t', paneId, ...size);
        return 'done';
      }
      case 'synchronized':
      case 'swapped': {
        const neighbour = await Neighbour.of(agent);
        await tmux.run(...(kind === 'swapped' ? neighbour.swapping : neighbour.synchronizing));
        this.#last(agent, async () => this.#failures.push(...(await neighbour.leave())));
        return 'done';
      }
      case 'clients-detached':
        return this.#detach();
      case 'agent-restarted':
        this.#dying = agent.name;
        await this.#simulation.restartAgent(agent);
        this.#dying = '';
        return 'done';
      case 'bridge-killed':
        await this.#simulation.killDaemon();
        await this.#simulation.start();
        await this.#untilSettled();
        return 'done';
      case 'second-bridge':
        return this.#standBy();
    }
  }

  #personAt({ tmux }: SimulatedAgent): Person {
    return this.#persons[this.#simulation.servers.indexOf(tmux)]!;
  }

  /** A second bridge with a state directory of its own comes, and ends or dies a while later. */
  async #standBy(): Promise<'done' | 'nothing-there'> {
    const { second } = this.#simulation;
    if (second.isAlive) return 'nothing-there';
    await second.start();
    await this.#untilSettled();
    const dies = this.#random.next() < 0.5;
    const untilAt = Date.now() + this.#random.between(...secondLivesMs);
    const end = async () => {
      if (dies) await second.kill();
      else this.#failures.push(...(await second.stop()));
      await this.#untilSettled();
    };
    this.#lasting.set('second bridge', { untilAt, end });
    return 'done';
  }

  /** The person submits what they wrote, whatever was asked meanwhile, and takes away what stands there otherwise. */
  async #goOn(agent: SimulatedAgent): Promise<unknown> {
    const { draft, is } = await agent.state();
    // a file may still be on its way to a request that would have ended by then
    const { questionLog } = this.#simulation;
    const last = questionLog.lastOf(agent.name);
    const isByFile = last?.way === 'file' && this.#simulation.isWaiting(agent);
    if (draft !== anotherInput || is !== 'idle' || isByFile) return agent.perform({ draft: '' });
    if (last !== undefined) questionLog.passOver(last.mark);
    return this.#personAt(agent).submit(agent.paneId);
  }

  /** The bridge's client may be gone already: it was detached just before, and has not come back yet. */
  async #detach(): Promise<'done' | 'nothing-there'> {
    const tmux = this.#random.oneOf(this.#simulation.servers);
    // the last one to come: others may be leaving
    const before = await clientsOf(tmux);
    const pid = before.at(-1);
    if (pid === undefined) return 'nothing-there';
    await tmux.run('detach-client', '-t', `client-${pid}`);
    const isBack = async () => (await clientsOf(tmux)).some((one) => !before.includes(one));
    await waitFor('the bridge has a client again', isBack, { limitMs: 60_000, everyMs: 100 });
    return 'done';
  }

  /**
   * tmux 3.3a dies of what it has to tell while a control client is just coming in (docs/measurements/fault-injection.md): after a bridge has come
   * or gone nothing strikes until every agent is watched, and no client comes or goes any more.
   */
  async #untilSettled(): Promise<void> {
    for (const agent of this.#simulation.agents) await this.#simulation.watched(agent);
    let [before, since] = ['', Date.now()];
    const isQuiet = async () => {
      const clients = await Promise.all(this.#simulation.servers.map(clientsOf));
      const now = clients.map((pids) => pids.join(' ')).join('|');
      if (now !== before) [before, since] = [now, Date.now()];
      return clients.every((pids) => pids.length > 0) && Date.now() - since >= quietMs;
    };
    await waitFor('the bridges have come in', isQuiet, { limitMs: 60_000, everyMs: 100 });
  }
}

/** pids of the bridges' clients */
async function clientsOf(tmux: PrivateTmux): Promise<string[]> {
  const all = await tmux.run('list-clients', '-t', '=macs', '-F', '#{client_control_mode} #{client_pid}');
  return all.split('\n').flatMap((line) => /^1 (\d+)$/.exec(line)?.[1] ?? []);
}
