import { Counters } from './counters.ts';
import { type CrashFault, crashFaultNamed, nameOf, planOf } from './crash-faults.ts';
import { type Played, play } from './playing.ts';
import { rulesUpTo } from './questions.ts';
import type { FaultOptions, Report } from './report.ts';
import { Seeded } from './seeded.ts';
import { Simulation } from './simulation.ts';
import { faultsNamed, pageOf, type Stage, strikeAll } from './strike-all.ts';

/** Deaths of the bridge in one run, where nobody says how many. */
const usualDeaths = 520;
/** A simulation serves this many faults; then its ledger is audited, and another one begins. */
const faultsPerSimulation = 45;
const agentsPerSimulation = 3;

/** kill -9 of the bridge at every step of its journal and at random moments; of tmux, of panes and of agents likewise. */
export async function crashes(options: FaultOptions): Promise<Report> {
  const plan = planned(options);
  const counters = new Counters(options.keep, `seed ${options.seed}, ${plan.length} faults`);
  await strikeAll({
    ...{ name: 'crashes', plan, options, counters, faultsPerStage: faultsPerSimulation, nameOf },
    stage: (faults) => simulationStage(counters, faults),
    summary: () => summary(counters),
  });
  counters.putAway();
  return report(counters, options.seed);
}

function planned({ seed, cases, only }: FaultOptions): CrashFault[] {
  if (only !== null) return faultsNamed(only, cases ?? 10, crashFaultNamed, 'daemon-at-delivery-typed-before');
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

function simulationStage(counters: Counters, faults: number): Stage<CrashFault> {
  const simulation = new Simulation({ rules: rulesUpTo(faults * 6) });
  return {
    async open() {
      for (let index = 0; index < agentsPerSimulation; index += 1) await simulation.addAgent(`w${index}`);
      await simulation.start();
    },
    async strike(fault, random) {
      const played: Played = await play(simulation, fault, random);
      for (const { of, at } of played.deaths) counters.died(of, at === null ? null : `${at.step} ${at.when}`);
      const rest = await simulation.rest();
      const { failures } = await simulation.audit();
      await simulation.clearComposers();
      const stuck = rest === 'rest' ? [] : [`losses: it did not come to rest (${rest}): ${simulation.moving}`];
      return [...played.failures, ...stuck, ...failures];
    },
    async count() {
      counters.add((await simulation.audit()).figures);
    },
    close: () => simulation.close(),
  };
}

function summary({ deaths, failures }: Counters): string {
  const died = Object.entries(deaths)
    .map(([of, times]) => `${times} ${of}`)
    .join(', ');
  return `deaths: ${died || 'none'}; ${failures.length} failures`;
}

function report(counters: Counters, seed: number): Report {
  const { figures, deaths, failures, seconds } = counters;
  const of = (what: string) => deaths[what] ?? 0;
  const all = {
    faults: counters.struck.length,
    bridgeDeaths: of('bridge'),
    tmuxDeaths: of('tmux'),
    paneDeaths: of('pane'),
    agentDeaths: of('agent'),
    ...figures,
    seconds,
  };
  const text = pageOf(`Crashes, seed ${seed}`, all, counters);
  return { name: 'crashes', ok: failures.length === 0, seed, figures: all, failures, text };
}
