import { setTimeout as delay } from 'node:timers/promises';
import { Askers, mostOfEach, mostWorkers, rulesFor } from './askers.ts';
import { words } from './left-over.ts';
import { grownUp, growth, type Measure } from './measures.ts';
import { Person } from './person.ts';
import { Seeded } from './seeded.ts';
import { Simulation } from './simulation.ts';
import { SoakFaults } from './soak-faults.ts';
import { mega, notFlat, paceOf, type SoakReport } from './soak-report.ts';
import { Stop } from './stop.ts';

export { memoryOf, told } from './soak-report.ts';

export interface SoakOptions {
  readonly minutes: number;
  readonly workers: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}

const measureEveryMs = { most: 10_000, part: 1 / 30 };
const lookEveryMs = 300;
const faultLookMs = 100;
/** agents that are started at once */
const startedAtOnce = 4;
/** A controller that thinks longer than it may is a fault like any other: its questions go to the human. */
const controllerTimeoutSeconds = 3;

/**
 * Many workers ask, everything goes wrong now and then, and at the end nothing is lost or repeated, the memory is flat and nothing
 * is left over. The bridge is killed in the first third only: what is measured then is one process.
 */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const labels = labelsOf(options);
  const rules = rulesFor(labels, options.minutes);
  const simulation = new Simulation({ rules, thinkSeconds: 0.2, controllerTimeoutSeconds });
  try {
    // the first one of each server makes its session
    for (const label of labels.splice(0, simulation.servers.length)) await simulation.addAgent(label);
    while (labels.length > 0)
      await Promise.all(labels.splice(0, startedAtOnce).map((label) => simulation.addAgent(label)));
    await simulation.start();
    for (const agent of simulation.agents) await simulation.watched(agent);
    const persons: Person[] = [];
    try {
      for (const tmux of simulation.servers) persons.push(await Person.sitDown(tmux));
      return await run(simulation, persons, options);
    } finally {
      for (const person of persons) await person.leave();
    }
  } catch (fault) {
    await simulation.close();
    throw fault;
  }
}

function labelsOf({ workers, minutes }: SoakOptions): string[] {
  if (workers > mostWorkers || minutes * 30 > mostOfEach)
    throw new Error(`a soak has ${mostWorkers} workers and ${mostOfEach / 30} minutes at most`);
  return Array.from({ length: workers }, (_, index) => `w${index}`);
}

async function run(
  simulation: Simulation,
  persons: readonly Person[],
  { minutes, workers, seed, say }: SoakOptions,
): Promise<SoakReport> {
  const random = new Seeded(seed);
  const faults = new SoakFaults(simulation, random, persons);
  const askers = new Askers(simulation, random, faults, minutes * 30_000);
  const measures: Measure[] = [];
  const startedAt = Date.now();
  const seconds = () => (Date.now() - startedAt) / 1000;
  const part = () => seconds() / (minutes * 60);
  const stop = new Stop(minutes);
  say(`soak: ${workers} workers, ${minutes} minutes, seed ${seed}`);
  await untilDue(stop, [
    [lookEveryMs, () => simulation.look().then(() => askers.perhaps())],
    [faultLookMs, () => faults.perhaps({ mayKill: part() < 1 / 3 })],
    [
      Math.min(measureEveryMs.most, minutes * 60_000 * measureEveryMs.part),
      async () => {
        const size = await simulation.bridge.measure();
        if (size === null) return;
        measures.push({ ...size, at: Date.now() });
        say(
          `soak: ${Math.round(seconds())} s, ${simulation.questionLog.questions.length} questions, ` +
            `${faults.total} faults; heap ${mega(size.heap)}, rss ${mega(size.rss)} MB`,
        );
      },
    ],
  ]);
  const asked = { minutes: seconds() / 60, questions: simulation.questionLog.questions.length };
  await faults.end();
  for (const person of persons) await person.getUp();
  const rest = await simulation.rest(90_000);
  const stuck = rest === 'rest' ? [] : [`losses: it did not come to rest (${rest}): ${simulation.moving}`];
  const audit = await simulation.auditStopped();
  const answeredIn = paceOf(simulation.latencies());
  const grown = growth(grownUp(measures).filter(({ at }) => at - startedAt >= minutes * 20_000));
  const closed = await simulation.closeAndCount();
  const failures = [
    ...stuck,
    ...faults.failures,
    ...audit.failures,
    ...notFlat(grown),
    ...closed.failures,
    ...words(closed.left),
  ];
  return {
    ok: failures.length === 0,
    seed,
    workers,
    minutes: asked.minutes,
    figures: audit.figures,
    questionsPerMinute: asked.questions / asked.minutes,
    answeredIn,
    faults: faults.counts,
    growth: grown,
    left: closed.left,
    failures,
  };
}

/** Does each again and again, with that pause between, until the time is over; a fault of one ends all. */
async function untilDue(stop: Stop, tasks: ReadonlyArray<readonly [number, () => Promise<unknown>]>): Promise<void> {
  const repeat = async ([pauseMs, task]: (typeof tasks)[number]) => {
    try {
      while (!stop.isDue) {
        await task();
        await delay(pauseMs);
      }
    } finally {
      stop.now();
    }
  };
  const ends = await Promise.allSettled(tasks.map(repeat)).finally(() => stop.forget());
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}
