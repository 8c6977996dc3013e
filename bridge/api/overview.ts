import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { placeIn } from '../core/pane.ts';
import { systemClock } from '../host/clock.ts';
import { packageVersion } from '../host/package-version.ts';
import { method } from './method.ts';

/** Of a day more than these are not counted. */
const mostAnswers = 10_000;

const seenWorker = z.object({
  /** as people see it */
  name: z.string(),
  host: z.string(),
  server: z.string(),
  paneId: z.string(),
  agent: z.string(),
  /** absolute path of the project that it belongs to; null where none is known */
  project: z.string().nullable(),
  state: z.string().nullable(),
  /** of that state, ms since 1970 */
  since: z.number(),
});

const overviewView = z.object({
  version: z.string(),
  pid: z.number(),
  home: z.string(),
  mode: z.enum(['auto', 'manual']),
  dryRun: z.boolean(),
  /** who is asked where no rule and no project says otherwise; null before it was decided */
  answers: z.string().nullable(),
  workers: z.array(seenWorker).readonly(),
  paused: z.boolean(),
  /** open requests that only a person can move on */
  waitingForYou: z.number(),
  /** since midnight, where the bridge runs */
  answeredToday: z.number(),
});
export type Overview = z.infer<typeof overviewView>;

/** What a bridge does now: whom it watches, who answers, and what waits for a person. */
export const overview = method({
  name: 'overview',
  args: z.object({}),
  result: overviewView,
  run: async (bridge: Bridge) => overviewOf(bridge),
});

export function overviewOf(bridge: Bridge): Overview {
  const { config, journal, workers } = bridge;
  const midnight = new Date(systemClock.now()).setHours(0, 0, 0, 0);
  const answered = journal.requests({ states: ['delivered', 'settled'], byChange: true, limit: mostAnswers });
  return {
    version: packageVersion,
    pid: process.pid,
    home: config.home,
    mode: config.mode,
    dryRun: config.dryRun,
    answers: bridge.dispatches.chosen,
    workers: workers.map(({ identity, name, ...worker }) => ({
      ...worker,
      ...placeIn(identity),
      name: bridge.shown(name),
    })),
    paused: Object.keys(bridge.requests.pauses).length > 0,
    waitingForYou: journal.requests({ open: true }).filter(({ state }) => state.is === 'asked' && state.of === 'human')
      .length,
    answeredToday: answered.filter(({ state }) => 'at' in state && state.at >= midnight).length,
  };
}
