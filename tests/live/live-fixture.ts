import { afterEach, beforeEach } from 'vitest';
import { type PrivateTmux, privateTmux } from '../fixtures/private-tmux.ts';
import { type ScriptedAgent, type ScriptedAgentOptions, startScriptedAgent } from '../fixtures/scripted-agent.ts';
import { type BridgeProcess, makeHome, makeWork, startBridge } from './bridge-process.ts';

/*
 * What the running test has, set anew before each by `eachTestStartsWith`. An import follows the variable, so a test uses
 * them by these names; it never assigns them.
 */
/** its own server, in a folder of its own */
export let tmux: PrivateTmux;
/** its state directory, in that folder */
export let home: string;
/** the worker, where `worker` asks for one */
export let agent: ScriptedAgent;
/** what watches it, where `bridge` asks for it */
export let bridge: BridgeProcess;

const bridges: BridgeProcess[] = [];

export interface Start {
  /** the state directory's bridge.yaml */
  readonly yaml?: string | ((folder: string) => string);
  readonly worker?: WorkerOptions;
  /** arguments of a bridge that watches */
  readonly bridge?: readonly string[];
}

export type WorkerOptions = Partial<ScriptedAgentOptions> & { readonly label?: string };

/** Each test of this file starts with a private tmux server, a state directory and what is asked for here; all end with it. */
export function eachTestStartsWith(start: Start = {}): void {
  beforeEach(async () => {
    tmux = privateTmux();
    home = makeHome(tmux, typeof start.yaml === 'function' ? start.yaml(tmux.folder) : start.yaml);
    if (start.worker) agent = await startWorker(start.worker);
    if (start.bridge) bridge = await startWatching(start.bridge);
  });
  afterEach(async () => {
    await endBridges();
    await tmux.stop();
  });
}

/** A scripted agent in a labelled pane of session macs. Its folder has its name, which is codex's resting title. */
export async function startWorker({ label = 'worker', ...options }: WorkerOptions = {}): Promise<ScriptedAgent> {
  const { name = 'work' } = options;
  const workingFolder = makeWork(tmux, name);
  const started = await startScriptedAgent({ tmux, session: 'macs', workingFolder, ...options, name });
  await tmux.run('set-option', '-p', '-t', started.paneId, '@label', label);
  return started;
}

/** A bridge that watches session macs, until it is stopped or the test ends. */
export async function startWatching(
  args: readonly string[] = [],
  { home: at = home, ...more }: { readonly home?: string } & Parameters<typeof startBridge>[3] = {},
): Promise<BridgeProcess> {
  return endedWithTest(await startBridge(tmux, at, ['--session', 'macs', ...args], more));
}

/** This bridge, which is killed after the test. */
export function endedWithTest(started: BridgeProcess): BridgeProcess {
  bridges.push(started);
  return started;
}

export async function endBridges(): Promise<void> {
  for (const started of bridges.splice(0)) await started.stop('SIGKILL');
}
