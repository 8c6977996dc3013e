import { afterEach, beforeEach, expect, test } from 'vitest';
import { type PrivateTmux, privateTmux } from '../fixtures/private-tmux.ts';
import { type BridgeProcess, type Line, makeHome, run, startBridge } from '../live/bridge-process.ts';
import type { FirstDialog } from './first-dialogs.ts';
import { isWanted } from './installs.ts';
import { type ModelServer, modelServer } from './model-server.ts';
import { type AgentName, programs } from './programs/index.ts';
import { launchAgent } from './real-agents.ts';

/** The first dialogs of real agents, chosen in by `bridge answer --choose` until the agent is idle. */

let server: ModelServer;
let tmux: PrivateTmux;
let bridge: BridgeProcess | null = null;

beforeEach(async () => {
  tmux = privateTmux();
  server = await modelServer();
  // a bridge needs a server to begin with
  await tmux.run('new-session', '-d', '-s', 'keeper');
});
afterEach(async () => {
  await bridge?.stop('SIGKILL');
  bridge = null;
  await tmux.stop();
  await server.close();
});

const chosen: ReadonlyArray<readonly [AgentName, readonly FirstDialog['name'][], readonly string[]]> = [
  ['claude', ['trust'], ['Yes, I trust this folder', 'Yes']],
  ['claude', ['bypass'], ['Yes, I accept']],
  ['codex', ['trust', 'hooks'], ['Trust and continue', "Continue without trusting (hooks won't run)"]],
  ['codex', ['hooks'], ['Trust all and continue']],
  ['codex', ['update'], ['Skip']],
  ['gemini', ['trust'], ["Don't trust"]],
  ['gemini', ['trust'], ['Trust folder (worker)']],
  ['qwen', ['trust'], ['Trust folder (worker)']],
  ['cline', ['promotion'], ['any other key to close']],
  ['pi', ['trust'], ['Trust (this session only)']],
  ['kimi', ['trust'], ['Trust this folder']],
  ['copilot', ['trust'], ['Yes']],
];

test.each(chosen.filter(([agent]) => isWanted(agent)))('%s is led past %j by %j', async (name, dialogs, labels) => {
  const options = dialogs.map((dialog) => programs[name].firstDialogs.find((one) => one.name === dialog)!.options);
  const worker = await launchAgent(name, {
    tmux,
    server,
    name: 'worker',
    firstRun: options.some(({ firstRun }) => firstRun === true),
    args: options.flatMap(({ args = [] }) => args),
    environment: Object.assign({}, ...options.map(({ environment = {} }) => environment)),
    beforeStart: (prepared) => {
      for (const one of options) one.beforeStart?.(prepared);
    },
  });
  await tmux.run('set-option', '-p', '-t', worker.paneId, '@label', 'worker');
  const home = makeHome(tmux);
  bridge = await startBridge(tmux, home, ['--session', 'worker', '--mode', 'manual']);
  const done = new Set<unknown>();
  for (const label of labels) {
    const isNext = (line: Line) => line.type === 'request-changed' && line.state === 'asked' && !done.has(line.id);
    const asked = await bridge.line(`${label} is asked for`, isNext, 60_000);
    done.add(asked.id);
    const answered = await run(tmux, ['answer', String(asked.id), '--choose', label, '--home', home]);
    expect(answered, `${answered.stdout}${answered.stderr}\n${await worker.screen()}`).toMatchObject({ code: 0 });
  }
  await worker.waitUntilIdle(60_000);
});
