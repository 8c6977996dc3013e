import { isRunning } from './left-over.ts';
import type { AnswerWay, RuledQuestion } from './questions.ts';
import type { Seeded } from './seeded.ts';
import type { SimulatedAgent, Simulation } from './simulation.ts';
import type { SoakFaults } from './soak-faults.ts';

/** From one question of a worker to its next; later where the first has not come to its end by then. */
const periodMs = [2_000, 6_000] as const;
/** A mark has five digits: so many questions can each worker ask, and so many workers are possible. */
export const mostOfEach = 1_000;
export const mostWorkers = 100;
const ways: readonly AnswerWay[] = ['controller', 'controller', 'controller', 'command', 'file'];

/** Every eleventh question of a worker is for a rule: a real policy has tens of rows, not thousands. */
function isRuled(nth: number): boolean {
  return nth % 11 === 5;
}

/** The rules that the policy needs for the questions of these workers. */
export function rulesFor(labels: readonly string[], minutes: number): RuledQuestion[] {
  const most = Math.min(mostOfEach, Math.ceil((minutes * 60_000) / periodMs[0]) + 1);
  return labels.flatMap((label, index) =>
    Array.from({ length: most }, (_, nth) => ({ number: index * mostOfEach + nth, worker: `worker-${label}`, nth }))
      .filter(({ nth }) => isRuled(nth))
      .map(({ number, worker }) => ({ number, worker })),
  );
}

/** Each worker asks every few seconds, whoever sits in its pane by then. */
export class Askers {
  readonly #simulation: Simulation;
  readonly #random: Seeded;
  readonly #faults: SoakFaults;
  readonly #labels: readonly string[];
  readonly #asked = new Map<string, number>();
  readonly #dueAt = new Map<string, number>();

  /** @param firstWithinMs in a short run everybody asks soon */
  constructor(simulation: Simulation, random: Seeded, faults: SoakFaults, firstWithinMs: number) {
    this.#simulation = simulation;
    this.#random = random;
    this.#faults = faults;
    this.#labels = simulation.agents.map(({ label }) => label);
    // not all of them at once
    for (const label of this.#labels)
      this.#dueAt.set(label, Date.now() + random.between(0, Math.min(firstWithinMs, periodMs[1])));
  }

  /** Lets those ask who are due. */
  async perhaps(): Promise<void> {
    await Promise.all(this.#simulation.agents.map((agent) => this.#perhaps(agent)));
  }

  async #perhaps(agent: SimulatedAgent): Promise<void> {
    const { label } = agent;
    if (Date.now() < this.#dueAt.get(label)! || this.#faults.holds(agent) || this.#simulation.isWaiting(agent)) return;
    const nth = this.#asked.get(label) ?? 0;
    if (nth >= mostOfEach) return;
    const number = this.#labels.indexOf(label) * mostOfEach + nth;
    const way = isRuled(nth) ? 'rule' : this.#random.oneOf(ways);
    try {
      if (!(await this.#simulation.askIfIdle(agent, way, number))) return;
    } catch (fault) {
      // killed as it asked: its successor asks the next one
      if (isRunning(agent.pid) && !this.#faults.holds(agent)) throw fault;
    }
    this.#asked.set(label, nth + 1);
    this.#dueAt.set(label, Date.now() + this.#random.between(...periodMs));
  }
}
