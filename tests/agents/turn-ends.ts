import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { privateTmux } from '../fixtures/private-tmux.ts';
import { type BridgeProcess, type Line, makeHome, program, startBridge } from '../live/bridge-process.ts';
import { modelServer } from './model-server.ts';
import { launchAgent, type RealAgent, type RealAgentOptions } from './real-agents.ts';

/**
 * How much sooner, or later, an agent's own hooks tell of a turn's end than its screen does. Two bridges look at one real
 * agent; only the home of one of them has its hooks installed.
 *
 *   node tests/agents/turn-ends.mjs codex gemini qwen [--turns 10]
 */
interface TurnEnd {
  /** from the instant at which the bridge that only sees the screen reads idle; negative is sooner */
  readonly signalMs: number;
  /** the same of the bridge that hears the hooks: when it reads idle */
  readonly hookedMs: number;
}

const withHooks = ['codex', 'gemini', 'qwen'] as const;
const endLimitMs = 30_000;

async function measure(name: (typeof withHooks)[number], turns: number): Promise<readonly TurnEnd[]> {
  const server = await modelServer();
  const tmux = privateTmux();
  const [installed, apart] = [makeHome(tmux, '', 'wired'), makeHome(tmux, '', 'apart')];
  const bridges: BridgeProcess[] = [];
  try {
    const beforeStart: RealAgentOptions['beforeStart'] = ({ environment }) => {
      execFileSync(process.execPath, [program, 'hooks', 'install', name, '--home', installed], { env: environment });
    };
    const agent = await launchAgent(name, { tmux, server, name, beforeStart });
    if (name === 'codex') await trustHooks(agent);
    await agent.waitUntilIdle(150_000);
    for (const home of [installed, apart]) {
      bridges.push(await startBridge(tmux, home, ['--worker', agent.paneId, '--mode', 'manual']));
    }
    const ends: TurnEnd[] = [];
    // the first turn has one of the program's own beside it
    for (let turn = 0; turn <= turns; turn++) ends.push(await oneTurn(agent, bridges[0]!, bridges[1]!, turn));
    return ends.slice(1);
  } finally {
    for (const bridge of bridges) await bridge.stop();
    await tmux.stop();
    await server.close();
  }
}

async function trustHooks(agent: RealAgent): Promise<void> {
  await agent.waitForScreen(/Trust all and continue/, 60_000);
  await agent.pressUntil('2', (screen) => /› *2\. Trust all/.test(screen));
  await agent.pressUntil('Enter', (screen) => !/Trust all/.test(screen));
}

async function oneTurn(agent: RealAgent, hooked: BridgeProcess, seeing: BridgeProcess, turn: number): Promise<TurnEnd> {
  const from = { hooked: hooked.lines.length, seeing: seeing.lines.length };
  await agent.type(`SLOW 2: What the model says in turn ${turn}.`);
  const ended = async (bridge: BridgeProcess, since: number) => {
    const isEnd = (line: Line) => line === bridge.lines[idleAfterBusy(bridge.lines, since)];
    return Number((await bridge.line('it reads idle again', isEnd, endLimitMs)).time);
  };
  const signalled = (line: Line) =>
    line.type === 'agent-signalled' && line.kind === 'turn-ended' && hooked.lines.indexOf(line) >= from.hooked;
  const signal = Number((await hooked.line('its hook tells of the end', signalled, endLimitMs)).time);
  const screenAt = await ended(seeing, from.seeing);
  const hookedAt = await ended(hooked, from.hooked);
  await agent.waitUntilIdle();
  return { signalMs: signal - screenAt, hookedMs: hookedAt - screenAt };
}

/** The first line that says idle behind the last that says busy; -1 where there is none yet. */
function idleAfterBusy(lines: readonly Line[], since: number): number {
  const is = (state: string) => (line: Line, at: number) =>
    at >= since && line.type === 'state-changed' && line.state === state;
  const busy = lines.findLastIndex(is('busy'));
  return busy < 0 ? -1 : lines.findIndex((line, at) => at > busy && is('idle')(line, at));
}

function rowOf(name: string, ends: readonly TurnEnd[]): string {
  const spread = (values: readonly number[]) => {
    const sorted = [...values].sort((a, b) => a - b);
    return `${sorted[Math.floor(sorted.length / 2)]} (${sorted[0]} to ${sorted.at(-1)})`;
  };
  const [signals, hooked] = [ends.map(({ signalMs }) => signalMs), ends.map(({ hookedMs }) => hookedMs)];
  return `| ${name} | ${ends.length} | ${spread(signals)} | ${spread(hooked)} |`;
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { turns: { type: 'string', default: '10' } },
});
process.stdout.write(
  '| agent | turns | signal, ms: median (least to most) | hooked bridge idle, ms |\n|---|---|---|---|\n',
);
for (const name of withHooks.filter((one) => positionals.includes(one))) {
  process.stdout.write(`${rowOf(name, await measure(name, Number(values.turns)))}\n`);
}
