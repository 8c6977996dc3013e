import { request } from 'node:http';
import { expect, test } from 'vitest';
import { ClaimedMail } from '../../bridge/app/claimed-mail.ts';
import { waitFor } from '../fixtures/private-tmux.ts';
import {
  agentChatKey,
  ask,
  bridge,
  eachHubTestStarts,
  hub,
  type Listening,
  listen,
  tokens,
  url,
} from './hub-fixture.ts';

/** agent-chat's endpoints, as its own clients use them. */

eachHubTestStarts();

const get = (path: string) => ask('GET', path, { token: agentChatKey });
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  ask('POST', path, { token: agentChatKey, body, headers });
const register = (name: string, groups: string[] = []) => post('/api/register', { name, groups });
const send = (from: string, to: string, content: string, more: object = {}) =>
  post('/api/send', { from, to, content, ...more });
const hear = (agent: string) => listen(`/ws?agent=${encodeURIComponent(agent)}`, agentChatKey);
const contents = ({ got }: Pick<Listening, 'got'>) =>
  got.filter(({ type }) => type === 'new_message').map(({ data }) => data.content);
const unread = async (agent: string) =>
  (await get(`/api/messages?agent=${agent}`)).body.map(({ content }: { content: string }) => content);

/** Until all that was written is at the sockets: a last message to each comes after it. */
async function settled(from: string, ...listening: Array<readonly [string, Listening]>): Promise<void> {
  for (const [name] of listening) await send(from, name, 'and that is all');
  await waitFor('the last message', () => listening.every(([, one]) => contents(one).includes('and that is all')));
}

test('registering, listing and going', async () => {
  expect((await register('alice', ['team'])).body).toMatchObject({ status: 'ok' });
  await register('alice', ['team', 'night']);
  await register('bob', ['team']);
  expect((await post('/api/register', { name: '' })).status).toBe(400);
  expect((await post('/api/register', '{')).status).toBe(400);
  expect((await post('/api/register', { name: 'a\u202eb' })).status).toBe(400);
  expect((await post('/api/register', { name: '@team' })).status).toBe(400);
  const agents = (await get('/api/agents')).body;
  expect(agents.filter(({ name }: { name: string }) => name === 'alice')).toMatchObject([
    { groups: ['team', 'night'], status: 'online', registered_at: expect.stringMatching(/Z$/) },
  ]);
  expect((await get('/api/groups')).body).toEqual(['night', 'team']);
  await register('alice', ['night']);
  expect(bridge.directory.named('alice').groups).toEqual(['night']);
  expect((await post('/api/agents/status', { agent_name: 'alice', status: 'working' })).status).toBe(200);
  expect((await post('/api/agents/status', { agent_name: 'alice', status: 'asleep' })).status).toBe(400);
  const statusOf = async (name: string) =>
    (await get('/api/agents')).body.find((one: { name: string }) => one.name === name)?.status;
  expect(await statusOf('alice')).toBe('working');
  expect((await post('/api/deregister', { agent_name: 'alice' })).status).toBe(200);
  expect(await statusOf('alice')).toBeUndefined();
  expect((await post('/api/deregister', { agent_name: 'alice' })).status).toBe(200);
});

test('sending and reading: fields, replies, groups, marks of reading', async () => {
  for (const name of ['alice', 'bob', 'carol']) await register(name, name === 'carol' ? [] : ['team']);
  const sent = await send('alice', 'bob', 'one');
  expect(sent.body).toEqual({ status: 'ok', id: expect.stringMatching(/^msg-/) });
  expect((await post('/api/send-group', { from: 'alice', group: 'team', content: 'to all' })).status).toBe(200);
  const list = (await get('/api/messages?agent=bob')).body;
  expect(list).toMatchObject([
    { from_agent: 'alice', to_agent: '', group: 'team', content: 'to all', in_reply_to: '' },
    { id: sent.body.id, from_agent: 'alice', to_agent: 'bob', group: '', content: 'one' },
  ]);
  expect(await unread('alice')).toEqual([]);
  const { body: reply } = await send('bob', 'alice', 'two', { in_reply_to: sent.body.id });
  await send('bob', 'alice', 'three');
  expect((await get('/api/messages?agent=alice')).body).toMatchObject([
    { content: 'three', in_reply_to: '' },
    { content: 'two', in_reply_to: sent.body.id, id: reply.id },
  ]);
  // to another than whom it answers
  await send('bob', 'carol', 'look', { in_reply_to: sent.body.id });
  expect((await get('/api/messages?agent=carol')).body).toMatchObject([{ content: 'look', in_reply_to: sent.body.id }]);
  expect((await get('/api/messages?agent=alice&limit=1')).body).toMatchObject([{ content: 'two' }]);
  const ids = list.map(({ id }: { id: string }) => id);
  // what is another's is not marked
  const { body: marked } = await post('/api/messages/read', {
    agent_name: 'bob',
    message_ids: [...ids, reply.id, 'x'],
  });
  expect(marked).toEqual({ status: 'ok', marked: 2 });
  expect([await unread('bob'), await unread('alice')]).toEqual([[], ['three', 'two']]);
  expect(bridge.messages.stateOf(sent.body.id.replace('msg-', ''), 'bob')).toMatchObject({ is: 'read' });
  expect(bridge.journal.mail.message(sent.body.id.replace('msg-', ''))?.from).toEqual({
    name: 'alice',
    standing: 'claimed',
  });
  const history = async (query: string) =>
    (await get(`/api/messages/history?agent=alice${query}`)).body.map(({ content }: { content: string }) => content);
  expect(await history('')).toEqual(['three', 'two', 'to all', 'one']);
  expect(await history('&with=carol')).toEqual([]);
  expect(await history('&with=bob&limit=2')).toEqual(['three', 'two']);
  expect(await history('&group=team')).toEqual(['to all']);
  expect(await history('&since=2099-01-01T00:00:00Z')).toEqual([]);
  expect(await history('&until=2099-01-01')).toHaveLength(4);
  for (const bad of ['&since=yesterday', '&limit=0', '&limit=x'])
    expect((await get(`/api/messages/history?agent=alice${bad}`)).status).toBe(400);
  expect((await get('/api/messages/recent')).body.map(({ content }: { content: string }) => content)).toEqual([
    'look',
    'three',
    'two',
    'to all',
    'one',
  ]);
});

test('what is refused, with agent-chat’s status codes and a word that says why', async () => {
  await register('alice', ['team']);
  await register('bob');
  const status = async (body: object) => (await post('/api/send', body)).status;
  expect(await status({ from: 'alice', content: 'x' })).toBe(400);
  expect(await status({ to: 'bob', content: 'x' })).toBe(400);
  expect(await status({ from: 'alice', to: 'bob', content: '' })).toBe(400);
  expect(await status({ from: 'alice', to: 'bob', content: ' \n' })).toBe(400);
  expect(await status({ from: 'alice', to: 'bob', group: 'team', content: 'x' })).toBe(400);
  expect(await status({ from: 'alice', to: 7, content: 'x' })).toBe(400);
  expect(await status({ from: 'alice', to: '@team', content: 'x' })).toBe(400);
  expect(await status({ from: 'alice', to: 'nobody', content: 'x' })).toBe(404);
  expect(await status({ from: 'alice', group: 'nobodys', content: 'x' })).toBe(404);
  expect(await status({ from: 'alice', to: 'bob', content: 'x', in_reply_to: 'msg-none' })).toBe(404);
  expect(await status({ from: 'ghost', to: 'bob', content: 'x' })).toBe(404);
  expect((await send('alice', 'bob', 'z'.repeat(1 << 20))).status).toBe(413);
  for (const path of ['/api/messages', '/api/messages/history', '/ws']) expect((await get(path)).status).toBe(400);
  expect((await post('/api/messages/read', { message_ids: ['x'] })).status).toBe(400);
  const fault = await send('alice', 'nobody', 'x');
  expect(fault.body).toEqual({
    error: expect.stringContaining('nobody'),
    code: 'unknown',
    next_step: expect.any(String),
  });
  const form = { 'content-type': 'text/plain', origin: 'https://evil.example' };
  expect((await post('/api/send', '{"from":"alice","to":"bob","content":"csrf"}', form)).status).toBe(403);
  const { hostname, port } = new URL(url);
  const answered = await new Promise<number | undefined>((resolve) => {
    const headers = { authorization: `Bearer ${agentChatKey}`, host: 'evil.example' };
    request({ hostname, port, path: '/api/agents', headers }, (reply) => resolve(reply.resume().statusCode)).end();
  });
  expect(answered).toBe(421);
  expect(await unread('bob')).toEqual([]);
});

test('the same Idempotency-Key is one message, also where both are on their way', async () => {
  await register('alice');
  await register('bob');
  const once = (content = 'once') =>
    post('/api/send', { from: 'alice', to: 'bob', content }, { 'idempotency-key': 'k-1' });
  const ids = (await Promise.all([once(), once(), once()])).map(({ body }) => body.id);
  expect(new Set(ids).size).toBe(1);
  expect((await once('another')).status).toBe(400);
  expect(await unread('bob')).toEqual(['once']);
});

test('the key opens these endpoints only, and they open to nothing else', async () => {
  await register('alice');
  for (const [verb, path] of [
    ['GET', '/api/v1/members'],
    ['GET', '/api/v1/whoami'],
    ['POST', '/api/v1/tokens'],
    ['POST', '/api/v1/requests/x/answer'],
  ] as const)
    expect([
      path,
      (await ask(verb, path, { token: agentChatKey, ...(verb === 'POST' && { body: {} }) })).status,
    ]).toEqual([path, 403]);
  for (const path of ['/api/agents', '/api/groups', '/api/messages?agent=alice', '/ws?agent=alice']) {
    expect([path, (await ask('GET', path)).status]).toEqual([path, 401]);
    expect([path, (await ask('GET', path, { token: tokens.admin })).status]).toEqual([path, 403]);
    expect([path, (await ask('GET', path, { token: `${agentChatKey}x` })).status]).toEqual([path, 401]);
  }
  expect((await ask('GET', '/health')).status).toBe(200);
  expect((await ask('GET', '/')).body).toMatch(/<html/);
});

test('a name that another has is neither taken, nor written or read as', async () => {
  // lead and coder were added by a person
  await register('alice');
  await send('alice', 'lead', 'for lead alone');
  const attempts = [
    register('lead'),
    send('lead', 'alice', 'forged'),
    send('human', 'alice', 'forged'),
    get('/api/messages?agent=lead'),
    get('/api/messages/history?agent=lead'),
    post('/api/messages/read', { agent_name: 'lead', message_ids: [] }),
    post('/api/agents/status', { agent_name: 'lead', status: 'idle' }),
    post('/api/deregister', { agent_name: 'lead' }),
    register('human'),
    register('bridge'),
  ];
  const statuses = await Promise.all(attempts.map(async (one) => (await one).status));
  expect(statuses).toEqual([403, 403, 404, 403, 403, 403, 403, 403, 400, 400]);
  await expect(hear('lead')).rejects.toThrow('403');
  await expect(hear('nobody')).rejects.toThrow('404');
  await expect(hear('')).rejects.toThrow('400');
  expect(bridge.messages.countUnread('lead')).toBe(1);
  expect(bridge.directory.member('lead')).not.toBeNull();
});

test('among programs nobody counts; what goes to an agent is held like a loop, from 120 an hour on', async () => {
  await register('alice');
  await register('bob');
  const heldFor = (name: string) => bridge.messages.heldFor(name).reduce((sum, { messages }) => sum + messages, 0);
  for (let index = 0; index < 121; index += 1) await send('alice', 'bob', `${index}`);
  expect([bridge.messages.countUnread('bob'), heldFor('bob')]).toEqual([121, 0]);
  expect((await send('alice', 'coder', 'one more')).status).toBe(200);
  expect([bridge.messages.countUnread('coder'), heldFor('coder')]).toEqual([0, 1]);
});

test('with `senders: verified` nothing is taken: a name here is a claim', async () => {
  const { projects, directory, membership, messages, journal } = bridge;
  const config = { ...bridge.config, senders: 'verified' } as const;
  const mail = new ClaimedMail({ config, projects, directory, membership, messages, journal });
  mail.register('alice', null);
  mail.register('bob', null);
  const letter = { from: 'alice', to: { member: 'bob' }, body: 'x', answers: null, key: null };
  await expect(mail.send(letter)).rejects.toThrow('senders: verified');
  expect(mail.unread('bob', 20)).toEqual([]);
});

test('what bridge.yaml grants to a name is no program’s to take', () => {
  const { projects, directory, membership, messages, journal } = bridge;
  const config = { ...bridge.config, dialogKeys: ['boss'] };
  const mail = new ClaimedMail({ config, projects, directory, membership, messages, journal });
  expect(() => mail.register('boss', null)).toThrow('only a person says who has it');
});

test('pushes: to whom it was written, to a group’s others, and who works', async () => {
  await register('alice', ['team']);
  await register('bob', ['team']);
  const [alice, bob] = [await hear('alice'), await hear('bob')];
  const { body } = await send('alice', 'bob', 'pushed');
  await send('alice', '', 'to all', { group: 'team' });
  await post('/api/agents/status', { agent_name: 'alice', status: 'idle' });
  bridge.messages.send({
    from: { name: 'lead', standing: 'verified' },
    ...{ to: ['alice'], thread: null, body: 'from a pane', noReply: false },
  });
  await settled('bob', ['alice', alice]);
  await settled('alice', ['bob', bob]);
  expect(bob.got.find(({ type }) => type === 'new_message')).toEqual({
    type: 'new_message',
    data: {
      id: body.id,
      from_agent: 'alice',
      to_agent: 'bob',
      group: '',
      content: 'pushed',
      in_reply_to: '',
      created_at: expect.stringMatching(/Z$/),
    },
  });
  expect(contents(bob)).toEqual(['pushed', 'to all', 'and that is all']);
  expect(contents(alice)).toEqual(['from a pane', 'and that is all']);
  expect(bob.got.filter(({ type }) => type === 'agent_status').at(-1)).toMatchObject({
    data: { agent_name: 'alice', status: 'idle' },
  });
  // what was pushed is unread until it is marked
  expect(await unread('bob')).toEqual(['and that is all', 'to all', 'pushed']);
});

test('away and back: what was sent meanwhile comes, once, and nothing that it had heard', async () => {
  await register('alice');
  await register('bob');
  await send('alice', 'bob', 'before it ever listened');
  let bob = await hear('bob');
  await send('alice', 'bob', 'heard');
  await waitFor('the push', () => contents(bob).includes('heard'));
  await waitFor('it is known to be heard', () => heardBy('bob') === bridge.journal.mail.lastNumber());
  bob.socket.close();
  await bob.closed;
  await send('alice', 'bob', 'while away');
  await send('alice', 'bob', 'and once more');
  bob = await hear('bob');
  await settled('alice', ['bob', bob]);
  expect(contents(bob)).toEqual(['while away', 'and once more', 'and that is all']);
});

test('a server that is closed right after a push knows who has heard it, and who does not read', async () => {
  await register('alice');
  await register('bob');
  await register('carol');
  const [bob, carol] = [await hear('bob'), await hear('carol')];
  const before = bridge.journal.mail.lastNumber();
  carol.socket.pause();
  await send('alice', 'carol', 'not read');
  await send('alice', 'bob', 'heard');
  await waitFor('the push', () => contents(bob).includes('heard'));
  await hub.close();
  expect([heardBy('bob'), heardBy('carol')]).toEqual([bridge.journal.mail.lastNumber(), before]);
});

const heardBy = (name: string) => bridge.journal.memory<number>(`agent-chat|heard|${name}`);

test('two sockets of one name both hear, and closing one does not deafen the other', async () => {
  await register('alice');
  await register('bob');
  const [one, other] = [await hear('bob'), await hear('bob')];
  await send('alice', 'bob', 'both');
  await waitFor('both have heard', () => [one, other].every((bob) => contents(bob).includes('both')));
  one.socket.terminate();
  await one.closed;
  await settled('alice', ['bob', other]);
  expect(contents(other)).toEqual(['both', 'and that is all']);
});

test('a reader that pauses gets all of it, in order, and holds up nobody', async () => {
  await register('alice');
  await register('bob');
  await register('carol');
  const [bob, carol] = [await hear('bob'), await hear('carol')];
  bob.socket.pause();
  const padding = 'y'.repeat(60_000);
  const count = 120;
  for (let index = 0; index < count; index += 1)
    expect((await send('alice', 'bob', `${index} ${padding}`)).status).toBe(200);
  await settled('alice', ['carol', carol]);
  expect(contents(bob)).toEqual([]);
  bob.socket.resume();
  await waitFor('all of them', () => contents(bob).length >= count);
  expect(contents(bob).map((content: string) => Number.parseInt(content, 10))).toEqual(
    Array.from({ length: count }, (_, index) => index),
  );
});

test('whoever goes is not listened to any more, and a new one of that name starts anew', async () => {
  await register('alice');
  await register('bob');
  const bob = await hear('bob');
  await send('alice', 'bob', 'one');
  await waitFor('the push', () => contents(bob).length === 1);
  await post('/api/deregister', { agent_name: 'bob' });
  expect(await bob.closed).toMatchObject({ reason: 'deregistered' });
  expect((await send('alice', 'bob', 'two')).status).toBe(404);
  await register('bob');
  expect(await unread('bob')).toEqual([]);
});
