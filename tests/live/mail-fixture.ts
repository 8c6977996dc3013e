import { afterEach, beforeEach } from 'vitest';
import { type PrivateTmux, privateTmux, waitFor } from '../fixtures/private-tmux.ts';
import { type Script, type ScriptedAgent, startScriptedAgent } from '../fixtures/scripted-agent.ts';
import { type BridgeProcess, type Line, makeHome, makeWork, program, run, startBridge } from './bridge-process.ts';

/*
 * What the running test of messages has, set anew before each by `eachMailTestStarts`. An import follows the variable, so a
 * test uses them by these names; it never assigns them.
 */
/** its own server, in a folder of its own */
export let tmux: PrivateTmux;
/** its state directory, in that folder */
export let home: string;
let bridge: BridgeProcess | null = null;

/** Each test of this file starts with a private tmux server and a state directory; all end with it. @param yaml more of its bridge.yaml */
export function eachMailTestStarts({ workers, yaml = '' }: { workers: readonly string[]; yaml?: string }): void {
  beforeEach(() => {
    tmux = privateTmux();
    home = makeHome(tmux, `mode: manual\nworker: [${workers.join(', ')}]\n${yaml}`);
  });
  afterEach(async () => {
    await bridge?.stop('SIGKILL');
    bridge = null;
    await tmux.stop();
  });
}

/** `bridge` as an agent's tool runs it. */
export const tool = (...args: string[]) => ({ run: [process.execPath, program, ...args, '--home', home] });

/** A scripted agent in a pane of its own session, with its label. @param run distinguishes the one that bears a name after another @param project name of the folder it works in */
export async function member(
  name: string,
  script: Script = { inputs: [] },
  run = 1,
  project = name,
): Promise<ScriptedAgent> {
  const agent = await startScriptedAgent({
    tmux,
    session: `${name}-${run}`,
    name: `${name}-${run}`,
    script,
    workingFolder: makeWork(tmux, project),
    under: 'alone',
  });
  await tmux.run('set-option', '-p', '-t', agent.paneId, '@label', name);
  return agent;
}

/** A bridge that watches them, until the test ends. */
export async function watch(): Promise<BridgeProcess> {
  bridge = await startBridge(tmux, home, []);
  return bridge;
}

export const found = (name: string) => (line: Line) =>
  line.type === 'worker-found' && String(line.worker).endsWith(name);

/** A command that a person runs. */
export const command = (...args: string[]) => run(tmux, [...args, '--home', home]);

/** What the agent's tool has run, once it is so much. */
export const ran = (agent: ScriptedAgent, count: number) =>
  waitFor(
    'the agent has run it',
    () => {
      const all = agent.facts().flatMap((fact) => (fact.ran === undefined ? [] : [fact.ran]));
      return all.length >= count ? all : null;
    },
    { limitMs: 30_000 },
  );
