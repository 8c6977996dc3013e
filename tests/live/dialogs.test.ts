import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type PrivateTmux, privateTmux, waitFor } from '../fixtures/private-tmux.ts';
import { type ScriptedAgent, startScriptedAgent } from '../fixtures/scripted-agent.ts';
import { type BridgeProcess, inState, makeHome, makeWork, requestIds, run, startBridge } from './bridge-process.ts';

let tmux: PrivateTmux;
let agent: ScriptedAgent;
const bridges: BridgeProcess[] = [];

beforeEach(async () => {
  tmux = privateTmux();
  agent = await startScriptedAgent({ tmux, session: 'macs', workingFolder: makeWork(tmux), name: 'work' });
  await tmux.run('set-option', '-p', '-t', agent.paneId, '@label', 'worker');
});
afterEach(async () => {
  for (const bridge of bridges.splice(0)) await bridge.stop('SIGKILL');
  await tmux.stop();
});

const policy = `
controller: { backend: rules }
policy:
  - when: { kind: approval, command: '^npm test$' }
    choose: "Yes, proceed"
`;

async function bridge(home: string, ...args: string[]): Promise<BridgeProcess> {
  const started = await startBridge(tmux, home, ['--session', 'macs', ...args]);
  bridges.push(started);
  return started;
}

const decided = () => agent.facts().filter((fact) => fact.approved !== undefined || fact.denied !== undefined);
const heard = () => agent.facts().filter((fact) => fact.key ?? fact.typed ?? fact.paste);
const askFor = (...commands: string[]) =>
  agent.perform({ play: commands.map((command) => ({ dialog: command })), input: 'go' });

test('a row that names the whole command approves it, once, and another command waits for the human', async () => {
  const home = makeHome(tmux, policy);
  const watching = await bridge(home);
  await askFor('npm test', 'npm test; rm -rf /', 'npm test');
  await agent.fact('npm test is approved', (fact) => fact.approved === 'npm test');
  const asked = await watching.line(
    'the other one is the human’s',
    (line) => line.type === 'request-changed' && line.state === 'asked',
  );
  expect(decided()).toEqual([expect.objectContaining({ approved: 'npm test' })]);
  expect(heard()).toEqual([expect.objectContaining({ typed: 'y' })]);

  const shown = await run(tmux, ['show', String(asked.id), '--home', home, '--json']);
  expect(JSON.parse(shown.stdout)).toMatchObject({
    kind: 'approval',
    state: 'asked',
    dialog: { subject: { text: 'npm test; rm -rf /', isWhole: true } },
  });
  // no text goes into it, and the same command as before, asked again in the same turn, is a request of its own
  const text = await run(tmux, ['answer', String(asked.id), 'go', 'on', '--home', home]);
  expect(text).toMatchObject({ code: 1, stdout: expect.stringContaining('no text is typed into a dialog') });
  const chosen = await run(tmux, ['answer', String(asked.id), '--choose', 'Yes, proceed', '--home', home]);
  expect(chosen).toMatchObject({ code: 0, stdout: expect.stringContaining('another-dialog-opened') });
  await waitFor('all three are decided', () => decided().length === 3);
  expect(decided().map((fact) => fact.approved)).toEqual(['npm test', 'npm test; rm -rf /', 'npm test']);
  expect(heard().map((fact) => fact.typed)).toEqual(['y', 'y', 'y']);
  expect(requestIds(watching)).toHaveLength(3);
});

test('what a person decides in the pane is withdrawn here, and a refusal is chosen by its key', async () => {
  const home = makeHome(tmux, policy);
  const watching = await bridge(home);
  await askFor('rm a', 'rm b');
  const first = await watching.line('asked', inState('asked'));
  await tmux.run('send-keys', '-t', agent.paneId, 'y');
  await watching.line('withdrawn', (line) => line.id === first.id && line.state === 'withdrawn');
  const second = await watching.line('asked again', (line) => line.id !== first.id && line.state === 'asked');
  const answered = await run(tmux, ['answer', String(second.id), '--choose', '3', '--home', home]);
  expect(answered.code).toBe(0);
  expect(decided()).toMatchObject([{ approved: 'rm a' }, { denied: 'rm b' }]);
});

test('a number in outbox/ chooses an option, and a text there is refused', async () => {
  const home = makeHome(tmux, policy);
  const watching = await bridge(home);
  await askFor('rm a');
  const asked = await watching.line('asked', inState('asked'));
  const page = await waitFor('the page', () => {
    try {
      return readFileSync(join(home, 'inbox', `${asked.id}.request.md`), 'utf8');
    } catch {
      return undefined;
    }
  });
  expect(page).toContain('$ rm a');
  expect(page).toContain('--choose');
  const file = join(home, 'outbox', `${asked.id}.response.md`);
  writeFileSync(file, 'please do\n');
  await watching.line('refused', (line) => line.type === 'said' && String(line.text).includes('no text is typed'));
  expect(decided()).toEqual([]);
  writeFileSync(file, '1\n');
  await agent.fact('approved', (fact) => fact.approved === 'rm a');
});

test('a dry run says which row would press what, and presses nothing', async () => {
  const watching = await bridge(makeHome(tmux, policy), '--dry-run');
  await askFor('npm test');
  const would = await watching.line('would', (line) => line.type === 'would-send');
  expect(would).toMatchObject({ press: 'y', by: 'chosen by policy row 1' });
  expect(heard()).toEqual([]);
});

test('a dialog that stood there before a restart is the same request, and is approved once', async () => {
  const home = makeHome(tmux);
  const first = await bridge(home, '--mode', 'manual');
  await askFor('npm test');
  const asked = await first.line('asked', inState('asked'));
  await first.stop('SIGKILL');
  const second = await bridge(home, '--mode', 'manual');
  await run(tmux, ['answer', String(asked.id), '--choose', 'y', '--home', home]);
  await second.line('delivered', inState('delivered'));
  expect(decided()).toMatchObject([{ approved: 'npm test' }]);
  expect(requestIds(second)).toEqual([asked.id]);
});
