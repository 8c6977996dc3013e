import type { Overview } from '../api/overview.ts';
import { inWords } from '../core/duration.ts';

/** States in the order in which a person wants to know of them. */
const order = ['dialog', 'busy', 'idle', 'starting', 'unknown', 'exited'];

/** `3 workers: 2 idle, 1 busy 4m · 1 waiting for you · 17 answered today`; of several in one state the one that is in it the longest. */
export function statusLine(overview: Overview, now: number): string {
  const { workers, waiting, others } = statusParts(overview, now);
  return [workers, ...waiting, ...others].join(' · ');
}

/** The same where a line may be cut: what waits for a person comes first. */
export function statusLineToCut(overview: Overview, now: number): string {
  const { workers, waiting, others } = statusParts(overview, now);
  return [...waiting, workers, ...others].join(' · ');
}

function statusParts({ workers, waitingForYou, answeredToday, paused, dryRun }: Overview, now: number) {
  const states = [...new Set(workers.map(({ state }) => state ?? 'unknown'))].sort(
    (a, b) => order.indexOf(a) - order.indexOf(b),
  );
  const counted = states.map((state) => {
    const inIt = workers.filter((worker) => (worker.state ?? 'unknown') === state);
    const longest = Math.max(...inIt.map(({ since }) => now - since));
    return `${inIt.length} ${state === 'dialog' ? 'at a dialog' : state}${state === 'busy' || state === 'dialog' ? ` ${inWords(longest)}` : ''}`;
  });
  const found =
    workers.length === 0
      ? 'no worker yet'
      : `${workers.length} worker${workers.length === 1 ? '' : 's'}: ${counted.join(', ')}`;
  return {
    workers: found,
    waiting: waitingForYou > 0 ? [`${waitingForYou} waiting for you`] : [],
    others: [`${answeredToday} answered today`, ...(paused ? ['paused'] : []), ...(dryRun ? ['dry run'] : [])],
  };
}
