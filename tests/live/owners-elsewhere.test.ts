import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { claimIn, claimText } from '../../bridge/tmux/claim.ts';
import { waitFor } from '../fixtures/private-tmux.ts';
import type { ScriptedAgent } from '../fixtures/scripted-agent.ts';
import { answering, type BridgeProcess, inState, type Line, makeHome, requestIds, run } from './bridge-process.ts';
import { eachTestStartsWith, startWatching, startWorker, tmux } from './live-fixture.ts';

/* Bridges that share the tmux server and nothing else, as those of two hosts or containers do. */

eachTestStartsWith();

/** A state directory and a runtime folder of its own. */
function place(name: string, yaml = answering(name)) {
  const runtime = join(tmux.folder, `runtime-${name}`);
  mkdirSync(runtime, { recursive: true, mode: 0o700 });
  return { home: makeHome(tmux, yaml, name), env: { XDG_RUNTIME_DIR: runtime } };
}
const bridge = (at: ReturnType<typeof place>, ...args: string[]) => startWatching(args, at);
const command = (at: ReturnType<typeof place>, name: string, ...args: string[]) =>
  run(tmux, [name, '--home', at.home, ...args], { env: at.env });

const found = (line: Line) => line.type === 'worker-found';
const isSaid = (pattern: RegExp) => (line: Line) => line.type === 'said' && pattern.test(String(line.text));
const said = (of: BridgeProcess, pattern: RegExp) => of.lines.filter(isSaid(pattern)).length;
const ask = (agent: ScriptedAgent, question: string) =>
  agent.perform({ play: [{ busy: 200 }, { request: question }], input: 'go' });
const answerTo = (agent: ScriptedAgent, count: number) =>
  waitFor(`${count} inputs`, () => agent.inputs().length >= count, { limitMs: 15_000 });
const option = async (agent: ScriptedAgent, name: string) =>
  (await tmux.run('display-message', '-p', '-t', agent.paneId, `#{${name}}`)).replace(/\n$/, '');
const options = async (agent: ScriptedAgent) => (await tmux.run('show-options', '-p', '-t', agent.paneId)).split('\n');
const claimed = (agent: ScriptedAgent, by: string) =>
  waitFor(
    `${by} has claimed the pane`,
    async () => claimIn(await option(agent, '@bridge-owner'))?.home === makeHome(tmux, '', by),
    {
      describe: () => option(agent, '@bridge-owner'),
    },
  );

test('the second neither watches nor answers what the first has, says whose it is, and takes over when that is killed', async () => {
  const agent = await startWorker();
  const [one, two] = [place('one'), place('two')];
  const first = await bridge(one);
  await first.line('it watches', found);
  await claimed(agent, 'one');
  const second = await bridge(two);
  await second.line('it says whose it is', isSaid(/worker %\d+ is watched by the bridge of .*\/one \(pid \d+\)/));
  await ask(agent, 'Question 1?');
  await answerTo(agent, 1);
  await first.line('delivered', inState('delivered'));
  expect(requestIds(second)).toEqual([]);
  expect(second.lines.filter(found)).toEqual([]);

  await first.stop('SIGKILL');
  await second.line('it says that it takes over', isSaid(/is taken over from the bridge of .*\/one/));
  await second.line('it watches', found);
  await claimed(agent, 'two');
  await ask(agent, 'Question 2?');
  await answerTo(agent, 2);
  await second.line('delivered', inState('delivered'));
  expect(agent.inputs()).toEqual(['Answer of one.', 'Answer of two.']);
  expect(said(second, /is watched by/)).toBe(1);

  // the first comes again, and is now the second
  const again = await bridge(one);
  await again.line('it says whose it is now', isSaid(/is watched by the bridge of .*\/two/));
  expect(again.lines.filter(found)).toEqual([]);
});

test('one that ends lets the other take over at once, and nothing stays when both have ended', async () => {
  const agent = await startWorker();
  const [one, two] = [place('one'), place('two')];
  const first = await bridge(one);
  await claimed(agent, 'one');
  const second = await bridge(two);
  await second.line('it says whose it is', isSaid(/is watched by/));
  await first.stop();
  await second.line('it takes over', isSaid(/is taken over from/));
  await claimed(agent, 'two');
  await ask(agent, 'Which?');
  await answerTo(agent, 1);
  await second.line('delivered', inState('delivered'));
  await second.stop();
  expect((await options(agent)).filter((line) => line.includes('@bridge'))).toEqual([]);
  expect(agent.inputs()).toEqual(['Answer of two.']);
});

test('a pane that its bridge watches no more is free for the other', async () => {
  const agent = await startWorker();
  await bridge(place('one'));
  await claimed(agent, 'one');
  const second = await bridge(place('two'), '--worker', agent.paneId);
  await second.line('it says whose it is', isSaid(/is watched by/));
  await tmux.run('set-option', '-p', '-u', '-t', agent.paneId, '@label');
  await second.line('it takes over', isSaid(/is taken over from/));
  await claimed(agent, 'two');
});

test('of two that start at the same moment one has the pane, and the question is answered once', async () => {
  const agent = await startWorker();
  const both = await Promise.all([bridge(place('one')), bridge(place('two'))]);
  await waitFor('one says whose it is', () => both.filter((each) => said(each, /is watched by/) === 1).length === 1);
  await ask(agent, 'Which?');
  await answerTo(agent, 1);
  await waitFor('delivered', () => both.some(({ lines }) => lines.some(inState('delivered'))));
  expect(agent.inputs()).toHaveLength(1);
  expect(both.filter((each) => requestIds(each).length > 0)).toHaveLength(1);
});

test.each(['with bridges that run', 'by commands alone'])(
  'texts from two places at once arrive whole, each once: %s',
  async (how) => {
    const agent = await startWorker();
    const places = [place('one'), place('two')];
    if (how === 'with bridges that run') for (const at of places) await bridge(at);
    // a look between a paste and its echo sees an empty composer
    await agent.perform({ set: { echoDelayMs: 300 } });
    const texts = [1, 2, 3].flatMap((number) => places.map((_, at) => `text ${number} of place ${at}`));
    const sent = await Promise.all(
      texts.map((text, at) => command(places[at % 2]!, 'send', '--pane', agent.paneId, '--wait', '60', '--json', text)),
    );
    expect(sent.filter(({ code }) => code !== 0)).toEqual([]);
    expect([...agent.inputs()].sort()).toEqual([...texts].sort());
    const typed = agent.facts().flatMap(({ paste, input }) => ((paste ?? input) === undefined ? [] : [paste ?? input]));
    // each paste is followed by its own input: nothing was typed between
    for (let at = 0; at < typed.length; at += 2) expect(typed[at + 1]).toBe(typed[at]);
    expect((await options(agent)).filter((line) => /@bridge-(?:writer|typed)/.test(line))).toEqual([]);
  },
);

test('an answer by a command is held where a bridge of another place watches', async () => {
  const agent = await startWorker();
  const [one, two] = [place('one', ''), place('two', '')];
  const first = await bridge(one, '--mode', 'manual');
  await ask(agent, 'Which?');
  const asked = await first.line('asked', inState('asked'));
  await first.stop();
  const second = await bridge(two, '--mode', 'manual');
  await claimed(agent, 'two');
  const late = await command(one, 'answer', String(asked.id), 'Mine.');
  expect(late).toMatchObject({ code: 2, stdout: expect.stringMatching(/other-bridge.*\/two .*watches this pane/s) });
  await second.stop();
  await bridge(one, '--mode', 'manual');
  await answerTo(agent, 1);
  expect(agent.inputs()).toEqual(['Mine.']);
});

test('a command without a bridge answers where none watches, and leaves no claim behind', async () => {
  const agent = await startWorker();
  const one = place('one', '');
  const first = await bridge(one, '--mode', 'manual');
  await ask(agent, 'Which?');
  const asked = await first.line('asked', inState('asked'));
  await first.stop();
  expect(await command(one, 'answer', String(asked.id), 'Mine.')).toMatchObject({ code: 0 });
  expect(agent.inputs()).toEqual(['Mine.']);
  expect((await options(agent)).filter((line) => line.includes('@bridge'))).toEqual([]);
});

const stale = { client: 'client-999999@1', bridge: '0123456789abcdef', folder: 'elsewhere', pid: 7, since: 1 };
const leave = (agent: ScriptedAgent, ...names: string[]) =>
  Promise.all(
    names.map((name) =>
      tmux.run('set-option', '-p', '-t', agent.paneId, name, claimText({ ...stale, host: 'gone', home: '/gone' })),
    ),
  );

test('a claim whose client is not there is void', async () => {
  const agent = await startWorker();
  await leave(agent, '@bridge-owner');
  const one = await bridge(place('one'));
  await one.line('it takes over', isSaid(/is taken over from the bridge of \/gone on gone \(pid 7\)/));
  await claimed(agent, 'one');
  // whoever wrote there and went is no writer either
  await leave(agent, '@bridge-writer');
  await ask(agent, 'Which?');
  await answerTo(agent, 1);
  await one.line('delivered', inState('delivered'));
  await waitFor('it has let the pane go', async () => (await option(agent, '@bridge-writer')) === '');
});

test('what stands where a bridge of another place ended while it was typing goes to the human', async () => {
  const agent = await startWorker();
  await leave(agent, '@bridge-owner', '@bridge-writer');
  await ask(agent, 'Which?');
  const one = await bridge(place('one'));
  await one.line(
    'the human is asked',
    (line) => line.type === 'human-needed' && /on gone \(pid 7\) ended while it was typing/.test(String(line.why)),
  );
  expect(agent.inputs()).toEqual([]);
  expect(await option(agent, '@bridge-writer')).toBe('');
});

test.each([
  'a word',
  '"quotes" and \'quotes\'',
  '#{pane_id}, #(touch %s) } {',
  '%H %% ; kill-server',
  'bridge-1:client-1@1:00:x',
])('what a person has put into the options does no harm: %s', async (text) => {
  const agent = await startWorker();
  const touched = join(tmux.folder, 'touched');
  const odd = text.replace('%s', touched);
  for (const name of ['@bridge-owner', '@bridge-writer']) {
    await tmux.run('set-option', '-p', '-t', agent.paneId, name, odd);
    // of the server, tmux tells it instead of the pane's own
    if (text === 'a word') await tmux.run('set-option', '-s', name, odd);
  }
  const one = await bridge(place('one'));
  await one.line('it watches', found);
  if (text !== 'a word') await claimed(agent, 'one');
  await ask(agent, 'Which?');
  await answerTo(agent, 1);
  await one.line('delivered', inState('delivered'));
  expect(agent.inputs()).toEqual(['Answer of one.']);
  expect(said(one, /tried again/)).toBe(0);
  if (text !== 'a word') {
    await one.stop();
    expect((await options(agent)).filter((line) => line.includes('@bridge'))).toEqual([]);
  }
});

describe('a bridge of another place ended as the writer while nobody watched', () => {
  /** A question of a bridge that has ended since. */
  async function asked() {
    const agent = await startWorker();
    const one = place('one', '');
    const first = await bridge(one, '--mode', 'manual');
    await ask(agent, 'Which?');
    const { id } = await first.line('asked', inState('asked'));
    await first.stop();
    await leave(agent, '@bridge-writer');
    return { agent, one, id: String(id) };
  }
  const note = (agent: ScriptedAgent, text: string) =>
    tmux.run('set-option', '-p', '-t', agent.paneId, '@bridge-typed', text);

  test('where it had typed, an answer by a command is held, and it is known after that, too', async () => {
    const { agent, one, id } = await asked();
    await note(agent, `${stale.bridge}.${stale.since}.1`);
    const why = /\/gone on gone \(pid 7\) ended while it was typing there/;
    expect(await command(one, 'answer', id, 'Mine.')).toMatchObject({ code: 2, stdout: expect.stringMatching(why) });
    expect(await option(agent, '@bridge-writer')).toBe('');
    // its claim is gone now, and it is known all the same
    const held = await command(one, 'requests', '--json');
    expect(held.stdout).toMatch(/ended while it was typing there/);
    expect(agent.inputs()).toEqual([]);
  });

  test('where its note says that it had typed nothing, an answer by a command is typed', async () => {
    const { agent, one, id } = await asked();
    await note(agent, `${stale.bridge}.${stale.since}.0`);
    expect(await command(one, 'answer', id, 'Mine.')).toMatchObject({ code: 0 });
    expect(agent.inputs()).toEqual(['Mine.']);
  });
});
