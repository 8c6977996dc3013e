import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import WebSocket from 'ws';
import { waitFor } from '../fixtures/private-tmux.ts';
import type { ScriptedAgent } from '../fixtures/scripted-agent.ts';
import { command, eachMailTestStarts, found, home, member, tmux, watch } from './mail-fixture.ts';
import { called } from './mcp-fixture.ts';

/** agent-chat's story from end to end: a program with its HTTP and WebSocket, and agents in panes with its tools and notices. */

eachMailTestStarts({ workers: ['coder', 'critic'], yaml: 'envelope: agent-chat\n' });

const port = { url: '', key: '' };

async function serve() {
  const { stdout, stderr } = await command('serve', '--port', '0', '--json');
  port.url = JSON.parse(stdout || `{"url":${JSON.stringify(stderr)}}`).url;
  port.key = readFileSync(join(home, 'agent-chat.token'), 'utf8').trim();
}

const ask = async (path: string, body?: object) => {
  const reply = await fetch(`${port.url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${port.key}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  expect(reply.status, await reply.clone().text()).toBe(200);
  // biome-ignore lint/suspicious/noExplicitAny: whatever a route answers
  return (await reply.json()) as any;
};

async function listenAs(agent: string) {
  const socket = new WebSocket(`${port.url.replace('http', 'ws')}/ws?agent=${agent}`, {
    headers: { authorization: `Bearer ${port.key}` },
  });
  const got: Array<{ type: string; data: Record<string, string> }> = [];
  socket.on('message', (data) => got.push(JSON.parse(String(data))));
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const pushed = (content: string) =>
    waitFor(`${agent} is told ${content}`, () =>
      got.find(({ type, data }) => type === 'new_message' && data.content === content),
    );
  return { socket, got, pushed };
}

/** Its client's settings name `agent-chat mcp`, as they did. */
async function connect(agent: ScriptedAgent, name: string): Promise<void> {
  const script = resolve(import.meta.dirname, '../../scripts/agent-chat');
  const env = {
    ...{ PATH: process.env.PATH!, XDG_RUNTIME_DIR: tmux.folder, TMUX_SOCKET: tmux.socketPath, BRIDGE_HOME: home },
    ...{ AGENT_CHAT_SERVER: port.url, AGENT_NAME: name, AGENT_GROUPS: 'team' },
  };
  await agent.perform({ mcp: { command: script, args: ['mcp'], env } });
  await agent.fact('it is connected', (fact) => fact.mcp !== undefined);
}

/** What it has not read, which is read then. */
async function read(agent: ScriptedAgent) {
  const { messages } = (await called(agent, 'check_messages')).data;
  await called(agent, 'read_messages', { message_ids: messages.map(({ id }: { id: string }) => id) });
  return messages;
}

const notices = (agent: ScriptedAgent) => agent.inputs().filter((text) => text.startsWith('[agent-chat] '));

test('register, send, push, notice in the pane, check, reply without a loop, group, restart', async () => {
  const [coder, critic] = [await member('coder'), await member('critic')];
  let watching = await watch();
  for (const name of ['coder', 'critic']) await watching.line(`${name} is watched`, found(name));
  await serve();
  await connect(coder, 'coder');
  await connect(critic, 'critic');

  await ask('/api/register', { name: 'alice', groups: ['team'] });
  await waitFor('all three are in the group', async () => {
    const agents = (await ask('/api/agents')) as Array<{ name: string; groups: string[] }>;
    return ['alice', 'coder', 'critic'].every((name) =>
      agents.some((one) => one.name === name && one.groups.includes('team')),
    );
  });
  let alice = await listenAs('alice');

  // the pane has a notice; the text is read with the tool
  const { id } = await ask('/api/send', { from: 'alice', to: 'coder', content: 'Which port does it listen on?' });
  await waitFor('the notice', () => notices(coder).length === 1);
  expect(notices(coder)[0]).toMatch(
    /^\[agent-chat\] Call check_messages to read message #\w{4} \| from=alice\? content="Which port does it listen on\?"$/,
  );
  const [question, ...more] = await read(coder);
  expect([question, more]).toMatchObject([{ from: 'alice', content: 'Which port does it listen on?' }, []]);

  // its answer is pushed, and says what it answers; nobody is asked to answer that
  await called(coder, 'send_message', { to: 'alice', content: '9420.', reply_to: question.id });
  const answer = await alice.pushed('9420.');
  expect(answer.data).toMatchObject({ from_agent: 'coder', to_agent: 'alice', in_reply_to: id });
  const again = await ask('/api/send', { from: 'alice', to: 'coder', content: 'Thanks.', in_reply_to: answer.data.id });
  await waitFor('a second notice', () => notices(coder).length === 2);
  expect(notices(coder)[1]).toMatch(
    /^\[agent-chat\] REPLY received: call check_messages to read #\w{4}, then wait for instruction \| from=alice\? content="Thanks\."/,
  );
  expect(await read(coder)).toMatchObject([{ id: again.id.replace('msg-', '') }]);

  // one of a group tells the others, wherever they are, and not itself
  await called(critic, 'send_group_message', { group: 'team', content: 'The tests are green.' });
  await alice.pushed('The tests are green.');
  await waitFor('a notice for the group', () => notices(coder).length === 3);
  expect(notices(coder)[2]).toMatch(
    /^\[agent-chat\] Call check_messages to read group message #\w{4} \| from=critic group=team content="The tests are green\."/,
  );
  expect(notices(critic)).toEqual([]);
  await read(coder);

  // everything is ended and started anew: the group is there, and what was sent meanwhile is pushed
  const closed = new Promise((resolve) => alice.socket.once('close', resolve));
  await watching.stop();
  await closed;
  watching = await watch();
  for (const name of ['coder', 'critic']) await watching.line(`${name} is watched again`, found(name));
  await serve();
  await called(critic, 'send_group_message', { group: 'team', content: 'And still.' });
  alice = await listenAs('alice');
  await alice.pushed('And still.');
  await ask('/api/send', { from: 'alice', group: 'team', content: 'Good night.' });
  await waitFor('both panes have it', () =>
    [coder, critic].every((agent) => notices(agent).some((text) => text.includes('content="Good night."'))),
  );
  const texts = alice.got.filter(({ type }) => type === 'new_message').map(({ data }) => data.content);
  expect(texts).toEqual(['And still.']);
  // each notice once
  for (const agent of [coder, critic]) expect(new Set(notices(agent)).size).toBe(notices(agent).length);
  alice.socket.close();
});
