import { setTimeout as pause } from 'node:timers/promises';
import { modelServer } from '../tests/agents/model-server.ts';
import { type AgentName, agentNames } from '../tests/agents/programs/index.ts';
import { type RealAgent, startAgent } from '../tests/agents/real-agents.ts';
import { type PrivateTmux, privateTmux, waitFor } from '../tests/fixtures/private-tmux.ts';
import { type Contender, Deliverer } from './deliverer.ts';
import { LowerBound } from './lower-bound.ts';
import { quantile } from './quantile.ts';
import { sendKeysName, typeBySendKeys } from './send-keys-baseline.ts';

const say = (line: string) => process.stderr.write(`${line}\n`);

/** An agent is read as idle after this much quiet at most; a text that arrives sooner would wait, as it should. */
const quietMs = 2_500;
const lostAfterMs = 10_000;
const ownTime = "the agent's own time";

interface Sample {
  readonly by: string;
  /** from the text's arrival until the model received it; null when it never did */
  readonly toModelMs: number | null;
  /** the model received exactly this text, once */
  readonly exact: boolean;
  /** from arrival until Enter was about to be pressed, and until the receipt */
  readonly toEnterMs: number;
  readonly toReceiptMs: number | null;
  readonly split?: { readonly guard: number; readonly paste: number; readonly receipt: number };
}

/** What typed, how far it is known to have come, and when the text had arrived. */
interface Typed extends Pick<Sample, 'by' | 'split'> {
  readonly arrivedAt: number;
  readonly enterAt: number;
  readonly receiptAt: number | null;
}

/** Answer-arrived → submitted for one real agent, by every way in turn, in one pane. */
export async function benchAgent(
  name: AgentName,
  samples: number,
  contenders: readonly Contender[],
): Promise<Record<string, unknown>[]> {
  const server = await modelServer();
  const tmux = privateTmux();
  const deliverers: Deliverer[] = [];
  let least: LowerBound | null = null;
  try {
    await tmux.run('new-session', '-d', '-s', 'bench', '-x', '120', '-y', '40', 'exec cat');
    say(`${name}: it starts …`);
    const agent = await startAgent(name, { tmux, server, session: 'bench', name: 'worker' });
    await tmux.run('set-option', '-p', '-t', agent.paneId, '@label', 'worker');
    least = new LowerBound(tmux);
    await least.start(agent.paneId);
    let settleMs = 0;
    for (const contender of contenders) {
      const deliverer = await Deliverer.start(tmux, contender);
      deliverers.push(deliverer);
      // the first look at a pane is the beginning of its quiet: before it nobody can call it idle
      await agent.waitUntilIdle(60_000);
      settleMs = (await deliverer.deliver(agent.paneId, 'SAY: warm')).settleMs;
    }
    const ways = [
      ...deliverers.map((deliverer) => (text: string) => byBridge(deliverer, agent, text)),
      (text: string) => byLeast(least!, agent, text, settleMs),
      (text: string) => byHope(tmux, agent, text),
    ];
    const taken: Sample[] = [];
    for (let round = 0; round < samples; round++) {
      for (const [index, way] of ways.entries()) {
        await agent.waitUntilIdle(60_000);
        await pause(quietMs);
        const sample = await measure(agent, `SAY: done ${round} ${index}: use approach B, keep the old interface`, way);
        taken.push(sample);
        if (sample.toModelMs === null) await clear(agent);
      }
      say(`${name}: ${round + 1} of ${samples}`);
    }
    return rowsOf(name, taken, settleMs);
  } finally {
    await least?.close();
    await Promise.all(deliverers.map((deliverer) => deliverer.stop()));
    await tmux.stop();
    await server.close();
  }
}

async function measure(agent: RealAgent, text: string, way: (text: string) => Promise<Typed>): Promise<Sample> {
  const before = agent.calls().length;
  const { by, arrivedAt, enterAt, receiptAt, split } = await way(text);
  const isTold = () => agent.calls().length > before;
  await waitFor('the model is told', isTold, { limitMs: lostAfterMs, everyMs: 20 }).catch(() => {});
  const call = agent.calls()[before];
  return {
    by,
    toModelMs: call === undefined ? null : call.at - arrivedAt,
    exact: call?.messages.at(-1)?.trim() === text,
    toEnterMs: enterAt - arrivedAt,
    toReceiptMs: receiptAt === null ? null : receiptAt - arrivedAt,
    ...(split === undefined ? {} : { split }),
  };
}

async function byBridge(deliverer: Deliverer, agent: RealAgent, text: string): Promise<Typed> {
  const { is, steps } = await deliverer.deliver(agent.paneId, text);
  const at = (kind: string) => steps.find((step) => step.kind === `delivery-${kind}`)?.at ?? Number.NaN;
  if (!Number.isNaN(at('held'))) say(`${agent.name}: it was held first`);
  return {
    by: deliverer.name,
    arrivedAt: at('queued'),
    enterAt: at('submitted'),
    receiptAt: is === 'acknowledged' ? at('acknowledged') : null,
    split: {
      guard: at('typed') - at('queued'),
      paste: at('submitted') - at('typed'),
      receipt: at('acknowledged') - at('submitted'),
    },
  };
}

async function byLeast(least: LowerBound, agent: RealAgent, text: string, settleMs: number): Promise<Typed> {
  const arrivedAt = Date.now();
  const { enterAt, echoAt } = await least.submit(agent.paneId, text, settleMs);
  return { by: ownTime, arrivedAt, enterAt, receiptAt: echoAt };
}

async function byHope(tmux: PrivateTmux, agent: RealAgent, text: string): Promise<Typed> {
  const arrivedAt = Date.now();
  const enterAt = await typeBySendKeys(tmux, agent.paneId, text);
  return { by: sendKeysName, arrivedAt, enterAt, receiptAt: null };
}

/** What a lost Enter left in the composer must not meet the next text. */
async function clear(agent: RealAgent): Promise<void> {
  await agent.press('Enter');
  await pause(2_000);
  await agent.press('C-u');
  await agent.waitUntilIdle(60_000);
}

function rowsOf(agent: string, samples: readonly Sample[], settleMs: number): Record<string, unknown>[] {
  const column = (by: string, pick: (sample: Sample) => number | null | undefined, part: number) => {
    const values = samples.filter((sample) => sample.by === by).map(pick);
    return quantile(
      values.filter((ms): ms is number => typeof ms === 'number' && !Number.isNaN(ms)),
      part,
    );
  };
  const own = column(ownTime, ({ toModelMs }) => toModelMs, 0.5);
  return [...new Set(samples.map(({ by }) => by))].map((by) => {
    const mine = samples.filter((sample) => sample.by === by);
    const modelP50 = column(by, ({ toModelMs }) => toModelMs, 0.5);
    return {
      agent,
      by,
      exact: `${mine.filter(({ exact }) => exact).length}/${mine.length}`,
      enterP50: column(by, ({ toEnterMs }) => toEnterMs, 0.5),
      enterP99: column(by, ({ toEnterMs }) => toEnterMs, 0.99),
      modelP50,
      modelP99: column(by, ({ toModelMs }) => toModelMs, 0.99),
      overOwn: modelP50 === null || own === null || by === ownTime ? null : modelP50 - own,
      receiptP50: column(by, ({ toReceiptMs }) => toReceiptMs, 0.5),
      receiptP99: column(by, ({ toReceiptMs }) => toReceiptMs, 0.99),
      ...(mine[0]?.split === undefined
        ? {}
        : {
            settleMs,
            guard: column(by, ({ split }) => split?.guard, 0.5),
            pasteToEnter: column(by, ({ split }) => split?.paste, 0.5),
            enterToReceipt: column(by, ({ split }) => split?.receipt, 0.5),
          }),
    };
  });
}

/** `all`, or names with commas between them. */
export function agentsNamed(list: string): readonly AgentName[] {
  if (list === 'all') return agentNames;
  return list.split(',').map((name) => {
    const known = agentNames.find((one) => one === name);
    if (known === undefined) throw new Error(`--agents ${name}: the agents are ${agentNames.join(', ')}, or all`);
    return known;
  });
}
