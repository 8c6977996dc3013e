import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import type { RequestView } from '../../bridge/api/views.ts';
import { waitFor } from '../fixtures/private-tmux.ts';
import type { Step } from '../fixtures/scripted-agent.ts';
import { type BridgeProcess, inState, type Line, run } from './bridge-process.ts';
import { agent, eachTestStartsWith, home, startWatching, tmux } from './live-fixture.ts';

/** Far more than it takes, but for a machine with many at work. */
const limitMs = 40_000;

let watching: BridgeProcess;

const called = () => readFileSync(join(tmux.folder, 'called'), 'utf8').split('\n').filter(Boolean);
const inbox = () => readdirSync(join(home, 'inbox')).filter((name) => name.endsWith('.request.md'));
const command = (...args: string[]) => run(tmux, [...args, '--home', home]);

eachTestStartsWith({
  yaml: (folder) => `notify: { command: [sh, -c, 'head -1 >> ${join(folder, 'called')}'] }\n`,
  worker: {},
});
beforeEach(async () => {
  writeFileSync(join(tmux.folder, 'called'), '');
  watching = await startWatching(['--mode', 'manual']);
});

const isDoubtful = (line: Line) => line.type === 'human-needed' && /nobody can tell|input line/.test(String(line.why));

/** An answer given to a worker with this fault, in the end of which only a person can say what became of it. */
async function answeredInDoubt(fault: Step): Promise<string> {
  await agent.perform({ play: [{ request: 'Which database?' }], input: 'go' });
  const asked = await watching.line('asked', inState('asked'), limitMs);
  await agent.perform({ set: fault });
  const answer = await command('answer', String(asked.id), 'Use SQLite.');
  // the command stays until the attempt has ended, and says what the human is asked about
  expect(answer).toMatchObject({ code: 3, stdout: expect.stringMatching(/: (uncertain|typed, not submitted): /) });
  await watching.line('the human is asked', isDoubtful, limitMs);
  return String(asked.id);
}

/** Ten commands, each a process that takes seconds to start on a machine with many at work. */
test('an answer of which nobody can tell whether it arrived is put to the human, who looks and settles it', async () => {
  const id = await answeredInDoubt({ losePastes: 1 });
  const view = JSON.parse((await command('show', id, '--json')).stdout) as RequestView;
  expect(view).toMatchObject({ state: 'asked', doubt: { answer: { instructions: 'Use SQLite.' } } });
  expect(view.choices.map((choice) => choice.command)).toContain(`bridge settle ${id}`);
  expect((await command('requests')).stdout).toMatch(/waits for you: nobody can tell/);
  expect((await command('show', id)).stdout).toMatch(/what you can do[\s\S]*--again/);
  await waitFor('the human is called again', () => called().length === 2);
  const page = readFileSync(join(home, 'inbox', inbox()[0]!), 'utf8');
  expect(page).toMatch(/Did this answer arrive\?[\s\S]*Use SQLite\.[\s\S]*bridge settle/);

  // a script that runs the same answer again because of exit code 3 types nothing
  const repeated = await command('answer', id, 'Use SQLite.');
  expect(repeated.code).toBe(1);
  expect(repeated.stdout).toMatch(/--again/);

  expect(await command('settle', id)).toMatchObject({ code: 0, stdout: `request ${id}: settled\n` });
  await waitFor('the page is put away', () => inbox().length === 0);
  expect((await command('settle', id)).code).toBe(1);
  expect((await command('answer', id, '--again')).code).toBe(1);
  expect(agent.inputs()).toEqual([]);
}, 180_000);

test('after a restart the question still stands, and a file answers it', async () => {
  const id = await answeredInDoubt({ losePastes: 1 });
  await watching.stop('SIGKILL');
  watching = await startWatching(['--mode', 'manual']);
  expect((await command('requests')).stdout).toContain('waits for you');
  expect(inbox()).toEqual([`${id}.request.md`]);
  writeFileSync(join(home, 'outbox', `${id}.response.md`), '---\narrived: yes\n---\n');
  await watching.line('settled', inState('settled'), limitMs);
  await waitFor('both are put away', () => readdirSync(join(home, 'archive')).length === 2);
  expect(agent.inputs()).toEqual([]);
});

test('a person who finds that it did not arrive has the same typed once more', async () => {
  const id = await answeredInDoubt({ losePastes: 1 });
  expect(await command('answer', id, '--again')).toMatchObject({ code: 0 });
  await watching.line('delivered', inState('delivered'), limitMs);
  expect(agent.inputs()).toEqual(['Use SQLite.']);
  const view = JSON.parse((await command('show', id, '--json')).stdout) as RequestView;
  expect(view.late).toMatchObject([{ by: 'human:cli', instructions: 'Use SQLite.' }]);
});

test('a person who presses Enter on what was left in the input line ends the question by that', async () => {
  const id = await answeredInDoubt({ ignoreEnters: 100 });
  expect((await command('show', id)).stdout).toContain("the answer is in the worker's input line");
  await agent.perform({ set: { ignoreEnters: 0 } });
  await tmux.run('send-keys', '-t', agent.paneId, 'Enter');
  const withdrawn = await watching.line('withdrawn', inState('withdrawn'), limitMs);
  expect(withdrawn).toMatchObject({ id, reason: expect.stringContaining('input line') });
  expect(agent.inputs()).toEqual(['Use SQLite.']);
});
