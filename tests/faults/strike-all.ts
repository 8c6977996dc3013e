import type { Counters } from './counters.ts';
import type { FaultOptions } from './report.ts';
import { Seeded } from './seeded.ts';
import { Stop } from './stop.ts';

/** most of a fault is waiting */
const mostLanes = 3;

/** Where faults are struck, one after the other. */
export interface Stage<Fault> {
  open(): Promise<void>;
  /** @returns what is wrong after it */
  strike(fault: Fault, random: Seeded): Promise<string[]>;
  /** what happened in it is counted for the last time */
  count(): Promise<void>;
  /** @returns what is wrong with its end */
  close(): Promise<readonly string[]>;
}

export interface Series<Fault> {
  /** of the report */
  readonly name: string;
  readonly plan: readonly Fault[];
  readonly options: FaultOptions;
  readonly counters: Counters;
  /** a stage serves this many; then another one begins */
  readonly faultsPerStage: number;
  readonly nameOf: (fault: Fault) => string;
  readonly stage: (faults: number) => Stage<Fault>;
  /** how it stands, in words */
  readonly summary: () => string;
}

/** A fault with its index in the plan, from which everything random in it comes. */
type Planned<Fault> = readonly [index: number, fault: Fault];

/** Strikes all faults of the plan that were not struck before, on several stages at once, until the time is over. */
export async function strikeAll<Fault>(series: Series<Fault>): Promise<void> {
  const { name, plan, options, counters, faultsPerStage, summary } = series;
  const stop = new Stop(options.minutes);
  const queue: Planned<Fault>[] = [...plan.entries()].filter(([index]) => !counters.struck.includes(index));
  const lanes = Math.min(mostLanes, Math.ceil(queue.length / 2));
  const share = Math.min(faultsPerStage, Math.ceil(queue.length / lanes));
  const lane = async () => {
    while (queue.length > 0 && !stop.isDue) {
      const mine = queue.splice(0, share);
      const left = await onOneStage(series, mine, stop);
      options.say(`${name}: ${counters.struck.length} of ${plan.length} faults, ${summary()}`);
      // another stage takes what one that broke off has left; where none can be opened, nothing goes on
      queue.unshift(...left);
      if (left.length === mine.length) return;
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane)).finally(() => stop.forget());
}

/** @returns the faults that were not struck */
async function onOneStage<Fault>(
  { options, counters, nameOf, stage: newStage }: Series<Fault>,
  faults: readonly Planned<Fault>[],
  stop: Stop,
): Promise<readonly Planned<Fault>[]> {
  const stage = newStage(faults.length);
  const left = [...faults];
  try {
    await stage.open();
    const known = new Set<string>();
    for (const [index, fault] of faults) {
      if (stop.isDue) break;
      left.shift();
      counters.struck.push(index);
      const found = await stage
        .strike(fault, new Seeded(options.seed + index))
        .catch((broken: unknown) => [`harness: ${broken}`]);
      const news = found.filter((failure) => !known.has(failure));
      for (const failure of news) known.add(failure);
      const told = news.map((failure) => `${nameOf(fault)} (seed ${options.seed}, fault ${index}): ${failure}`);
      counters.failures.push(...told);
      if (told.length > 0) options.say(told.join('\n'));
      // what it left is unknown: another stage goes on
      if (news.some((failure) => failure.startsWith('harness:'))) return left;
    }
    await stage.count();
  } catch (broken) {
    counters.failures.push(`harness: a stage could not be opened or closed: ${broken}`);
  } finally {
    counters.failures.push(...(await stage.close()));
  }
  return left;
}

/** The faults that `--case` names, each so often. @throws Error with one that there is */
export function faultsNamed<Fault>(
  only: string,
  times: number,
  faultNamed: (name: string) => Fault | null,
  example: string,
): Fault[] {
  const named = only.split(',').map((name) => {
    const fault = faultNamed(name);
    if (fault === null) throw new Error(`--case ${name}: is no fault; one is ${example}`);
    return fault;
  });
  return Array.from({ length: times }, () => named).flat();
}

/** Figures and the journal's steps that were hit, as a page shows them. */
export function pageOf(title: string, figures: Readonly<Record<string, number | string>>, { steps }: Counters): string {
  const rows = Object.entries(steps).sort(([a], [b]) => a.localeCompare(b));
  return [
    `### ${title}`,
    '',
    '| what | count |',
    '|---|---|',
    ...Object.entries(figures).map(([name, value]) => `| ${name} | ${value} |`),
    '',
    '| journal step that was hit | deaths |',
    '|---|---|',
    ...rows.map(([name, value]) => `| ${name} | ${value} |`),
    '',
  ].join('\n');
}
