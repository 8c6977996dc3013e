import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { waitFor } from '../fixtures/private-tmux.ts';
import type { ScriptedAgent } from '../fixtures/scripted-agent.ts';
import { inState, makeHome, makeWork, program, run } from './bridge-process.ts';
import { eachTestStartsWith, home, startWatching, startWorker, tmux } from './live-fixture.ts';

eachTestStartsWith();

const agentIn = (label: string) => startWorker({ name: label, label });

const bridge = (...args: string[]) => startWatching(args);

/** What the agent's tool runs: `bridge …`, with its own environment and these more. */
async function tool(agent: ScriptedAgent, args: readonly string[], env: Record<string, string> = {}) {
  const before = agent.facts().filter((fact) => fact.ran).length;
  const ours = { HOME: tmux.folder, XDG_RUNTIME_DIR: tmux.folder, TMUX_SOCKET: tmux.socketPath, NO_COLOR: '1', ...env };
  await agent.perform({ run: [process.execPath, program, ...args], env: ours });
  const ran = await waitFor('the command has ended', () => agent.facts().filter((fact) => fact.ran)[before]?.ran);
  return ran;
}
const refused = { code: 1, stderr: expect.stringMatching(/runs under codex \(process \d+\), and /) };

test('no worker can answer, dismiss, settle or resume, its own affairs or another’s; a person can', async () => {
  const worker = await agentIn('worker');
  const other = await agentIn('worker-2');
  const watching = await bridge('--mode', 'manual');
  await worker.perform({ play: [{ request: 'Shall I go on?' }], input: 'go' });
  const id = String((await watching.line('asked', inState('asked'))).id);
  expect(await tool(worker, ['pause', 'worker', '--home', home])).toMatchObject({ code: 0 });
  for (const [agent, ...words] of [
    [worker, 'answer', id, 'Yes.'],
    [worker, 'dismiss', id],
    [worker, 'settle', id],
    [worker, 'resume', 'worker'],
    [other, 'answer', id, '--again'],
    [other, 'resume'],
  ] as const) {
    const ran = await tool(agent, [...words, '--home', home]);
    expect([words, ran]).toEqual([words, expect.objectContaining(refused)]);
  }
  expect(await run(tmux, ['resume', 'worker', '--home', home])).toMatchObject({ code: 0 });
  expect(await run(tmux, ['dismiss', id, '--home', home])).toMatchObject({ code: 0 });
  expect(worker.inputs()).toEqual([]);
});

test('nor can it where no daemon runs', async () => {
  const worker = await agentIn('worker');
  const watching = await bridge('--mode', 'manual');
  await worker.perform({ play: [{ request: 'Shall I go on?' }], input: 'go' });
  const id = String((await watching.line('asked', inState('asked'))).id);
  await watching.stop();
  expect(await tool(worker, ['answer', id, 'Yes.', '--home', home])).toMatchObject(refused);
  expect(await tool(worker, ['dismiss', id, '--home', home])).toMatchObject(refused);
  expect(await run(tmux, ['dismiss', id, '--home', home])).toMatchObject({ code: 0 });
  expect(worker.inputs()).toEqual([]);
});

test('a refusal says what, whose and what to do, in --json as well', async () => {
  const worker = await agentIn('worker');
  const watching = await bridge('--mode', 'manual');
  await worker.perform({ play: [{ request: 'Shall I go on?' }], input: 'go' });
  const { id } = await watching.line('asked', inState('asked'));
  const ran = await tool(worker, ['answer', String(id), 'Yes.', '--home', home, '--json']);
  expect(JSON.parse(ran.stdout)).toEqual({
    what: 'answer',
    target: id,
    error: expect.stringContaining('only you or the live controller of that worker may'),
    nextStep: 'run it in a shell of your own, outside of any agent program',
  });
});

test.each(['with a daemon', 'without one'])('a worker cannot press keys in its own dialog, %s', async (place) => {
  const worker = await agentIn('worker');
  if (place === 'with a daemon') await bridge('--mode', 'manual');
  await worker.perform({ dialog: 'rm -rf build' });
  const keys = ['send', '--home', home, '--pane', worker.paneId, '--keys', '--in-dialog'];
  expect(await tool(worker, [...keys, 'y'])).toMatchObject(refused);
  expect(worker.facts().some((fact) => fact.approved !== undefined)).toBe(false);
  expect(await run(tmux, [...keys, 'Escape'])).toMatchObject({ code: 0 });
});

test('a worker cannot let a bridge.yaml decide', async () => {
  const worker = await agentIn('worker');
  const folder = makeWork(tmux, 'project');
  writeFileSync(join(folder, 'bridge.yaml'), 'policy: []\n');
  expect(await tool(worker, ['trust', folder])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('only you may let a bridge.yaml decide'),
  });
  expect(await run(tmux, ['trust', folder])).toMatchObject({ code: 0 });
});

test('the live controller of a worker answers, as a controller: what is the human’s stays theirs', async () => {
  const worker = await agentIn('worker');
  const controller = await agentIn('controller');
  const watching = await bridge('--mode', 'manual');
  await worker.perform({ play: [{ request: 'Shall I go on?' }], input: 'go' });
  const asked = await watching.line('asked', inState('asked'));
  const answered = await tool(controller, ['answer', String(asked.id), 'Yes, go on.', '--home', home]);
  expect(answered).toMatchObject({ code: 0 });
  expect(worker.inputs()).toEqual(['Yes, go on.']);
  const { stdout } = await run(tmux, ['show', String(asked.id), '--home', home, '--json']);
  expect(JSON.parse(stdout).answer.by).toBe('controller:codex');

  await worker.perform({ dialog: 'rm -rf build' });
  const approval = await watching.line('the dialog', (line) => inState('asked')(line) && line.kind === 'approval');
  const chosen = await tool(controller, ['answer', String(approval.id), '--choose', '1', '--home', home]);
  expect(chosen).toMatchObject({ code: 1, stdout: expect.stringContaining('only the human may answer') });
  expect(await tool(controller, ['resume', '--home', home])).toMatchObject(refused);
  expect(worker.facts().some((fact) => fact.approved !== undefined)).toBe(false);
});

const rules = `
controller: { backend: rules }
policy:
  - when: { worker: worker-trusted }
    answer: "the phrase is OPENSESAME"
  - when: { worker: worker-2 }
    answer: "you are worker-2"
`;

test('who asks is found by the process tree: a claimed name is shown as claimed, gets no rule, and goes to the human', async () => {
  makeHome(tmux, rules);
  const trusted = await agentIn('worker-trusted');
  const other = await agentIn('worker-2');
  const watching = await bridge();
  const ask = ['ask', '--home', home, '--json', '--timeout', '8', 'How do I deploy?'];

  // an agent is who it is, whatever its environment says
  const own = await tool(trusted, ask);
  expect(JSON.parse(own.stdout)).toMatchObject({ answer: 'the phrase is OPENSESAME', claimed: null });
  const forged = await tool(other, ask, { TMUX_PANE: trusted.paneId });
  expect(JSON.parse(forged.stdout)).toMatchObject({ answer: 'you are worker-2', claimed: null });

  // nothing above it shows that it is in that pane
  const claimed = await run(tmux, [...ask.slice(0, 4), '--no-wait', 'How?'], { env: { TMUX_PANE: trusted.paneId } });
  const { id } = JSON.parse(claimed.stdout) as { id: string };
  await watching.line('the human is asked', (line) => line.type === 'human-needed' && line.id === id);
  const shown = JSON.parse((await run(tmux, ['show', id, '--home', home, '--json'])).stdout);
  expect(shown).toMatchObject({ worker: 'worker-trusted (claimed)', claimed: 'worker-trusted', answer: null });
  expect((await run(tmux, ['requests', '--home', home])).stdout).toMatch(
    /worker-trusted \(claimed\).*it says that it is worker-trusted, and its processes do not show that/,
  );
});

test.each(['with a daemon', 'without one'])("a pane's own shell asks as that pane, %s", async (place) => {
  makeHome(tmux, rules);
  if (place === 'with a daemon') {
    await agentIn('worker-1');
    await bridge();
  }
  const file = join(tmux.folder, 'said');
  const command = `XDG_RUNTIME_DIR='${tmux.folder}' TMUX_PANE=%99 '${process.execPath}' '${program}' ask --home '${home}' --socket '${tmux.socketPath}' 'Who am I?' > '${file}.new' 2>&1; mv '${file}.new' '${file}'; exec sleep 100`;
  const where = place === 'with a daemon' ? ['new-window', '-d', '-t', '=macs:'] : ['new-session', '-d', '-s', 'macs'];
  // labelled before it asks
  const pane = (
    await tmux.run(...where, '-P', '-F', '#{pane_id}', `while [ ! -e '${file}.go' ]; do sleep 0.1; done; ${command}`)
  ).trim();
  await tmux.run('set-option', '-p', '-t', pane, '@label', 'worker-2');
  writeFileSync(`${file}.go`, '');
  await waitFor('the answer', () => existsSync(file), { limitMs: 20_000 });
  expect(readFileSync(file, 'utf8')).toBe('you are worker-2\n');
});
