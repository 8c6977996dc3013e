import type { Bridge } from '../app/bridge.ts';
import { type ForWorkers, knownWorkers, pausesShown } from '../app/pausing.ts';
import { type ForPermit, permit } from '../app/permit.ts';
import { nameMeant } from '../core/names.ts';
import type { PaneAddress } from '../core/pane.ts';
import { oncePerPane } from '../tmux/facts.ts';
import { method } from './method.ts';
import { pauseArgs } from './pause.ts';
import { pauseView } from './views.ts';

/** Ends the pause of a worker, or every pause. */
export const resume = method({
  name: 'resume',
  args: pauseArgs,
  result: pauseView,
  async run(bridge: ForWorkers & ForPermit & Pick<Bridge, 'shown' | 'say'>, { worker: given, ...who }) {
    // a pause may be of a worker that has gone
    const paused = Object.keys(bridge.requests.pauses);
    const worker = given === null ? null : (nameMeant(given, paused) ?? given);
    const about = worker === null ? null : await paneNamed(bridge, worker);
    const by = await permit(bridge, { act: 'resume', target: given ?? 'all workers', about, ...who });
    const known = knownWorkers(bridge);
    const resumed = bridge.requests.endPause(worker, by);
    const names = resumed.map((name) => (name === '*' ? name : bridge.shown(name, known)));
    const words = names.map((name) => (name === '*' ? 'all workers' : name)).join(', ');
    if (names.length > 0) bridge.say('info', `${words}: resumed (${by})`);
    const nobody = `${given ?? 'nobody'}: not paused${given === null ? '' : ' by that name'}`;
    return {
      message: names.length === 0 ? nobody : `${words}: resumed`,
      changed: names,
      pauses: pausesShown(bridge),
    };
  },
});

/** The pane of a worker by its full name; null where there is none. */
async function paneNamed(
  { panes, projects }: Pick<Bridge, 'panes' | 'projects'>,
  worker: string,
): Promise<PaneAddress | null> {
  const all = oncePerPane(await panes.list().catch(() => []));
  const named = all.filter((pane) => projects.nameOf(panes.identify(pane).identity, pane) === worker);
  return named.length === 1 ? named[0]! : null;
}
