import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type PrivateTmux, privateTmux, waitFor } from '../fixtures/private-tmux.ts';
import { type BridgeProcess, inState, makeHome, run, startBridge } from '../live/bridge-process.ts';
import { followDirectives } from './directives.ts';
import { type ModelServer, modelServer } from './model-server.ts';
import { type RealAgent, startCodex } from './real-agents.ts';

/** What the bridge raises beside delimited blocks, from a real codex. */
let server: ModelServer;
let tmux: PrivateTmux;
let worker: RealAgent;
const bridges: BridgeProcess[] = [];

const rules = `
controller: { backend: rules }
policy:
  - when: { kind: question, text: /approach A/ }
    answer: Approach B.
  - when: { kind: approval, command: '^echo approved-by-rule$' }
    choose: "Yes, proceed"
`;

beforeAll(async () => {
  server = await modelServer(followDirectives);
});
afterAll(() => server.close());
beforeEach(async () => {
  tmux = privateTmux();
  worker = await startCodex({ tmux, server, name: 'worker' });
  await tmux.run('set-option', '-p', '-t', worker.paneId, '@label', 'worker');
});
afterEach(async () => {
  for (const bridge of bridges.splice(0)) await bridge.stop('SIGKILL');
  await tmux.stop();
});

async function bridge(yaml: string): Promise<BridgeProcess> {
  const started = await startBridge(tmux, makeHome(tmux, yaml), ['--session', 'worker']);
  bridges.push(started);
  return started;
}

test('a question in plain words at the end of a turn is answered by a rule, once', async () => {
  const watching = await bridge(rules);
  await worker.type('SAY: I looked at both. Should I use approach A (refactor first) or approach B (patch in place)?');
  await watching.line('delivered', inState('delivered'), 60_000);
  expect(await worker.waitForMessage('the answer', (message) => message.includes('Approach B'))).toBe('Approach B.');
  const ended = worker.messages().filter((message) => message.includes('Approach B'));
  expect(ended).toHaveLength(1);
});

test('an approval whose whole command a rule names is given, once; another one is the human’s', async () => {
  const watching = await bridge(rules);
  await worker.type('RUN ESCALATE: echo approved-by-rule');
  await watching.line('chosen', inState('delivered'), 60_000);
  await worker.waitForScreen(/approved-by-rule[\s\S]*Worked for/, 60_000);
  await worker.waitUntilIdle();
  await worker.type('RUN ESCALATE: echo approved-by-rule; touch harm');
  await worker.waitForScreen(worker.approval, 60_000);
  const open = await waitFor('it is the human’s', async () => {
    const listed = await run(tmux, ['requests', '--home', `${tmux.folder}/home`, '--json']);
    const requests = JSON.parse(listed.stdout) as Array<{ id: string; kind: string; state: string }>;
    return requests.find(({ kind, state }) => kind === 'approval' && state === 'asked');
  });
  expect(open).toMatchObject({
    dialog: { subject: { is: 'command', text: 'echo approved-by-rule; touch harm', isWhole: true } },
  });
  expect(await worker.screen()).toMatch(worker.approval);
  await worker.deny();
  await watching.line('withdrawn', (line) => inState('withdrawn')(line) && line.id === open.id, 30_000);
});
