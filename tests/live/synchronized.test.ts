import { beforeEach, expect, test } from 'vitest';
import { waitFor } from '../fixtures/private-tmux.ts';
import type { ScriptedAgent } from '../fixtures/scripted-agent.ts';
import { inState, makeWork, run } from './bridge-process.ts';
import { eachTestStartsWith, home, startWatching, startWorker, tmux } from './live-fixture.ts';

/** Two workers side by side in one window that types into all its panes. */
let worker: ScriptedAgent;
let neighbour: ScriptedAgent;

eachTestStartsWith();
beforeEach(async () => {
  const workingFolder = makeWork(tmux);
  worker = await startWorker({ name: 'worker', workingFolder });
  neighbour = await startWorker({ name: 'neighbour', label: 'neighbour', workingFolder });
  await tmux.run('join-pane', '-d', '-v', '-s', neighbour.paneId, '-t', worker.paneId);
});

const synchronize = (value: 'on' | 'off') =>
  tmux.run('set-option', '-w', '-t', worker.paneId, 'synchronize-panes', value);
const heard = (agent: ScriptedAgent) => agent.facts().filter((fact) => fact.paste ?? fact.typed ?? fact.key);
const words = 'the window types into all its panes (synchronize-panes)';

test('neither an answer nor an option reaches the pane beside; requests, status, list and doctor say why it waits, and it goes out afterwards', async () => {
  const watching = await startWatching(['--mode', 'manual', '--worker', 'worker']);
  await neighbour.perform({ dialog: 'rm -rf /' });
  await worker.perform({ play: [{ request: 'Which database?' }], input: 'go' });
  const asked = await watching.line('asked', inState('asked'));
  await synchronize('on');
  const answered = await run(tmux, ['answer', '--home', home, String(asked.id), 'Use SQLite.']);
  expect(answered).toMatchObject({ code: 2, stdout: expect.stringContaining(`held: synchronized: ${words}`) });
  expect((await run(tmux, ['requests', '--home', home])).stdout).toContain(`held: ${words}`);
  expect((await run(tmux, ['status', '--home', home, '--label', 'worker'])).stdout).toContain(`held: ${words}`);
  expect((await run(tmux, ['list', '--home', home])).stdout).toMatch(/worker.*idle, synchronized/);
  expect((await run(tmux, ['doctor', '--home', home])).stdout).toContain(words);
  expect([heard(worker), heard(neighbour)]).toEqual([[], []]);
  await synchronize('off');
  await watching.line('delivered', inState('delivered'), 20_000);
  expect(worker.inputs()).toEqual(['Use SQLite.']);
  expect(heard(neighbour)).toEqual([]);
});

test('text, keys and a choice by hand are held, and the zoomed pane gets them', async () => {
  await neighbour.perform({ dialog: 'rm -rf /' });
  await synchronize('on');
  const send = (...args: string[]) => run(tmux, ['send', '--home', home, '--label', 'worker', '--wait', '0', ...args]);
  expect(await send('hello')).toMatchObject({ code: 2, stderr: expect.stringContaining('synchronized') });
  expect(await send('--keys', 'C-l')).toMatchObject({ code: 2, stderr: expect.stringContaining('synchronized') });
  expect(await send('--keys', 'Enter', '--force')).toMatchObject({ code: 2 });
  await worker.perform({ dialog: 'npm test' });
  expect(await send('--in-dialog', '--keys', 'y')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('synchronized'),
  });
  expect([heard(worker), heard(neighbour)]).toEqual([[], []]);
  await tmux.run('resize-pane', '-Z', '-t', worker.paneId);
  await waitFor('the dialog stands in the whole window', async () =>
    (await tmux.screen(worker.paneId)).includes('npm test'),
  );
  expect((await send('--in-dialog', '--keys', 'y', '--wait', '5')).code).toBe(0);
  expect(heard(neighbour)).toEqual([]);
  expect(await worker.fact('approved', (fact) => fact.approved === 'npm test')).toBeTruthy();
});
