import { expect, test } from 'vitest';
import { waitFor } from '../fixtures/private-tmux.ts';
import { requestIds } from './bridge-process.ts';
import { command, eachMailTestStarts, found, member, watch } from './mail-fixture.ts';
import { called, connect } from './mcp-fixture.ts';

eachMailTestStarts({ workers: ['lead', 'coder'], yaml: 'heuristic: false\n' });

test('an agent in a pane is found by its processes, has a name for itself, and is rung for its mail', async () => {
  const [lead, coder] = [await member('lead'), await member('coder')];
  const watching = await watch();
  for (const name of ['lead', 'coder']) await watching.line(`${name} is watched`, found(name));
  await connect(lead);
  await connect(coder);
  // its name was there before: that of its pane
  expect((await called(lead, 'register', { name: 'lead' })).data).toMatchObject({ name: 'lead', pane: lead.paneId });
  expect((await called(coder, 'check_messages')).text).toContain('Do not check again');
  const long = 'The plan:\n1. the port stays\n2. the retry doubles its pause';
  const { data } = await called(lead, 'send_message', { to: 'coder', content: long });
  expect(data.recipients).toMatchObject([{ agent: 'coder' }]);
  await waitFor('its bell', () => coder.inputs().some((text) => text.includes('1 message')));
  const { messages } = (await called(coder, 'check_messages')).data;
  expect(messages).toMatchObject([{ from: 'lead', content: long, reply_wanted: true }]);
  expect((await called(coder, 'reply', { message_id: messages[0].id, content: 'Nothing is missing.' })).isError).toBe(
    false,
  );
  await waitFor('the answer', () =>
    lead.inputs().some((text) => text.includes('Nothing is missing. (no reply needed)')),
  );
  expect((await called(coder, 'check_messages')).data.messages).toEqual([]);
  expect(coder.inputs()).toHaveLength(1);
});

test('two agents of one project: the second has a number; after a restart of the bridge both are who they were', async () => {
  const [lead, coder] = [await member('lead', undefined, 1, 'shop'), await member('coder', undefined, 1, 'shop')];
  let watching = await watch();
  for (const name of ['lead', 'coder']) await watching.line(`${name} is watched`, found(name));
  await connect(lead, { AGENT_NAME: 'codex-shop', AGENT_GROUPS: 'shop, all' });
  await connect(coder, { AGENT_NAME: 'codex-shop' });
  const { agents } = (await called(lead, 'list_agents')).data;
  const byName = agents.sort((a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1));
  expect(byName).toMatchObject([
    { name: 'codex-shop', groups: ['shop', 'all'] },
    { name: 'codex-shop-2', groups: [] },
  ]);
  await watching.stop('SIGKILL');
  const { data } = await called(lead, 'send_message', { to: 'codex-shop-2', content: 'Are you there?' });
  watching = await watch();
  await waitFor('it comes', () => coder.inputs().length > 0, { limitMs: 30_000 });
  expect(coder.inputs()[0]).toMatch(/^\[codex-shop -> codex-shop-2 #\w+\] Are you there\?$/);
  const state = async () => (await called(lead, 'message_state', { message_id: data.id })).data.recipients[0].state;
  await waitFor('its receipt', async () => (await state()) === 'submitted', { limitMs: 30_000 });
});

test('an answer that comes within the wait is what the tool says, and is typed nowhere', async () => {
  const coder = await member('coder');
  const watching = await watch();
  await watching.line('coder is watched', found('coder'));
  await connect(coder);
  const asked = called(coder, 'ask_controller', { question: 'May I delete it?', wait_s: 30 });
  const { id } = await watching.line(
    'it is asked',
    (line) => line.type === 'request-changed' && line.state === 'asked',
  );
  expect(await command('answer', String(id), 'Yes, delete it.')).toMatchObject({ code: 0 });
  expect(await asked).toMatchObject({ isError: false, data: { is_answered: true, answer: 'Yes, delete it.' } });
  // whatever would be typed came before this
  await command('tell', 'coder', 'Go on.');
  await waitFor('the next one', () => coder.inputs().length > 0);
  expect(coder.inputs()).toEqual([expect.stringContaining('Go on.')]);
  expect(await command('verify')).toMatchObject({ code: 0 });
});

test('a wait that ends is a ticket: the answer is typed once into the pane that asked, and the ticket has it too', async () => {
  const coder = await member('coder');
  const watching = await watch();
  await watching.line('coder is watched', found('coder'));
  await connect(coder);
  const { data } = await called(coder, 'ask_controller', { question: 'May I delete it?', wait_s: 0.2 });
  expect(data).toMatchObject({ is_answered: false, next: expect.stringContaining('will be typed into your input') });
  const [id] = data.ticket.split(/\.(?=[^.]*$)/);
  expect(await command('answer', id, 'Yes, delete it.')).toMatchObject({ code: 0 });
  await waitFor('it is typed', () => coder.inputs().length > 0);
  expect(coder.inputs()).toEqual(['Yes, delete it.']);
  const answer = (await called(coder, 'answer_status', { ticket: data.ticket })).data;
  expect(answer).toMatchObject({ is_answered: true, answer: 'Yes, delete it.', ticket: null });
  expect(coder.inputs()).toHaveLength(1);
  expect(await command('verify')).toMatchObject({ code: 0 });
});

test('who cancels withdraws the wait and not the question: its answer is typed once', async () => {
  const coder = await member('coder');
  const watching = await watch();
  await watching.line('coder is watched', found('coder'));
  await connect(coder);
  const question = { question: 'May I delete it?', wait_s: 45 };
  expect((await called(coder, 'ask_controller', question, { cancelAfterMs: 500 })).isError).toBe(true);
  const id = await waitFor('it is asked', () => requestIds(watching)[0]);
  await waitFor('nobody waits any more', async () =>
    (await command('log', '--id', id, '--json')).stdout.includes('request-asker-left'),
  );
  expect(await command('answer', id, 'Yes, delete it.')).toMatchObject({ code: 0 });
  await waitFor('it is typed', () => coder.inputs().length > 0);
  expect(coder.inputs()).toEqual(['Yes, delete it.']);
  expect(await command('verify')).toMatchObject({ code: 0 });
});

test('a bridge that is killed while somebody waits: the wait goes on at the next one, and the answer comes once', async () => {
  const coder = await member('coder');
  let watching = await watch();
  await watching.line('coder is watched', found('coder'));
  await connect(coder);
  const asked = called(coder, 'ask_controller', { question: 'May I delete it?', wait_s: 40 });
  await watching.line('it is asked', (line) => line.type === 'request-changed' && line.state === 'asked');
  const [id] = requestIds(watching);
  await watching.stop('SIGKILL');
  watching = await watch();
  await watching.line('coder is watched', found('coder'));
  expect((await command('answer', id!, 'Yes, delete it.')).code).toBeLessThanOrEqual(2);
  const { data, isError, text } = await asked;
  expect(isError, text).toBe(false);
  // the wait was over when the bridge died, or it went on: once in either case
  if (!data.is_answered) await waitFor('it is typed', () => coder.inputs().length > 0, { limitMs: 30_000 });
  await command('tell', 'coder', 'Go on.');
  await waitFor('the next one', () => coder.inputs().some((text) => text.includes('Go on.')), { limitMs: 30_000 });
  expect(coder.inputs().filter((text) => text.includes('delete'))).toHaveLength(data.is_answered ? 0 : 1);
  expect(await command('verify')).toMatchObject({ code: 0 });
});

test('by a token over HTTP a member asks as itself: the answer is typed into its pane', async () => {
  const coder = await member('coder');
  const watching = await watch();
  await watching.line('coder is watched', found('coder'));
  const { url } = JSON.parse((await command('serve', '--port', '0', '--json')).stdout);
  const token = (await command('token', 'add', 'coder')).stdout.trim();
  await coder.perform({ mcp: { url: `${url}/mcp`, token } });
  await coder.fact('it is connected', ({ mcp }) => mcp?.protocol !== undefined);
  const { data } = await called(coder, 'ask_controller', { question: 'May I delete it?', wait_s: 0 });
  expect(data.next).toContain('will be typed into your input');
  await command('answer', requestIds(watching)[0]!, 'Yes, delete it.');
  await waitFor('it is typed', () => coder.inputs().length > 0, { limitMs: 30_000 });
  expect(coder.inputs()).toEqual(['Yes, delete it.']);
});

test('a ticket of another, a forged one and one that is none are refused, and say what to do', async () => {
  const [lead, coder] = [await member('lead'), await member('coder')];
  const watching = await watch();
  for (const name of ['lead', 'coder']) await watching.line(`${name} is watched`, found(name));
  await connect(lead);
  await connect(coder);
  const { ticket } = (await called(coder, 'ask_controller', { question: 'May I delete it?', wait_s: 0 })).data;
  for (const given of [ticket, `${ticket.slice(0, -4)}AAAA`, ticket.split('.')[0], 'x']) {
    const refused = await called(lead, 'answer_status', { ticket: given });
    expect(refused).toMatchObject({ isError: true, text: expect.stringContaining('is none of yours') });
  }
  expect((await called(coder, 'answer_status', { ticket })).isError).toBe(false);
});
