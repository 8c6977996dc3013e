import { expect, test } from 'vitest';
import { waitFor } from '../fixtures/private-tmux.ts';
import { ask, bridge, eachHubTestStarts, tokens, url } from './hub-fixture.ts';

/** MCP over HTTP as nobody's client would send it. */

eachHubTestStarts({ refusalsPerMinute: 1_000 });

const accept = 'application/json, text/event-stream';
type Token = keyof typeof tokens;

/** A message of the protocol of 2025, which has no sessions here. */
const old = (who: Token, body: unknown, headers = {}) =>
  ask('POST', '/mcp', {
    token: tokens[who],
    body,
    headers: { accept, 'mcp-protocol-version': '2025-06-18', ...headers },
  });

/** One of 2026-07-28, with all that it carries. */
const modern = (who: Token, method: string, params: Record<string, unknown>, headers = {}) =>
  ask('POST', '/mcp', {
    token: tokens[who],
    body: {
      jsonrpc: '2.0',
      id: 1,
      method,
      params: {
        ...params,
        _meta: {
          'io.modelcontextprotocol/protocolVersion': '2026-07-28',
          'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
          'io.modelcontextprotocol/clientCapabilities': {},
        },
      },
    },
    headers: {
      accept,
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      ...(typeof params.name === 'string' && { 'mcp-name': params.name }),
      ...headers,
    },
  });

const call = async (who: Token, name: string, args: Record<string, unknown> = {}) => {
  const { body } = await modern(who, 'tools/call', { name, arguments: args });
  return body.result;
};

const listed = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} };

/** It still answers who asks rightly, and soon: the quickest of three, since other programs want the machine too. */
async function expectUnharmed() {
  const tookMs: number[] = [];
  for (let times = 0; times < 3 && !tookMs.some((one) => one < 2_000); times++) {
    const startedAt = performance.now();
    expect((await call('lead', 'check_messages')).isError).not.toBe(true);
    tookMs.push(performance.now() - startedAt);
  }
  expect(Math.min(...tookMs)).toBeLessThan(2_000);
}

test('without a token, with a wrong one, an expired and a revoked one nothing is said; nor to a foreign page or host', async () => {
  const expired = bridge.tokens.add('short', { role: 'agent', member: 'lead' }, 1);
  const revoked = bridge.tokens.add('gone', { role: 'agent', member: 'lead' }, null);
  bridge.tokens.revoke('gone');
  await waitFor('it is over', () => bridge.tokens.find(expired) === null);
  for (const token of [undefined, 'bridge_nobodys', expired, revoked, `${tokens.lead}x`]) {
    const refused = await ask('POST', '/mcp', {
      ...(token !== undefined && { token }),
      body: listed,
      headers: { accept },
    });
    expect([token, refused.status]).toEqual([token, 401]);
  }
  expect((await old('lead', listed, { origin: 'https://elsewhere.example' })).status).toBe(403);
  expect((await ask('GET', '/mcp', {})).status).toBe(401);
  await expectUnharmed();
});

test('each token speaks for its member, whatever the arguments say, and sees what is its own', async () => {
  const sent = await call('lead', 'send_message', {
    to: 'coder',
    content: 'for coder alone',
    as: 'human',
    from: 'human',
    token: tokens.admin,
  });
  expect(sent.structuredContent.recipients).toMatchObject([{ agent: 'coder' }]);
  expect((await call('coder', 'check_messages')).structuredContent.messages).toMatchObject([
    { from: 'lead', is_verified: true },
  ]);
  expect((await call('lead', 'check_messages')).structuredContent.messages).toEqual([]);
  const { name } = bridge.membership.add('critic', {}).member;
  const critic = bridge.tokens.add('critic', { role: 'agent', member: name }, null);
  const asCritic = (name: string, args: object) =>
    ask('POST', '/mcp', {
      token: critic,
      body: { ...listed, method: 'tools/call', params: { name, arguments: args } },
      headers: { accept },
    });
  const { id } = sent.structuredContent;
  for (const [name, args] of [
    ['search_messages', { query: 'coder alone' }],
    ['message_state', { message_id: id }],
    ['read_thread', { thread: 'coder+lead' }],
    ['read_messages', { message_ids: [id] }],
    ['reply', { message_id: id, content: 'x' }],
  ] as const) {
    const said = JSON.stringify((await asCritic(name, args)).body);
    expect([name, said.includes('for coder alone')]).toEqual([name, false]);
  }
  expect((await call('lead', 'register', { name: 'human' })).content[0].text).toContain('your token speaks for lead');
  expect((await call('lead', 'read_pane', { agent: 'coder' })).isError).toBe(true);
});

test('a ticket counts for who asked, at whatever call; another, a forged one and one of another question are refused', async () => {
  const asked = await call('coder', 'ask_controller', { question: 'May I?', wait_s: 0 });
  const { ticket } = asked.structuredContent;
  const other = (await call('coder', 'ask_controller', { question: 'And this?', wait_s: 0 })).structuredContent.ticket;
  const signature = ticket.slice(ticket.lastIndexOf('.'));
  for (const [who, given] of [
    ['lead', ticket],
    ['human', ticket],
    ['coder', `${other.slice(0, other.lastIndexOf('.'))}${signature}`],
    ['coder', ticket.slice(0, ticket.lastIndexOf('.'))],
    ['coder', `${ticket}${signature}`],
  ] as const) {
    const refused = await call(who, 'answer_status', { ticket: given });
    expect(refused).toMatchObject({ isError: true, content: [{ text: expect.stringContaining('none of yours') }] });
  }
  // the same again is the same
  for (let times = 0; times < 2; times++)
    expect((await call('coder', 'answer_status', { ticket })).structuredContent).toMatchObject({ is_answered: false });
  expect((await call('coder', 'list_requests')).structuredContent.requests).toHaveLength(2);
  expect((await call('lead', 'list_requests')).structuredContent.requests).toEqual([]);
});

test('an agent answers no request by its token; a person does, and who asked has the answer', async () => {
  const { ticket } = (await call('coder', 'ask_controller', { question: 'May I?', wait_s: 0 })).structuredContent;
  const request_id = ticket.slice(0, ticket.lastIndexOf('.'));
  for (const who of ['lead', 'coder'] as const)
    expect((await call(who, 'answer_request', { request_id, answer: 'Yes.' })).isError).toBe(true);
  const waiting = call('coder', 'answer_status', { ticket, wait_s: 20 });
  expect((await call('human', 'answer_request', { request_id, answer: 'Yes.' })).structuredContent).toMatchObject({
    accepted: 'first',
  });
  expect((await waiting).structuredContent).toMatchObject({ is_answered: true, answer: 'Yes.' });
});

test('malformed messages of both eras are refused, and the server goes on', async () => {
  const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
  const bodies: readonly unknown[] = [
    ...['{', '', 'null', '[]', '"x"', '1', '{"jsonrpc":"2.0"}', '[[[[[[[[]]]]]]]]', deep],
    ...[{}, { jsonrpc: '1.0', id: 1, method: 'tools/list' }, { jsonrpc: '2.0', id: {}, method: 'tools/list' }],
    { jsonrpc: '2.0', id: 1, method: 5 },
    { jsonrpc: '2.0', id: 1, method: 'no/such' },
    { ...listed, method: 'tools/call', params: { name: 'no_such', arguments: {} } },
    { ...listed, method: 'tools/call', params: { name: 'send_message', arguments: 'x' } },
    { ...listed, method: 'tools/call', params: { name: '__proto__', arguments: {} } },
    { ...listed, method: 'tools/call', params: { name: 'check_messages', arguments: { limit: 1e9 } } },
    { jsonrpc: '2.0', id: 1, result: {} },
  ];
  for (const body of bodies) {
    const { status, body: said } = await old('lead', body);
    const isRefused = status >= 400 || said.error !== undefined || said.result?.isError === true || said === '';
    const isSaid = typeof said === 'string' && /"error"|"isError":true/.test(said);
    expect([JSON.stringify(body).slice(0, 80), isRefused || isSaid || status === 202, status < 500]).toEqual([
      JSON.stringify(body).slice(0, 80),
      true,
      true,
    ]);
  }
  for (const [method, params, headers] of [
    ['tools/call', { name: 'no_such', arguments: {} }, {}],
    ['tools/call', { name: 'send_message', arguments: { to: 5 } }, {}],
    ['tools/list', {}, { 'mcp-protocol-version': '1999-01-01' }],
    ['tools/list', {}, { 'mcp-method': 'tools/call' }],
    ['no/such', {}, {}],
    ['initialize', {}, {}],
  ] as const) {
    const { status, body } = await modern('lead', method, params, headers);
    expect([method, headers, status < 500, body.error !== undefined || body.result?.isError === true]).toEqual([
      method,
      headers,
      true,
      true,
    ]);
  }
  await expectUnharmed();
});

test.each([
  ['2025', { 'mcp-protocol-version': '2025-06-18' }],
  ['2026', { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/list' }],
  ['no', {}],
] as const)('a body that is no message is answered as JSON-RPC has it (%s era named)', async (_, era) => {
  const [parseError, invalidRequest] = [-32_700, -32_600];
  const nested = (open: string, close: string, depth: number) => `${open.repeat(depth)}1${close.repeat(depth)}`;
  for (const [body, status, code, type] of [
    ...['{', '', '{"a":1}}', '\u0000', '[['.repeat(50_000), '{"__proto__":{}}'].map(
      (text) => [text, 400, parseError, 'application/json'] as const,
    ),
    ...['null', '[]', '1', '"x"', 'true', '{}', '{"jsonrpc":"2.0"}'].map(
      (text) => [text, 400, invalidRequest, 'application/json'] as const,
    ),
    [nested('{"a":', '}', 20_000), 400, invalidRequest, 'application/json'],
    [nested('[', ']', 100_000), 400, invalidRequest, 'application/json'],
    [`"${'x'.repeat(2_000_000)}"`, 413, invalidRequest, 'application/json'],
    ['{}', 415, invalidRequest, 'text/plain'],
    ['a=1', 415, invalidRequest, 'application/x-www-form-urlencoded'],
    ['<a/>', 415, invalidRequest, 'application/xml'],
  ] as const) {
    const refused = await ask('POST', '/mcp', {
      token: tokens.lead,
      body,
      headers: { accept, ...era, 'content-type': type },
    });
    const { jsonrpc, id, error } = refused.body;
    const shown = body.slice(0, 30);
    expect([shown, refused.status, jsonrpc, id, error?.code]).toEqual([shown, status, '2.0', null, code]);
    expect([shown, typeof error.message]).toEqual([shown, 'string']);
  }
  // at the door it is the server's own shape, whatever the body
  for (const token of [undefined, 'bridge_nobodys']) {
    const headers = { accept, ...era };
    const refused = await ask('POST', '/mcp', { ...(token !== undefined && { token }), body: '{', headers });
    expect([refused.status, refused.body.error.code]).toEqual([401, 'unauthorized']);
  }
  for (const method of ['GET', 'DELETE']) {
    const refused = await ask(method, '/mcp', { token: tokens.lead, headers: { accept, ...era } });
    expect([method, refused.status, refused.body.jsonrpc]).toEqual([method, 405, '2.0']);
  }
  await expectUnharmed();
});

test('a body that is too long is refused before it is read whole', async () => {
  const body = {
    ...listed,
    method: 'tools/call',
    params: { name: 'send_message', arguments: { to: 'coder', content: 'x'.repeat(5_000_000) } },
  };
  expect((await old('lead', body)).status).toBe(413);
  await expectUnharmed();
});

test('a client that hangs up withdraws the wait, and its question stays', async () => {
  const gone = new AbortController();
  const waiting = fetch(`${url}/mcp`, {
    method: 'POST',
    headers: { accept, authorization: `Bearer ${tokens.coder}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      ...listed,
      method: 'tools/call',
      params: { name: 'ask_controller', arguments: { question: 'May I?', wait_s: 40 } },
    }),
    signal: gone.signal,
  });
  const open = () => bridge.journal.requests({ open: true });
  await waitFor('it is asked', () => open().length > 0);
  gone.abort();
  await expect(waiting).rejects.toThrow();
  await expectUnharmed();
  expect(open()).toMatchObject([{ text: 'May I?', member: 'coder', state: { is: 'asked' } }]);
});
