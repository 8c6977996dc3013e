import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { loadRecordings } from '../../bridge/recordings/recording.ts';
import { startScriptedAgent } from '../fixtures/scripted-agent.ts';
import { makeWork, run } from './bridge-process.ts';
import { eachTestStartsWith, home, tmux } from './live-fixture.ts';

const screens = resolve(import.meta.dirname, '../screens');
const approval = join(screens, 'codex/0.169.0/approval-4.txt');
eachTestStartsWith();

const explain = (...argv: string[]) => run(tmux, ['explain', '--home', home, ...argv]);
const startAgent = () =>
  startScriptedAgent({ tmux, session: 'macs', workingFolder: makeWork(tmux, 'work'), name: 'work' });

test('a live pane is read, with the rule and the rows that decided', async () => {
  const agent = await startAgent();
  const idle = await explain(agent.paneId);
  expect(idle).toMatchObject({ code: 0, stdout: expect.stringMatching(/^idle, ready {2}codex$/m) });
  // the row of an input shows where the dialog begins: without one in sight it may go on above the screen
  await agent.perform({ play: [{ say: 'I clean up first.' }], input: 'Build it.' });
  await agent.perform({ dialog: 'rm -rf build' });
  const asked = await explain(agent.paneId);
  expect(asked.stdout).toMatch(/^dialog, not ready {2}codex$/m);
  expect(asked.stdout).toMatch(/^ {2}about {5}command: rm -rf build$/m);
  expect(asked.stdout).toMatch(/^decided by\n {2}dialog: .*\n +\d+ ▸ +Would you like to run the following command\?$/m);
  const value = JSON.parse((await explain(agent.paneId, '--json')).stdout);
  expect(value).toMatchObject({
    state: 'dialog',
    ready: false,
    agent: 'codex',
    dialog: { kind: 'approval' },
    label: null,
  });
  expect(value.why[0].lines.map(({ text }: { text: string }) => text).join('\n')).toContain('rm -rf build');
});

test('recorded screens are read many at once, by text or colours, each against its label', async () => {
  const queued = join(screens, 'gemini/0.61.0/queued-1.ansi');
  const { code, stdout } = await explain(approval, queued);
  expect(code).toBe(0);
  expect(stdout).not.toContain('\x1b');
  expect(stdout).toContain('label     approval asks for dialog: right');
  expect(stdout).toContain('label     queued asks for busy: right');
  const values = JSON.parse((await explain(approval, queued, '--json')).stdout);
  expect(values.map(({ state, verdict }: { state: string; verdict: string }) => [state, verdict])).toEqual([
    ['dialog', 'right'],
    ['busy', 'right'],
  ]);
});

test('one file of several that cannot be read is said, and the others are shown; none readable ends with 1', async () => {
  const some = await explain(approval, join(tmux.folder, 'no.txt'), '--json');
  expect(some).toMatchObject({ code: 0, stderr: expect.stringContaining('no.txt: does not exist') });
  expect(JSON.parse(some.stdout)).toMatchObject([
    { state: 'dialog' },
    { error: expect.stringContaining('does not exist') },
  ]);
  expect((await explain(join(tmux.folder, 'no.txt'))).code).toBe(1);
  writeFileSync(join(tmux.folder, 'manifest.json'), '[{');
  writeFileSync(join(tmux.folder, 'a.txt'), '');
  expect(await explain(join(tmux.folder, 'a.txt'))).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/manifest\.json: is not JSON/),
  });
});

test('a plain text is read as the agent that --agent names, and not without', async () => {
  const folder = join(tmux.folder, 'plain');
  mkdirSync(folder);
  const file = join(folder, 'screen.txt');
  writeFileSync(file, readFileSync(approval));
  expect(await explain(file)).toMatchObject({ code: 64, stderr: expect.stringContaining('--agent') });
  expect(await explain(file, '--agent', 'codex')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^dialog, not ready {2}codex$/m),
  });
});

test('--save makes a fixture that the scorer takes, with secrets masked', async () => {
  const agent = await startAgent();
  await agent.perform({ dialog: 'deploy --token sk-proj-AbCdEf0123456789' });
  const folder = join(tmux.folder, 'fixtures');
  const saved = await explain(agent.paneId, '--save', folder, '--state', 'approval', '--note', 'asks to deploy');
  expect(saved).toMatchObject({ code: 0, stdout: expect.stringContaining('saved ') });
  const [recording] = loadRecordings(folder);
  expect(recording!.entry).toMatchObject({
    agent: 'codex',
    version: '0.169.0',
    state: 'approval',
    note: 'asks to deploy',
  });
  const text = readFileSync(join(folder, recording!.entry.file), 'utf8');
  expect(text).toContain('deploy --token xxxx');
  expect(text).not.toContain('AbCdEf');
  const again = await explain(join(folder, recording!.entry.file));
  expect(again.stdout).toContain('approval asks for dialog: right');
});

test('--save asks the program for its version where the screen shows none', async () => {
  const agent = await startAgent();
  await agent.perform({ play: [{ say: Array.from({ length: 80 }, (_, at) => `line ${at}`).join('\n') }], input: 'go' });
  await agent.perform({ dialog: 'deploy' });
  const folder = join(tmux.folder, 'fixtures');
  const programs = join(tmux.folder, 'programs');
  mkdirSync(programs);
  writeFileSync(join(programs, 'codex'), '#!/bin/sh\necho "codex-cli 9.8.7"\n', { mode: 0o755 });
  const save = ['explain', agent.paneId, '--save', folder, '--state', 'approval'];
  expect(await run(tmux, save)).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('no version on the screen'),
  });
  const saved = await run(tmux, save, { env: { PATH: `${programs}:${process.env.PATH}` } });
  expect(saved, saved.stderr).toMatchObject({ code: 0 });
  expect(loadRecordings(folder).map(({ entry }) => entry.version)).toEqual(['9.8.7']);
});

test('a usage error ends with 64 and says what is right', async () => {
  const agent = await startAgent();
  const wrong: ReadonlyArray<readonly [string[], RegExp]> = [
    [['--save', '--state', 'happy'], /--state: happy: .*\n.*one of draft_cleared/],
    [[agent.paneId, '--save'], /--state: missing/],
    [[approval, '--save', '--state', 'approval'], /makes a fixture of one live pane/],
    [[agent.paneId, '--agent', 'nobody'], /unknown agent program 'nobody'\n +--agent: expected one of codex, /],
  ];
  for (const [argv, reason] of wrong)
    expect({ argv, ...(await explain(...argv)) }).toMatchObject({ code: 64, stderr: expect.stringMatching(reason) });
  const help = await run(tmux, ['explain', '--help']);
  expect(help).toMatchObject({ code: 0, stdout: expect.stringMatching(/Examples:\n {2}bridge explain %3/) });
});
