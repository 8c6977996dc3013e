import { afterEach, beforeEach, expect, test } from 'vitest';
import { call } from '../../bridge/server/socket.ts';
import { socketPath } from '../../bridge/server/socket-path.ts';
import { type PrivateTmux, privateTmux, waitFor } from '../fixtures/private-tmux.ts';
import { type Script, type ScriptedAgent, startScriptedAgent } from '../fixtures/scripted-agent.ts';
import { type BridgeProcess, makeHome, makeWork, program, run, startBridge } from './bridge-process.ts';

/** Many that write at once, circles of agents, servers that die: what mail has to stand. */

let servers: PrivateTmux[];
let home: string;
let bridge: BridgeProcess;

beforeEach(() => {
  servers = [privateTmux()];
  home = makeHome(servers[0]!, 'mode: manual\n');
});
afterEach(async () => {
  await bridge.stop('SIGKILL');
  for (const tmux of servers) await tmux.stop();
});

async function member(name: string, script: Script = {}, tmux = servers[0]!, life = 1): Promise<ScriptedAgent> {
  const agent = await startScriptedAgent({
    tmux,
    session: 'macs',
    name: `${name}-${life}`,
    script: { inputs: [], ...script },
    workingFolder: makeWork(tmux, name),
    under: 'alone',
  });
  await tmux.run('set-option', '-p', '-t', agent.paneId, '@label', `worker-${name}`);
  return agent;
}

async function watch(...agents: readonly ScriptedAgent[]): Promise<void> {
  bridge = await startBridge(servers[0]!, home, ['--session', 'macs']);
  for (const tmux of servers.slice(1))
    await call(socketPath(home), 'watch', { socketPath: tmux.socketPath, session: 'macs' });
  await found(agents.length);
}

const found = (count: number) =>
  waitFor(
    `${count} were found`,
    () => bridge.lines.filter(({ type }) => type === 'worker-found').length >= count || null,
    { limitMs: 60_000 },
  );
const tell = (...args: string[]) => run(servers[0]!, ['tell', ...args, '--home', home]);
const bodies = (agent: ScriptedAgent) => agent.inputs().map((text) => text.replace(/^\[[^\]]*\] /, ''));

test('ten that write to one pane at once are ten inputs, each whole and alone', async () => {
  const coder = await member('coder');
  await watch(coder);
  const texts = Array.from({ length: 10 }, (_, index) => `number ${index} ${'y'.repeat(200)}`);
  const sent = await Promise.all(texts.map((text) => tell('worker-coder', text, '--wait', '120')));
  for (const one of sent)
    expect(one).toMatchObject({ code: 0, stdout: expect.stringMatching(/^submitted worker-coder/) });
  expect(bodies(coder).sort()).toEqual(texts);
});

test('five agents that always answer the next are held, and a person is told', async () => {
  const labels = ['one', 'two', 'three', 'four', 'five'];
  const agents: ScriptedAgent[] = [];
  for (const [at, label] of labels.entries()) {
    const next = `worker-${labels[(at + 1) % labels.length]}`;
    const write = { run: [process.execPath, program, 'tell', next, 'and you?', '--wait', '0', '--home', home] };
    agents.push(await member(label, { inputs: [{ when: '->', do: [write] }] }));
  }
  await watch(...agents);
  await tell('worker-one', 'begin');
  await bridge.line('held', (line) => line.type === 'said' && /may be a loop/.test(String(line.text)), 120_000);
  const inputs = () => agents.flatMap((agent) => agent.inputs()).length;
  expect(inputs()).toBe(11);
  // nothing more comes while everybody rests
  await waitFor('all rest', async () => (await Promise.all(agents.map((one) => one.state()))).every(isIdle));
  const messages = JSON.parse((await run(servers[0]!, ['threads', '--json', '--home', home])).stdout) as Array<{
    messages: number;
  }>;
  // the one that is held is kept, and the person's page about it stands in its thread
  expect(messages.reduce((sum, one) => sum + one.messages, 0)).toBe(13);
  expect(inputs()).toBe(11);
});

const isIdle = ({ is }: { readonly is: string }) => is === 'idle';

test('panes of two servers that have one id are two members, and each gets its own mail', async () => {
  servers.push(privateTmux());
  const [here, there] = [await member('here'), await member('there', {}, servers[1])];
  expect(there.paneId).toBe(here.paneId);
  await watch(here, there);
  const sent = await Promise.all([tell('worker-here', 'for here'), tell('worker-there', 'for there')]);
  expect(sent.map(({ code }) => code)).toEqual([0, 0]);
  expect([bodies(here), bodies(there)]).toEqual([['for here'], ['for there']]);
});

test('mail for a member of a dead server waits, and comes once when the member is back on another', async () => {
  servers.push(privateTmux());
  const [here, there] = [await member('here'), await member('there', {}, servers[1])];
  await watch(here, there);
  await servers[1]!.run('kill-server').catch(() => '');
  await bridge.line('lost', (line) => line.type === 'worker-lost');
  const waiting = await tell('worker-there', 'for there');
  expect(waiting).toMatchObject({ code: 2, stdout: expect.stringMatching(/^waiting {3}worker-there: offline/) });
  // what has the same pane id on the living server is another
  expect(await tell('worker-here', 'for here')).toMatchObject({ code: 0 });
  const back = await member('there', {}, servers[1], 2);
  await waitFor('it has come', () => back.inputs().length > 0 || null, { limitMs: 60_000 });
  await tell('worker-there', 'the next');
  expect([bodies(here), bodies(back)]).toEqual([['for here'], ['for there', 'the next']]);
});

test('a member killed while its mail waits behind its work gets it once when it is back, and is rung for what it had not read', async () => {
  const coder = await member('coder');
  await watch(coder);
  expect(await tell('worker-coder', 'one\ntwo', '--wait', '60')).toMatchObject({ code: 0 });
  await coder.perform({ busy: true });
  expect(await tell('worker-coder', 'a line', '--wait', '0')).toMatchObject({ code: 2 });
  await servers[0]!.run('kill-pane', '-t', coder.paneId).catch(() => '');
  await bridge.line('lost', (line) => line.type === 'worker-lost');
  const back = await member('coder', {}, servers[0], 2);
  await waitFor('all has come', () => back.inputs().length >= 2 || null, {
    limitMs: 60_000,
    describe: () => servers[0]!.screen(back.paneId),
  });
  expect(bodies(back).sort()).toEqual([
    expect.stringMatching(
      /^1 message #\w{4} from human in thread human\+worker-coder \(.*\); read with: bridge inbox --home \S+$/,
    ),
    'a line',
  ]);
});
