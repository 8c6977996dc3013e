import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '../fixtures/private-tmux.ts';
import type { Order, Struck } from './armed-bridge.ts';
import type { Blow } from './blows.ts';
import { anotherInput } from './books.ts';
import { Neighbour } from './neighbour.ts';
import { type AnswerWay, markPattern } from './questions.ts';
import type { Seeded } from './seeded.ts';
import type { Yard, YardAgent } from './yard.ts';

/** What one blow did, beside what the books say. */
export interface Played {
  /** every death of the bridge or of a tmux server, with the step of the journal that it hit, where that is known */
  readonly deaths: ReadonlyArray<{
    readonly of: 'bridge' | 'second' | 'tmux' | 'pane' | 'agent';
    readonly at: Struck | null;
  }>;
  readonly failures: readonly string[];
}

const ways: readonly AnswerWay[] = ['rule', 'controller', 'controller', 'command', 'file'];

/** Strikes once in a yard at rest where the bridge lives; afterwards everything that died lives again. */
export async function play(yard: Yard, blow: Blow, random: Seeded): Promise<Played> {
  const agent = random.oneOf(yard.agents);
  // a rule's answer is given without asking anybody
  const way = random.oneOf('step' in blow && blow.step === 'request-asked' ? ways.slice(1) : ways);
  const askAll = async () => {
    const askers = random.shuffled(yard.agents).slice(0, random.between(1, yard.agents.length));
    for (const each of askers) await yard.ask(each, random.oneOf(ways));
  };
  switch (blow.is) {
    case 'daemon-at':
      await yard.arm({ step: blow.step, when: blow.when, acts: [], self: true });
      await yard.ask(agent, way);
      return dead(yard);
    case 'daemon-after':
      await askAll();
      await delay(blow.ms);
      return dead(yard, null);
    case 'daemon-again': {
      await askAll();
      await delay(blow.ms);
      await yard.killDaemon();
      await yard.start({ step: blow.step, when: blow.when, acts: [], self: true });
      const { deaths, failures } = await dead(yard);
      return { deaths: [{ of: 'bridge', at: null }, ...deaths], failures };
    }
    case 'tmux-at':
    case 'both-at': {
      const both = blow.is === 'both-at';
      const serverPid = await serverOf(agent);
      await yard.arm({ step: blow.step, when: blow.when, acts: [{ kill: serverPid }], self: both });
      await yard.ask(agent, way);
      await untilStruck(yard);
      return tmuxDead(yard, agent, serverPid);
    }
    case 'tmux-after': {
      await askAll();
      await delay(blow.ms);
      return tmuxDead(yard, agent, await serverOf(agent), null);
    }
    case 'pane-at':
      return goneAt(yard, agent, way, blow, {
        acts: [{ run: ['tmux', '-S', agent.tmux.socketPath, 'kill-pane', '-t', agent.paneId] }],
        of: 'pane',
      });
    case 'agent-at':
      return goneAt(yard, agent, way, blow, { acts: [{ kill: agent.pid }], of: 'agent' });
    case 'shell-at': {
      const command = `tmux -S ${agent.tmux.socketPath} display-message -p -t ${agent.paneId} '#{pane_current_command}'`;
      const untilShell = { run: ['sh', '-c', `until [ "$(${command})" = bash ]; do :; done`] };
      return goneAt(yard, agent, way, blow, { acts: [{ kill: agent.pid }, untilShell], of: 'agent' });
    }
    case 'went-on':
      return wentOn(yard, agent, random.oneOf(ways.filter((one) => one !== 'file')), blow.dies);
    case 'passed-at': {
      await yard.arm({ step: blow.step, when: blow.when, acts: [], self: true });
      const { mark } = await yard.ask(agent, way);
      await untilStruck(yard);
      const at = yard.struck;
      await yard.killDaemon();
      await passOver(agent);
      yard.register.passOver(mark);
      await yard.start();
      return { deaths: [{ of: 'bridge', at }], failures: [] };
    }
    case 'synchronized-at':
    case 'swapped-at':
      return withNeighbour(yard, agent, way, { ...blow, self: random.next() < 0.5, lastsMs: random.between(200, 900) });
    case 'second-at':
      return besideASecond(yard, agent, way, { ...blow, random });
  }
}

/** A person says something else, in the place of whatever stands in the composer. */
async function passOver(agent: YardAgent): Promise<void> {
  const times = () => agent.inputs().filter((input) => input === anotherInput).length;
  const before = times();
  await waitFor(`${agent.name} rests`, async () => (await agent.state()).is === 'idle');
  await agent.perform({ draft: anotherInput });
  await agent.tmux.run('send-keys', '-t', agent.paneId, 'Enter');
  await waitFor('the person goes on', () => times() > before, { limitMs: 30_000 });
}

function serverOf({ tmux }: YardAgent): Promise<number> {
  return tmux.run('display-message', '-p', '#{pid}').then(Number);
}

/** A program comes beside the agent, or into its place, at that commit, and goes again a while later. */
async function withNeighbour(
  yard: Yard,
  agent: YardAgent,
  way: AnswerWay,
  { is, step, when, self, lastsMs }: Pick<Order, 'step' | 'when' | 'self'> & { is: Blow['is']; lastsMs: number },
): Promise<Played> {
  const neighbour = await Neighbour.of(agent);
  const argv = is === 'swapped-at' ? neighbour.swapping : neighbour.synchronizing;
  await yard.arm({ step, when, acts: [{ run: ['tmux', '-S', agent.tmux.socketPath, ...argv] }], self });
  await yard.ask(agent, way);
  await untilStruck(yard);
  const hasDied = self && yard.struck !== null;
  const played = hasDied ? await dead(yard, yard.struck) : nothing;
  await delay(lastsMs);
  return { ...played, failures: [...played.failures, ...(await neighbour.leave())] };
}

/**
 * A second bridge stands by as the first one dies; it takes over and serves everybody, also when the first is back; then
 * it ends, or dies in its turn, and the first takes over.
 */
async function besideASecond(
  yard: Yard,
  agent: YardAgent,
  way: AnswerWay,
  { step, when, random }: Pick<Order, 'step' | 'when'> & { random: Seeded },
): Promise<Played> {
  await yard.second.start();
  await yard.arm({ step, when, acts: [], self: true });
  await yard.ask(agent, way);
  await untilStruck(yard);
  const at = yard.struck;
  await yard.killDaemon();
  const failures = [...(await restOf(yard, 'the second bridge alone'))];
  await yard.ask(random.oneOf(yard.agents), random.oneOf(ways));
  await delay(random.between(0, 600));
  await yard.start();
  failures.push(...(await restOf(yard, 'both bridges')));
  await yard.ask(random.oneOf(yard.agents), random.oneOf(ways));
  await delay(random.between(0, 900));
  if (random.next() < 0.5) failures.push(...(await yard.second.stop()));
  else await yard.second.kill();
  return {
    deaths: [
      { of: 'bridge', at },
      { of: 'second', at: null },
    ],
    failures,
  };
}

async function restOf(yard: Yard, who: string): Promise<string[]> {
  const rest = await yard.rest();
  return rest === 'rest' ? [] : [`losses: ${who}: it did not come to rest (${rest}): ${yard.moving}`];
}

const nothing: Played = { deaths: [], failures: [] };

/** A person's draft holds the answer; they submit it, and the worker is in another turn from then on. */
async function wentOn(
  yard: Yard,
  agent: YardAgent,
  way: AnswerWay,
  dies: 'before' | 'after' | 'never',
): Promise<Played> {
  await agent.perform({ draft: anotherInput });
  const { mark } = await yard.ask(agent, way);
  await waitFor('its answer is held', async () => (await yard.deliveryOf(mark))?.state.is === 'held', {
    limitMs: 30_000,
  });
  if (dies === 'before') await yard.killDaemon();
  await passOver(agent);
  yard.register.passOver(mark);
  if (dies === 'after') await yard.killDaemon();
  if (dies === 'never') return { deaths: [], failures: [] };
  await yard.start();
  return { deaths: [{ of: 'bridge', at: null }], failures: [] };
}

/** Waits until the bridge has died of its order, or kills it where that never came; and starts its successor. */
async function dead(yard: Yard, at: Struck | null | undefined = undefined): Promise<Played> {
  if (at === undefined) await yard.rest();
  const struck = at === undefined ? yard.struck : at;
  await yard.killDaemon();
  await yard.start();
  return { deaths: [{ of: 'bridge', at: struck }], failures: [] };
}

async function untilStruck(yard: Yard): Promise<void> {
  // at rest: that commit never came
  while (yard.struck === null && (await yard.rest(100)) === 'stuck');
}

/** The agent's server is dead, or dies now; a new one with new agents takes its socket. */
async function tmuxDead(
  yard: Yard,
  { tmux }: YardAgent,
  serverPid: number,
  at: Struck | null = yard.struck,
): Promise<Played> {
  if (at === null) process.kill(serverPid, 'SIGKILL');
  const before = yard.agents.filter((agent) => agent.tmux === tmux);
  for (const agent of before) await yard.bury(agent);
  for (const { label } of before) await yard.addAgent(label);
  const deaths: Array<Played['deaths'][number]> = [{ of: 'tmux', at }];
  if (!yard.isAlive) {
    deaths.push({ of: 'bridge', at });
    await yard.start();
  }
  for (const agent of yard.agents) await yard.watched(agent);
  return { deaths, failures: [] };
}

async function goneAt(
  yard: Yard,
  agent: YardAgent,
  way: AnswerWay,
  { step, when }: Pick<Order, 'step' | 'when'>,
  how: { acts: Order['acts']; of: 'pane' | 'agent' },
): Promise<Played> {
  await yard.arm({ step, when, acts: how.acts, self: false });
  const { mark } = await yard.ask(agent, way);
  await untilStruck(yard);
  const failures: string[] = [];
  const struck = yard.struck;
  if (struck !== null) {
    await yard.bury(agent);
    await yard.rest();
    if (how.of === 'agent') {
      failures.push(...(await typedIntoShell(agent, mark)));
      await agent.tmux.run('kill-pane', '-t', agent.paneId);
    }
    await yard.watched(await yard.addAgent(agent.label));
  }
  return { deaths: struck === null ? [] : [{ of: how.of, at: struck }], failures };
}

/** What stands below the prompt of the shell that was left, where the dead agent's own screen ends. */
async function typedIntoShell(agent: YardAgent, mark: string): Promise<string[]> {
  const screen = (await agent.tmux.run('capture-pane', '-p', '-t', agent.paneId)).split('\n');
  const prompt = screen.findIndex((line) => /bash-[\d.]+[#$]/.test(line));
  const row = prompt < 0 ? undefined : screen.slice(prompt).find((line) => markPattern.exec(line)?.[0] === mark);
  return row === undefined
    ? []
    : [`harm: the answer to ${mark} was typed at the shell that ${agent.name} left: ${row}`];
}
