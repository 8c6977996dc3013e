import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { type Link, linkTo } from '../fixtures/link.ts';
import { type PrivateTmux, privateTmux } from '../fixtures/private-tmux.ts';
import { type ScriptedAgent, type ScriptedAgentOptions, startScriptedAgent } from '../fixtures/scripted-agent.ts';
import { type SshServer, startSshServer } from '../fixtures/ssh-host.ts';
import { runAsPerson } from './as-person.ts';
import { type BridgeProcess, type Line, makeHome, makeWork, run, startBridge } from './bridge-process.ts';
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
/** the file in which this machine knows the hosts' keys */
export let knownHosts: string;
let ssh: SshServer;
let servers: Map<string, PrivateTmux>;
const bridges: BridgeProcess[] = [];

interface HostTestOptions {
  /** more of the state directory's bridge.yaml */
  readonly yaml?: string;
  /** how slow the wire is */
  readonly how?: Parameters<typeof linkTo>[1];
  /** more hosts, with a tmux server each, behind the same wire */
  readonly others?: readonly string[];
  /** what its accounts find on their PATH; left out: all of this machine's */
  readonly programs?: readonly string[];
}

/** Each test of this file starts with a host `box`, a tmux server there and one here. */
export function eachHostTestStarts({ yaml = '', how = {}, others = [], programs }: HostTestOptions = {}): void {
  beforeEach(async () => {
    near = privateTmux();
    far = privateTmux();
    await near.run('new-session', '-d', '-s', 'here', 'exec sleep 1000');
    const more = programs === undefined ? [] : [`SetEnv PATH=${folderOf(programs)}`];
    ssh = await startSshServer(near.folder, 'host', more);
    link = await linkTo(ssh.port, how);
    const options = ssh.options.map((word) => (word === `${ssh.port}` ? `${link.port}` : word));
    const own = ['-o', 'HostKeyAlias=box'];
    const host = (socket: string) => ({ ssh: 'root@127.0.0.1', options: [...own, ...options], socket });
    servers = new Map([['box', far], ...others.map((name) => [name, privateTmux()] as const)]);
    const hosts = Object.fromEntries([...servers].map(([name, { socketPath }]) => [name, host(socketPath)]));
    home = makeHome(near, `hosts: ${JSON.stringify(hosts)}\n${yaml}`);
    ssh.alias('box');
    knownHosts = ssh.knownHosts;
  });
  afterEach(async () => {
    for (const bridge of bridges.splice(0)) await bridge.stop('SIGKILL');
    await link.stop();
    await ssh.stop();
    for (const server of servers.values()) await server.stop();
    await near.stop();
  });
}

/** A folder with links to these programs and no other. */
function folderOf(programs: readonly string[]): string {
  const folder = join(near.folder, 'few-programs');
  mkdirSync(folder);
  for (const name of programs) {
    symlinkSync(execFileSync('which', [name], { encoding: 'utf8' }).trim(), join(folder, name));
  }
  return folder;
}

/** Answers what is asked about databases, and nothing else. */
export const aboutDatabases = `
controller: { backend: rules }
policy:
  - when: { text: /database/i }
    answer: Use SQLite.
`;

export const found = (line: Line) => line.type === 'worker-found';

/** A scripted agent in a labelled pane of a host. */
export async function farWorker(
  name = 'worker',
  { host = 'box', ...options }: Partial<ScriptedAgentOptions> & { readonly host?: string } = {},
): Promise<ScriptedAgent> {
  const server = servers.get(host)!;
  const workingFolder = makeWork(server, name);
  const agent = await startScriptedAgent({ tmux: server, session: name, name, workingFolder, ...options });
  await server.run('set-option', '-p', '-t', agent.paneId, '@label', name);
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
