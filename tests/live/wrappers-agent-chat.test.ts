import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, expect, test } from 'vitest';
import { waitFor } from '../fixtures/private-tmux.ts';
import { home, tmux } from './live-fixture.ts';
import { eachWrapperTestStartsWith, here, scripts, tool } from './wrappers-fixture.ts';

/** agent-chat's command line, as people's scripts and their clients' settings call it. */

eachWrapperTestStartsWith();

const chat = (words: readonly string[], env: Record<string, string> = {}) => tool('agent-chat', words, { env });

afterEach(async () => {
  await chat(['stop']);
  await tool('../dist/cli/main.js', ['stop']).catch(() => null);
});

function configured(text: string): string {
  const folder = join(tmux.folder, '.agent-chat');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'config.yaml'), text);
  return folder;
}

async function freePort(): Promise<number> {
  const { createServer } = await import('node:net');
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test('serve -d takes port and key from its config.yaml, and its database once; stop closes it', async () => {
  const port = await freePort();
  const folder = configured(`port: ${port}\napi_key: their-key\nretention: 30\n`);
  const file = join(folder, 'agent-chat.db');
  const db = new DatabaseSync(file);
  db.exec(`
    CREATE TABLE agents (name TEXT, groups TEXT);
    CREATE TABLE messages (id TEXT, from_agent TEXT, to_agent TEXT, grp TEXT, content TEXT, in_reply_to TEXT, created_at TEXT);
    INSERT INTO agents VALUES ('alice', '[]'), ('bob', '[]');
    INSERT INTO messages VALUES ('msg-1-aaaaaa', 'alice', 'bob', '', 'From before.', '', '2026-05-28T15:50:00Z');
  `);
  db.close();
  const started = await chat(['serve', '-d']);
  expect(started, started.stderr).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(
      /added 2 members: alice, bob\n[\s\S]*the server listens at http:\/\/127\.0\.0\.1:\d+\n/,
    ),
    stderr: expect.stringContaining('nothing is deleted'),
  });
  expect(readFileSync(join(home, 'agent-chat.token'), 'utf8')).toBe('their-key\n');
  expect(statSync(join(home, 'agent-chat.token')).mode & 0o777).toBe(0o600);
  const get = async (path: string, key?: string) => {
    const headers: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` };
    const reply = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
    return { status: reply.status, body: await reply.json() };
  };
  expect(await get('/api/messages?agent=bob', 'their-key')).toMatchObject({
    status: 200,
    body: [{ from_agent: 'alice', content: 'From before.' }],
  });
  expect((await get('/api/agents')).status).toBe(401);
  expect(await chat(['stop'])).toMatchObject({ code: 0, stdout: 'the server is closed; the bridge goes on\n' });
  await expect(get('/health')).rejects.toThrow();
  const again = await chat(['start', '-d', '--port', String(port), '--db', file, '--log-level', 'debug']);
  expect(again).toMatchObject({ code: 0 });
  expect(again.stderr).toContain('is not used: bridge has a journal of its own');
  expect(again.stderr).toContain('--log-level debug is taken and changes nothing');
});

test('flags count before the environment, that before -c FILE, and that before its own config.yaml', async () => {
  const [own, other, flagged] = [await freePort(), await freePort(), await freePort()];
  configured(`port: ${own}\napi_key: own-key\nretention: 1\n`);
  const file = join(tmux.folder, 'other.yaml');
  writeFileSync(file, `port: ${other}\napi_key: other-key\nretention: 2\n`);
  const isOpen = (port: number) =>
    fetch(`http://127.0.0.1:${port}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
  const key = () => readFileSync(join(home, 'agent-chat.token'), 'utf8').trim();
  const first = await chat(['serve', '--daemon', '--config', file]);
  expect(first, first.stderr).toMatchObject({ code: 0, stderr: expect.stringContaining('after 2 days') });
  expect([await isOpen(own), await isOpen(other), key()]).toEqual([false, true, 'other-key']);
  await chat(['stop']);
  const second = await chat(['start', '-d', '-c', file, `--port=${flagged}`, '--retention', '3'], {
    AGENT_CHAT_API_KEY: 'key-of-the-environment',
  });
  expect(second, second.stderr).toMatchObject({ code: 0, stderr: expect.stringContaining('after 3 days') });
  expect([await isOpen(other), await isOpen(flagged), key()]).toEqual([false, true, 'key-of-the-environment']);
  for (const [words, reason] of [
    [['serve', '-c', join(tmux.folder, 'none.yaml')], 'is not there'],
    [['serve', '--retention', 'ever'], '--retention ever'],
    [['serve', '--port'], '--port needs a value'],
    [['stop', '--now'], 'unknown argument: --now'],
    [['mcp', '--port', '1'], 'unknown argument: --port'],
  ] as const)
    expect([words, await chat([...words])]).toEqual([
      words,
      expect.objectContaining({ stderr: expect.stringContaining(reason) }),
    ]);
  expect(await chat(['--help'])).toMatchObject({ code: 0, stdout: expect.stringContaining('usage: agent-chat') });
});

test('without -d it has the terminal until it is ended', async () => {
  const port = await freePort();
  const child = spawn(join(scripts, 'agent-chat'), ['serve', '--port', String(port)], {
    cwd: tmux.folder,
    env: { PATH: process.env.PATH, HOME: tmux.folder, XDG_RUNTIME_DIR: tmux.folder, BRIDGE_HOME: home, ...here },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise((resolve) => child.once('exit', (code) => resolve(code)));
  await waitFor(
    'it listens',
    () =>
      fetch(`http://127.0.0.1:${port}/health`).then(
        ({ ok }) => ok,
        () => false,
      ),
    {
      limitMs: 30_000,
    },
  );
  child.kill('SIGTERM');
  await ended;
  await expect(fetch(`http://127.0.0.1:${port}/health`)).rejects.toThrow();
});

test('a token of bridge is no key: it would open more', async () => {
  const added = await tool('../dist/cli/main.js', ['token', 'add', 'phone', '--role', 'human', '--json']);
  const { token } = JSON.parse(added.stdout);
  const port = String(await freePort());
  const started = await chat(['serve', '-d', '--port', port], { AGENT_CHAT_API_KEY: token });
  expect(started).toMatchObject({ code: 1, stderr: expect.stringContaining('opens more') });
});

test('a broken config.yaml, an unknown flag and a database that is not there start nothing', async () => {
  configured('port: [\n');
  expect(await chat(['serve', '-d'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('nothing was started'),
  });
  configured('port: 99999999\n');
  expect(await chat(['serve', '-d'])).toMatchObject({ code: 1, stderr: expect.stringContaining('port') });
  configured('');
  expect(await chat(['serve', '--prot', '1'])).toMatchObject({ code: 64, stderr: expect.stringContaining('--prot') });
  expect(await chat(['serve', '--db', 'none.db'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('is not there'),
  });
  expect(await chat(['nonsense'])).toMatchObject({ code: 64 });
  expect(await chat(['version'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^agent-chat of bridge \d/) });
});

/** `agent-chat mcp`, as a client has it. */
function client(env: Record<string, string>, words: readonly string[] = []) {
  const child: ChildProcess = spawn(join(scripts, 'agent-chat'), ['mcp', ...words], {
    cwd: tmux.folder,
    env: {
      ...{ PATH: process.env.PATH, HOME: tmux.folder, XDG_RUNTIME_DIR: tmux.folder, BRIDGE_HOME: home, ...here },
      ...env,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let said = '';
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  let asked = 0;
  const ask = async (method: string, params: object) => {
    const id = ++asked;
    child.stdin!.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    return waitFor(
      `the answer to ${method}`,
      () => said.split('\n').find((line) => line.includes('"jsonrpc"') && JSON.parse(line).id === id),
      { limitMs: 30_000 },
    );
  };
  return {
    ask,
    call: async (name: string, args: object = {}) =>
      JSON.parse(await ask('tools/call', { name, arguments: args })).result,
    async open() {
      const clientInfo = { name: 'test', version: '1' };
      await ask('initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo });
      child.stdin!.write(`${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' })}\n`);
    },
    async end() {
      child.stdin!.end();
      await new Promise((resolve) => child.once('exit', resolve));
    },
  };
}

test('mcp gives the tools without any key, under the name that its settings give', async () => {
  const server = { AGENT_CHAT_SERVER: 'http://localhost:9420', AGENT_NAME: 'scribe', AGENT_GROUPS: 'team' };
  const scribe = client(server);
  await scribe.open();
  const tools = await scribe.ask('tools/list', {});
  for (const name of ['register', 'send_message', 'send_group_message', 'check_messages', 'list_agents'])
    expect(tools).toContain(`"name":"${name}"`);
  expect((await scribe.call('list_agents')).structuredContent.agents).toMatchObject([
    { name: 'scribe', groups: ['team'] },
  ]);
  await scribe.end();
});

test.each([
  [{}, /^agent-/],
  [{ AGENT_TYPE: 'writer' }, /^writer-/],
  [{ AGENT_TYPE: 'writer', AGENT_NAME: 'poet' }, /^poet$/],
  [{ AGENT_CHAT_SERVER: '', AGENT_NAME: 'poet' }, /^poet$/],
])('mcp with %j has a name of its own', async (env, name) => {
  const one = client(env);
  await one.open();
  const { agents } = (await one.call('list_agents')).structuredContent;
  expect(agents).toMatchObject([{ name: expect.stringMatching(name), groups: [] }]);
  await one.end();
});

/** An address of this machine that is none of loopback to whoever reads it. */
const elsewhere = '[::ffff:7f00:1]';

test('mcp with a server of another host gives the tools of that, for whom its token speaks', async () => {
  const hub = join(tmux.folder, 'hub');
  mkdirSync(hub, { mode: 0o700 });
  writeFileSync(join(hub, 'bridge.yaml'), `mode: manual\nserver: { names: ["${elsewhere}"] }\n`);
  const atHub = (...words: string[]) =>
    tool('../dist/cli/main.js', [...words, '--home', hub], { env: { TMUX_SOCKET: join(tmux.folder, 'no-tmux') } });
  try {
    const opened = await atHub('serve', '--port', '0', '--detach', '--json');
    const { port } = JSON.parse(opened.stdout);
    for (const name of ['scribe', 'lead']) await atHub('add', name);
    const token = (await atHub('token', 'add', 'scribe')).stdout.trim();
    const server = { AGENT_CHAT_SERVER: `http://${elsewhere}:${port}`, AGENT_NAME: 'other' };
    const scribe = client({ ...server, AGENT_CHAT_API_KEY: token }, ['--insecure-network']);
    await scribe.open();
    expect((await scribe.call('send_message', { to: 'lead', content: 'Built.' })).isError).not.toBe(true);
    await scribe.end();
    const [sent] = JSON.parse((await atHub('history', '--json')).stdout);
    expect(sent).toMatchObject({ from: 'scribe', standing: 'verified', to: ['lead'], body: 'Built.' });
    // the key that its server made for agent-chat's clients looks like one
    const key = readFileSync(join(hub, 'agent-chat.token'), 'utf8').trim();
    const refused = client({ ...server, AGENT_CHAT_API_KEY: key }, ['--insecure-network']);
    await refused.open();
    const { isError, content } = await refused.call('check_messages');
    expect([isError, content[0].text]).toEqual([
      true,
      expect.stringMatching(/agent-chat's token opens agent-chat's endpoints only[\s\S]*`bridge token add`/),
    ]);
    await refused.end();
  } finally {
    await atHub('stop');
  }
});

test.each([
  ['no token', {}, [], 1, 'no token of it is set'],
  ["agent-chat's key", { AGENT_CHAT_API_KEY: 'their-key' }, [], 1, "agent-chat's own key opens no tools there"],
  ['a token over plain http', { AGENT_CHAT_API_KEY: 'bridge_x' }, [], 64, 'say --insecure-network'],
  ['an unknown flag', { AGENT_CHAT_API_KEY: 'bridge_x' }, ['--insecure'], 64, 'unknown argument: --insecure'],
])('mcp with a server of another host and %s says what to do', async (_, env, words, code, reason) => {
  const refused = await chat(['mcp', ...words], { AGENT_CHAT_SERVER: 'http://hub.example:9420', ...env });
  expect(refused).toMatchObject({ code, stderr: expect.stringContaining(reason) });
});

test("mcp finds the token of another host's server in config.yaml as well", async () => {
  configured('api_key: their-key\n');
  const server = { AGENT_CHAT_SERVER: 'http://hub.example:9420' };
  expect(await chat(['mcp'], server)).toMatchObject({ code: 1, stderr: expect.stringContaining('own key opens no') });
  configured('api_key: bridge_x\n');
  expect(await chat(['mcp'], server)).toMatchObject({ code: 64, stderr: expect.stringContaining('over the network') });
});
