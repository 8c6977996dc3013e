import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { type Link, linkTo } from '../fixtures/link.ts';
import { type PrivateTmux, privateTmux } from '../fixtures/private-tmux.ts';
import { type ScriptedAgent, type ScriptedAgentOptions, startScriptedAgent } from '../fixtures/scripted-agent.ts';
import { type SshServer, startSshServer } from '../fixtures/ssh-host.ts';
import { runAsPerson } from './as-person.ts';
import { type BridgeProcess, makeHome, makeWork, run, startBridge } from './bridge-process.ts';
import { scripts } from './wrappers-fixture.ts';

/*
 * What the running test has, set anew before each by `eachHostTestStarts`. An import follows the variable, so a test uses
 * them by these names; it never assigns them.
 */
/** the tmux server of this machine */
export let near: PrivateTmux;
/** that of host `box`: on this machine as well, and reached by ssh alone */
export let far: PrivateTmux;
/** the wire to `box` */
export let link: Link;
/** the state directory */
export let home: string;
let ssh: SshServer;
const bridges: BridgeProcess[] = [];

interface HostTestOptions {
  /** more of the state directory's bridge.yaml */
  readonly yaml?: string;
  /** how slow the wire is */
  readonly how?: Parameters<typeof linkTo>[1];
}

/** Each test of this file starts with a host `box`, a tmux server there and one here. */
export function eachHostTestStarts({ yaml = '', how = {} }: HostTestOptions = {}): void {
  beforeEach(async () => {
    near = privateTmux();
    far = privateTmux();
    await near.run('new-session', '-d', '-s', 'here', 'exec sleep 1000');
    ssh = await startSshServer(near.folder);
    link = await linkTo(ssh.port, how);
    const options = ssh.options.map((word) => (word === `${ssh.port}` ? `${link.port}` : word));
    const own = ['-o', 'HostKeyAlias=box'];
    const box = { ssh: 'root@127.0.0.1', options: [...own, ...options], socket: far.socketPath };
    home = makeHome(near, `hosts: ${JSON.stringify({ box })}\n${yaml}`);
    ssh.alias('box');
  });
  afterEach(async () => {
    for (const bridge of bridges.splice(0)) await bridge.stop('SIGKILL');
    await link.stop();
    await ssh.stop();
    await far.stop();
    await near.stop();
  });
}

/** A scripted agent in a labelled pane of `box`. */
export async function farWorker(name = 'worker', options: Partial<ScriptedAgentOptions> = {}): Promise<ScriptedAgent> {
  const workingFolder = makeWork(far, name);
  const agent = await startScriptedAgent({ tmux: far, session: name, name, workingFolder, ...options });
  await far.run('set-option', '-p', '-t', agent.paneId, '@label', name);
  return agent;
}

/** A bridge on this machine, until the test ends. */
export async function watch(...args: string[]): Promise<BridgeProcess> {
  const bridge = await startBridge(near, home, args);
  bridges.push(bridge);
  return bridge;
}

/** A command that a person runs here. */
export const command = (...args: string[]) => run(near, [...args, '--home', home]);

/** Another tool's name, called by a person here. */
export const tool = (name: string, ...args: string[]) =>
  runAsPerson([join(scripts, name), ...args], {
    cwd: near.folder,
    env: {
      PATH: process.env.PATH,
      HOME: near.folder,
      XDG_RUNTIME_DIR: near.folder,
      TMUX_SOCKET: near.socketPath,
      BRIDGE_HOME: home,
      LANG: 'C.UTF-8',
    },
  });
