import type { Seeded } from './seeded.ts';
import type { Yard, YardAgent } from './yard.ts';

/** A fault comes on average this often. */
const everyMs = 900;
/** How long a person types, or reads in copy mode. */
const lastsMs = [500, 2_500] as const;

type Kind = 'agent-restarted' | 'bridge-killed' | 'human-typed' | 'resized' | 'copy-mode' | 'clients-detached';
/** The bridge and agents die more rarely than people type. */
const kinds: readonly Kind[] = [
  'human-typed',
  'human-typed',
  'human-typed',
  'copy-mode',
  'copy-mode',
  'copy-mode',
  'resized',
  'resized',
  'clients-detached',
  'agent-restarted',
  'agent-restarted',
  'bridge-killed',
];

/** What goes wrong in a soak: now and then, anywhere, and put right again. */
export class Faults {
  readonly #yard: Yard;
  readonly #random: Seeded;
  readonly #counts = new Map<string, number>();
  /** panes in which something lasts, and what ends it */
  readonly #lasting = new Map<string, { readonly untilAt: number; readonly end: () => Promise<unknown> }>();
  #nextAt = Date.now() + everyMs;

  constructor(yard: Yard, random: Seeded) {
    this.#yard = yard;
    this.#random = random;
  }

  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#counts].sort());
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, one) => sum + one, 0);
  }

  /** Something lasts in its pane. */
  holds(agent: YardAgent): boolean {
    return this.#lasting.has(agent.paneId);
  }

  async perhaps({ mayKill }: { mayKill: boolean }): Promise<void> {
    for (const [paneId, { untilAt, end }] of this.#lasting) {
      if (Date.now() >= untilAt) await this.#finish(paneId, end);
    }
    if (Date.now() < this.#nextAt) return;
    const kind = this.#random.oneOf(kinds);
    const agent = this.#random.oneOf(this.#yard.agents);
    if ((kind === 'bridge-killed' && !mayKill) || this.holds(agent)) return;
    await this.#do(kind, agent);
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
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

  async #do(kind: Kind, agent: YardAgent): Promise<void> {
    const { tmux } = this.#yard;
    const { paneId } = agent;
    switch (kind) {
      case 'human-typed':
        await tmux.run('send-keys', '-t', paneId, '-l', 'hm, let me see');
        // whatever stands there by now, the person takes away
        return this.#last(agent, () => agent.perform({ draft: '' }));
      case 'copy-mode':
        await tmux.run('copy-mode', '-t', paneId);
        return this.#last(agent, () =>
          tmux.run('if-shell', '-F', '-t', paneId, '#{pane_in_mode}', `copy-mode -q -t ${paneId}`),
        );
      case 'resized': {
        const size = ['-x', String(this.#random.between(80, 160)), '-y', String(this.#random.between(24, 50))];
        await tmux.run('resize-window', '-t', paneId, ...size);
        return;
      }
      case 'clients-detached':
        await tmux.run('detach-client', '-s', '=macs');
        return;
      case 'agent-restarted':
        return this.#yard.restartAgent(agent);
      case 'bridge-killed':
        await this.#yard.killDaemon();
        return this.#yard.start();
    }
  }
}
