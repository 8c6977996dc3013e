import { afterEach, beforeEach, expect, test } from 'vitest';
import { type PrivateTmux, privateTmux } from '../fixtures/private-tmux.ts';
import { type ScriptedAgent, startScriptedAgent } from '../fixtures/scripted-agent.ts';
import { type BridgeProcess, inState, makeHome, makeWork, requestIds, run, startBridge } from './bridge-process.ts';

/** Keys that a person presses in a dialog by `bridge send`, and the request that is about the dialog. */

let tmux: PrivateTmux;
let agent: ScriptedAgent;
let home: string;
let bridge: BridgeProcess;

beforeEach(async () => {
  tmux = privateTmux();
  agent = await startScriptedAgent({ tmux, session: 'macs', workingFolder: makeWork(tmux), name: 'work' });
  await tmux.run('set-option', '-p', '-t', agent.paneId, '@label', 'worker');
  home = makeHome(tmux);
  bridge = await startBridge(tmux, home, ['--session', 'macs', '--mode', 'manual']);
});
afterEach(async () => {
  await bridge.stop('SIGKILL');
  await tmux.stop();
});

const press = (...keys: string[]) =>
  run(tmux, ['send', '--home', home, '--pane', agent.paneId, '--keys', '--in-dialog', ...keys]);
const stateOf = async (id: unknown): Promise<{ state: string; reason?: string }> =>
  JSON.parse((await run(tmux, ['show', String(id), '--home', home, '--json'])).stdout);
const askFor = (command: string) => agent.perform({ play: [{ dialog: command }, { busy: 300 }], input: 'go' });

test('a dialog that they close takes its request with it, before the command ends', async () => {
  await askFor('npm test');
  const asked = await bridge.line('asked', inState('asked'));
  expect(await press('y')).toMatchObject({ code: 0, stdout: expect.stringContaining('dialog-closed') });
  const withdrawn = bridge.lines.findIndex((line) => line.id === asked.id && line.state === 'withdrawn');
  const received = bridge.lines.findIndex(
    (line) => line.type === 'delivery-changed' && line.evidence === 'dialog-closed',
  );
  expect(withdrawn).toBeGreaterThan(0);
  expect(received).toBeGreaterThan(0);
  expect(await stateOf(asked.id)).toMatchObject({ state: 'withdrawn' });
  expect(await run(tmux, ['answer', String(asked.id), '--choose', '1', '--home', home])).toMatchObject({ code: 1 });
  expect(agent.facts().filter((fact) => fact.typed !== undefined)).toHaveLength(1);
});

test('a dialog that stays open keeps its request, and gets no second one', async () => {
  await askFor('npm test');
  const asked = await bridge.line('asked', inState('asked'));
  expect(await press('Down')).toMatchObject({ code: 0, stdout: expect.stringContaining('screen-changed') });
  expect(await stateOf(asked.id)).toMatchObject({ state: 'asked' });
  expect(await press('y')).toMatchObject({ code: 0 });
  expect(await stateOf(asked.id)).toMatchObject({ state: 'withdrawn' });
  expect(requestIds(bridge)).toEqual([asked.id]);
});

test('the same without a daemon', async () => {
  await askFor('npm test');
  const asked = await bridge.line('asked', inState('asked'));
  await bridge.stop();
  expect(await press('y')).toMatchObject({ code: 0 });
  expect(await stateOf(asked.id)).toMatchObject({ state: 'withdrawn' });
});
