import { type Blow, blowNamed, nameOf, planOf } from './blows.ts';
import { type Played, play } from './playing.ts';
import { rulesUpTo } from './questions.ts';
import type { Report, TortureOptions } from './report.ts';
import { Seeded } from './seeded.ts';
import { Stop } from './stop.ts';
import { Tally } from './tally.ts';
import { Yard } from './yard.ts';

/** Deaths of the bridge in one run, where nobody says how many. */
const usualDeaths = 520;
/** A yard serves this many blows; then its books are closed, and another one begins. */
const blowsPerYard = 45;
/** most of a blow is waiting */
const mostLanes = 3;
const agentsPerYard = 3;

/** kill -9 of the bridge at every step of its journal and at random moments; of tmux, of panes and of agents likewise. */
export async function crashes(options: TortureOptions): Promise<Report> {
  const blows = planned(options);
  const stop = new Stop(options.minutes);
  const tally = new Tally(options.keep, `seed ${options.seed}, ${blows.length} blows`);
  const queue: Planned[] = [...blows.entries()].filter(([index]) => !tally.struck.includes(index));
  const lanes = Math.min(mostLanes, Math.ceil(queue.length / 2));
  const share = Math.min(blowsPerYard, Math.ceil(queue.length / lanes));
  const lane = async () => {
    while (queue.length > 0 && !stop.isDue) {
      const mine = queue.splice(0, share);
      const left = await oneYard(mine, { options, tally, stop });
      options.say(`crashes: ${tally.struck.length} of ${blows.length} blows, ${summary(tally)}`);
      // another yard takes what one that broke off has left; where none can be opened, nothing goes on
      queue.unshift(...left);
      if (left.length === mine.length) return;
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane)).finally(() => stop.forget());
  tally.putAway();
  return report(tally, options.seed);
}

function planned({ seed, cases, only }: TortureOptions): Blow[] {
  if (only !== null) {
    const named = only.split(',').map((name) => {
      const blow = blowNamed(name);
      if (blow === null) throw new Error(`--case ${name}: is no blow; one is daemon-at-delivery-typed-before`);
      return blow;
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

/** A blow with its index in the plan, from which everything random in it comes. */
type Planned = readonly [index: number, blow: Blow];

interface Run {
  readonly options: TortureOptions;
  readonly tally: Tally;
  readonly stop: Stop;
}

/** @returns the blows that were not struck */
async function oneYard(blows: readonly Planned[], { options, tally, stop }: Run): Promise<readonly Planned[]> {
  const yard = new Yard({ rules: rulesUpTo(blows.length * 6) });
  const left = [...blows];
  try {
    for (let index = 0; index < agentsPerYard; index += 1) await yard.addAgent(`w${index}`);
    await yard.start();
    const known = new Set<string>();
    for (const [index, blow] of blows) {
      if (stop.isDue) break;
      const random = new Seeded(options.seed + index);
      left.shift();
      tally.struck.push(index);
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
      if (news.some((failure) => failure.startsWith('harness:'))) return left;
    }
    tally.add((await yard.audit()).figures);
  } catch (fault) {
    tally.failures.push(`harness: a yard could not be opened or closed: ${fault}`);
  } finally {
    tally.failures.push(...(await yard.close()));
  }
  return left;
}

async function oneBlow(yard: Yard, blow: Blow, random: Seeded, tally: Tally): Promise<string[]> {
  const played: Played = await play(yard, blow, random);
  for (const { of, at } of played.deaths) {
    tally.died(of, at === null ? null : `${at.step} ${at.when}`);
  }
  const rest = await yard.rest();
  const { failures } = await yard.audit();
  await yard.clearComposers();
  const stuck = rest === 'rest' ? [] : [`losses: it did not come to rest (${rest}): ${yard.moving}`];
  return [...played.failures, ...stuck, ...failures];
}

function summary({ deaths, failures }: Tally): string {
  const died = Object.entries(deaths)
    .map(([of, times]) => `${times} ${of}`)
    .join(', ');
  return `deaths: ${died || 'none'}; ${failures.length} failures`;
}

function report(tally: Tally, seed: number): Report {
  const { figures, deaths, steps, failures, seconds } = tally;
  const of = (what: string) => deaths[what] ?? 0;
  const rows = Object.entries(steps).sort(([a], [b]) => a.localeCompare(b));
  const all = {
    blows: tally.struck.length,
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
