import { waitFor } from '../fixtures/private-tmux.ts';
import { anotherInput } from './books.ts';
import type { Person } from './person.ts';
import type { Seeded } from './seeded.ts';
import type { Yard, YardAgent } from './yard.ts';

/** A fault comes on average this often. */
const everyMs = 900;
/** How long a person types, or reads in copy mode. */
const lastsMs = [500, 2_500] as const;

/** The bridge and agents die more rarely than people type. */
const shares = {
  'human-typed': 3,
  'went-on': 2,
  'copy-mode': 3,
  resized: 2,
  'clients-detached': 1,
  'agent-restarted': 2,
  'bridge-killed': 1,
};
type Kind = keyof typeof shares;
const kinds = (Object.entries(shares) as Array<[Kind, number]>).flatMap(([kind, share]) =>
  Array<Kind>(share).fill(kind),
);

/** What goes wrong in a soak: now and then, anywhere, and put right again. */
export class Faults {
  readonly #yard: Yard;
  readonly #random: Seeded;
  readonly #person: Person;
  readonly #counts = new Map<string, number>();
  /** each kind comes once before any comes again: a short run on a busy machine has few faults */
  readonly #first: Kind[];
  /** panes in which something lasts, and what ends it */
  readonly #lasting = new Map<string, { readonly untilAt: number; readonly end: () => Promise<unknown> }>();
  /** the pane whose agent dies just now */
  #dying = '';
  #nextAt = Date.now() + everyMs;

  constructor(yard: Yard, random: Seeded, person: Person) {
    this.#yard = yard;
    this.#person = person;
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

  /** Something lasts in its pane, or it dies. */
  holds(agent: YardAgent): boolean {
    return this.#lasting.has(agent.paneId) || this.#dying === agent.paneId;
  }

  async perhaps({ mayKill }: { mayKill: boolean }): Promise<void> {
    for (const [paneId, { untilAt, end }] of this.#lasting) {
      if (Date.now() >= untilAt) await this.#finish(paneId, end);
    }
    if (Date.now() < this.#nextAt) return;
    const kind = this.#first[0] ?? this.#random.oneOf(kinds);
    const agent = this.#random.oneOf(this.#yard.agents);
    if (this.holds(agent)) return;
    this.#first.shift();
    if (kind === 'bridge-killed' && !mayKill) return;
    const done = await this.#do(kind, agent);
    const name = done === 'nothing-there' ? `${kind}: nothing there` : kind;
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
    this.#nextAt = Date.now() + this.#random.between(everyMs / 2, everyMs * 1.5);
  }

  async end(): Promise<void> {
    for (const [paneId, { end }] of this.#lasting) await this.#finish(paneId, end);
  }

  async #finish(paneId: string, end: () => Promise<unknown>): Promise<void> {
    this.#lasting.delete(paneId);
    await end();
  }

  #last(agent: YardAgent, end: () => Promise<unknown>): void {
    const untilAt = Date.now() + this.#random.between(...lastsMs);
    this.#lasting.set(agent.paneId, { untilAt, end });
  }

  async #do(kind: Kind, agent: YardAgent): Promise<'done' | 'nothing-there'> {
    const { tmux } = this.#yard;
    const { paneId } = agent;
    switch (kind) {
      case 'human-typed':
        await this.#person.type(paneId, 'hm, let me see');
        // whatever stands there by now, the person takes away
        this.#last(agent, () => agent.perform({ draft: '' }));
        return 'done';
      case 'went-on':
        await this.#person.type(paneId, anotherInput);
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
      case 'clients-detached':
        return this.#detach();
      case 'agent-restarted':
        this.#dying = paneId;
        await this.#yard.restartAgent(agent);
        this.#dying = '';
        return 'done';
      case 'bridge-killed':
        await this.#untilComeAgain(async () => {
          await this.#yard.killDaemon();
          await this.#yard.start();
        });
        return 'done';
    }
  }

  /** The person submits what they wrote, whatever was asked meanwhile, and takes away what stands there otherwise. */
  async #goOn(agent: YardAgent): Promise<unknown> {
    const { draft, is } = await agent.state();
    // a file may still be on its way to a request that would have ended by then
    const isByFile = this.#yard.register.lastOf(agent.name)?.way === 'file' && this.#yard.isWaiting(agent);
    if (draft !== anotherInput || is !== 'idle' || isByFile) return agent.perform({ draft: '' });
    return this.#person.submit(agent.paneId);
  }

  /** The bridge's client may be gone already: it was detached just before, and has not come back yet. */
  async #detach(): Promise<'done' | 'nothing-there'> {
    // the last one to come: others may be leaving
    const pid = (await this.#clients()).at(-1);
    if (pid === undefined) return 'nothing-there';
    await this.#untilComeAgain(() => this.#yard.tmux.run('detach-client', '-t', `client-${pid}`));
    return 'done';
  }

  /**
   * tmux 3.3a dies of what it has to tell while a control client is just coming in (docs/torture.md): nothing strikes until
   * another one than those of before is in. Those may still be in the list while they leave.
   */
  async #untilComeAgain(strike: () => Promise<unknown>): Promise<void> {
    const before = await this.#clients();
    await strike();
    await waitFor(
      'the bridge has a client again',
      async () => (await this.#clients()).some((pid) => !before.includes(pid)),
      { limitMs: 60_000, everyMs: 100 },
    );
  }

  /** pids of the bridge's clients */
  async #clients(): Promise<string[]> {
    const all = await this.#yard.tmux.run('list-clients', '-t', '=macs', '-F', '#{client_control_mode} #{client_pid}');
    return all.split('\n').flatMap((line) => /^1 (\d+)$/.exec(line)?.[1] ?? []);
  }
}
