import { expect, test } from 'vitest';
import { inState, requestIds, run } from './bridge-process.ts';
import { agent, bridge, eachTestStartsWith, home, tmux } from './live-fixture.ts';

/** Keys that a person presses in a dialog by `bridge send`, and the request that is about the dialog. */

eachTestStartsWith({ worker: {}, bridge: ['--mode', 'manual'] });

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
