import { Counters } from './counters.ts';
import { type MailFault, mailFaultName, mailFaultNamed, mailPlan } from './mail-faults.ts';
import { addMailFigures, type MailFigures, noMailFigures } from './mail-ledger.ts';
import { playMailFault } from './mail-play.ts';
import { MailScene, members } from './mail-scene.ts';
import type { FaultOptions, Report } from './report.ts';
import { Seeded } from './seeded.ts';
import { faultsNamed, pageOf, type Stage, strikeAll } from './strike-all.ts';

/** Faults in one run, where nobody says how many. */
const usualFaults = 300;
/** A scene serves this many faults; then its ledger is audited for the last time, and another one begins. */
const faultsPerScene = 25;

/** kill -9 of whoever writes, carries and reads mail, at each step of a message's life and at random moments. */
export async function mail(options: FaultOptions): Promise<Report> {
  const plan = planned(options);
  const counters = new Counters(null, `seed ${options.seed}, ${plan.length} faults`);
  let sum = noMailFigures;
  const add = (figures: MailFigures) => {
    sum = addMailFigures(sum, figures);
  };
  await strikeAll({
    ...{ name: 'mail', plan, options, counters, faultsPerStage: faultsPerScene, nameOf: mailFaultName },
    stage: () => sceneStage(counters, add),
    summary: () => `${counters.failures.length} failures`,
  });
  return report(counters, sum, options.seed);
}

function planned({ seed, cases, only }: FaultOptions): MailFault[] {
  if (only === null) return mailPlan(new Seeded(seed), cases ?? usualFaults);
  return faultsNamed(only, cases ?? 10, mailFaultNamed, 'daemon-at-message-offered-before');
}

function sceneStage(counters: Counters, add: (figures: MailFigures) => void): Stage<MailFault> {
  const scene = new MailScene();
  return {
    async open() {
      for (const label of members) await scene.addMember(label);
      await scene.harness.start();
      for (const member of scene.living.values()) await scene.watched(member);
    },
    async strike(fault, random) {
      const { deaths, failures } = await playMailFault(scene, fault, random);
      for (const { of, at } of deaths) counters.died(of, at === null ? null : `${at.step} ${at.when}`);
      const rest = await scene.rest();
      const audited = await scene.audit();
      const stuck = rest === 'rest' ? [] : [`losses: it did not come to rest (${rest}): ${scene.moving}`];
      return [...failures, ...stuck, ...audited.failures];
    },
    async count() {
      add((await scene.audit()).figures);
    },
    close: () => scene.close(),
  };
}

function report(counters: Counters, figures: MailFigures, seed: number): Report {
  const { deaths, failures, struck, seconds } = counters;
  const died = Object.fromEntries(Object.entries(deaths).map(([of, times]) => [`${of} deaths`, times]));
  const all = { faults: struck.length, ...died, ...figures, seconds };
  const text = pageOf(`Mail, seed ${seed}`, all, counters);
  return { name: 'mail', ok: failures.length === 0, seed, figures: all, failures, text };
}
