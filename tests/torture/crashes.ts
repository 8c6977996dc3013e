import { type Blow, blowNamed, nameOf, planOf } from './blows.ts';
import { addFigures, type Figures, noFigures } from './books.ts';
import { type Played, play } from './playing.ts';
import { rulesUpTo } from './questions.ts';
import type { Report, TortureOptions } from './report.ts';
import { Seeded } from './seeded.ts';
import { Stop } from './stop.ts';
import { Yard } from './yard.ts';

/** Deaths of the bridge in one run, where nobody says how many. */
const usualDeaths = 520;
/** A yard serves this many blows; then its books are closed, and another one begins. */
const blowsPerYard = 45;
/** most of a blow is waiting */
const lanes = 3;
const agentsPerYard = 3;

interface Tally {
  figures: Figures;
  readonly deaths: Map<string, number>;
  readonly steps: Map<string, number>;
  readonly failures: string[];
  blows: number;
}

/** kill -9 of the bridge at every step of its journal and at random moments; of tmux, of panes and of agents likewise. */
export async function crashes(options: TortureOptions): Promise<Report> {
  const startedAt = Date.now();
  const blows = planned(options);
  const stop = new Stop(options.minutes);
  const tally: Tally = { figures: noFigures, deaths: new Map(), steps: new Map(), failures: [], blows: 0 };
  const queue = [...blows.entries()];
  const share = Math.min(blowsPerYard, Math.ceil(blows.length / lanes));
  const lane = async () => {
    while (queue.length > 0 && !stop.isDue) {
      await oneYard(queue.splice(0, share), { options, tally, stop });
      options.say(`crashes: ${tally.blows} of ${blows.length} blows, ${summary(tally)}`);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane)).finally(() => stop.forget());
  return report(tally, options.seed, Math.round((Date.now() - startedAt) / 1000));
}

function planned({ seed, cases, only }: TortureOptions): Blow[] {
  if (only !== null) {
    const blow = blowNamed(only);
    if (blow === null) throw new Error(`--case ${only}: is no blow; one is daemon-at-delivery-typed-before`);
    return Array.from({ length: cases ?? 10 }, () => blow);
  }
  const bridge = cases ?? usualDeaths;
  return planOf(new Seeded(seed), { bridge, tmux: Math.ceil(bridge / 5), panes: Math.ceil(bridge / 10) });
}

interface Run {
  readonly options: TortureOptions;
  readonly tally: Tally;
  readonly stop: Stop;
}

async function oneYard(blows: ReadonlyArray<readonly [number, Blow]>, { options, tally, stop }: Run): Promise<void> {
  const yard = new Yard({ rules: rulesUpTo(blows.length * 4) });
  try {
    for (let index = 0; index < agentsPerYard; index += 1) await yard.addAgent(`w${index}`);
    await yard.start();
    const known = new Set<string>();
    for (const [index, blow] of blows) {
      if (stop.isDue) break;
      const random = new Seeded(options.seed + index);
      const failures = await oneBlow(yard, blow, random, tally).catch((fault: unknown) => [`harness: ${fault}`]);
      const news = failures.filter((failure) => !known.has(failure));
      for (const failure of news) known.add(failure);
      if (news.length > 0) {
        tally.failures.push(
          ...news.map((failure) => `${nameOf(blow)} (seed ${options.seed}, blow ${index}): ${failure}`),
        );
        options.say(tally.failures.slice(-news.length).join('\n'));
      }
      // what it left is unknown: another yard goes on
      if (news.some((failure) => failure.startsWith('harness:'))) return;
    }
    tally.figures = addFigures(tally.figures, (await yard.audit()).figures);
  } catch (fault) {
    tally.failures.push(`harness: a yard could not be opened or closed: ${fault}`);
  } finally {
    tally.failures.push(...(await yard.close()));
  }
}

async function oneBlow(yard: Yard, blow: Blow, random: Seeded, tally: Tally): Promise<string[]> {
  const played: Played = await play(yard, blow, random);
  for (const { of, at } of played.deaths) {
    count(tally.deaths, of);
    if (at !== null) count(tally.steps, `${at.step} ${at.when}`);
  }
  tally.blows += 1;
  const rest = await yard.rest();
  const { failures } = await yard.audit();
  await yard.clearComposers();
  const stuck = rest === 'rest' ? [] : [`losses: it did not come to rest (${rest}): ${yard.moving}`];
  return [...played.failures, ...stuck, ...failures];
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function summary({ deaths, failures }: Tally): string {
  const died = [...deaths].map(([of, times]) => `${times} ${of}`).join(', ');
  return `deaths: ${died || 'none'}; ${failures.length} failures`;
}

function report(tally: Tally, seed: number, seconds: number): Report {
  const { figures, deaths, steps, failures } = tally;
  const of = (what: string) => deaths.get(what) ?? 0;
  const rows = [...steps].sort(([a], [b]) => a.localeCompare(b));
  const all = {
    blows: tally.blows,
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
