import { monotonic } from '../fixtures/monotonic.mjs';
import { playAll } from './hostile.ts';
import { racesOf } from './hostile-cases.ts';
import { summary } from './hostile-summary.ts';
import type { FaultOptions, Report } from './report.ts';

const defaultCases = 1_000;
const defaultMinutes = 20;
/** Few, so that a dialog and the Enter that it races with come at the instants that they are aimed at. */
const width = { panes: 4, persons: 0 };

/** Nothing but dialogs that open in the moment of Enter: how wide the window is that no condition can close. */
export async function window(options: FaultOptions): Promise<Report> {
  const startedAt = monotonic();
  const endAt = startedAt + (options.minutes ?? defaultMinutes) * 60_000;
  const cases = racesOf(options.seed, options.cases ?? defaultCases);
  const played = await playAll(cases, width, endAt, options.say);
  return { ...summary(played, options, (monotonic() - startedAt) / 1000), name: 'window' };
}
