import { Counters } from './counters.ts';
import { type MailFault, mailFaultName, mailFaultNamed, mailPlan } from './mail-faults.ts';
import { addMailFigures, type MailFigures, noMailFigures } from './mail-ledger.ts';
import { playMailFault } from './mail-play.ts';
import { MailScene, members } from './mail-scene.ts';
import type { FaultOptions, Report } from './report.ts';
import { Seeded } from './seeded.ts';
import { Stop } from './stop.ts';

/** Faults in one run, where nobody says how many. */
const usualFaults = 300;
/** A scene serves this many faults; then its ledger is audited for the last time, and another one begins. */
const faultsPerScene = 25;
/** most of a fault is waiting */
const mostLanes = 3;

/** kill -9 of whoever writes, carries and reads mail, at each step of a message's life and at random moments. */
export async function mail(options: FaultOptions): Promise<Report> {
  const plan = planned(options);
  const stop = new Stop(options.minutes);
  const counters = new Counters(null, `seed ${options.seed}, ${plan.length} faults`);
  const sum = { figures: noMailFigures };
  const queue: Planned[] = [...plan.entries()];
  const lanes = Math.min(mostLanes, Math.ceil(queue.length / 2));
  const share = Math.min(faultsPerScene, Math.ceil(queue.length / lanes));
  const lane = async () => {
    while (queue.length > 0 && !stop.isDue) {
      const mine = queue.splice(0, share);
      const left = await oneScene(mine, { options, counters, stop, sum });
      options.say(`mail: ${counters.struck.length} of ${plan.length} faults, ${counters.failures.length} failures`);
      // another scene takes what one that broke off has left; where none can be opened, nothing goes on
      queue.unshift(...left);
      if (left.length === mine.length) return;
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane)).finally(() => stop.forget());
  return report(counters, sum.figures, options.seed);
}

function planned({ seed, cases, only }: FaultOptions): MailFault[] {
  if (only === null) return mailPlan(new Seeded(seed), cases ?? usualFaults);
  const named = only.split(',').map((name) => {
    const fault = mailFaultNamed(name);
    if (fault === null) throw new Error(`--case ${name}: is no fault; one is daemon-at-message-offered-before`);
    return fault;
  });
  return Array.from({ length: cases ?? 10 }, () => named).flat();
}

/** A fault with its index in the plan, from which everything random in it comes. */
type Planned = readonly [index: number, fault: MailFault];

interface Run {
  readonly options: FaultOptions;
  readonly counters: Counters;
  readonly stop: Stop;
  readonly sum: { figures: MailFigures };
}

/** @returns the faults that were not struck */
async function oneScene(faults: readonly Planned[], run: Run): Promise<readonly Planned[]> {
  const { options, counters, stop, sum } = run;
  const scene = new MailScene();
  const left = [...faults];
  try {
    for (const label of members) await scene.addMember(label);
    await scene.harness.start();
    for (const member of scene.living.values()) await scene.watched(member);
    const known = new Set<string>();
    for (const [index, fault] of faults) {
      if (stop.isDue) break;
      left.shift();
      counters.struck.push(index);
      const found = await oneFault(scene, fault, new Seeded(options.seed + index), counters).catch(
        (broken: unknown) => [`harness: ${broken}`],
      );
      const news = found.filter((failure) => !known.has(failure));
      for (const failure of news) known.add(failure);
      const told = news.map((one) => `${mailFaultName(fault)} (seed ${options.seed}, fault ${index}): ${one}`);
      counters.failures.push(...told);
      if (told.length > 0) options.say(told.join('\n'));
      // what it left is unknown: another scene goes on
      if (news.some((failure) => failure.startsWith('harness:'))) return left;
    }
    sum.figures = addMailFigures(sum.figures, (await scene.audit()).figures);
  } catch (broken) {
    counters.failures.push(`harness: a scene could not be opened or closed: ${broken}`);
  } finally {
    counters.failures.push(...(await scene.close()));
  }
  return left;
}

async function oneFault(scene: MailScene, fault: MailFault, random: Seeded, counters: Counters): Promise<string[]> {
  const { deaths, failures } = await playMailFault(scene, fault, random);
  for (const { of, at } of deaths) counters.died(of, at === null ? null : `${at.step} ${at.when}`);
  const rest = await scene.rest();
  const audited = await scene.audit();
  const stuck = rest === 'rest' ? [] : [`losses: it did not come to rest (${rest}): ${scene.moving}`];
  return [...failures, ...stuck, ...audited.failures];
}

function report({ deaths, steps, failures, struck, seconds }: Counters, figures: MailFigures, seed: number): Report {
  const rows = Object.entries(steps).sort(([a], [b]) => a.localeCompare(b));
  const died = Object.fromEntries(Object.entries(deaths).map(([of, times]) => [`${of} deaths`, times]));
  const all = { faults: struck.length, ...died, ...figures, seconds };
  const text = [
    `### Mail, seed ${seed}`,
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
  return { name: 'mail', ok: failures.length === 0, seed, figures: all, failures, text };
}
