import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { privateTmux, waitFor } from '../fixtures/private-tmux.ts';
import type { ScriptedAgent } from '../fixtures/scripted-agent.ts';
import { eachTestHasReceiver, got, receiverUrl } from './alert-receiver.ts';
import { type BridgeProcess, inState, run } from './bridge-process.ts';
import { eachTestStartsWith, home, startWatching, startWorker, tmux } from './live-fixture.ts';

/**
 * Alerts whose matter ends where the journal says nothing of it: on a controller's screen, with a worker, or while no bridge
 * runs. Each is withdrawn then, once, from a phone and from a webhook that asked for it. Which event settles which alert is
 * the table's in `tests/app/alert-of.test.ts`.
 */

vi.setConfig({ testTimeout: 180_000 });
const limitMs = 40_000;

eachTestStartsWith();
eachTestHasReceiver();
beforeEach(() => {
  const notify = [
    'mode: manual',
    'notify:',
    '  bell: false',
    `  webhook: { url: ${receiverUrl}/hook, settled: true }`,
    `  ntfy: { url: ${receiverUrl}/my-topic }`,
  ];
  appendFileSync(join(home, 'bridge.yaml'), `${notify.join('\n')}\n`);
});

const command = (...args: string[]) => run(tmux, [...args, '--home', home]);
const press = ({ paneId }: ScriptedAgent, ...keys: string[]) => tmux.run('send-keys', '-t', paneId, ...keys);
/** What the webhook was called for with such a title. */
const calls = (title: RegExp) =>
  got.filter(({ path, body }) => path === '/hook' && body.settled !== true && title.test(body.title));

/** The call with this title that is the so-manieth. */
const called = (title: RegExp, count: number) =>
  waitFor(`call ${count}: ${title}`, () => calls(title)[count - 1]?.body ?? null, { limitMs });

/** How often it was told to the webhook that this is settled, and taken off the phone. */
const withdrawn = ({ id }: Record<string, unknown>) =>
  ['POST', 'DELETE'].map(
    (method) =>
      got.filter((one) =>
        method === 'POST'
          ? one.method === method && one.path === '/hook' && one.body.settled === true && one.body.id === id
          : one.method === method && one.path.endsWith(`/${String(id).replace(/[^\w-]/g, '-')}`),
      ).length,
  );
const isWithdrawn = (call: Record<string, unknown>) =>
  waitFor('it is withdrawn both ways', () => withdrawn(call).every((times) => times > 0), { limitMs });

test('a dialog of a controller calls once, also over a restart, and is withdrawn when it is decided there', async () => {
  const title = /waits at a dialog/;
  const controller = await startWorker({ name: 'controller', label: 'controller' });
  const open = (dialog: string) => controller.perform({ play: [{ dialog }], input: 'go' });
  const decided = (count: number) =>
    waitFor(
      'it is decided',
      async () =>
        controller.facts().filter((fact) => fact.approved !== undefined).length === count &&
        (await controller.state()).is === 'idle',
    );
  let watching = await startWatching();
  await open('cat notes');
  const first = await called(title, 1);
  await watching.stop('SIGKILL');
  watching = await startWatching();
  await watching.line('it is looked at anew', isDialogOf(controller));
  expect(withdrawn(first)).toEqual([0, 0]);
  await press(controller, 'y');
  await isWithdrawn(first);
  await decided(1);

  // decided while no bridge runs
  await open('rm notes');
  const second = await called(title, 2);
  expect(second.id).not.toBe(first.id);
  await watching.stop('SIGKILL');
  await press(controller, 'y');
  await decided(2);
  watching = await startWatching();
  await isWithdrawn(second);

  // its pane is closed
  await open('ls');
  const third = await called(title, 3);
  expect(withdrawn(third)).toEqual([0, 0]);
  await tmux.run('kill-pane', '-t', controller.paneId);
  await isWithdrawn(third);
  expect([withdrawn(first), withdrawn(second), withdrawn(third), calls(title).length]).toEqual([
    [1, 1],
    [1, 1],
    [1, 1],
    3,
  ]);
});

const isDialogOf =
  ({ paneId }: ScriptedAgent) =>
  (line: Readonly<Record<string, unknown>>) =>
    line.type === 'state-changed' && line.paneId === paneId && line.state === 'dialog';

/** A person's answer that a draft held, and which is not typed since the worker was given that draft. */
async function answeredTooLate(watching: BridgeProcess, worker: ScriptedAgent, question: string): Promise<void> {
  await worker.perform({ play: [{ request: question }], input: 'go' });
  const isAsked = (line: Readonly<Record<string, unknown>>) => line.type === 'human-needed';
  const { id } = await waitFor('asked', () => watching.lines.filter(isAsked).at(-1) ?? null, { limitMs });
  await worker.perform({ draft: 'first explain' });
  expect(await command('answer', String(id), 'Yes.')).toMatchObject({ code: 2 });
  await press(worker, 'Enter');
}

test('an answer that was not typed calls, until other words of the person reach that worker', async () => {
  const worker = await startWorker({ script: { inputs: [{ do: [{ say: 'Explained.' }] }] } });
  const watching = await startWatching();
  await answeredTooLate(watching, worker, 'Shall I go on?');
  const call = await called(/your answer to .* was not typed/, 1);
  await waitFor('it rests', async () => (await worker.state()).is === 'idle');
  expect(withdrawn(call)).toEqual([0, 0]);
  expect(await command('send', '--label', 'worker', '--wait', '20', 'Yes, go on.')).toMatchObject({ code: 0 });
  await isWithdrawn(call);
  expect(withdrawn(call)).toEqual([1, 1]);
});

test('an answer that was not typed calls, until the person types in the pane himself', async () => {
  const worker = await startWorker({ script: { inputs: [{ do: [{ say: 'Explained.' }] }] } });
  const watching = await startWatching();
  await answeredTooLate(watching, worker, 'Shall I go on?');
  const call = await called(/your answer to .* was not typed/, 1);
  await waitFor('it rests', async () => (await worker.state()).is === 'idle');
  const terminal = privateTmux();
  try {
    const attach = `TMUX= tmux -S ${tmux.socketPath} attach -t =macs`;
    await terminal.run('new-session', '-d', '-s', 'person', '-x', '120', '-y', '41', attach);
    await waitFor('the person sees it', async () => (await terminal.screen('person')).includes('OpenAI Codex'));
    expect(withdrawn(call)).toEqual([0, 0]);
    await terminal.run('send-keys', '-t', 'person', '-l', 'go on');
    await waitFor('the draft', async () => (await worker.state()).draft === 'go on');
    await terminal.run('send-keys', '-t', 'person', 'Enter');
    await watching.line('it is known', ({ type, paneId }) => type === 'person-typed' && paneId === worker.paneId);
    await isWithdrawn(call);
  } finally {
    await terminal.stop();
  }
  expect(withdrawn(call)).toEqual([1, 1]);
});

test('an answer that was not typed calls no more once its worker has ended, also while no bridge ran', async () => {
  const worker = await startWorker({ script: { inputs: [{ do: [{ say: 'Explained.' }] }] } });
  const watching = await startWatching();
  await answeredTooLate(watching, worker, 'Shall I go on?');
  const call = await called(/your answer to .* was not typed/, 1);
  await watching.stop('SIGKILL');
  expect(withdrawn(call)).toEqual([0, 0]);
  await tmux.run('respawn-pane', '-k', '-t', worker.paneId);
  await startWatching();
  await isWithdrawn(call);
  expect(withdrawn(call)).toEqual([1, 1]);
});

test('what a command settles while no bridge runs is withdrawn by the next one', async () => {
  const worker = await startWorker();
  const watching = await startWatching();
  await worker.perform({ play: [{ request: 'Which database?' }], input: 'go' });
  const { id } = await watching.line('asked', inState('asked'), limitMs);
  expect(await command('add', 'ci')).toMatchObject({ code: 0 });
  expect(await command('tell', 'human', 'Look at this.', '--as', 'ci')).toMatchObject({ code: 0 });
  const [question, mail] = [await called(/needs you/, 1), await called(/writes to you/, 1)];
  await watching.stop('SIGKILL');
  expect(await command('dismiss', String(id))).toMatchObject({ code: 0 });
  expect(await command('inbox')).toMatchObject({ code: 0 });
  await startWatching();
  await Promise.all([question, mail].map(isWithdrawn));
  expect([withdrawn(question), withdrawn(mail)]).toEqual([
    [1, 1],
    [1, 1],
  ]);
});
