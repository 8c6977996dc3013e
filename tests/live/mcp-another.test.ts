import { expect, test } from 'vitest';
import { tools } from '../../bridge/server/mcp/tools/index.ts';
import { waitFor } from '../fixtures/private-tmux.ts';
import { agentChatKey, ask, bridge, eachHubTestStarts, tokens } from './hub-fixture.ts';

/** Every tool that there is, in the hands of somebody whom its objects do not concern: a new one cannot be left out. */

eachHubTestStarts({ refusalsPerMinute: 10_000 });

const accept = 'application/json, text/event-stream';
const use = (token: string | undefined, name: string, args: object) =>
  ask('POST', '/mcp', {
    ...(token !== undefined && { token }),
    body: { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } },
    headers: { accept },
  });
async function result(token: string, name: string, args: object) {
  const { body } = await use(token, name, args);
  return JSON.parse(/^data: (.*)$/m.exec(body)![1]!).result;
}

/** What each tool is given, to reach what is of lead and coder alone. */
const aims = (of: { readonly id: string; readonly request: string; readonly ticket: string }) => ({
  register: { name: 'coder', groups: ['theirs'] },
  send_message: { to: 'coder', content: 'x', reply_to: of.id },
  send_group_message: { group: 'theirs', content: 'x' },
  check_messages: {},
  read_messages: { message_ids: [of.id] },
  list_agents: {},
  list_groups: {},
  update_status: { status: 'working' },
  deregister: {},
  reply: { message_id: of.id, content: 'x' },
  post_thread: { thread: 'their/topic', content: 'x', to: ['coder'] },
  read_thread: { thread: 'their/topic' },
  search_messages: { query: 'xyzzy' },
  message_state: { message_id: of.id },
  ask_controller: { question: 'May I?', wait_s: 0 },
  answer_status: { ticket: of.ticket },
  list_requests: { all: true },
  answer_request: { request_id: of.request, answer: 'x' },
  read_pane: { agent: 'coder' },
});

/** A secret between lead and coder: a message, and a question. */
async function secrets() {
  for (const name of ['lead', 'coder']) bridge.membership.addToGroup('theirs', [name]);
  const { id } = (
    await result(tokens.lead, 'post_thread', { thread: 'their/topic', content: 'It is xyzzy.', to: ['coder'] })
  ).structuredContent;
  const { ticket } = (await result(tokens.coder, 'ask_controller', { question: 'Is it xyzzy?', wait_s: 0 }))
    .structuredContent;
  return { id, ticket, request: ticket.slice(0, ticket.lastIndexOf('.')) as string };
}

test("with another's token no tool says, changes or takes what is not its own", async () => {
  const of = await secrets();
  bridge.membership.add('critic', {});
  const critic = bridge.tokens.add('critic', { role: 'agent', member: 'critic' }, null);
  const given = aims(of);
  expect(Object.keys(given)).toEqual(tools.map(({ name }) => name));
  for (const [name, args] of Object.entries(given)) {
    const said = JSON.stringify(await result(critic, name, args));
    expect([name, said.includes('xyzzy') && name !== 'search_messages']).toEqual([name, false]);
    expect([name, said.includes('It is xyzzy')]).toEqual([name, false]);
  }
  // whatever it wrote is its own word
  const { body: written } = await ask('GET', '/api/v1/messages/history', { token: tokens.human });
  const authors = written.map(({ from, body }: { from: string; body: string }) => [from, body]);
  expect(authors).toContainEqual(['lead', 'It is xyzzy.']);
  expect(authors.filter(([, body]: string[]) => body === 'x').map(([from]: string[]) => from)).not.toContain('coder');
  expect(new Set(authors.map(([from]: string[]) => from))).toEqual(new Set(['lead', 'critic']));
  // and what is theirs is as it was
  const unread = await ask('GET', '/api/v1/messages/unread', { token: tokens.coder });
  expect(unread.body.messages.map(({ id }: { id: string }) => id)).toContain(of.id);
  expect(bridge.journal.request(of.request as never)?.state.is).toBe('asked');
  for (const name of ['lead', 'coder'])
    expect(bridge.directory.member(name)).toMatchObject({ called: name, groups: ['theirs'] });
});

test('without a token that counts no tool says or does anything', async () => {
  const of = await secrets();
  const expired = bridge.tokens.add('short', { role: 'agent', member: 'coder' }, 1);
  const revoked = bridge.tokens.add('gone', { role: 'agent', member: 'coder' }, null);
  bridge.tokens.revoke('gone');
  await waitFor('it is over', () => bridge.tokens.find(expired) === null);
  const before = bridge.journal.events({ limit: 1 }).at(-1)!.seq;
  for (const [name, args] of Object.entries(aims(of)))
    for (const token of [undefined, 'bridge_nobodys', expired, revoked, `${tokens.coder}x`, agentChatKey]) {
      const { status, body } = await use(token, name, args);
      expect([name, status]).toEqual([name, token === agentChatKey ? 403 : 401]);
      expect(JSON.stringify(body)).not.toContain('xyzzy');
    }
  expect(bridge.journal.events({ limit: 1 }).at(-1)!.seq).toBe(before);
});
