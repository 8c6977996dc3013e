import { request } from 'node:http';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { waitFor } from '../fixtures/private-tmux.ts';
import { agentChatKey, ask, bridge, eachHubTestStarts, listen, routes, tokens, url } from './hub-fixture.ts';

/** What comes from outside, on every route that there is: a new one cannot be left out. */

const queueBytes = 1 << 20;
eachHubTestStarts({ refusalsPerMinute: 100_000, queueBytes, slowAfterMs: 200 });

/** What a JSON-RPC answer has beside its error. */
const ofMcp = ['jsonrpc', 'id'];

/** A path with something in place of each name. */
const filled = (path: string) => path.replace(/:\w+/g, 'x');
const asked = () => routes.filter(({ method }) => method !== 'HEAD');
const guarded = () => asked().filter(({ who }) => who !== 'anyone');

test('without a token that counts every route is closed, but those for anyone', async () => {
  const gone = bridge.tokens.add('gone', { role: 'admin' }, null);
  bridge.tokens.revoke('gone');
  const over = bridge.tokens.add('over', { role: 'admin' }, 1);
  await waitFor('it has expired', () => bridge.tokens.find(over) === null);
  const wrong = [undefined, 'bridge_', gone, over, `${tokens.admin}x`, tokens.admin.slice(0, -1), '../../admin.token'];
  expect(guarded().length).toBeGreaterThan(40);
  for (const { method, path } of guarded())
    for (const token of wrong) {
      const body = method === 'POST' || method === 'PUT' ? {} : undefined;
      const { status, body: answer } = await ask(method, filled(path), { ...(token && { token }), body });
      // agent-chat's clients show `error` as it is
      const code = answer.error?.code ?? answer.code;
      expect([method, path, token, status, code]).toEqual([method, path, token, 401, 'unauthorized']);
    }
  expect(
    asked()
      .filter(({ who }) => who === 'anyone')
      .map(({ path }) => path),
  ).toEqual(['/health', '/push/worker.js', '/login', '/login', '/a/:code', '/a/:code', '/', '/assets/:name']);
  for (const scheme of ['Basic', 'bearer_', 'Token'])
    expect(
      (await ask('GET', '/api/v1/members', { headers: { authorization: `${scheme} ${tokens.admin}` } })).status,
    ).toBe(401);
});

test('no WebSocket opens without a token that may, on whatever route; and only where there is one', async () => {
  const over = bridge.tokens.add('over', { role: 'admin' }, 1);
  await waitFor('it has expired', () => bridge.tokens.find(over) === null);
  const open: string[] = [];
  for (const { method, path, who } of guarded()) {
    if (method !== 'GET') continue;
    for (const token of [undefined, 'bridge_', over, `${tokens.admin}x`])
      await expect(listen(filled(path), token)).rejects.toThrow('401');
    if (who !== 'compat') await expect(listen(filled(path), agentChatKey)).rejects.toThrow('403');
    if (who !== 'any-token') await expect(listen(filled(path), tokens.lead)).rejects.toThrow('403');
    const found = await listen(filled(path), who === 'compat' ? agentChatKey : tokens.admin).catch(() => null);
    // where there is none it is closed at once, and nothing is said
    const said = found && (await Promise.race([found.closed, waitFor('it speaks', () => found.got[0])]));
    if (said?.hello !== undefined) open.push(path);
    found?.socket.terminate();
  }
  // the other one, /ws, wants the name of an agent first
  expect(open).toEqual(['/api/v1/events']);
  await ask('POST', '/api/register', { token: agentChatKey, body: { name: 'alice' } });
  for (const token of [undefined, over, tokens.admin, tokens.lead])
    await expect(listen('/ws?agent=alice', token)).rejects.toThrow(/401|403/);
  const { socket } = await listen('/ws?agent=alice', agentChatKey);
  socket.terminate();
});

test("no token opens what its role may not, and a person's is no agent's", async () => {
  const may = { person: ['human', 'admin'], admin: ['admin'], 'any-token': ['human', 'admin', 'lead'] } as const;
  for (const { method, path, who } of guarded()) {
    if (who === 'anyone') continue;
    for (const name of ['human', 'admin', 'lead'] as const) {
      if (who !== 'compat' && (may[who] as readonly string[]).includes(name)) continue;
      const body = method === 'POST' || method === 'PUT' ? {} : undefined;
      const { status } = await ask(method, filled(path), { token: tokens[name], body });
      expect([method, path, name, status]).toEqual([method, path, name, 403]);
    }
  }
});

test("agent-chat's key opens agent-chat's endpoints, and nothing else", async () => {
  const own = guarded().filter(({ who }) => who === 'compat');
  expect(own.map(({ path }) => path)).toContain('/api/send');
  for (const { method, path, who } of guarded()) {
    const body = method === 'POST' || method === 'PUT' ? {} : undefined;
    const { status } = await ask(method, filled(path), { token: agentChatKey, body });
    if (who !== 'compat') expect([method, path, status]).toEqual([method, path, 403]);
    else expect([method, path, [200, 400].includes(status)]).toEqual([method, path, true]);
  }
});

test('an agent decides nothing for others, by whatever route', async () => {
  const decide = (path: string, body: unknown) => ask('POST', `/api/v1${path}`, { token: tokens.lead, body });
  for (const path of ['/requests/x/dismiss', '/requests/x/settle', '/pause', '/resume', '/members', '/tokens'])
    expect([path, (await decide(path, {})).status]).toEqual([path, 403]);
  const urgent = await decide('/messages', { to: ['coder'], body: 'now', urgent: true });
  expect([urgent.status, urgent.body.error.code]).toEqual([403, 'forbidden']);
  const { body } = await ask('POST', '/api/v1/messages', { token: tokens.human, body: { to: ['coder'], body: 'x' } });
  expect((await ask('DELETE', `/api/v1/messages/${body.id}`, { token: tokens.lead })).status).toBe(400);
  expect((await ask('POST', '/api/v1/messages/read', { token: tokens.lead, body: { ids: [body.id] } })).status).toBe(
    400,
  );
});

test('a foreign Host and a foreign Origin are refused on every route, with a good token', async () => {
  const { port, hostname } = new URL(url);
  const statusFor = (method: string, path: string, headers: Record<string, string>) =>
    new Promise<number>((resolve, reject) => {
      const sent = request({ host: hostname, port, method, path, headers }, (reply) => {
        reply.resume();
        resolve(reply.statusCode!);
      });
      sent.on('error', reject);
      sent.end();
    });
  const authorization = `Bearer ${tokens.admin}`;
  for (const { method, path } of asked()) {
    expect([path, await statusFor(method, filled(path), { authorization, host: 'evil.example' })]).toEqual([path, 421]);
    for (const origin of ['https://evil.example', 'null', `http://${hostname}:1`])
      expect([path, origin, await statusFor(method, filled(path), { authorization, origin })]).toEqual([
        path,
        origin,
        403,
      ]);
  }
  expect(await statusFor('GET', '/health', { host: `localhost:${port}`, origin: `http://localhost:${port}` })).toBe(
    200,
  );
  await expect(listen('/api/v1/events', tokens.admin, { origin: 'https://evil.example' })).rejects.toThrow('403');
  await expect(listen('/api/v1/events')).rejects.toThrow('401');
});

test('JSON that is too much, cut off, deep or meant for prototypes is refused, and the server goes on', async () => {
  const takes = asked().filter(
    ({ method, path, who }) =>
      method === 'POST' && path.startsWith('/api/') && (who === 'any-token' || who === 'person'),
  );
  expect(takes.length).toBeGreaterThan(8);
  const nested = `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`;
  for (const { path } of takes)
    for (const body of [
      '',
      '{"to":["coder"],',
      nested,
      '{"__proto__":{"isAdmin":true}}',
      '"text"',
      'null',
      `"${'x'.repeat(1 << 20)}"`,
    ]) {
      const { status, body: answer } = await ask('POST', filled(path), { token: tokens.human, body });
      expect([path, body.slice(0, 20), Object.keys(answer).filter((key) => !ofMcp.includes(key))]).toEqual([
        path,
        body.slice(0, 20),
        ['error'],
      ]);
      expect([path, body.slice(0, 20), status >= 400 && status < 500]).toEqual([path, body.slice(0, 20), true]);
    }
  expect((await ask('GET', '/api/v1/members', { token: tokens.human })).body).toHaveLength(2);
});

test('callers that stand still, and a thousand idle sockets, are in nobody else’s way', async () => {
  const { port, hostname } = new URL(url);
  const slow = Array.from({ length: 50 }, (_, index) => {
    const socket = connect(Number(port), hostname);
    socket.on('error', () => {});
    socket.write(index % 2 === 0 ? 'POST /api/v1/messages HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-le' : 'GET');
    return socket;
  });
  const idle = await Promise.all(Array.from({ length: 1_000 }, () => listen('/api/v1/events', tokens.lead)));
  const answers = await Promise.all(
    Array.from({ length: 50 }, () => ask('GET', '/api/v1/whoami', { token: tokens.coder })),
  );
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  await ask('POST', '/api/v1/messages', { token: tokens.coder, body: { to: ['lead'], body: 'all of you' } });
  await waitFor('each has heard of it', () => idle.every(({ got }) => got.length === 2));
  for (const one of idle) one.socket.terminate();
  for (const one of slow) one.destroy();
});

/** Those that are open, and not about to be closed. */
async function listeners(): Promise<number> {
  const { body } = await ask('GET', '/api/v1/metrics', { token: tokens.human });
  return Number(/^bridge_websockets (\d+)$/m.exec(body)![1]);
}

test('a listener that does not read is ended with the place to go on from, and misses nothing', async () => {
  const stopped = await listen('/api/v1/events', tokens.human);
  const hello = await waitFor('hello', () => stopped.got[0]?.hello);
  stopped.socket.pause();
  const text = 'x'.repeat(60_000);
  const { journal } = bridge;
  journal.transact(() => {
    for (let count = 0; count < 400; count++)
      journal.record({ at: count, kind: 'clock-stepped', subject: 'bridge', data: { text } });
  });
  await waitFor('it is not counted among the listeners any more', async () => (await listeners()) === 0);
  stopped.socket.resume();
  const { code, reason } = await stopped.closed;
  expect([code, reason]).toEqual([1013, expect.stringMatching(/^slow: go on with \?after=\d+$/)]);
  const newest = journal.events({ limit: 1 }).at(-1)!.seq;
  const cursors = stopped.got.flatMap(({ cursor }) => cursor ?? []);
  // here both sides share one process: it may be too slow again
  while (cursors.at(-1) !== newest) {
    const back = await listen(`/api/v1/events?after=${cursors.at(-1) ?? hello.cursor}`, tokens.human);
    const isWhole = () => back.got.at(-1)?.cursor === newest;
    await Promise.race([back.closed, waitFor('all of it', isWhole, { limitMs: 20_000 })]);
    cursors.push(...back.got.flatMap(({ cursor }) => cursor ?? []));
  }
  expect(cursors).toEqual(journal.events({ since: hello.cursor }).map(({ seq }) => seq));
});

test('a client that subscribes by MCP and does not read is ended with the reason; what it leaves unread is bounded', async () => {
  const { port, hostname } = new URL(url);
  // each thing that it is told of carries this
  const id = 'x'.repeat(60_000);
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const params = { notifications: { resourceSubscriptions: ['bridge://requests'] }, _meta };
  const body = JSON.stringify({ jsonrpc: '2.0', id, method: 'subscriptions/listen', params });
  const socket = connect(Number(port), hostname);
  let read = 0;
  let end = '';
  socket.on('data', (data) => {
    read += data.length;
    end = `${end}${data}`.slice(-2_000);
  });
  const head = {
    ...{ host: `${hostname}:${port}`, authorization: `Bearer ${tokens.human}`, 'content-type': 'application/json' },
    ...{ accept: 'application/json, text/event-stream', 'mcp-protocol-version': '2026-07-28' },
    ...{ 'mcp-method': 'subscriptions/listen', 'content-length': String(body.length) },
  };
  const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`POST /mcp HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
  await waitFor('it has subscribed', () => end.includes('acknowledged') || read > id.length);
  socket.pause();
  const changes = 800;
  const { journal } = bridge;
  journal.transact(() => {
    for (let count = 0; count < changes; count++)
      journal.record({ at: count, kind: 'request-withdrawn', subject: 'bridge', data: {} });
  });
  // the others are served meanwhile
  for (let count = 0; count < 20; count++)
    expect((await ask('GET', '/api/v1/whoami', { token: tokens.coder })).status).toBe(200);
  const ended = new Promise((resolve) => socket.once('end', resolve));
  socket.resume();
  await ended;
  expect(end).toContain('slow: too much was left unread');
  expect(read).toBeLessThan((changes * id.length) / 2);
  socket.destroy();
});

test('nothing is said over the socket of events', async () => {
  const one = await listen('/api/v1/events', tokens.human);
  one.socket.send('{"method":"answer"}');
  expect((await one.closed).code).toBe(1008);
  const other = await listen('/api/v1/events', tokens.human);
  other.socket.send('x'.repeat(2 << 20));
  expect((await other.closed).code).toBe(1009);
  expect((await ask('GET', '/health')).body).toEqual({ status: 'ok' });
});
