import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { waitFor } from '../fixtures/private-tmux.ts';
import { type ScriptedAgent, startScriptedAgent } from '../fixtures/scripted-agent.ts';
import { makeHome, makeWork, program, run } from './bridge-process.ts';
import { eachTestStartsWith, home, startWatching, tmux } from './live-fixture.ts';

eachTestStartsWith();

// codex's resting title is its folder's name
const startAgent = (name = 'work') =>
  startScriptedAgent({ tmux, session: 'macs', workingFolder: makeWork(tmux, name), name });
const send = (agent: ScriptedAgent, args: string[], input?: string) =>
  run(tmux, ['send', '--home', home, '--pane', agent.paneId, ...args], input === undefined ? {} : { input });

async function startDaemon(): Promise<void> {
  await startWatching(['--mode', 'manual']);
}

for (const place of ['without a daemon', 'through the daemon'] as const) {
  const prepare = async () => {
    const agent = await startAgent();
    if (place === 'through the daemon') await startDaemon();
    return agent;
  };

  test(`send --line-mode makes each line an input of its own, in order, ${place}`, async () => {
    const agent = await prepare();
    const sent = await send(agent, ['--line-mode', '--wait', '20', '-'], 'first line\n\nsecond line\n');
    expect(sent).toMatchObject({ code: 0 });
    expect(agent.inputs()).toEqual(['first line', 'second line']);
  });

  test(`send --wait types as soon as the agent is ready, ${place}`, async () => {
    const agent = await prepare();
    await agent.perform({ play: [{ busy: 2000 }, { say: 'Finished.' }], input: 'go' });
    const sent = await send(agent, ['--wait', '20', 'and then this']);
    expect(sent).toMatchObject({ code: 0, stdout: expect.stringContaining('submitted') });
    expect(agent.inputs()).toEqual(['and then this']);
  });

  test(`send --wait ends when its time is over: exit 2, the reason, nothing typed then or later, ${place}`, async () => {
    const agent = await prepare();
    await agent.perform({ busy: true });
    const sent = await send(agent, ['--wait', '1', 'too late']);
    expect(sent).toMatchObject({ code: 2, stderr: expect.stringContaining('held: busy') });
    const after = send(agent, ['--wait', '30', 'in time']);
    await agent.perform({ busy: false });
    expect((await after).code).toBe(0);
    expect(agent.inputs()).toEqual(['in time']);
  });

  test(`send --keys interrupts a busy agent, and answers no dialog but in one it was meant for, ${place}`, async () => {
    const agent = await prepare();
    await agent.perform({ play: [{ busy: 30_000 }, { say: 'Finished.' }], input: 'go' });
    expect(await send(agent, ['--keys', 'Escape'])).toMatchObject({ code: 0 });
    await agent.fact('the interrupt', (fact) => fact.interrupted === true);

    await agent.perform({ dialog: 'npm test', reason: 'to see it pass' });
    const blind = await send(agent, ['--keys', '--force', 'Enter']);
    expect(blind).toMatchObject({ code: 2, stderr: expect.stringContaining('held: dialog') });
    expect(await send(agent, ['--keys', 'y'])).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('--in-dialog'),
    });
    expect(await send(agent, ['--keys', '--in-dialog', 'Escape'])).toMatchObject({ code: 0 });
    await agent.fact('the denial', (fact) => fact.denied === 'npm test');
    expect(agent.facts().filter((fact) => fact.approved !== undefined)).toEqual([]);
    const nowhere = await send(agent, ['--keys', '--in-dialog', 'Enter']);
    expect(nowhere).toMatchObject({ code: 64, stderr: expect.stringContaining('no dialog') });
    expect(agent.inputs()).toEqual([]);
  });
}

test('a program that tells nothing of itself is looked at until it has rested: status says idle, and send types', async () => {
  const agent = await startScriptedAgent({ tmux, session: 'macs', name: 'mystery', as: 'mystery', style: 'generic' });
  const generic = ['--home', home, '--pane', agent.paneId, '--agent', 'generic'];
  const status = await run(tmux, ['status', ...generic, '--json']);
  expect(JSON.parse(status.stdout)).toMatchObject({ state: 'idle', ready: true });
  const sent = await run(tmux, ['send', ...generic, 'a text that is long enough to be told from others']);
  expect(sent).toMatchObject({ code: 0, stdout: expect.stringContaining('submitted') });
  expect(agent.inputs()).toEqual(['a text that is long enough to be told from others']);
});

test('a text that no Enter submits ends with exit 3, and show tells what was seen', async () => {
  const agent = await startAgent();
  await agent.perform({ set: { ignoreEnters: 100 } });
  const sent = await send(agent, ['--json', 'a text that stays']);
  expect(sent.code).toBe(3);
  const { delivery } = JSON.parse(sent.stdout);
  expect(delivery.state).toMatchObject({
    is: 'typed-not-submitted',
    seen: { lines: expect.arrayContaining([expect.stringContaining('a text that stays')]) },
  });
  for (const id of [delivery.id, delivery.id.slice(-6)]) {
    const shown = await run(tmux, ['show', id, '--home', home]);
    expect(shown.stdout).toContain('typed-not-submitted');
    expect(shown.stdout).toMatch(/still in the composer.*seen at .*\| .*a text that stays/s);
  }
  // a person presses Enter, by name
  await agent.perform({ set: { ignoreEnters: 0 } });
  expect(await send(agent, ['--keys', 'Enter'])).toMatchObject({ code: 2, stderr: expect.stringContaining('draft') });
  expect(await send(agent, ['--keys', '--force', 'Enter'])).toMatchObject({ code: 0 });
  await agent.fact('the input', (fact) => fact.input === 'a text that stays');
});

test('log -f goes on with what happens, in the order it happens, until it is interrupted', async () => {
  const agent = await startAgent();
  const environment = { PATH: process.env.PATH, HOME: tmux.folder, LANG: 'C.UTF-8' };
  const follower = spawn(process.execPath, [program, 'log', '-f', '--json', '--home', home], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(follower, 'exit');
  let text = '';
  follower.stdout.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  const kinds = () =>
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => (JSON.parse(line) as { kind: string }).kind);
  await send(agent, ['one']);
  const steps = ['queued', 'claimed', 'typed', 'submitted', 'acknowledged'].map((step) => `delivery-${step}`);
  await waitFor('the first delivery is told', () => kinds().length === 5);
  await send(agent, ['--wait', '20', 'two']);
  await waitFor('the second one too', () => kinds().filter((kind) => kind === 'delivery-acknowledged').length === 2);
  follower.kill('SIGINT');
  expect(await ended).toEqual([0, null]);
  expect(kinds().slice(0, 5)).toEqual(steps);
});

test('notify runs the command that bridge.yaml names, with the text in its environment', async () => {
  const script = join(tmux.folder, 'tell.sh');
  writeFileSync(script, '#!/bin/sh\nprintf "%s|%s|" "$BRIDGE_TITLE" "$BRIDGE_TEXT" >"$1"\ncat >>"$1"\n');
  chmodSync(script, 0o755);
  const told = join(tmux.folder, 'told');
  makeHome(tmux, `notify:\n  bell: false\n  command: [${script}, ${told}]\n`);
  const notified = await run(tmux, ['notify', '--home', home, '--title', 'macs', 'worker 1 asks; $(touch harm)']);
  expect(notified).toMatchObject({ code: 0, stdout: expect.stringContaining('command') });
  expect(readFileSync(told, 'utf8')).toBe('macs|worker 1 asks; $(touch harm)|worker 1 asks; $(touch harm)');
});

test('a notify command that fails is said, with exit 1', async () => {
  makeHome(tmux, 'notify: { bell: false, command: ["false"] }\n');
  const notified = await run(tmux, ['notify', '--home', home, 'hello']);
  expect(notified).toMatchObject({ code: 1, stderr: expect.stringContaining('command: ') });
});

test('a reader that stops reading is no fault', async () => {
  const child = spawn('/bin/sh', ['-c', `"${process.execPath}" "${program}" --help | head -n 1`], {
    env: { PATH: process.env.PATH, HOME: tmux.folder, LANG: 'C.UTF-8' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (piece: string) => (errors += piece));
  await once(child, 'close');
  expect(errors).toBe('');
});
