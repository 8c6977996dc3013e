import { setTimeout as delay } from 'node:timers/promises';
import type { Figures } from './books.ts';
import { Faults } from './faults.ts';
import { type Measure, median, trend } from './measures.ts';
import type { AnswerWay } from './questions.ts';
import { Seeded } from './seeded.ts';
import { Stop } from './stop.ts';
import { Yard, type YardAgent } from './yard.ts';

export interface SoakOptions {
  readonly minutes: number;
  readonly workers: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}

export interface SoakReport {
  readonly ok: boolean;
  readonly seed: number;
  readonly workers: number;
  readonly minutes: number;
  readonly figures: Figures;
  readonly faults: Readonly<Record<string, number>>;
  /** of the bridge that lives through the middle and the last third; bytes */
  readonly memory: { readonly middle: Measure; readonly last: Measure };
  /** of one core, while it lived */
  readonly cpuPercent: number;
  readonly failures: readonly string[];
}

/** Each worker asks this often: after its last question has come to an end. */
const pauseMs = [2_000, 6_000] as const;
const measureEveryMs = 10_000;
const lookEveryMs = 400;
/** A controller that thinks longer than it may is a fault like any other: its questions go to the human. */
const controllerTimeoutSeconds = 3;
/** What a heap may grow by between its middle and its last third, after collection, and still be flat. */
const flat = { part: 0.1, bytes: 6_000_000 };
const ways: readonly AnswerWay[] = ['rule', 'rule', 'controller', 'controller', 'controller', 'command', 'file'];

/**
 * Many workers ask, everything goes wrong now and then, and at the end the books balance, the memory is flat and nothing
 * is left over. The bridge is killed in the first third only: what is measured then is one process.
 */
export async function soak({ minutes, workers, seed, say }: SoakOptions): Promise<SoakReport> {
  const random = new Seeded(seed);
  const yard = new Yard({ most: 2_000, thinkSeconds: 0.2, controllerTimeoutSeconds });
  const failures: string[] = [];
  const measures: Measure[] = [];
  let stop: Stop | null = null;
  try {
    for (let index = 0; index < workers; index += 1) await yard.addAgent(`w${index}`);
    await yard.start();
    for (const agent of yard.agents) await yard.watched(agent, 0);
    say(`soak: ${workers} workers, ${minutes} minutes, seed ${seed}`);
    const startedAt = Date.now();
    stop = new Stop(minutes);
    const lengthMs = minutes * 60_000;
    const partOf = () => (Date.now() - startedAt) / lengthMs;
    const faults = new Faults(yard, random);
    const dueAt = new Map<string, number>();
    let measuredAt = startedAt;
    while (!stop.isDue) {
      await yard.look();
      await askWhoIsDue(yard, random, dueAt, faults);
      await faults.perhaps({ mayKill: partOf() < 1 / 3 });
      if (Date.now() - measuredAt >= measureEveryMs) {
        measuredAt = Date.now();
        const measure = await yard.measure(partOf());
        measures.push(measure);
        say(
          `soak: ${Math.round((measuredAt - startedAt) / 1000)} s, ${yard.questions.length} questions, ` +
            `${faults.total} faults; heap ${mega(measure.heap)}, rss ${mega(measure.rss)} MB`,
        );
      }
      await delay(lookEveryMs);
    }
    await faults.end();
    const rest = await yard.rest(90_000);
    if (rest !== 'rest') failures.push(`losses: it did not come to rest (${rest}): ${yard.moving}`);
    const audit = await yard.auditStopped();
    const memory = {
      middle: median(measures.filter(({ part }) => part >= 1 / 3 && part < 2 / 3)),
      last: median(measures.filter(({ part }) => part >= 2 / 3)),
    };
    failures.push(...audit.failures, ...notFlat(memory));
    const report = { seed, workers, minutes, figures: audit.figures, faults: faults.counts, memory };
    const cpuPercent = trend(measures.filter(({ part }) => part >= 1 / 3));
    failures.push(...(await yard.close()));
    return { ok: failures.length === 0, ...report, cpuPercent, failures };
  } catch (fault) {
    await yard.close();
    throw fault;
  } finally {
    stop?.forget();
  }
}

async function askWhoIsDue(yard: Yard, random: Seeded, dueAt: Map<string, number>, faults: Faults): Promise<void> {
  const asks = yard.agents.map(async (agent: YardAgent) => {
    if (yard.isWaiting(agent) || faults.holds(agent)) return;
    const due = dueAt.get(agent.name);
    if (due === undefined) dueAt.set(agent.name, Date.now() + random.between(...pauseMs));
    else if (Date.now() >= due) {
      dueAt.delete(agent.name);
      await yard.askIfIdle(agent, random.oneOf(ways));
    }
  });
  await Promise.all(asks);
}

function notFlat({ middle, last }: SoakReport['memory']): string[] {
  const grew = last.heap - middle.heap;
  if (grew <= middle.heap * flat.part + flat.bytes) return [];
  return [`memory: the heap grew from ${mega(middle.heap)} to ${mega(last.heap)} MB between the thirds`];
}

export function mega(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
