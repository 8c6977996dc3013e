import type { Seeded } from './seeded.ts';

export type When = 'before' | 'after';

/** A commit to the journal: the n-th after a question was asked, or the next one that appends such an event. */
export type Step = number | string;

/** One thing that goes wrong, and where. */
export type CrashFault =
  /** the bridge dies at that commit */
  | { readonly is: 'daemon-at'; readonly step: Step; readonly when: When }
  /** the bridge dies in the middle of a question's life, and its successor at its n-th commit */
  | { readonly is: 'daemon-again'; readonly step: Step; readonly when: When; readonly ms: number }
  | { readonly is: 'daemon-after'; readonly ms: number }
  /** the tmux server dies there; the bridge lives */
  | { readonly is: 'tmux-at'; readonly step: Step; readonly when: When }
  | { readonly is: 'tmux-after'; readonly ms: number }
  | { readonly is: 'both-at'; readonly step: Step; readonly when: When }
  /** the pane closes there */
  | { readonly is: 'pane-at'; readonly step: Step; readonly when: When }
  /** the agent is killed there; its shell has taken the terminal back before the bridge goes on, or may not have */
  | { readonly is: 'agent-at'; readonly step: Step; readonly when: When }
  | { readonly is: 'shell-at'; readonly step: Step; readonly when: When }
  /** a person's draft holds the answer, and is submitted; the bridge dies before that, after it, or not at all */
  | { readonly is: 'went-on'; readonly dies: 'before' | 'after' | 'never' }
  /** the bridge dies there, and a person passes the question over before the next one comes */
  | { readonly is: 'passed-at'; readonly step: Step; readonly when: When }
  /** a neighbour comes into the agent's window there, and keys go to both panes; or another program into its place */
  | { readonly is: 'synchronized-at' | 'swapped-at'; readonly step: Step; readonly when: When }
  /** the bridge dies there beside a second one, with a state directory of its own, which takes over and ends or dies itself */
  | { readonly is: 'second-at'; readonly step: Step; readonly when: When };

/** The steps of a question's life in the journal, as events name them; `memory` is a commit without an event. */
const life: readonly string[] = [
  'memory',
  'request-opened',
  'request-asked',
  'request-answered',
  'delivery-claimed',
  'delivery-typed',
  'delivery-submitted',
  'delivery-acknowledged',
  'request-delivered',
  'request-settled',
];
const typing = life.filter((kind) => kind.startsWith('delivery-'));
/** A successor has fewer commits to its rest than a whole life has. */
const commitsAgain = 8;
/** As long as a question's life takes here, and some more. */
const lifeMs = 900;

export function nameOf(crashFault: CrashFault): string {
  const at = 'step' in crashFault ? [crashFault.step, crashFault.when] : [];
  const more = 'ms' in crashFault ? [crashFault.ms] : 'dies' in crashFault ? [crashFault.dies] : [];
  return [crashFault.is, ...at, ...more].join('-');
}

/** The fault of that name, as `nameOf` gave it; null for any other word. */
export function crashFaultNamed(name: string): CrashFault | null {
  const after = /^(daemon-after|tmux-after)-(\d+)$/.exec(name);
  if (after !== null) return { is: after[1] as 'daemon-after', ms: Number(after[2]) };
  const went = /^went-on-(before|after|never)$/.exec(name);
  if (went !== null) return { is: 'went-on', dies: went[1] as 'never' };
  const at =
    /^(daemon-at|daemon-again|tmux-at|both-at|pane-at|agent-at|shell-at|synchronized-at|swapped-at|passed-at|second-at)-(.+)-(before|after)(?:-(\d+))?$/.exec(
      name,
    );
  if (at === null) return null;
  const [, is, step, when, ms = 200] = at;
  const place = { step: Number(step) || step!, when: when as When };
  return is === 'daemon-again' ? { is, ...place, ms: Number(ms) } : { is: is as 'daemon-at', ...place };
}

/**
 * A plan with this many deaths of the bridge, and of the tmux server, and of panes and agents: every step of a
 * question's life in turn, before and after its commit, and random moments; people who go on; neighbours; and second
 * bridges; shuffled.
 */
export function planOf(
  random: Seeded,
  counts: { bridge: number; tmux: number; panes: number; turns: number; beside: number; second: number },
): CrashFault[] {
  const daemonAt = placesIn(life);
  const tmuxAt = placesIn(life);
  const paneAt = placesIn(typing);
  const [synchronizedAt, swappedAt] = [placesIn(typing), placesIn(typing)];
  const [secondAt, passedAt] = [placesIn(life), placesIn(life)];
  const whens: readonly When[] = ['before', 'after'];
  const after = () => random.between(0, lifeMs);
  const again = () => ({ step: random.between(1, commitsAgain), when: random.oneOf(whens), ms: after() });
  const plan: CrashFault[] = [];
  for (let deaths = 0; deaths < counts.bridge; ) {
    const lot = plan.length % 10;
    if (lot < 7) plan.push({ is: 'daemon-at', ...daemonAt() });
    else if (lot < 9) plan.push({ is: 'daemon-after', ms: after() });
    else plan.push({ is: 'daemon-again', ...again() });
    deaths += lot === 9 ? 2 : 1;
  }
  for (let index = 0; index < counts.tmux; index += 1) {
    const lot = index % 5;
    if (lot < 3) plan.push({ is: 'tmux-at', ...tmuxAt() });
    else plan.push(lot === 3 ? { is: 'both-at', ...tmuxAt() } : { is: 'tmux-after', ms: after() });
  }
  for (let index = 0; index < counts.panes; index += 1) {
    const place = paneAt();
    plan.push({ is: random.oneOf(['pane-at', 'agent-at', 'shell-at'] as const), ...place });
  }
  for (let index = 0; index < counts.turns; index += 1) {
    if (index % 2 === 0) plan.push({ is: 'passed-at', ...passedAt() });
    else plan.push({ is: 'went-on', dies: (['before', 'after', 'never'] as const)[(index >> 1) % 3]! });
  }
  for (let index = 0; index < counts.beside; index += 1) {
    if (index % 2 === 0) plan.push({ is: 'synchronized-at', ...synchronizedAt() });
    else plan.push({ is: 'swapped-at', ...swappedAt() });
  }
  for (let index = 0; index < counts.second; index += 1) plan.push({ is: 'second-at', ...secondAt() });
  return random.shuffled(plan);
}

/** Each step before and after its commit, in turn. */
function placesIn(steps: readonly string[]): () => { step: Step; when: When } {
  let next = 0;
  return () => {
    const place = next++ % (2 * steps.length);
    return { step: steps[place >> 1]!, when: place % 2 === 0 ? 'before' : 'after' };
  };
}
