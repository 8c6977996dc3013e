import { afterEach, beforeEach, expect, test } from 'vitest';
import { type PrivateTmux, privateTmux, waitFor } from '../fixtures/private-tmux.ts';
import { type BridgeProcess, inState, run } from './bridge-process.ts';
import { agent, eachTestStartsWith, home, startWatching, tmux } from './live-fixture.ts';

/** A person at a real terminal: a pane of a tmux server of its own, in which a real client shows the worker's session. */
let terminal: PrivateTmux;
let watching: BridgeProcess;

eachTestStartsWith({ worker: {} });
beforeEach(async () => {
  terminal = privateTmux();
  await terminal.run(
    'new-session',
    '-d',
    '-s',
    'person',
    '-x',
    '120',
    '-y',
    '41',
    `TMUX= tmux -S ${tmux.socketPath} attach`,
  );
  await waitFor('the person sees the worker', async () => (await terminal.screen('person')).includes('OpenAI Codex'));
  watching = await startWatching(['--mode', 'manual']);
});
afterEach(() => terminal.stop());

const press = (...keys: string[]) => terminal.run('send-keys', '-t', 'person', ...keys);
const inMode = async () => (await tmux.run('display-message', '-p', '-t', agent.paneId, '#{pane_in_mode}')).trim();

async function ask(): Promise<string> {
  await agent.perform({ play: [{ request: 'Which database?' }], input: 'go' });
  return String((await watching.line('asked', inState('asked'))).id);
}

test('nothing is typed while a person reads in copy mode; the request says why, and the answer goes out afterwards', async () => {
  const id = await ask();
  await press('C-b', '[');
  await waitFor('copy mode', async () => (await inMode()) === '1');
  await press('Up');
  const answered = await run(tmux, ['answer', '--home', home, id, 'Use SQLite.']);
  expect(answered).toMatchObject({ code: 2, stdout: expect.stringContaining('held: copy-mode') });
  const listed = await run(tmux, ['requests', '--home', home]);
  expect(listed.stdout).toContain('the pane is in copy mode');
  expect(agent.facts().some(({ paste, typed, key }) => paste ?? typed ?? key)).toBe(false);
  expect(await inMode()).toBe('1');
  await press('q');
  await watching.line('delivered', inState('delivered'), 20_000);
  expect(agent.inputs()).toEqual(['Use SQLite.']);
});

test("a person's half-written line is never joined with the answer", async () => {
  const id = await ask();
  await terminal.run('send-keys', '-t', 'person', '-l', 'wait, I am ');
  await waitFor('the draft', async () => (await agent.state()).draft === 'wait, I am ');
  const answered = await run(tmux, ['answer', '--home', home, id, 'Use SQLite.']);
  expect(answered.code).toBe(2);
  await terminal.run('send-keys', '-t', 'person', '-l', 'thinking');
  await press('Enter');
  await watching.line(
    'delivered or withdrawn',
    (line) => inState('delivered')(line) || inState('withdrawn')(line),
    20_000,
  );
  expect(agent.inputs()[0]).toBe('wait, I am thinking');
  expect(agent.inputs().slice(1)).toEqual(agent.inputs().length > 1 ? ['Use SQLite.'] : []);
});
