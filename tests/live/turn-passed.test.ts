import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { RequestView } from '../../bridge/api/views.ts';
import { waitFor } from '../fixtures/private-tmux.ts';
import type { Script } from '../fixtures/scripted-agent.ts';
import { inState, type Line, makeHome, run } from './bridge-process.ts';
import { agent, eachTestStartsWith, home, startWatching, tmux } from './live-fixture.ts';

/** Far more than it takes, but for a machine with many at work. */
const limitMs = 40_000;
vi.setConfig({ testTimeout: 180_000 });

const danger = 'Explained. Shall I delete the production data now?';
const script: Script = {
  inputs: [
    { when: 'explain', do: [{ busy: 300 }, { request: danger }] },
    { do: [{ busy: 100 }, { say: 'Done: {first line}' }] },
  ],
};
const rule = `
controller: { backend: rules }
policy:
  - when: { kind: request, text: /plan/ }
    answer: "Yes, do it."
`;
const answer = 'Yes, do it.';

eachTestStartsWith({ worker: { script } });
const bridge = (...args: string[]) => startWatching(args);

const command = (...args: string[]) => run(tmux, [...args, '--home', home]);
const shown = async (id: string) => JSON.parse((await command('show', id, '--json')).stdout) as RequestView;
const press = (...keys: string[]) => tmux.run('send-keys', '-t', agent.paneId, ...keys);
const notTyped = (line: Line) => line.type === 'answer-not-typed';
const asked = (text: string) => agent.perform({ play: [{ busy: 300 }, { request: text }], input: 'go' });
/** The worker is given another input, without a key. */
const goesOn = (input = 'another thing') => agent.perform({ play: [{ say: 'I did another thing.' }], input });
const isIdle = () => waitFor('the worker rests', async () => (await agent.state()).is === 'idle', { limitMs });

/** A worker that has asked, and whose bridge has been killed since. */
async function askedAndAlone(): Promise<string> {
  const watching = await bridge('--mode', 'manual');
  await asked('Shall I go on with the plan?');
  const { id } = await watching.line('asked', inState('asked'), limitMs);
  await watching.stop('SIGKILL');
  return String(id);
}

/** The answer ended as too late, is kept, and nothing of it came to the worker. */
async function expectTakenBack(id: string, by: string): Promise<void> {
  const view = await shown(id);
  expect(view).toMatchObject({
    state: 'withdrawn',
    status: expect.stringContaining('came too late'),
    notTyped: { by, instructions: answer },
    delivery: { state: { is: 'cancelled', reason: expect.stringMatching(/^turn-passed: /) } },
  });
  expect((await command('show', id)).stdout).toMatch(/never typed[\s\S]*Yes, do it\./);
  expect(agent.facts().filter((fact) => fact.paste !== undefined)).toEqual([]);
  expect((await command('verify')).code).toBe(0);
}

test('a rule’s answer that a person’s draft held is not the answer to what the worker asks after that', async () => {
  makeHome(tmux, rule);
  const watching = await bridge();
  await agent.perform({ draft: 'no, first explain' });
  await asked('Shall I go on with the plan?');
  const first = await watching.line('answered', inState('answered'), limitMs);
  await watching.line('held', (line) => line.type === 'delivery-changed' && line.state === 'held', limitMs);
  await press('Enter');
  const second = await watching.line(
    'the next question',
    (line) => inState('asked')(line) && line.id !== first.id,
    limitMs,
  );
  await watching.line('it is said', (line) => notTyped(line) && line.id === first.id, limitMs);
  await isIdle();
  await expectTakenBack(String(first.id), 'rules');
  expect(agent.inputs()).toEqual(['no, first explain']);
  expect(await shown(String(second.id))).toMatchObject({ state: 'asked', text: danger });
});

test('`bridge answer` without a daemon says that the worker has gone on, types nothing and ends with 1', async () => {
  const id = await askedAndAlone();
  await goesOn();
  for (const _ of ['once', 'and again']) {
    const given = await command('answer', id, answer);
    expect(given).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('not typed, the turn that asked has passed'),
    });
  }
  await expectTakenBack(id, 'human:cli');
  expect(agent.inputs()).toEqual([]);
});

test('without a daemon, a worker that waits has its answer at the first call', async () => {
  const id = await askedAndAlone();
  await isIdle();
  expect(await command('answer', id, answer)).toMatchObject({ code: 0, stdout: expect.stringContaining('submitted') });
  expect(agent.inputs()).toEqual([answer]);
});

test('while the worker waits a held answer outlives a restart, and a window of another size', async () => {
  const id = await askedAndAlone();
  await agent.perform({ draft: 'x' });
  expect(await command('answer', id, answer)).toMatchObject({ code: 2 });
  await tmux.run('resize-window', '-t', '=macs:', '-x', '90', '-y', '30');
  await agent.perform({ draft: '' });
  const next = await bridge('--mode', 'manual');
  await next.line('delivered', inState('delivered'), limitMs);
  expect(agent.inputs()).toEqual([answer]);
});

test('a file in outbox/ that waited while no bridge ran is put away, and its author told that it came too late', async () => {
  const text = 'Yes, do it, and\nbe quick.';
  const id = await askedAndAlone();
  writeFileSync(join(home, 'outbox', `${id}.response.md`), text);
  await goesOn();
  const watching = await bridge('--mode', 'manual');
  const isTold = (line: Line) => notTyped(line) || (line.type === 'said' && /too late/.test(String(line.text)));
  await watching.line('it is said', isTold, limitMs);
  const isAway = () =>
    existsSync(join(home, 'archive', `${id}.response.md`)) && readdirSync(join(home, 'outbox')).length === 0;
  await waitFor('the file is put away', isAway, { limitMs });
  const view = await shown(id);
  expect(view.state).toBe('withdrawn');
  expect([view.notTyped, ...view.late].map((one) => one?.instructions)).toContain(text);
  expect(agent.inputs()).toEqual([]);
  expect(agent.facts().filter((fact) => fact.paste !== undefined)).toEqual([]);
});

test('an answer that one bridge held is not typed by the next one after the worker has gone on', async () => {
  const watching = await bridge('--mode', 'manual');
  await asked('Shall I go on with the plan?');
  const { id } = await watching.line('asked', inState('asked'), limitMs);
  await agent.perform({ draft: 'x' });
  expect((await command('answer', String(id), answer)).code).toBe(2);
  await watching.stop('SIGKILL');
  await agent.perform({ draft: '' });
  await goesOn();
  const next = await bridge('--mode', 'manual');
  await next.line('it is said', notTyped, limitMs);
  await expectTakenBack(String(id), 'human:cli');
  expect(agent.inputs()).toEqual([]);
});

test.each(['a person', '`bridge send`'])(
  '%s with the very same words has answered: the held answer does not follow',
  async (by) => {
    const watching = await bridge('--mode', 'manual');
    await asked('Shall I go on with the plan?');
    const { id } = await watching.line('asked', inState('asked'), limitMs);
    await agent.perform({ draft: 'x' });
    expect((await command('answer', String(id), answer)).code).toBe(2);
    await watching.stop('SIGKILL');
    await agent.perform({ draft: '' });
    if (by === 'a person') await press('-l', answer).then(() => press('Enter'));
    else expect((await command('send', '--label', 'worker', answer)).code).toBe(0);
    await agent.fact('it has its input', (fact) => fact.input !== undefined, limitMs);
    await isIdle();
    const next = await bridge('--mode', 'manual');
    await next.line('withdrawn', inState('withdrawn'), limitMs);
    expect(await shown(String(id))).toMatchObject({ state: 'withdrawn', notTyped: { instructions: answer } });
    expect(agent.inputs()).toEqual([answer]);
  },
);

test('a choice is for the dialog that was open, and not for a later one that looks the same', async () => {
  const watching = await bridge('--mode', 'manual');
  await agent.perform({
    play: [{ dialog: 'rm -rf build' }, { say: 'It failed. I try it once more.' }, { dialog: 'rm -rf build' }],
    input: 'go',
  });
  const { id } = await watching.line('asked', inState('asked'), limitMs);
  await watching.stop('SIGKILL');
  const approved = () => agent.facts().filter((fact) => fact.approved !== undefined).length;
  await press('y');
  await waitFor('the second dialog', async () => approved() === 1 && (await agent.state()).is === 'dialog', {
    limitMs,
  });
  const chosen = await command('answer', String(id), '--choose', '1');
  expect(chosen).toMatchObject({ code: 1, stdout: expect.stringContaining('another dialog that looks the same') });
  expect(approved()).toBe(1);
  // the second one is asked about by the next bridge
  const next = await bridge('--mode', 'manual');
  const second = await next.line('asked anew', inState('asked'), limitMs);
  expect(second.id).not.toBe(id);
  expect(await command('answer', String(second.id), '--choose', '1')).toMatchObject({ code: 0 });
  expect(approved()).toBe(2);
});

test('a choice that copy mode held is taken back where its dialog has gone, and not pressed in the next one like it', async () => {
  const watching = await bridge('--mode', 'manual');
  const open = async (dialog: string, ...before: unknown[]) => {
    await agent.perform({ dialog });
    const isNew = (line: Line) => inState('asked')(line) && !before.includes(line.id);
    return (await watching.line(`asked about ${dialog}`, isNew, limitMs)).id;
  };
  const first = await open('rm -rf build');
  await tmux.run('copy-mode', '-t', agent.paneId);
  expect((await command('answer', String(first), '--choose', '1')).code).toBe(2);
  const second = await open('ls', first);
  await watching.line('withdrawn', (line) => line.id === first && line.state === 'withdrawn', limitMs);
  const third = await open('rm -rf build', first, second);
  await press('-X', 'cancel');
  expect(await shown(String(first))).toMatchObject({
    state: 'withdrawn',
    notTyped: { by: 'human:cli', instructions: 'Yes, proceed' },
    delivery: { state: { is: 'cancelled', reason: expect.stringMatching(/^turn-passed: /) } },
  });
  const approved = () => agent.facts().filter((fact) => fact.approved !== undefined);
  expect(approved()).toEqual([]);
  expect(await command('answer', String(third), '--choose', '1')).toMatchObject({ code: 0 });
  expect(approved()).toHaveLength(1);
});
