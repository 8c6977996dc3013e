import { expect, test } from 'vitest';
import { waitFor } from '../fixtures/private-tmux.ts';
import { type BridgeProcess, inState, makeHome, requestIds, run } from './bridge-process.ts';
import { agent, eachTestStartsWith, home, startWatching, tmux } from './live-fixture.ts';

eachTestStartsWith({ worker: {} });

async function bridge(yaml: string, ...args: string[]): Promise<BridgeProcess> {
  makeHome(tmux, yaml);
  return startWatching(args);
}

const show = async (id: unknown) =>
  JSON.parse((await run(tmux, ['show', String(id), '--home', home, '--json'])).stdout) as Record<string, unknown>;
const asksInWords = 'I read both modules. Either way works.\n\nShould I refactor first, or patch in place?';
const rules = `
controller: { backend: rules }
policy:
  - when: { kind: question, text: /refactor/i }
    answer: Patch in place.
`;

test('a turn that ends with a question in plain words is answered by a rule, once', async () => {
  const watching = await bridge(rules);
  await agent.perform({ play: [{ busy: 300 }, { say: asksInWords }], input: 'go' });
  await watching.line('delivered', inState('delivered'));
  await agent.fact('the answer arrives', (fact) => fact.input !== undefined);
  expect(agent.inputs()).toEqual(['Patch in place.']);
  expect(await show(requestIds(watching)[0])).toMatchObject({
    kind: 'question',
    text: expect.stringContaining('Should I refactor first, or patch in place?'),
  });
});

test('a question beside a delimited block of the same turn is no second request', async () => {
  const watching = await bridge('', '--mode', 'manual');
  await agent.perform({
    play: [{ busy: 200 }, { request: 'Which database?', before: 'Shall I go on?' }],
    input: 'go',
  });
  await watching.line('asked', inState('asked'));
  await agent.perform({ redraw: 2500 });
  expect(requestIds(watching)).toHaveLength(1);
});

test('a completion goes to the human, whoever else answers questions, and the next turn withdraws it', async () => {
  const watching = await bridge('controller: { backend: command, command: "echo never" }\n');
  await agent.perform({
    play: [{ busy: 300 }, { say: 'I fixed the parser, and all 42 tests pass now.' }],
    input: 'go',
  });
  const asked = await watching.line('asked', inState('asked'));
  expect(await show(asked.id)).toMatchObject({ kind: 'completion', status: expect.stringContaining('waits for you') });
  await agent.perform({ play: [{ busy: 300 }, { say: 'The port is 8080.' }], input: 'next' });
  await watching.line('withdrawn', inState('withdrawn'));
  expect(agent.inputs()).toEqual([]);
});

test('plain information, and --no-heuristic, raise nothing', async () => {
  const watching = await bridge('', '--mode', 'manual', '--no-heuristic');
  await agent.perform({ play: [{ busy: 300 }, { say: asksInWords }], input: 'go' });
  await agent.perform({ redraw: 2500 });
  expect(requestIds(watching)).toEqual([]);
});

test('a question that stood there before a restart is not asked a second time', async () => {
  const watching = await bridge('', '--mode', 'manual');
  await agent.perform({ play: [{ busy: 300 }, { say: asksInWords }], input: 'go' });
  const asked = await watching.line('asked', inState('asked'));
  await watching.stop();
  await startWatching(['--mode', 'manual']);
  await agent.perform({ redraw: 2500 });
  const open = JSON.parse((await run(tmux, ['requests', '--all', '--home', home, '--json'])).stdout) as unknown[];
  expect(open).toHaveLength(1);
  expect(open[0]).toMatchObject({ id: asked.id, state: 'asked' });
});

test('busy with nothing but its spinner moving for the time allowed is stuck, and the human is told', async () => {
  const watching = await bridge('', '--mode', 'manual', '--stuck-after', '2');
  await agent.perform({ play: [{ busy: 6000 }, { say: 'The port is 8080.' }], input: 'go' });
  const asked = await watching.line('stuck', inState('asked'), 12_000);
  expect(await show(asked.id)).toMatchObject({ kind: 'stuck' });
  await waitFor('the turn ends', async () => (await agent.state()).is === 'idle');
  expect(requestIds(watching)).toHaveLength(1);
});
