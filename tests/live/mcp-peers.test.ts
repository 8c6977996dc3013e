import { expect, test } from 'vitest';
import { ask, bridge, eachHubTestStarts, tokens } from './hub-fixture.ts';

/** What an agent's token shows of requests, and what it may answer, by MCP and by HTTP alike. */

const yaml = `peers:
  - { member: lead, may: [answer], workers: [coder] }
  - { member: critic, may: [choose] }
`;
eachHubTestStarts({}, yaml);

const call = async (token: string, name: string, args: object = {}) => {
  const body = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } };
  const accept = 'application/json, text/event-stream';
  const { body: said } = await ask('POST', '/mcp', { token, body, headers: { accept } });
  const text = typeof said === 'string' ? /^data: (.*)$/m.exec(said)![1]! : JSON.stringify(said);
  return JSON.parse(text).result;
};
const asks = async (token: string, question: string): Promise<string> => {
  const { ticket } = (await call(token, 'ask_controller', { question, wait_s: 0 })).structuredContent;
  return ticket.slice(0, ticket.lastIndexOf('.'));
};
/** The ids that it is shown, by each way there is. */
async function shown(token: string, all = false): Promise<string[]> {
  const { requests } = (await call(token, 'list_requests', { all })).structuredContent;
  const ids = requests.map(({ id }: { id: string }) => id).sort();
  const { body } = await ask('GET', `/api/v1/requests?all=${all}`, { token });
  expect(body.map(({ id }: { id: string }) => id).sort()).toEqual(ids);
  return ids;
}
const show = async (token: string, id: string) => (await ask('GET', `/api/v1/requests/${id}`, { token })).status;
const added = (name: string) => {
  const member = bridge.membership.add(name, {}).member.name;
  return bridge.tokens.add(name, { role: 'agent', member }, null);
};

test('whoever bridge.yaml lets answer finds what it may answer now, for as long as it may; nobody sees more', async () => {
  const [critic, stranger] = [added('critic'), added('stranger')];
  const coders = await asks(tokens.coder, 'May I publish it?');
  const leads = await asks(tokens.lead, 'May I delete it?');
  const strangers = await asks(stranger, 'May I look?');
  // lead: its own, and coder's; of the stranger nothing, whose requests it may not answer
  expect(await shown(tokens.lead)).toEqual([coders, leads].sort());
  expect(await shown(tokens.coder)).toEqual([coders]);
  // to choose in dialogs is not to answer
  expect(await shown(critic)).toEqual([]);
  expect(await shown(stranger)).toEqual([strangers]);
  expect(await shown(tokens.human)).toHaveLength(3);
  const statuses = async (token: string) => Promise.all([coders, leads, strangers].map((id) => show(token, id)));
  expect(await statuses(tokens.lead)).toEqual([200, 200, 404]);
  expect(await statuses(critic)).toEqual([404, 404, 404]);

  // what is shown can be answered, and what is not cannot
  for (const id of [leads, strangers])
    expect(await call(tokens.lead, 'answer_request', { request_id: id, answer: 'Yes.' })).toMatchObject({
      isError: true,
    });
  expect(
    (await call(tokens.lead, 'answer_request', { request_id: coders, answer: 'Yes.' })).structuredContent,
  ).toMatchObject({ accepted: 'first' });
  expect(await shown(tokens.lead)).toEqual([leads]);
  expect(await shown(tokens.lead, true)).toEqual([leads]);
  expect(await show(tokens.lead, coders)).toBe(404);
  expect(await shown(tokens.coder, true)).toEqual([coders]);
});

test('a member that is disabled finds its own alone', async () => {
  const coders = await asks(tokens.coder, 'May I publish it?');
  expect(await shown(tokens.lead)).toEqual([coders]);
  bridge.membership.enable('lead', false);
  expect(await shown(tokens.lead)).toEqual([]);
});
