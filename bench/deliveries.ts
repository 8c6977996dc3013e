import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { systemClock } from '../bridge/host/clock.ts';
import { TmuxServer } from '../bridge/tmux/server.ts';
import { type AgentName, agentNames } from '../tests/agents/installs.ts';
import { modelServer } from '../tests/agents/model-server.ts';
import { type RealAgent, startAgent } from '../tests/agents/real-agents.ts';
import { type PrivateTmux, privateTmux, waitFor } from '../tests/fixtures/private-tmux.ts';
import { startScriptedAgent } from '../tests/fixtures/scripted-agent.ts';
// @ts-expect-error plain JavaScript, shared with the benchmarks that need no types
import { cpuSecondsOf as cpuOf } from './ground.mjs';

const cpuSecondsOf = cpuOf as (pid: number) => number;
const execute = promisify(execFile);
const say = (line: string) => process.stderr.write(`${line}\n`);

/** The pause of those who type with `send-keys` and hope. */
const hopefulPauseMs = 400;
/** A profile reads an agent as idle after this much quiet at most; a text that arrives sooner would wait, as it should. */
const quietMs = 2_500;
const lostAfterMs = 10_000;

type Method = 'bridge' | 'least' | 'spawn';

interface Delivered {
  readonly is: string;
  readonly agent: string;
  readonly settleMs: number;
  readonly steps: ReadonlyArray<{ readonly kind: string; readonly at: number }>;
}

/** The bridge, in a process of its own, as `bridge run` is. */
class Deliverer {
  readonly child: ChildProcess;
  readonly #waiting = new Map<number, (reply: Delivered & { fault?: string }) => void>();
  #number = 0;

  private constructor(tmux: PrivateTmux) {
    const file = fileURLToPath(new URL('./deliverer.mjs', import.meta.url));
    this.child = spawn(process.execPath, [file, tmux.folder, tmux.socketPath], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.child.on('message', (reply: Delivered & { order?: number; fault?: string }) => {
      if (reply.order !== undefined) this.#waiting.get(reply.order)?.(reply);
    });
  }

  static async start(tmux: PrivateTmux): Promise<Deliverer> {
    const deliverer = new Deliverer(tmux);
    await once(deliverer.child, 'message');
    return deliverer;
  }

  async deliver(paneId: string, text: string): Promise<Delivered> {
    const number = ++this.#number;
    const reply = new Promise<Delivered & { fault?: string }>((resolve) => this.#waiting.set(number, resolve));
    this.child.send({ number, paneId, text });
    const delivered = await reply;
    if (delivered.fault !== undefined) throw new Error(delivered.fault);
    return delivered;
  }

  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    if (this.child.exitCode === null) await once(this.child, 'exit');
  }
}

/** A control client that types with no look at the screen: what the agent itself needs, and nothing else. */
class LeastTyping {
  readonly #server: TmuxServer;
  #rings: Array<() => void> = [];

  constructor(tmux: PrivateTmux) {
    this.#server = new TmuxServer({
      socketPath: tmux.socketPath,
      clock: systemClock,
      onEvent: (event) => {
        if (event.type === 'output') for (const ring of this.#rings.splice(0)) ring();
      },
    });
  }

  async start(paneId: string): Promise<void> {
    await this.#server.start();
    this.#server.watch([paneId]);
  }

  /** Paste, its first echo, the profile's settle time, Enter, the first echo of that. */
  async submit(paneId: string, text: string, settleMs: number): Promise<{ enterAt: number; echoAt: number }> {
    const shown = this.#nextOutput();
    await this.#server.load('bench-least', text);
    await this.#server.run('paste-buffer', '-p', '-r', '-d', '-b', 'bench-least', '-t', paneId);
    await shown;
    await pause(settleMs);
    const taken = this.#nextOutput();
    const enterAt = Date.now();
    await this.#server.run('send-keys', '-t', paneId, 'Enter');
    await taken;
    return { enterAt, echoAt: Date.now() };
  }

  #nextOutput(): Promise<unknown> {
    return Promise.race([new Promise<void>((resolve) => this.#rings.push(resolve)), pause(lostAfterMs)]);
  }

  close(): Promise<void> {
    return this.#server.close();
  }
}

interface Sample {
  readonly method: Method;
  /** from the text's arrival until the model received it; null when it never did */
  readonly toModelMs: number | null;
  /** the model received exactly this text, once */
  readonly exact: boolean;
  /** from arrival until Enter was about to be pressed, and until the receipt */
  readonly toEnterMs: number;
  readonly toReceiptMs: number | null;
  readonly split?: { readonly guard: number; readonly paste: number; readonly receipt: number };
}

/** Answer-arrived → submitted for one real agent, by three ways in turn, in one pane. */
export async function benchAgent(name: AgentName, samples: number): Promise<Record<string, unknown>[]> {
  const server = await modelServer();
  const tmux = privateTmux();
  let deliverer: Deliverer | null = null;
  let least: LeastTyping | null = null;
  try {
    await tmux.run('new-session', '-d', '-s', 'bench', '-x', '120', '-y', '40', 'exec cat');
    say(`${name}: it starts …`);
    const agent = await startAgent(name, { tmux, server, session: 'bench', name: 'worker' });
    await tmux.run('set-option', '-p', '-t', agent.paneId, '@label', 'worker');
    deliverer = await Deliverer.start(tmux);
    least = new LeastTyping(tmux);
    await least.start(agent.paneId);
    const taken: Sample[] = [];
    let settleMs = 400;
    // the first look at a pane is the beginning of its quiet: before it nobody can call it idle
    await deliverer.deliver(agent.paneId, 'SAY: warm');
    for (let round = 0; round < samples; round++) {
      for (const method of ['bridge', 'least', 'spawn'] as const) {
        await agent.waitUntilIdle(60_000);
        await pause(quietMs);
        const text = `SAY: done ${round} ${method}: use approach B and keep the old interface`;
        const { sample, settle } = await measure(method, { agent, text, deliverer, least, tmux, settleMs });
        settleMs = settle ?? settleMs;
        taken.push(sample);
        if (sample.toModelMs === null) await clear(agent);
      }
      say(`${name}: ${round + 1} of ${samples}`);
    }
    return rowsOf(name, taken, settleMs);
  } finally {
    await least?.close();
    await deliverer?.stop();
    await tmux.stop();
    await server.close();
  }
}

async function measure(
  method: Method,
  on: {
    agent: RealAgent;
    text: string;
    deliverer: Deliverer;
    least: LeastTyping;
    tmux: PrivateTmux;
    settleMs: number;
  },
): Promise<{ sample: Sample; settle?: number }> {
  const { agent, text, tmux } = on;
  const before = agent.calls().length;
  let arrivedAt = Date.now();
  let enterAt = 0;
  let receiptAt: number | null = null;
  let more: Partial<Sample> = {};
  let settle: number | undefined;
  if (method === 'bridge') {
    const delivered = await on.deliverer.deliver(agent.paneId, text);
    const at = (kind: string) => delivered.steps.find((step) => step.kind === kind)?.at ?? Number.NaN;
    if (delivered.steps.some(({ kind }) => kind === 'delivery-held')) say(`${agent.name}: it was held first`);
    arrivedAt = at('delivery-queued');
    enterAt = at('delivery-submitted');
    receiptAt = delivered.is === 'acknowledged' ? at('delivery-acknowledged') : null;
    settle = delivered.settleMs;
    more = {
      split: {
        guard: at('delivery-typed') - arrivedAt,
        paste: enterAt - at('delivery-typed'),
        receipt: at('delivery-acknowledged') - enterAt,
      },
    };
  } else if (method === 'least') {
    const { enterAt: pressed, echoAt } = await on.least.submit(agent.paneId, text, on.settleMs);
    enterAt = pressed;
    receiptAt = echoAt;
  } else {
    const type = (...args: string[]) =>
      execute('tmux', ['-S', tmux.socketPath, 'send-keys', '-t', agent.paneId, ...args]);
    await type('-l', text);
    await pause(hopefulPauseMs);
    enterAt = Date.now();
    await type('Enter');
  }
  const isTold = () => agent.calls().length > before;
  await waitFor('the model is told', isTold, { limitMs: lostAfterMs, everyMs: 20 }).catch(() => {});
  const call = agent.calls()[before];
  const sample = {
    method,
    toModelMs: call === undefined ? null : call.at - arrivedAt,
    exact: call?.messages.at(-1)?.trim() === text,
    toEnterMs: enterAt - arrivedAt,
    toReceiptMs: receiptAt === null ? null : receiptAt - arrivedAt,
    ...more,
  };
  return settle === undefined ? { sample } : { sample, settle };
}

/** What a lost Enter left in the composer must not meet the next text. */
async function clear(agent: RealAgent): Promise<void> {
  await agent.press('Enter');
  await pause(2_000);
  await agent.press('C-u');
  await agent.waitUntilIdle(60_000);
}

function rowsOf(agent: string, samples: readonly Sample[], settleMs: number): Record<string, unknown>[] {
  return (['bridge', 'least', 'spawn'] as const).map((method) => {
    const mine = samples.filter((sample) => sample.method === method);
    const column = (pick: (sample: Sample) => number | null | undefined, part: number) =>
      quantile(
        mine.map(pick).filter((ms): ms is number => typeof ms === 'number' && !Number.isNaN(ms)),
        part,
      );
    return {
      agent,
      by: { bridge: 'bridge', least: "the agent's own time", spawn: `send-keys, ${hopefulPauseMs} ms, Enter` }[method],
      exact: `${mine.filter(({ exact }) => exact).length}/${mine.length}`,
      enterP50: column(({ toEnterMs }) => toEnterMs, 0.5),
      modelP50: column(({ toModelMs }) => toModelMs, 0.5),
      modelP99: column(({ toModelMs }) => toModelMs, 0.99),
      receiptP50: column(({ toReceiptMs }) => toReceiptMs, 0.5),
      receiptP99: column(({ toReceiptMs }) => toReceiptMs, 0.99),
      ...(method === 'bridge'
        ? {
            settleMs,
            guard: column(({ split }) => split?.guard, 0.5),
            pasteToEnter: column(({ split }) => split?.paste, 0.5),
            enterToReceipt: column(({ split }) => split?.receipt, 0.5),
          }
        : {}),
    };
  });
}

function quantile(values: readonly number[], part: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.at(Math.min(sorted.length - 1, Math.floor(sorted.length * part))) ?? null;
}

/** One text to each of many scripted agents at once, round after round, by the bridge and by processes. */
export async function benchPanes(panes: number, rounds: number): Promise<Record<string, unknown>[]> {
  const tmux = privateTmux();
  let deliverer: Deliverer | null = null;
  try {
    await tmux.run('new-session', '-d', '-s', 'bench', '-x', '120', '-y', '40', 'exec cat');
    // a home may not lie inside the folder of a worker
    const workingFolder = join(tmux.folder, 'work');
    mkdirSync(workingFolder);
    const agents = [];
    for (let index = 0; index < panes; index++) {
      const script = { inputs: [{ do: [{ say: 'Done: {first line}' }] }] };
      const agent = await startScriptedAgent({
        tmux,
        session: 'bench',
        name: `w${index}`,
        under: 'alone',
        script,
        workingFolder,
      });
      await tmux.run('set-option', '-p', '-t', agent.paneId, '@label', `worker-${index}`);
      agents.push(agent);
    }
    say(`${panes} scripted agents stand`);
    deliverer = await Deliverer.start(tmux);
    await pause(3_000);
    const serverPid = Number((await tmux.run('display-message', '-p', '#{pid}')).trim());
    const rows = [];
    await Promise.all(agents.map(({ paneId }) => deliverer!.deliver(paneId, 'warm')));
    for (const method of ['bridge', 'spawn'] as const) {
      const pids = [method === 'bridge' ? deliverer.child.pid! : process.pid, serverPid];
      const cpuBefore = pids.map(cpuSecondsOf);
      const latencies: number[] = [];
      let took = 0;
      let exact = 0;
      for (let round = 0; round < rounds; round++) {
        await pause(2_000);
        const startedAt = Date.now();
        const text = (index: number) => `${method} ${round} ${index}: use approach B and keep the old interface`;
        const ends = await Promise.all(
          agents.map(async (agent, index) => {
            if (method === 'bridge') {
              const { steps, is } = await deliverer!.deliver(agent.paneId, text(index));
              if (is !== 'acknowledged') say(`w${index}: ${is}`);
              return steps.at(-1)!.at - steps[0]!.at;
            }
            const type = (...args: string[]) =>
              execute('tmux', ['-S', tmux.socketPath, 'send-keys', '-t', agent.paneId, ...args]);
            const at = Date.now();
            await type('-l', text(index));
            await pause(hopefulPauseMs);
            await type('Enter');
            return Date.now() - at;
          }),
        );
        took += Date.now() - startedAt;
        latencies.push(...ends);
        await pause(500);
        exact += agents.filter(
          (agent, index) => agent.inputs().filter((input) => input === text(index)).length === 1,
        ).length;
      }
      const cpu = pids.map((pid, index) => cpuSecondsOf(pid) - cpuBefore[index]!).reduce((sum, one) => sum + one, 0);
      rows.push({
        panes,
        by: method === 'bridge' ? 'bridge' : `send-keys, ${hopefulPauseMs} ms, Enter`,
        deliveries: latencies.length,
        exact: `${exact}/${latencies.length}`,
        perSecond: Number(((1_000 * latencies.length) / took).toFixed(1)),
        p50Ms: quantile(latencies, 0.5),
        p99Ms: quantile(latencies, 0.99),
        cpuMsEach: Number(((1_000 * cpu) / latencies.length).toFixed(1)),
      });
    }
    return rows;
  } finally {
    await deliverer?.stop();
    await tmux.stop();
  }
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

export const loadNow = () => readFileSync('/proc/loadavg', 'utf8').split(' ').slice(0, 3).join(' ');
