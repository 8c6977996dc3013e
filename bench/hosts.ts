import { readFileSync } from 'node:fs';
import { systemClock } from '../bridge/host/clock.ts';
import { Hosts } from '../bridge/host/hosts/hosts.ts';
import { call } from '../bridge/server/socket.ts';
import { socketPath } from '../bridge/server/socket-path.ts';
import { type PrivateTmux, privateTmux, waitFor } from '../tests/fixtures/private-tmux.ts';
import { type ScriptedAgent, startScriptedAgent } from '../tests/fixtures/scripted-agent.ts';
import { canServeSsh, startSshServer } from '../tests/fixtures/ssh-host.ts';
import { runAsPerson } from '../tests/live/as-person.ts';
import { type BridgeProcess, makeHome, makeWork, startBridge } from '../tests/live/bridge-process.ts';
import { quantile } from './quantile.ts';

const loadNow = () => readFileSync('/proc/loadavg', 'utf8').split(' ').slice(0, 3).join(' ');
const nobody = { caller: { is: 'nobody' } } as const;
const limitMs = 60_000;

/** agent-send's recipe there: everything by one fresh ssh. */
const recipe = (paneId: string, socket: string) =>
  [
    `tmux -S ${socket} load-buffer -b recipe -`,
    `tmux -S ${socket} paste-buffer -d -p -b recipe -t ${paneId}`,
    'sleep 0.4',
    `tmux -S ${socket} send-keys -t ${paneId} Enter`,
    'sleep 0.1',
    `tmux -S ${socket} send-keys -t ${paneId} Enter`,
  ].join(' && ');

/** The same bridge, a worker here and one behind an sshd on loopback, in turn: from a text's call until its program has it, and from a request until it is known. */
export async function benchHosts({ samples }: { readonly samples: number }) {
  if (!canServeSsh) throw new Error('other hosts: it takes root and openssh-server');
  const loads = [loadNow()];
  const near = privateTmux();
  const far = privateTmux();
  const ssh = await startSshServer(near.folder);
  ssh.alias('box');
  const options = [...ssh.options, '-o', 'HostKeyAlias=box'];
  const box = { name: 'box', ssh: 'root@127.0.0.1', options, socket: far.socketPath };
  const home = makeHome(
    near,
    `mode: manual\nnotify: {bell: false, desktop: false}\nhosts: ${JSON.stringify({ box: { ...box, name: undefined } })}\n`,
  );
  let bridge: BridgeProcess | null = null;
  const hosts = new Hosts([box], systemClock);
  try {
    const agents = { here: await worker(near), there: await worker(far), recipe: await worker(far, 'other') };
    bridge = await startBridge(near, home, []);
    const watching = bridge;
    const idle = () => new Set(watching.lines.flatMap((line) => (line.state === 'idle' ? [line.worker] : [])));
    await waitFor('both are idle', () => idle().size >= 2, { limitMs });
    const link = await roundTrips(hosts, samples);
    const told = { here: [] as number[], there: [] as number[], recipe: [] as number[] };
    for (let sample = -1; sample < samples; sample += 1) {
      for (const place of ['here', 'there', 'recipe'] as const) {
        const mark = `text ${sample + 1} ${place}`;
        const calledAt = Date.now();
        if (place === 'recipe') {
          const command = ['ssh', ...options, box.ssh, recipe(agents.recipe.paneId, far.socketPath)];
          await runAsPerson(command, {
            cwd: near.folder,
            env: { PATH: process.env.PATH, HOME: near.folder },
            input: mark,
          });
        } else {
          const to = [place === 'here' ? 'worker' : 'worker@box'];
          await call(socketPath(home), 'tell', { ...nobody, to, body: mark, waitMs: limitMs, inline: true });
        }
        const fact = await agents[place].fact(mark, ({ input }) => input?.includes(mark) === true, limitMs);
        if (sample >= 0) told[place].push(fact.t - calledAt);
      }
    }
    loads.push(loadNow());
    const known = { here: [] as number[], there: [] as number[] };
    for (let sample = -1; sample < samples; sample += 1) {
      for (const place of ['here', 'there'] as const) {
        const request = `Question ${sample + 1} ${place}?`;
        const before = watching.lines.length;
        await agents[place].perform({ play: [{ request }], input: `go ${sample}` });
        const printed = await agents[place].fact(request, ({ requested }) => requested === request, limitMs);
        const isNew = (line: (typeof watching.lines)[number]) =>
          watching.lines.indexOf(line) >= before && line.type === 'request-changed' && line.state === 'asked';
        const line = await watching.line(request, isNew, limitMs);
        if (sample >= 0) known[place].push(Number(line.time) - printed.t);
        await call(socketPath(home), 'dismiss', { ...nobody, id: String(line.id), reason: '' });
      }
    }
    loads.push(loadNow());
    const row = (what: string, where: string, taken: readonly number[]) => ({
      what,
      where,
      samples: taken.length,
      p50Ms: quantile(taken, 0.5),
      p95Ms: quantile(taken, 0.95),
    });
    const rows = [
      row('round trip of the link', 'there', link),
      row('call to program', 'here', told.here),
      row('call to program', 'there', told.there),
      row('call to program, agent-send’s recipe by a fresh ssh', 'there', told.recipe),
      row('request known', 'here', known.here),
      row('request known', 'there', known.there),
    ];
    return { rows, load: loads };
  } finally {
    await bridge?.stop();
    await hosts.close();
    await ssh.stop();
    await far.stop();
    await near.stop();
  }
}

async function roundTrips(hosts: Hosts, samples: number): Promise<number[]> {
  const { shell } = hosts.at('box');
  await shell.run(':');
  const taken: number[] = [];
  for (let sample = 0; sample < samples; sample += 1) {
    const askedAt = performance.now();
    await shell.run(':');
    taken.push(Math.round((performance.now() - askedAt) * 10) / 10);
  }
  return taken;
}

async function worker(tmux: PrivateTmux, name = 'worker'): Promise<ScriptedAgent> {
  const workingFolder = makeWork(tmux, name);
  const script = { inputs: [{ do: [] }] };
  const agent = await startScriptedAgent({ tmux, session: name, name, workingFolder, script, under: 'alone' });
  await tmux.run('set-option', '-p', '-t', agent.paneId, '@label', name);
  return agent;
}
