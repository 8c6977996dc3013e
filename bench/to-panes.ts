import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type PrivateTmux, privateTmux } from '../tests/fixtures/private-tmux.ts';
import { type ScriptedAgent, startScriptedAgent } from '../tests/fixtures/scripted-agent.ts';
import { type Contender, Deliverer } from './deliverer.ts';
// @ts-expect-error plain JavaScript, shared with the benchmarks that need no types
import { cpuSecondsOf as cpuOf } from './processes.mjs';
import { quantile } from './quantile.ts';
import { sendKeysName, typeBySendKeys } from './send-keys-baseline.ts';

const cpuSecondsOf = cpuOf as (pid: number) => number;
const say = (line: string) => process.stderr.write(`${line}\n`);

/** One text to each of many scripted agents at once, round after round, by the bridge and by processes. */
export async function benchPanes(
  panes: number,
  rounds: number,
  contenders: readonly Contender[],
): Promise<Record<string, unknown>[]> {
  const tmux = privateTmux();
  let deliverer: Deliverer | null = null;
  try {
    const agents = await startAgents(tmux, panes);
    say(`${panes} scripted agents stand`);
    const serverPid = Number((await tmux.run('display-message', '-p', '#{pid}')).trim());
    const rows = [];
    for (const contender of contenders) {
      const by = await Deliverer.start(tmux, contender);
      deliverer = by;
      await pause(3_000);
      await Promise.all(agents.map(({ paneId }) => by.deliver(paneId, 'warm')));
      const deliver = async (agent: ScriptedAgent, text: string) => {
        const { steps, is } = await by.deliver(agent.paneId, text);
        if (is !== 'acknowledged') say(`${agent.paneId}: ${is}`);
        return steps.at(-1)!.at - steps[0]!.at;
      };
      rows.push(await measure(contender.name, deliver, { agents, rounds, pids: [by.child.pid!, serverPid] }));
      await by.stop();
      deliverer = null;
    }
    const baseline = async ({ paneId }: ScriptedAgent, text: string) => {
      const arrivedAt = Date.now();
      await typeBySendKeys(tmux, paneId, text);
      return Date.now() - arrivedAt;
    };
    rows.push(await measure(sendKeysName, baseline, { agents, rounds, pids: [process.pid, serverPid] }));
    return rows;
  } finally {
    await deliverer?.stop();
    await tmux.stop();
  }
}

async function startAgents(tmux: PrivateTmux, panes: number): Promise<ScriptedAgent[]> {
  await tmux.run('new-session', '-d', '-s', 'bench', '-x', '120', '-y', '40', 'exec cat');
  // a home may not lie inside the folder of a worker
  const workingFolder = join(tmux.folder, 'work');
  mkdirSync(workingFolder);
  const script = { inputs: [{ do: [{ say: 'Done: {first line}' }] }] };
  const agents = [];
  for (let index = 0; index < panes; index++) {
    const place = { session: 'bench', name: `w${index}`, under: 'alone', workingFolder } as const;
    const agent = await startScriptedAgent({ tmux, script, ...place });
    await tmux.run('set-option', '-p', '-t', agent.paneId, '@label', `worker-${index}`);
    agents.push(agent);
  }
  return agents;
}

/** @param deliver tells how long it took; @param on.pids whose processor time counts */
async function measure(
  by: string,
  deliver: (agent: ScriptedAgent, text: string) => Promise<number>,
  on: { readonly agents: readonly ScriptedAgent[]; readonly rounds: number; readonly pids: readonly number[] },
): Promise<Record<string, unknown>> {
  const { agents, rounds, pids } = on;
  const cpuBefore = pids.map(cpuSecondsOf);
  const latencies: number[] = [];
  let took = 0;
  let exact = 0;
  for (let round = 0; round < rounds; round++) {
    await pause(2_000);
    const text = (index: number) => `${by} ${round} ${index}: use approach B and keep the old interface`;
    const startedAt = Date.now();
    const ends = await Promise.all(agents.map((agent, index) => deliver(agent, text(index))));
    took += Date.now() - startedAt;
    latencies.push(...ends);
    await pause(500);
    exact += agents.filter(
      (agent, index) => agent.inputs().filter((input) => input === text(index)).length === 1,
    ).length;
  }
  const cpu = pids.map((pid, index) => cpuSecondsOf(pid) - cpuBefore[index]!).reduce((sum, one) => sum + one, 0);
  return {
    panes: agents.length,
    by,
    deliveries: latencies.length,
    exact: `${exact}/${latencies.length}`,
    perSecond: Number(((1_000 * latencies.length) / took).toFixed(1)),
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    cpuMsEach: Number(((1_000 * cpu) / latencies.length).toFixed(1)),
  };
}
