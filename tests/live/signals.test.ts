import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import type { SendView } from '../../bridge/api/views.ts';
import type { DeliveryState } from '../../bridge/core/envelope.ts';
import { hookStateStandsMs } from '../../bridge/screen/hook-state.ts';
import { call } from '../../bridge/server/socket.ts';
import { socketPath } from '../../bridge/server/socket-path.ts';
import { ExecCommands } from '../../bridge/tmux/exec.ts';
import { addressOn } from '../fixtures/address.ts';
import { waitFor } from '../fixtures/private-tmux.ts';
import { type ScriptedAgent, startScriptedAgent } from '../fixtures/scripted-agent.ts';
import { type Line, makeWork, program, run, startBridge } from './bridge-process.ts';
import { eachTestStartsWith, endedWithTest, home, tmux } from './live-fixture.ts';

const signalProgram = join(dirname(program), 'signal-program.js');

eachTestStartsWith();

interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly tookMs: number;
}

/** Calls the program as an agent does; `input` null leaves stdin open for ever. */
async function callSignal(
  args: readonly string[],
  input: string | null,
  script = signalProgram,
  stateDirectory = home,
): Promise<Ended> {
  const startedAt = Date.now();
  const words = script === program ? ['signal', ...args] : args;
  const child = spawn(process.execPath, [script, ...words, '--home', stateDirectory], { env: { HOME: tmux.folder } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => (output += piece));
  // an agent whose hook has ended finds its pipe broken
  child.stdin.on('error', () => {});
  if (input !== null) child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  child.stdin.destroy();
  return { code, output, tookMs: Date.now() - startedAt };
}

/** Runs a command where no agent program stands above it: in a pane of the private server. */
async function fromAShell(command: string): Promise<void> {
  const done = join(tmux.folder, `done-${Date.now()}`);
  await tmux.run('new-window', '-d', `${command}; touch '${done}'`);
  await waitFor(`done: ${command}`, () => existsSync(done));
}
const byHand = (event: string, paneId: string) =>
  fromAShell(
    `'${process.execPath}' '${signalProgram}' --agent codex --event ${event} --pane ${paneId} --home '${home}'`,
  );

const signalled = (kind: string) => (line: Line) => line.type === 'agent-signalled' && line.kind === kind;
const startAgent = (more: object = {}) =>
  startScriptedAgent({ tmux, session: 'macs', workingFolder: makeWork(tmux), name: 'work', ...more });
const watch = async (agent: ScriptedAgent) =>
  endedWithTest(await startBridge(tmux, home, ['--worker', agent.paneId, '--mode', 'manual']));
const send = (agent: ScriptedAgent, ...args: string[]) =>
  run(tmux, ['send', '--home', home, '--pane', agent.paneId, ...args]);

const stop = JSON.stringify({ hook_event_name: 'Stop', session_id: 's' });

test.each<[string, string[], string | null]>([
  ['an ordinary report', ['--agent', 'codex'], stop],
  ['no agent named', [], stop],
  ['no JSON', ['--agent', 'codex'], '{"hook_event_name":'],
  ['JSON of another shape', ['--agent', 'codex'], '[[["Stop"]]]'],
  ['nothing', ['--agent', 'codex'], ''],
  ['two megabytes', ['--agent', 'codex'], JSON.stringify({ hook_event_name: 'Stop', prompt: 'x'.repeat(2_000_000) })],
  ['bytes that are no text', ['--agent', 'codex'], '\u0000\ufffd\u001b[31m'],
  ['a flag that nobody knows', ['--agent', 'codex', '--bogus', '1'], stop],
  ['a report as the last argument', ['--agent', 'codex', '{"type":"agent-turn-complete"}'], null],
  ['a pipe that stays open', ['--agent', 'codex', '--event', 'Stop'], null],
])('without a daemon it ends well, soon and in silence: %s', async (_, args, input) => {
  for (const script of [signalProgram, program]) {
    const ended = await callSignal(args, input, script);
    expect(ended).toMatchObject({ code: 0, output: '' });
    expect(ended.tookMs).toBeLessThan(10_000);
  }
});

test('what hooks call starts one file: no other of ours, and no package, is read for it', () => {
  const required = (file: string) =>
    [...readFileSync(file, 'utf8').matchAll(/(?:require|import)\(\s*["']([^"']+)["']/g)].map(([, what]) => what!);
  const read = [signalProgram, signalProgram.replace(/\.js$/, '.bundle.js')].flatMap(required);
  expect(read).toContain('node:net');
  expect(read.filter((what) => !what.startsWith('node:'))).toEqual([]);
});

test('what the bridge has heard of a pane is what `status` and `list` go by', async () => {
  const agent = await startAgent();
  await watch(agent);
  const status = async () =>
    JSON.parse((await run(tmux, ['status', '--home', home, '--pane', agent.paneId, '--json'])).stdout);
  await waitFor('it rests', async () => (await status()).state === 'idle');
  // the screen does not change by it: whoever only looks goes on to read a prompt at rest
  await agent.perform({ raw: '\x1b]7501;state=working:app=codex\x1b\\' });
  await waitFor('the bridge has heard it', async () => (await status()).state === 'busy');
  const [listed] = JSON.parse((await run(tmux, ['list', '--home', home, '--json'])).stdout);
  expect(listed).toMatchObject({ state: 'busy' });
  expect(
    JSON.parse((await run(tmux, ['status', '--home', `${home}-2`, '--pane', agent.paneId, '--json'])).stdout),
  ).toMatchObject({ state: 'idle' });
});

test('a home that cannot be used, and a socket that nobody serves, are no faults of the agent', async () => {
  writeFileSync(socketPath(home), '');
  expect(await callSignal(['--agent', 'codex'], stop)).toMatchObject({ code: 0, output: '' });
  expect(await callSignal(['--agent', 'codex'], stop, signalProgram, '/proc/nowhere')).toMatchObject({
    code: 0,
    output: '',
  });
});

test('a daemon that hangs holds no agent up', async () => {
  const taken: Socket[] = [];
  const server = createServer((socket) => void taken.push(socket));
  await new Promise<void>((resolve) => server.listen(socketPath(home), resolve));
  expect(await callSignal(['--agent', 'codex'], stop)).toMatchObject({ code: 0, output: '' });
  expect(taken).toHaveLength(1);
  for (const socket of taken) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

test('--verbose says on stderr what became of it', async () => {
  const { output, code } = await callSignal(['--agent', 'codex', '--verbose'], stop);
  expect({ output, code }).toEqual({
    output: 'bridge signal: turn-ended (Stop): no bridge runs for this state directory\n',
    code: 0,
  });
});

test('a hook is laid to the pane of the agent above it, whatever TMUX_PANE says, and journaled', async () => {
  const folder = makeWork(tmux);
  // an agent program that calls its hook at each line it is given: first with its own TMUX_PANE, then with another's
  writeFileSync(
    join(folder, 'codex'),
    `#!/bin/bash
while read -r report; do
  printf '%s' "$report" | TMUX_PANE=%0 setsid -w '${process.execPath}' '${signalProgram}' --agent codex --home '${home}'
done
`,
  );
  chmodSync(join(folder, 'codex'), 0o755);
  const open = async (name: string) =>
    (await tmux.run('new-session', '-d', '-s', name, '-P', '-F', '#{pane_id}', join(folder, 'codex'))).trim();
  const [first, second] = [await open('one'), await open('two')];
  expect(first).toBe('%0');
  const args = ['--worker', first, '--worker', second, '--mode', 'manual'];
  const bridge = endedWithTest(await startBridge(tmux, home, args));
  await tmux.run('send-keys', '-l', '-t', second, stop);
  await tmux.run('send-keys', '-t', second, 'Enter');
  await bridge.line('the signal', (line) => line.type === 'agent-signalled');
  expect(bridge.lines.filter((line) => line.type === 'agent-signalled')).toMatchObject([
    { paneId: second, agent: 'codex', kind: 'turn-ended', event: 'Stop' },
  ]);
  const log = await run(tmux, ['log', '--home', home, '--json', '--id', second]);
  expect(JSON.parse(log.stdout.trim().split('\n').at(-1)!)).toMatchObject({
    kind: 'agent-signalled',
    data: { agent: 'codex', kind: 'turn-ended', session: 's', pane: { paneId: second, agentPid: expect.any(Number) } },
  });
});

test('what comes from nobody in particular is dropped, and the reason journaled', async () => {
  const agent = await startAgent();
  const watching = await watch(agent);
  await fromAShell(`echo '${stop}' | '${process.execPath}' '${signalProgram}' --agent codex --home '${home}'`);
  const line = await watching.line('it is dropped', (line) => line.type === 'signal-dropped');
  expect(line.reason).toContain('no agent program');
  expect(watching.lines.filter((line) => line.type === 'agent-signalled')).toEqual([]);
});

test('on a dialog, and on a busy screen, no signal makes the bridge type', async () => {
  const agent = await startAgent();
  const watching = await watch(agent);
  await agent.perform({ dialog: 'touch proof' });
  await byHand('turn-ended', agent.paneId);
  await watching.line('it is heard', signalled('turn-ended'));
  expect(await send(agent, 'yes')).toMatchObject({ code: 2, stderr: expect.stringContaining('dialog') });
  expect(agent.inputs()).toEqual([]);
});

test.each([false, true])(
  'where an agent has just said that it asks, nothing is typed until no dialog came of it; forced: %s',
  async (force) => {
    const agent = await startAgent();
    await watch(agent);
    // over the socket itself: starting a command takes longer than the word stands
    const at = Date.now();
    const signal = { agent: 'codex', kind: 'approval-wanted', event: 'PermissionRequest', at };
    const heard = await call(socketPath(home), 'signal', {
      signal: { ...signal, session: null, turn: null, input: null },
      caller: { is: 'nobody' },
      tmuxSocket: null,
      paneHint: null,
      pane: agent.paneId,
    });
    expect(heard?.ok).toMatchObject({ is: 'heard' });
    const address = await addressOn(new ExecCommands({ socketPath: tmux.socketPath }), agent.paneId);
    const sent = await call(socketPath(home), 'send', {
      pane: { ...address, socketPath: tmux.socketPath },
      text: 'then this',
      force,
      waitMs: 20_000,
    });
    const view = sent!.ok as SendView;
    const { receipt } = view.delivery.state as Extract<DeliveryState, { is: 'acknowledged' }>;
    expect(receipt.typedAt - at).toBeGreaterThan(hookStateStandsMs);
    expect(agent.inputs()).toEqual(['then this']);
  },
);

test('hooks install, show and remove by the command line', async () => {
  const folder = join(tmux.folder, '.codex');
  const hooks = (...args: string[]) => run(tmux, ['hooks', ...args, '--home', home]);
  expect(await hooks('install', 'codex', '--dry-run')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('+notify = '),
  });
  expect(existsSync(folder)).toBe(false);
  expect(await hooks('install', 'codex')).toMatchObject({ code: 0, stdout: expect.stringContaining('Trust all') });
  expect(readFileSync(join(folder, 'hooks.json'), 'utf8')).toContain(signalProgram);
  expect((await hooks('install', 'codex')).stdout).toContain('installed already');
  expect(JSON.parse((await hooks('show', 'codex', '--json')).stdout)).toMatchObject({
    wired: expect.arrayContaining([
      { event: 'Stop', state: 'wired', trusted: false, file: join(folder, 'hooks.json') },
    ]),
  });
  expect(await hooks('remove', 'codex')).toMatchObject({ code: 0 });
  expect(existsSync(join(folder, 'hooks.json'))).toBe(false);
  expect(await hooks('install', 'pi')).toMatchObject({ code: 1, stderr: expect.stringContaining('no hooks') });
  expect(await hooks('improve', 'codex')).toMatchObject({ code: 64 });
});
