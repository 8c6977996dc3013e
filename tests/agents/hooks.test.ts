import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type PrivateTmux, privateTmux } from '../fixtures/private-tmux.ts';
import { type BridgeProcess, type Line, makeHome, program, run, startBridge } from '../live/bridge-process.ts';
import { isWanted } from './installs.ts';
import { type ModelServer, modelServer } from './model-server.ts';
import type { AgentName } from './programs/index.ts';
import { launchAgent, type Prepared, type RealAgent, type RealAgentOptions } from './real-agents.ts';

let server: ModelServer;
let tmux: PrivateTmux;
let home: string;
let bridge: BridgeProcess | null;

beforeAll(async () => {
  server = await modelServer();
});
afterAll(() => server.close());
beforeEach(() => {
  tmux = privateTmux();
  home = makeHome(tmux);
  bridge = null;
});
afterEach(async () => {
  await bridge?.stop('SIGKILL');
  await tmux.stop();
});

/** Wires the agent's hooks by our own command, in the agent's own home. */
const wire =
  (name: AgentName) =>
  ({ environment }: Prepared): void => {
    execFileSync(process.execPath, [program, 'hooks', 'install', name, '--home', home], { env: environment });
  };

/** The agent in its own home, with its hooks wired, reviewed where it asks for that, and idle. */
async function startHooked(name: AgentName, more: Partial<RealAgentOptions> = {}): Promise<RealAgent> {
  const agent = await launchAgent(name, { tmux, server, name: 'w1', beforeStart: wire(name), ...more });
  if (name === 'codex') await trustHooks(agent);
  await agent.waitUntilIdle(150_000);
  return agent;
}

async function trustHooks(agent: RealAgent): Promise<void> {
  await agent.waitForScreen(/Trust all and continue/, 60_000);
  await agent.pressUntil('2', (screen) => /› *2\. Trust all/.test(screen));
  await agent.pressUntil('Enter', (screen) => !/Trust all/.test(screen));
}

const isSignal = (line: Line) => line.type === 'agent-signalled' || line.type === 'signal-dropped';
const signals = () => bridge!.lines.filter(isSignal);
const said = (kind: string, paneId: string) => (line: Line) =>
  line.type === 'agent-signalled' && line.kind === kind && line.paneId === paneId;
const sentTo = (agent: RealAgent, text: string) =>
  run(tmux, ['send', '--home', home, '--pane', agent.paneId, '--wait', '30', text]);

/** A text that the bridge sends, and a command that the agent asks approval for: what it says of both is for its pane. */
async function expectHeard(agent: RealAgent): Promise<void> {
  expect(await sentTo(agent, 'SAY: four words of answer')).toMatchObject({ code: 0 });
  await bridge!.line('it says that the turn ended', said('turn-ended', agent.paneId), 20_000);
  await agent.waitUntilIdle();
  const kinds = signals().map((line) => line.kind);
  expect(kinds.filter((kind) => kind === 'turn-began')).toHaveLength(1);
  // codex tells the end twice, by hook and by notify; its title turn ends before ours does, and would be a third
  expect(kinds.filter((kind) => kind === 'turn-ended').length).toBeLessThanOrEqual(2);

  const command = `RUN ESCALATE: touch ${join(agent.workingFolder, 'proof')}`;
  expect(await sentTo(agent, command)).toMatchObject({ code: 0 });
  await agent.waitForScreen(agent.approval);
  await bridge!.line('it says that it asks', said('approval-wanted', agent.paneId));
  await agent.deny();
  await agent.waitUntilIdle();
  expect(new Set(signals().map((line) => line.paneId ?? line.reason))).toEqual(new Set([agent.paneId]));
}

const alone = (['gemini', 'qwen'] as const).filter((name) => isWanted(name));

test.each(alone)(
  'the hooks of a real %s, wired by our command, tell of its turns and approvals for its pane',
  async (name) => {
    const agent = await startHooked(name);
    bridge = await startBridge(tmux, home, ['--worker', agent.paneId, '--mode', 'manual']);
    await expectHeard(agent);
    expect((await run(tmux, ['log', '--home', home, '--json'])).stdout).toContain('agent-signalled');
  },
);

/** Two TUIs on one CODEX_HOME, each in a pane and a folder of its own. */
async function startTwo(codexDaemon: boolean): Promise<readonly [RealAgent, RealAgent]> {
  const second = join(tmux.folder, 'w2', 'w2');
  const codexConfig = `[projects."${second}"]\ntrust_level = "trusted"`;
  const first = await startHooked('codex', { codexDaemon, codexConfig });
  const environment = { CODEX_HOME: first.prepared.environment.CODEX_HOME! };
  const other = await launchAgent('codex', { tmux, server, name: 'w2', codexDaemon, environment });
  await other.waitUntilIdle();
  return [first, other];
}

test('the hooks of two real codex TUIs on one CODEX_HOME tell of turns and approvals, each for its own pane', async () => {
  const [first, second] = await startTwo(false);
  bridge = await startBridge(tmux, home, ['--worker', first.paneId, '--worker', second.paneId, '--mode', 'manual']);
  await expectHeard(second);
  expect(await sentTo(first, 'SAY: from the first')).toMatchObject({ code: 0 });
  await bridge.line('the first is heard', said('turn-ended', first.paneId), 20_000);
  expect(signals().filter(said('turn-began', second.paneId))).toHaveLength(2);
  expect(signals().filter(said('turn-began', first.paneId))).toHaveLength(1);
  expect(signals().filter((line) => line.type === 'signal-dropped')).toEqual([]);
});

test('behind the server that two real codex TUIs share, nobody is heard for the wrong pane', async () => {
  const [first, second] = await startTwo(true);
  bridge = await startBridge(tmux, home, ['--worker', first.paneId, '--worker', second.paneId, '--mode', 'manual']);
  expect(await sentTo(second, 'SAY: from the second')).toMatchObject({ code: 0 });
  const isDropped = (line: Line) => line.type === 'signal-dropped' && line.kind === 'turn-ended';
  await bridge.line('it is dropped', isDropped, 20_000);
  expect(signals().filter((line) => line.type === 'agent-signalled')).toEqual([]);
});
