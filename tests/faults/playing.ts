import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '../fixtures/private-tmux.ts';
import type { Order, Struck } from './armed-bridge.ts';
import type { CrashFault } from './crash-faults.ts';
import { anotherInput } from './ledger.ts';
import { Neighbour } from './neighbour.ts';
import { type AnswerWay, markPattern } from './questions.ts';
import type { Seeded } from './seeded.ts';
import type { SimulatedAgent, Simulation } from './simulation.ts';

/** What one fault did, beside what the ledger says. */
export interface Played {
  /** every death of the bridge or of a tmux server, with the step of the journal that it hit, where that is known */
  readonly deaths: ReadonlyArray<{
    readonly of: 'bridge' | 'second' | 'tmux' | 'pane' | 'agent';
    readonly at: Struck | null;
  }>;
  readonly failures: readonly string[];
}

const ways: readonly AnswerWay[] = ['rule', 'controller', 'controller', 'command', 'file'];

/** Strikes once in a simulation at rest where the bridge lives; afterwards everything that died lives again. */
export async function play(simulation: Simulation, crashFault: CrashFault, random: Seeded): Promise<Played> {
  const agent = random.oneOf(simulation.agents);
  // a rule's answer is given without asking anybody
  const way = random.oneOf('step' in crashFault && crashFault.step === 'request-asked' ? ways.slice(1) : ways);
  const askAll = async () => {
    const askers = random.shuffled(simulation.agents).slice(0, random.between(1, simulation.agents.length));
    for (const each of askers) await simulation.ask(each, random.oneOf(ways));
  };
  switch (crashFault.is) {
    case 'daemon-at':
      await simulation.arm({ step: crashFault.step, when: crashFault.when, acts: [], self: true });
      await simulation.ask(agent, way);
      return dead(simulation);
    case 'daemon-after':
      await askAll();
      await delay(crashFault.ms);
      return dead(simulation, null);
    case 'daemon-again': {
      await askAll();
      await delay(crashFault.ms);
      await simulation.killDaemon();
      await simulation.start({ step: crashFault.step, when: crashFault.when, acts: [], self: true });
      const { deaths, failures } = await dead(simulation);
      return { deaths: [{ of: 'bridge', at: null }, ...deaths], failures };
    }
    case 'tmux-at':
    case 'both-at': {
      const both = crashFault.is === 'both-at';
      const serverPid = await serverOf(agent);
      await simulation.arm({ step: crashFault.step, when: crashFault.when, acts: [{ kill: serverPid }], self: both });
      await simulation.ask(agent, way);
      await untilStruck(simulation);
      return tmuxDead(simulation, agent, serverPid);
    }
    case 'tmux-after': {
      await askAll();
      await delay(crashFault.ms);
      return tmuxDead(simulation, agent, await serverOf(agent), null);
    }
    case 'pane-at':
      return goneAt(simulation, agent, way, crashFault, {
        acts: [{ run: ['tmux', '-S', agent.tmux.socketPath, 'kill-pane', '-t', agent.paneId] }],
        of: 'pane',
      });
    case 'agent-at':
      return goneAt(simulation, agent, way, crashFault, { acts: [{ kill: agent.pid }], of: 'agent' });
    case 'shell-at': {
      const command = `tmux -S ${agent.tmux.socketPath} display-message -p -t ${agent.paneId} '#{pane_current_command}'`;
      const untilShell = { run: ['sh', '-c', `until [ "$(${command})" = bash ]; do :; done`] };
      return goneAt(simulation, agent, way, crashFault, { acts: [{ kill: agent.pid }, untilShell], of: 'agent' });
    }
    case 'went-on':
      return wentOn(simulation, agent, random.oneOf(ways.filter((one) => one !== 'file')), crashFault.dies);
    case 'passed-at': {
      await simulation.arm({ step: crashFault.step, when: crashFault.when, acts: [], self: true });
      const { mark } = await simulation.ask(agent, way);
      await untilStruck(simulation);
      const at = simulation.struck;
      await simulation.killDaemon();
      await passOver(agent);
      simulation.questionLog.passOver(mark);
      await simulation.start();
      return { deaths: [{ of: 'bridge', at }], failures: [] };
    }
    case 'synchronized-at':
    case 'swapped-at':
      return withNeighbour(simulation, agent, way, {
        ...crashFault,
        self: random.next() < 0.5,
        lastsMs: random.between(200, 900),
      });
    case 'second-at':
      return besideASecond(simulation, agent, way, { ...crashFault, random });
  }
}

/** A person says something else, in the place of whatever stands in the composer. */
async function passOver(agent: SimulatedAgent): Promise<void> {
  const times = () => agent.inputs().filter((input) => input === anotherInput).length;
  const before = times();
  await waitFor(`${agent.name} rests`, async () => (await agent.state()).is === 'idle');
  await agent.perform({ draft: anotherInput });
  await agent.tmux.run('send-keys', '-t', agent.paneId, 'Enter');
  await waitFor('the person goes on', () => times() > before, { limitMs: 30_000 });
}

function serverOf({ tmux }: SimulatedAgent): Promise<number> {
  return tmux.run('display-message', '-p', '#{pid}').then(Number);
}

/** A program comes beside the agent, or into its place, at that commit, and goes again a while later. */
async function withNeighbour(
  simulation: Simulation,
  agent: SimulatedAgent,
  way: AnswerWay,
  { is, step, when, self, lastsMs }: Pick<Order, 'step' | 'when' | 'self'> & { is: CrashFault['is']; lastsMs: number },
): Promise<Played> {
  const neighbour = await Neighbour.of(agent);
  const argv = is === 'swapped-at' ? neighbour.swapping : neighbour.synchronizing;
  await simulation.arm({ step, when, acts: [{ run: ['tmux', '-S', agent.tmux.socketPath, ...argv] }], self });
  await simulation.ask(agent, way);
  await untilStruck(simulation);
  const hasDied = self && simulation.struck !== null;
  const played = hasDied ? await dead(simulation, simulation.struck) : nothing;
  await delay(lastsMs);
  return { ...played, failures: [...played.failures, ...(await neighbour.leave())] };
}

/**
 * A second bridge stands by as the first one dies; it takes over and serves everybody, also when the first is back; then
 * it ends, or dies in its turn, and the first takes over.
 */
async function besideASecond(
  simulation: Simulation,
  agent: SimulatedAgent,
  way: AnswerWay,
  { step, when, random }: Pick<Order, 'step' | 'when'> & { random: Seeded },
): Promise<Played> {
  await simulation.second.start();
  await simulation.arm({ step, when, acts: [], self: true });
  await simulation.ask(agent, way);
  await untilStruck(simulation);
  const at = simulation.struck;
  await simulation.killDaemon();
  const failures = [...(await restOf(simulation, 'the second bridge alone'))];
  await simulation.ask(random.oneOf(simulation.agents), random.oneOf(ways));
  await delay(random.between(0, 600));
  await simulation.start();
  failures.push(...(await restOf(simulation, 'both bridges')));
  await simulation.ask(random.oneOf(simulation.agents), random.oneOf(ways));
  await delay(random.between(0, 900));
  if (random.next() < 0.5) failures.push(...(await simulation.second.stop()));
  else await simulation.second.kill();
  return {
    deaths: [
      { of: 'bridge', at },
      { of: 'second', at: null },
    ],
    failures,
  };
}

async function restOf(simulation: Simulation, who: string): Promise<string[]> {
  const rest = await simulation.rest();
  return rest === 'rest' ? [] : [`losses: ${who}: it did not come to rest (${rest}): ${simulation.moving}`];
}

const nothing: Played = { deaths: [], failures: [] };

/** A person's draft holds the answer; they submit it, and the worker is in another turn from then on. */
async function wentOn(
  simulation: Simulation,
  agent: SimulatedAgent,
  way: AnswerWay,
  dies: 'before' | 'after' | 'never',
): Promise<Played> {
  await agent.perform({ draft: anotherInput });
  const { mark } = await simulation.ask(agent, way);
  await waitFor('its answer is held', async () => (await simulation.deliveryOf(mark))?.state.is === 'held', {
    limitMs: 30_000,
  });
  if (dies === 'before') await simulation.killDaemon();
  await passOver(agent);
  simulation.questionLog.passOver(mark);
  if (dies === 'after') await simulation.killDaemon();
  if (dies === 'never') return { deaths: [], failures: [] };
  await simulation.start();
  return { deaths: [{ of: 'bridge', at: null }], failures: [] };
}

/** Waits until the bridge has died of its order, or kills it where that never came; and starts its successor. */
async function dead(simulation: Simulation, at: Struck | null | undefined = undefined): Promise<Played> {
  if (at === undefined) await simulation.rest();
  const struck = at === undefined ? simulation.struck : at;
  await simulation.killDaemon();
  await simulation.start();
  return { deaths: [{ of: 'bridge', at: struck }], failures: [] };
}

async function untilStruck(simulation: Simulation): Promise<void> {
  // at rest: that commit never came
  while (simulation.struck === null && (await simulation.rest(100)) === 'stuck');
}

/** The agent's server is dead, or dies now; a new one with new agents takes its socket. */
async function tmuxDead(
  simulation: Simulation,
  { tmux }: SimulatedAgent,
  serverPid: number,
  at: Struck | null = simulation.struck,
): Promise<Played> {
  if (at === null) process.kill(serverPid, 'SIGKILL');
  const before = simulation.agents.filter((agent) => agent.tmux === tmux);
  for (const agent of before) await simulation.bury(agent);
  for (const { label } of before) await simulation.addAgent(label);
  const deaths: Array<Played['deaths'][number]> = [{ of: 'tmux', at }];
  if (!simulation.isAlive) {
    deaths.push({ of: 'bridge', at });
    await simulation.start();
  }
  for (const agent of simulation.agents) await simulation.watched(agent);
  return { deaths, failures: [] };
}

async function goneAt(
  simulation: Simulation,
  agent: SimulatedAgent,
  way: AnswerWay,
  { step, when }: Pick<Order, 'step' | 'when'>,
  how: { acts: Order['acts']; of: 'pane' | 'agent' },
): Promise<Played> {
  await simulation.arm({ step, when, acts: how.acts, self: false });
  const { mark } = await simulation.ask(agent, way);
  await untilStruck(simulation);
  const failures: string[] = [];
  const struck = simulation.struck;
  if (struck !== null) {
    await simulation.bury(agent);
    await simulation.rest();
    if (how.of === 'agent') {
      failures.push(...(await typedIntoShell(agent, mark)));
      await agent.tmux.run('kill-pane', '-t', agent.paneId);
    }
    await simulation.watched(await simulation.addAgent(agent.label));
  }
  return { deaths: struck === null ? [] : [{ of: how.of, at: struck }], failures };
}

/** What stands below the prompt of the shell that was left, where the dead agent's own screen ends. */
async function typedIntoShell(agent: SimulatedAgent, mark: string): Promise<string[]> {
  const screen = (await agent.tmux.run('capture-pane', '-p', '-t', agent.paneId)).split('\n');
  const prompt = screen.findIndex((line) => /bash-[\d.]+[#$]/.test(line));
  const row = prompt < 0 ? undefined : screen.slice(prompt).find((line) => markPattern.exec(line)?.[0] === mark);
  return row === undefined
    ? []
    : [`harm: the answer to ${mark} was typed at the shell that ${agent.name} left: ${row}`];
}
