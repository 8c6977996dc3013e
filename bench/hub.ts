import { execFileSync } from 'node:child_process';
import { closeSync, fdatasyncSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import type WebSocket from 'ws';
import { privateTmux } from '../tests/fixtures/private-tmux.ts';
import { ChatServer, cpuMsOf, type OwnServer, program, startOwn } from './chat-server.ts';
import { fillJournal } from './mail-lookups.ts';
import { quantile } from './quantile.ts';

export interface HubBenchOrder {
  readonly isShort: boolean;
  /** another server that speaks as agent-chat's does, measured in the same run */
  readonly beside: { readonly url: string; readonly token: string | null } | null;
  /** stored before looking up */
  readonly messages: number;
}

type Row = Readonly<Record<string, unknown>>;

const say = (line: string) => process.stderr.write(`${line}\n`);
const loadNow = () => readFileSync('/proc/loadavg', 'utf8').split(' ').slice(0, 3).join(' ');
const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const two = (value: number | null) => (value === null ? null : Math.round(value * 100) / 100);

/** Sends, pushes and lookups of `bridge serve`, beside another server of agent-chat's kind where one is named; in turn. */
export async function benchHub({ isShort, beside, messages }: HubBenchOrder) {
  const folder = mkdtempSync(join(tmpdir(), 'bridge-hub-bench-'));
  const loads = [loadNow()];
  const tmux = privateTmux();
  await tmux.run('new-session', '-d', '-s', 'bench', 'exec sleep 100000');
  const own = await startOwn(folder, tmux.socketPath);
  const other = beside === null ? null : new ChatServer('beside', beside.url, beside.token);
  const all = other === null ? [own.chat] : [own.chat, other];
  try {
    const agents = isShort ? 50 : 500;
    say(`hub: ${agents} agents at ${all.map(({ name }) => name).join(' and ')}`);
    for (const chat of all) for (let index = 0; index < agents; index += 1) await chat.register(`a${index}`, ['g']);
    const idle = await benchIdle(own, agents, isShort ? 3 : 20);
    const sends: Row[] = [{ by: 'the least: 86 kB written and flushed', ...benchDisk(folder) }];
    // a server lives for days: what its program takes while it is new (here it is compiled by and by) is told apart
    for (const chat of all) sends.push(await benchSends(chat, 1, isShort ? 100 : 1_000, own, 'first'));
    for (const chat of all) await benchSends(chat, 16, isShort ? 100 : 3_000, own, 'first');
    for (const writers of [1, 16])
      for (const chat of all)
        sends.push(await benchSends(chat, writers, isShort ? 200 : writers === 1 ? 3_000 : 8_000, own, 'then'));
    loads.push(loadNow());
    const pushes: Row[] = [];
    for (const chat of all) pushes.push(await benchPushes(chat, agents, isShort ? 100 : 300));
    for (const chat of all) pushes.push(await benchPaused(chat, isShort ? 100 : 400));
    loads.push(loadNow());
    const calls = await benchCalls(folder, own, isShort ? 50 : 300);
    loads.push(loadNow());
    const rest: Row[] = [idle, ...calls, await benchRestart(folder, tmux.socketPath, own)];
    loads.push(loadNow());
    const stored = await benchStored(messages, tmux.socketPath);
    loads.push(loadNow());
    return { sends, pushes, rest, stored, load: loads };
  } finally {
    await own.stop();
    other?.close();
    await tmux.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a commit of one message writes, flushed to this disk now. */
function benchDisk(folder: string): Row {
  const file = openSync(join(folder, 'flushed'), 'w');
  const took: number[] = [];
  const text = Buffer.alloc(21 * 4_096, 'x');
  for (let index = 0; index < 100; index += 1) {
    const began = performance.now();
    writeSync(file, text, 0, text.length, 0);
    fdatasyncSync(file);
    took.push(performance.now() - began);
  }
  closeSync(file);
  const seconds = took.reduce((sum, one) => sum + one, 0) / 1_000;
  const perSecond = Math.round(took.length / seconds);
  return { writers: 1, perSecond, p50Ms: two(quantile(took, 0.5)), p99Ms: two(quantile(took, 0.99)) };
}

async function benchSends(
  chat: ChatServer,
  writers: number,
  count: number,
  own: OwnServer,
  when: 'first' | 'then',
): Promise<Row> {
  const took: number[] = [];
  const body = 'x'.repeat(200);
  const cpu = cpuMsOf(own.pid);
  const began = performance.now();
  let left = count;
  await Promise.all(
    Array.from({ length: writers }, async () => {
      while (left > 0) {
        left -= 1;
        const sentAt = performance.now();
        await chat.send('a0', { to: 'a1' }, body);
        took.push(performance.now() - sentAt);
      }
    }),
  );
  const seconds = (performance.now() - began) / 1_000;
  return {
    by: chat.name,
    when,
    writers,
    sends: count,
    perSecond: Math.round(count / seconds),
    p50Ms: two(quantile(took, 0.5)),
    p99Ms: two(quantile(took, 0.99)),
    ...(chat === own.chat && { cpuMsEach: two((cpuMsOf(own.pid) - cpu) / count) }),
  };
}

/** From the call of a send until its text is at the socket of whom it is for, with a socket for each agent. */
async function benchPushes(chat: ChatServer, agents: number, count: number): Promise<Row> {
  const took: number[] = [];
  const grouped: number[] = [];
  const heard = (content: string) => {
    const [what, at] = content.split(' ');
    // what was sent before it listened is pushed as well
    if (what === 'direct' || what === 'group') (what === 'group' ? grouped : took).push(performance.now() - Number(at));
  };
  const sockets: WebSocket[] = [];
  for (let index = 1; index < agents; index += 1) sockets.push(await chat.listen(`a${index}`, heard));
  await later(300);
  for (let index = 0; index < count; index += 1)
    await chat.send('a0', { to: `a${1 + (index % (agents - 1))}` }, `direct ${performance.now()}`);
  const groups = 20;
  for (let index = 0; index < groups; index += 1) await chat.send('a0', { group: 'g' }, `group ${performance.now()}`);
  await later(2_000);
  for (const socket of sockets) socket.terminate();
  await later(300);
  return {
    by: chat.name,
    what: `${agents - 1} sockets`,
    pushed: `${took.length} of ${count}`,
    p50Ms: two(quantile(took, 0.5)),
    p99Ms: two(quantile(took, 0.99)),
    toGroup: `${grouped.length} of ${groups * (agents - 1)}`,
    groupP50Ms: two(quantile(grouped, 0.5)),
  };
}

/** A socket that reads nothing while so many messages of 60 kB come, and then reads on. */
async function benchPaused(chat: ChatServer, count: number): Promise<Row> {
  const { hostname, port } = new URL(chat.url);
  const socket = connect(Number(port), hostname);
  const headers = Object.entries(chat.headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(
    `GET /ws?agent=a7 HTTP/1.1\r\nHost: ${hostname}:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n${headers.join('')}\r\n`,
  );
  await new Promise((resolve) => socket.once('data', resolve));
  socket.pause();
  const mark = `paused-${Math.random().toString(36).slice(2)}`;
  for (let index = 0; index < count; index += 1) await chat.send('a0', { to: 'a7' }, `${mark} ${'y'.repeat(60_000)}`);
  let pushed = 0;
  let rest = '';
  socket.on('data', (data) => {
    const text = rest + data.toString('latin1');
    const parts = text.split(mark);
    pushed += parts.length - 1;
    rest = parts.at(-1)!.slice(-mark.length);
  });
  socket.resume();
  for (const giveUpAt = performance.now() + 10_000; pushed < count && performance.now() < giveUpAt; ) await later(50);
  socket.destroy();
  return { by: chat.name, what: `a reader that pauses for ${count} × 60 kB`, pushed: `${pushed} of ${count}` };
}

async function benchIdle(own: OwnServer, agents: number, seconds: number): Promise<Row> {
  const sockets: WebSocket[] = [];
  for (let index = 0; index < agents; index += 1) sockets.push(await own.chat.listen(`a${index}`, () => {}));
  await later(2_000);
  const percent = async () => {
    const before = cpuMsOf(own.pid);
    await later(seconds * 1_000);
    return two((cpuMsOf(own.pid) - before) / (seconds * 10));
  };
  const [first, then] = [await percent(), await percent()];
  for (const socket of sockets) socket.terminate();
  return {
    what: `idle with ${agents} sockets, % of a core: the first ${seconds} s, and the next`,
    is: `${first}, ${then}`,
  };
}

/** From an official client's call of a tool until it has the result: over HTTP, and over stdio by a `bridge mcp` of its own. */
async function benchCalls(folder: string, own: OwnServer, count: number): Promise<Row[]> {
  const home = join(folder, 'home');
  const env = { PATH: process.env.PATH!, HOME: folder, XDG_RUNTIME_DIR: folder };
  for (const name of ['caller', 'called'])
    execFileSync(process.execPath, [program, 'add', name, '--home', home], { env, stdio: 'pipe' });
  const words = [program, 'token', 'add', 'caller', '--home', home];
  const token = execFileSync(process.execPath, words, { env, encoding: 'utf8' }).trim();
  const ways = {
    HTTP: new StreamableHTTPClientTransport(new URL(`${own.chat.url}/mcp`), {
      requestInit: { headers: { authorization: `Bearer ${token}` } },
    }),
    stdio: new StdioClientTransport({
      command: process.execPath,
      args: [program, 'mcp', '--home', home],
      env: { ...env, BRIDGE_TOKEN: token },
      stderr: 'ignore',
    }),
  };
  const rows: Row[] = [];
  for (const [way, transport] of Object.entries(ways)) {
    const client = new Client({ name: 'bench', version: '1' });
    await client.connect(transport);
    for (const [name, args] of [
      ['check_messages', {}],
      ['send_message', { to: 'called', content: 'x'.repeat(200) }],
    ] as const) {
      const took: number[] = [];
      // more that wait for one member would be refused
      for (let index = 0; index < Math.min(count, name === 'send_message' ? 50 : count); index += 1) {
        const began = performance.now();
        const { isError, content } = await client.callTool({ name, arguments: args });
        took.push(performance.now() - began);
        if (isError === true) throw new Error(`${name}: ${JSON.stringify(content)}`);
      }
      rows.push({
        what: `MCP over ${way}: ${name}`,
        p50Ms: two(quantile(took, 0.5)),
        p99Ms: two(quantile(took, 0.99)),
      });
    }
    await client.close();
  }
  return rows;
}

/** Whether an agent that does not register again is told of what its group gets. */
async function benchRestart(folder: string, tmux: string, own: OwnServer): Promise<Row> {
  const { port } = new URL(own.chat.url);
  await own.stop();
  const again = await startOwn(folder, tmux, Number(port));
  let pushed = 0;
  const socket = await again.chat.listen('a3', () => {
    pushed += 1;
  });
  const missed = pushed;
  for (let index = 0; index < 2; index += 1) await again.chat.send('a0', { group: 'g' }, 'after');
  await later(1_000);
  socket.terminate();
  await again.stop();
  return { what: 'group pushes after a restart', is: `${Math.min(2, pushed - missed)} of 2` };
}

/** Lookups over HTTP, and how long it takes to start, with so many messages. */
async function benchStored(messages: number, tmux: string): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bridge-hub-stored-'));
  let own: OwnServer | null = null;
  try {
    say(`hub: storing ${messages} messages`);
    mkdirSync(join(folder, 'home'), { mode: 0o700 });
    fillJournal(join(folder, 'home', 'bridge.db'), messages);
    own = await startOwn(folder, tmux);
    const agent = 'shop/agent-7';
    await own.chat.register(agent, []);
    const admin = new ChatServer('bridge', own.chat.url, own.admin);
    const timed = async (what: string, look: () => Promise<string>): Promise<Row> => {
      const took: number[] = [];
      let found = 0;
      for (let round = 0; round < 100; round += 1) {
        const began = performance.now();
        const answer = JSON.parse(await look()) as unknown[];
        took.push(performance.now() - began);
        found = answer.length;
      }
      return { what, found, p50Ms: two(quantile(took, 0.5)), p99Ms: two(quantile(took, 0.99)) };
    };
    const rows = [
      { what: `start to first answer, ${messages} stored`, p50Ms: own.startedMs },
      await timed('unread of one agent', () =>
        own!.chat.ask(`/api/messages?agent=${encodeURIComponent(agent)}&limit=20`),
      ),
      await timed('history of one agent', () =>
        own!.chat.ask(`/api/messages/history?agent=${encodeURIComponent(agent)}`),
      ),
      await timed('search: a rare word', () => admin.ask(`/api/v1/messages/search?words=word${messages - 37}`)),
      await timed('search: two words, one of them in every message', () =>
        admin.ask('/api/v1/messages/search?words=the%20part42'),
      ),
    ];
    admin.close();
    return rows;
  } finally {
    await own?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
