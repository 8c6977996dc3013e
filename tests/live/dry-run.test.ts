import { chmodSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { waitFor } from '../fixtures/private-tmux.ts';
import { type ScriptedAgent, startScriptedAgent } from '../fixtures/scripted-agent.ts';
import { type BridgeProcess, inState, type Line, makeHome, makeWork, run } from './bridge-process.ts';
import { agent, eachTestStartsWith, home, startWatching, tmux } from './live-fixture.ts';

eachTestStartsWith({ worker: {} });

/** What calls the human would write here. */
const called = () => join(tmux.folder, 'called');

async function dryRun(yaml: string, ...args: string[]): Promise<BridgeProcess> {
  makeHome(tmux, `notify: { command: [touch, '${called()}'] }\n${yaml}`);
  return startWatching(['--dry-run', ...args]);
}

const ask = (text: string) => agent.perform({ play: [{ request: text }], input: 'go' });
const isType = (type: string) => (line: Line) => line.type === type;
const keysOf = (one: ScriptedAgent) =>
  one.facts().filter(({ input, paste }) => input !== undefined || paste !== undefined);

/** Nothing was typed, written or called, and the request can be shown as long as the dry run lasts. */
async function leftNothing(bridge: BridgeProcess, id: unknown, words: string): Promise<void> {
  const shown = await run(tmux, ['show', String(id).slice(-6), '--home', home]);
  expect(shown).toMatchObject({ code: 0, stdout: expect.stringContaining(words) });
  // the bridge has put every file away, and ended every call, when it ends
  expect(await bridge.stop()).toBe(0);
  expect(keysOf(agent)).toEqual([]);
  for (const folder of ['inbox', 'outbox', 'archive']) expect(readdirSync(join(home, folder))).toEqual([]);
  expect(existsSync(join(home, 'bridge.db'))).toBe(false);
  expect(existsSync(called())).toBe(false);
  expect(
    bridge.lines.filter(({ type }) => ['human-needed', 'answer-not-typed', 'letter-stranded'].includes(type)),
  ).toEqual([]);
}

test('what a rule answers ends as "would send"', async () => {
  const bridge = await dryRun('policy:\n  - when: { text: /database/ }\n    answer: Use SQLite.\n');
  await ask('Which database?');
  const would = await bridge.line('would send', isType('would-send'));
  await bridge.line('it ends there', inState('expired'));
  await leftNothing(bridge, would.id, 'Which database?');
});

test('what goes to the human ends as "would notify you": no page, no call', async () => {
  const bridge = await dryRun('', '--mode', 'manual');
  await ask('Shall I go on?');
  const would = await bridge.line('would notify', isType('would-notify'));
  expect(would).toMatchObject({ worker: 'worker', why: expect.any(String), level: 'info' });
  await leftNothing(bridge, would.id, 'Shall I go on?');
});

test('a live controller pane is not typed into: "would ask"', async () => {
  const controller = await startScriptedAgent({
    tmux,
    session: 'macs-controller',
    workingFolder: makeWork(tmux, 'controller'),
    name: 'controller',
  });
  await tmux.run('link-window', '-d', '-s', '=macs-controller:', '-t', '=macs:');
  const bridge = await dryRun('', '--controller-backend', 'pane', '--controller-pane', controller.paneId);
  await ask('Which way?');
  const would = await bridge.line('would ask', isType('would-ask'));
  expect(would).toMatchObject({ worker: 'worker', controller: `the live controller pane ${controller.paneId}` });
  await leftNothing(bridge, would.id, 'Which way?');
  expect(keysOf(controller)).toEqual([]);
});

test('a controller command of the user is not run, since nobody knows what it does', async () => {
  const command = join(tmux.folder, 'answerer');
  writeFileSync(command, `#!/bin/sh\ntouch '${tmux.folder}/ran'\necho yes\n`);
  chmodSync(command, 0o755);
  const bridge = await dryRun('', '--controller-backend', 'command', '--controller-command', command);
  await ask('May I?');
  const would = await bridge.line('would ask', isType('would-ask'));
  expect(would).toMatchObject({ controller: 'the controller program command' });
  await leftNothing(bridge, would.id, 'May I?');
  expect(existsSync(join(tmux.folder, 'ran'))).toBe(false);
});

test('an answer that lies in outbox/ is left to the bridge that it is for', async () => {
  const answer = join(home, 'outbox', 'abc123.response.md');
  const bridge = await dryRun('');
  writeFileSync(answer, 'Yes.\n');
  await ask('Ready?');
  await waitFor('the question is seen', () => bridge.lines.some(isType('request-changed')));
  expect(await bridge.stop()).toBe(0);
  expect(existsSync(answer)).toBe(true);
  expect(bridge.lines.filter(({ text }) => String(text).includes('abc123'))).toEqual([]);
});
