import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { type Link, linkTo } from '../fixtures/link.ts';
import { makeNamespace, type Namespace } from '../fixtures/namespace.ts';
import { type PrivateTmux, privateTmux, waitFor } from '../fixtures/private-tmux.ts';
import { type ScriptedAgent, type ScriptedAgentOptions, startScriptedAgent } from '../fixtures/scripted-agent.ts';
import { canServeSsh, type SshServer, startSshServer } from '../fixtures/ssh-host.ts';
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
/** the network of `box`, where it has one of its own */
export let apart: Namespace;
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
  /** how much later its clock shows, seconds; takes `canSetClocks` */
  readonly clockAheadS?: number;
  /** it has a network of its own, and no wire that is cut; takes `canMakeNamespaces` */
  readonly isApart?: boolean;
}

const fakeTime = readdirSync('/usr/lib')
  .map((folder) => join('/usr/lib', folder, 'faketime/libfaketime.so.1'))
  .find((file) => existsSync(file));

/** Whether a test can have programs see another time than this machine's: it takes Debian's faketime. */
export const canSetClocks = canServeSsh && fakeTime !== undefined;

/** What has a program see a clock that shows so much more. */
const clockOf = (aheadS: number) => ({
  LD_PRELOAD: fakeTime!,
  FAKETIME: `${aheadS < 0 ? '' : '+'}${aheadS}`,
  DONT_FAKE_MONOTONIC: '1',
});

/** Each test of this file starts with a host `box`, a tmux server there and one here. */
export function eachHostTestStarts(options: HostTestOptions = {}): void {
  const { yaml = '', how = {}, others = [], programs, clockAheadS, isApart = false } = options;
  beforeEach(async () => {
    near = privateTmux();
    const clock = clockAheadS === undefined ? {} : clockOf(clockAheadS);
    far = privateTmux();
    if (clockAheadS !== undefined) await serveWith(clock);
    await near.run('new-session', '-d', '-s', 'here', 'exec sleep 1000');
    const env = { ...clock, ...(programs && { PATH: folderOf(programs) }) };
    const words = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    if (isApart) apart = makeNamespace();
    ssh = await startSshServer(
      near.folder,
      'host',
      words.length === 0 ? [] : [`SetEnv ${words.join(' ')}`],
      isApart ? apart : undefined,
    );
    link = await linkTo(ssh.port, how);
    const port = isApart ? ssh.port : link.port;
    const own = ['-o', 'HostKeyAlias=box', ...ssh.options.map((word) => (word === `${ssh.port}` ? `${port}` : word))];
    const address = isApart ? apart.address : '127.0.0.1';
    const host = (socket: string) => ({ ssh: `root@${address}`, options: own, socket });
    servers = new Map([['box', far], ...others.map((name) => [name, privateTmux()] as const)]);
    const hosts = Object.fromEntries([...servers].map(([name, { socketPath }]) => [name, host(socketPath)]));
    home = makeHome(near, `hosts: ${JSON.stringify(hosts)}\n${yaml}`);
    ssh.alias('box');
    knownHosts = ssh.knownHosts;
  });
  afterEach(async () => {
    for (const bridge of bridges.splice(0)) await bridge.stop('SIGKILL');
    await link.stop();
    if (isApart) apart.up();
    await ssh.stop();
    if (isApart) apart.stop();
    for (const server of servers.values()) await server.stop();
    await near.stop();
  });
}

/** Starts the server of `box` with this environment. It stays the process that was started: libfaketime 0.9.10 ends many that fork. */
async function serveWith(env: NodeJS.ProcessEnv): Promise<void> {
  const words = ['-S', far.socketPath, '-f', '/dev/null', '-D'];
  spawn('tmux', words, { env: { ...process.env, ...env }, stdio: 'ignore' });
  const answers = () => far.run('show-options', '-s').then(Boolean, () => false);
  await waitFor('the tmux server answers', answers, { limitMs: 20_000 });
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
