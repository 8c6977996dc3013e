import { Counters } from './counters.ts';
import { type CrashFault, crashFaultNamed, nameOf, planOf } from './crash-faults.ts';
import { type Played, play } from './playing.ts';
import { rulesUpTo } from './questions.ts';
import type { FaultOptions, Report } from './report.ts';
import { Seeded } from './seeded.ts';
import { Simulation } from './simulation.ts';
import { Stop } from './stop.ts';

/** Deaths of the bridge in one run, where nobody says how many. */
const usualDeaths = 520;
/** A simulation serves this many faults; then its ledger is audited, and another one begins. */
const faultsPerSimulation = 45;
/** most of a fault is waiting */
const mostLanes = 3;
const agentsPerSimulation = 3;

/** kill -9 of the bridge at every step of its journal and at random moments; of tmux, of panes and of agents likewise. */
export async function crashes(options: FaultOptions): Promise<Report> {
  const crashFaults = planned(options);
  const stop = new Stop(options.minutes);
  const counters = new Counters(options.keep, `seed ${options.seed}, ${crashFaults.length} faults`);
  const queue: Planned[] = [...crashFaults.entries()].filter(([index]) => !counters.struck.includes(index));
  const workers = Math.min(mostLanes, Math.ceil(queue.length / 2));
  const share = Math.min(faultsPerSimulation, Math.ceil(queue.length / workers));
  const worker = async () => {
    while (queue.length > 0 && !stop.isDue) {
      const mine = queue.splice(0, share);
      const left = await oneSimulation(mine, { options, counters, stop });
      options.say(`crashes: ${counters.struck.length} of ${crashFaults.length} faults, ${summary(counters)}`);
      // another simulation takes what one that broke off has left; where none can be opened, nothing goes on
      queue.unshift(...left);
      if (left.length === mine.length) return;
    }
  };
  await Promise.all(Array.from({ length: workers }, worker)).finally(() => stop.forget());
  counters.putAway();
  return report(counters, options.seed);
}

function planned({ seed, cases, only }: FaultOptions): CrashFault[] {
  if (only !== null) {
    const named = only.split(',').map((name) => {
      const crashFault = crashFaultNamed(name);
      if (crashFault === null) throw new Error(`--case ${name}: is no fault; one is daemon-at-delivery-typed-before`);
      return crashFault;
    });
    return Array.from({ length: cases ?? 10 }, () => named).flat();
  }
  const bridge = cases ?? usualDeaths;
  return planOf(new Seeded(seed), {
    bridge,
    tmux: Math.ceil(bridge / 5),
    panes: Math.ceil(bridge / 10),
    turns: Math.ceil(bridge / 13),
    beside: Math.ceil(bridge / 13),
    second: Math.ceil(bridge / 20),
  });
}

/** A fault with its index in the plan, from which everything random in it comes. */
type Planned = readonly [index: number, crashFault: CrashFault];

interface Run {
  readonly options: FaultOptions;
  readonly counters: Counters;
  readonly stop: Stop;
}

/** @returns the faults that were not struck */
async function oneSimulation(
  crashFaults: readonly Planned[],
  { options, counters, stop }: Run,
): Promise<readonly Planned[]> {
  const simulation = new Simulation({ rules: rulesUpTo(crashFaults.length * 6) });
  const left = [...crashFaults];
  try {
    for (let index = 0; index < agentsPerSimulation; index += 1) await simulation.addAgent(`w${index}`);
    await simulation.start();
    const known = new Set<string>();
    for (const [index, crashFault] of crashFaults) {
      if (stop.isDue) break;
      const random = new Seeded(options.seed + index);
      left.shift();
      counters.struck.push(index);
      const failures = await oneCrashFault(simulation, crashFault, random, counters).catch((fault: unknown) => [
        `harness: ${fault}`,
      ]);
      const news = failures.filter((failure) => !known.has(failure));
      for (const failure of news) known.add(failure);
      if (news.length > 0) {
        counters.failures.push(
          ...news.map((failure) => `${nameOf(crashFault)} (seed ${options.seed}, fault ${index}): ${failure}`),
        );
        options.say(counters.failures.slice(-news.length).join('\n'));
      }
      // what it left is unknown: another simulation goes on
      if (news.some((failure) => failure.startsWith('harness:'))) return left;
    }
    counters.add((await simulation.audit()).figures);
  } catch (fault) {
    counters.failures.push(`harness: a simulation could not be opened or closed: ${fault}`);
  } finally {
    counters.failures.push(...(await simulation.close()));
  }
  return left;
}

async function oneCrashFault(
  simulation: Simulation,
  crashFault: CrashFault,
  random: Seeded,
  counters: Counters,
): Promise<string[]> {
  const played: Played = await play(simulation, crashFault, random);
  for (const { of, at } of played.deaths) {
    counters.died(of, at === null ? null : `${at.step} ${at.when}`);
  }
  const rest = await simulation.rest();
  const { failures } = await simulation.audit();
  await simulation.clearComposers();
  const stuck = rest === 'rest' ? [] : [`losses: it did not come to rest (${rest}): ${simulation.moving}`];
  return [...played.failures, ...stuck, ...failures];
}

function summary({ deaths, failures }: Counters): string {
  const died = Object.entries(deaths)
    .map(([of, times]) => `${times} ${of}`)
    .join(', ');
  return `deaths: ${died || 'none'}; ${failures.length} failures`;
}

function report(counters: Counters, seed: number): Report {
  const { figures, deaths, steps, failures, seconds } = counters;
  const of = (what: string) => deaths[what] ?? 0;
  const rows = Object.entries(steps).sort(([a], [b]) => a.localeCompare(b));
  const all = {
    faults: counters.struck.length,
    bridgeDeaths: of('bridge'),
    tmuxDeaths: of('tmux'),
    paneDeaths: of('pane'),
    agentDeaths: of('agent'),
    ...figures,
    seconds,
  };
  const text = [
    `### Crashes, seed ${seed}`,
    '',
    '| what | count |',
    '|---|---|',
    ...Object.entries(all).map(([name, value]) => `| ${name} | ${value} |`),
    '',
    '| journal step that was hit | deaths |',
    '|---|---|',
    ...rows.map(([name, value]) => `| ${name} | ${value} |`),
    '',
  ].join('\n');
  return { name: 'crashes', ok: failures.length === 0, seed, figures: all, failures, text };
}
