import { expect, test } from 'vitest';
import { waitFor } from '../fixtures/private-tmux.ts';
import { ask, bridge, eachHubTestStarts, listen, tokens } from './hub-fixture.ts';

/** The server: its routes, what each token sees, and events that miss nothing. */

eachHubTestStarts();

const { post, get } = {
  get: (path: string, token: string) => ask('GET', `/api/v1${path}`, { token }),
  post: (path: string, token: string, body: unknown) => ask('POST', `/api/v1${path}`, { token, body }),
};

test('every answer, of a route or of none, refused or not, has the headers that keep a browser to this server', async () => {
  for (const [path, token, status] of [
    ['/health', undefined, 200],
    ['/api/v1/members', tokens.human, 200],
    ['/api/v1/members', undefined, 401],
    ['/nowhere', tokens.human, 404],
  ] as const) {
    const answer = await ask('GET', path, token === undefined ? {} : { token });
    expect([path, answer.status]).toEqual([path, status]);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-security-policy': expect.stringMatching(
        /^default-src 'none';script-src 'self';.*frame-ancestors 'none'$/,
      ),
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'SAMEORIGIN',
    });
    expect(answer.headers.has('strict-transport-security')).toBe(false);
  }
});

test('one writes, the other reads and answers; each as its token says, whatever the body claims', async () => {
  const sent = await post('/messages', tokens.lead, { to: ['coder'], body: 'Is the build green?', as: 'human' });
  expect(sent.body.error).toMatchObject({ code: 'invalid', message: expect.stringContaining("argument 'as'") });
  const whole = await post('/messages', tokens.lead, { to: ['coder'], body: 'Is the build green?' });
  expect(whole).toMatchObject({ status: 200, body: { from: 'lead', standing: 'verified', thread: 'coder+lead' } });
  const unread = await get('/messages/unread', tokens.coder);
  expect(unread.body.messages).toMatchObject([{ from: 'lead', body: 'Is the build green?' }]);
  const id = unread.body.messages[0].id;
  expect((await post('/messages/read', tokens.coder, { ids: [id] })).body).toMatchObject({ read: [id] });
  expect((await get('/messages/unread', tokens.coder)).body.messages).toEqual([]);
  expect((await post('/messages', tokens.coder, { to: [], answers: id, body: 'Yes.' })).body.from).toBe('coder');
  expect((await get(`/messages/${id}`, tokens.lead)).body.message).toMatchObject({
    outcomes: [{ member: 'coder', is: 'read' }],
    replies: [{ body: 'Yes.' }],
  });
  expect((await get('/whoami', tokens.human)).body).toMatchObject({ standing: 'human' });
});

test('the same Idempotency-Key is one message', async () => {
  const send = () =>
    ask('POST', '/api/v1/messages', {
      token: tokens.lead,
      body: { to: ['coder'], body: 'once' },
      headers: { 'idempotency-key': 'k-1' },
    });
  const [first, second] = [await send(), await send()];
  expect(first.body.id).toBe(second.body.id);
  expect((await get('/messages/unread', tokens.coder)).body.messages).toHaveLength(1);
});

test('an agent sees what is its own, and is not told that there is more', async () => {
  const { body: own } = await post('/messages', tokens.human, { to: ['lead'], body: 'for lead alone, word' });
  const { body: theirs } = await post('/messages', tokens.human, { to: ['coder'], body: 'for coder alone, word' });
  const bodies = (found: { body: Array<{ body: string }> }) => found.body.map(({ body }) => body);
  for (const path of ['/messages/history', '/messages/search?words=word', '/messages/history?of=coder'])
    expect([path, bodies(await get(path, tokens.lead))]).toEqual([path, ['for lead alone, word']]);
  expect(bodies(await get('/messages/history', tokens.human))).toHaveLength(2);
  expect((await get('/messages/history?of=coder', tokens.human)).body).toMatchObject([{ id: theirs.id }]);
  for (const path of [`/messages/${theirs.id}`, `/threads/${encodeURIComponent('coder+human')}`, '/requests/none'])
    expect([path, (await get(path, tokens.lead)).status]).toEqual([path, 404]);
  expect((await get(`/messages/${own.id}`, tokens.lead)).status).toBe(200);
  expect((await get('/threads', tokens.lead)).body).toMatchObject([{ name: 'human+lead' }]);
  expect((await get('/tokens', tokens.lead)).status).toBe(403);
  expect((await get('/tokens', tokens.human)).status).toBe(403);
  expect((await get('/tokens', tokens.admin)).body).toHaveLength(4);
});

test('what is wrong is said in one shape, with what to do', async () => {
  const fault = async (verb: string, path: string, more: Parameters<typeof ask>[2]) => {
    const { status, body } = await ask(verb, `/api/v1${path}`, more);
    expect(Object.keys(body)).toEqual(['error']);
    expect(Object.keys(body.error)).toEqual(['code', 'message', 'next_step']);
    return [status, body.error.code, body.error.message];
  };
  const token = tokens.human;
  const send = (body: unknown, headers?: Record<string, string>) =>
    fault('POST', '/messages', { token, body, ...(headers && { headers }) });
  expect(await send('{')).toEqual([400, 'not-json', expect.any(String)]);
  expect(await send('[]')).toEqual([400, 'invalid', 'the body is no JSON object']);
  expect(await send({ body: 'x' })).toEqual([400, 'invalid', "missing argument 'to'"]);
  expect(await send({ to: ['coder'], body: 'x', bodyy: 'y' })).toEqual([
    400,
    'invalid',
    expect.stringContaining('bodyy'),
  ]);
  expect(await send({ to: ['nobody'], body: 'x' })).toEqual([404, 'unknown', expect.stringContaining('nobody')]);
  expect(await send({ to: ['coder'], body: '' })).toEqual([400, 'invalid', expect.any(String)]);
  expect(await send({ to: ['coder'], body: 'z'.repeat(1 << 20) })).toEqual([413, 'too-large', expect.any(String)]);
  expect(await send('to=coder', { 'content-type': 'text/plain' })).toEqual([415, 'not-json', expect.any(String)]);
  expect(await fault('GET', '/messages/history?last=many', { token })).toEqual([400, 'invalid', expect.any(String)]);
  expect(await fault('GET', '/messages/history?since=yesterday', { token })).toEqual([
    400,
    'invalid',
    expect.any(String),
  ]);
  expect(await fault('GET', '/nothing', { token })).toEqual([404, 'unknown-route', expect.any(String)]);
  expect(await fault('GET', '/members', {})).toEqual([401, 'unauthorized', expect.any(String)]);
  expect(await fault('GET', '/members', { token: 'bridge_x' })).toEqual([401, 'unauthorized', expect.any(String)]);
});

test('events: everything from now on, and after a cursor what was missed, in order, once', async () => {
  const write = (text: string) => post('/messages', tokens.human, { to: ['coder'], body: text });
  const person = await listen('/api/v1/events', tokens.human);
  const lead = await listen('/api/v1/events', tokens.lead);
  const coder = await listen('/api/v1/events', tokens.coder);
  await write('one');
  const sentTo = ({ got }: { got: Array<{ event?: { kind: string } }> }) =>
    got.filter(({ event }) => event?.kind === 'message-sent').length;
  await waitFor('all who may have heard of it', () => sentTo(person) === 1 && sentTo(coder) === 1);
  const { cursor } = person.got.at(-1)!;
  person.socket.close();
  for (const text of ['two', 'three']) await write(text);
  await waitFor('coder has heard of all', () => sentTo(coder) === 3);
  expect(lead.got).toEqual([{ hello: { cursor: expect.any(Number) } }]);
  const back = await listen(`/api/v1/events?after=${cursor}`, tokens.human);
  await waitFor('what was missed', () => sentTo(back) === 2);
  await write('four');
  await waitFor('and what happens', () => sentTo(back) === 3);
  const cursors = back.got.slice(1).map((one) => one.cursor as number);
  expect(cursors).toEqual([...new Set(cursors)].sort((a, b) => a - b));
  expect(cursors[0]).toBeGreaterThan(cursor);
  const events = bridge.journal.events({ since: cursor }).map(({ seq }) => seq);
  expect(cursors).toEqual(events);
  // the same by pages
  const paged: number[] = [];
  for (let after = cursor as number, isMore = true; isMore; ) {
    const { body } = await get(`/events?after=${after}&last=2`, tokens.human);
    paged.push(...body.events.map((one: { cursor: number }) => one.cursor));
    [isMore, after] = [body.events.length > 0, body.cursor];
  }
  expect(paged).toEqual(events);
  const theirs = await get('/events?last=1000', tokens.lead);
  expect(theirs.body).toEqual({ events: [], cursor: events.at(-1) });
  for (const bad of ['after=-1', 'last=0', 'last=100000', 'after=x'])
    expect([bad, (await get(`/events?${bad}`, tokens.human)).status]).toEqual([bad, 400]);
  await expect(listen('/api/v1/events?after=x', tokens.human)).rejects.toThrow('400');
});
