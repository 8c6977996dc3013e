import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { contenders } from './deliverer.ts';
import { agentsNamed, benchAgent } from './to-agents.ts';
import { benchPanes } from './to-panes.ts';

/** Deliveries to many scripted agents at once, then to each real agent, with the load that the machine had. */
export async function benchDeliveries(order: {
  readonly panes: number;
  readonly rounds: number;
  readonly agents: string | undefined;
  readonly samples: number;
  readonly against: string | undefined;
}) {
  const agents = order.agents === undefined ? [] : agentsNamed(order.agents);
  const bridges = contenders(order.against && resolve(order.against));
  const loads = [loadNow()];
  const toPanes = order.panes === 0 ? [] : await benchPanes(order.panes, order.rounds, bridges);
  loads.push(loadNow());
  const toAgents = [];
  for (const agent of agents) {
    toAgents.push(...(await benchAgent(agent, order.samples, bridges)));
    loads.push(loadNow());
  }
  return { toPanes, toAgents, load: loads };
}

const loadNow = () => readFileSync('/proc/loadavg', 'utf8').split(' ').slice(0, 3).join(' ');
