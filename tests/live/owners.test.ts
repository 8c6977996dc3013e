import { existsSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { waitFor } from '../fixtures/private-tmux.ts';
import type { ScriptedAgent } from '../fixtures/scripted-agent.ts';
import { answering, type BridgeProcess, inState, type Line, makeHome, requestIds, run } from './bridge-process.ts';
import { eachTestStartsWith, startWatching, startWorker, tmux } from './live-fixture.ts';

eachTestStartsWith();

const worker = (name = 'worker') => startWorker({ name, label: name });

const bridge = (home: string, ...args: string[]) => startWatching(args, { home });

const found = (line: Line) => line.type === 'worker-found';
const isSaid = (pattern: RegExp) => (line: Line) => line.type === 'said' && pattern.test(String(line.text));
const said = (of: BridgeProcess, pattern: RegExp) => of.lines.filter(isSaid(pattern)).length;
/** the turn that an answer began may have ended meanwhile, which is a request of its own kind */
const questions = (of: BridgeProcess) => [
  ...new Set(of.lines.filter((line) => line.type === 'request-changed' && line.kind === 'request').map(({ id }) => id)),
];
const ask = (agent: ScriptedAgent, question: string) =>
  agent.perform({ play: [{ busy: 200 }, { request: question }], input: 'go' });
const answerTo = (agent: ScriptedAgent, count: number) =>
  waitFor(`${count} inputs`, () => agent.inputs().length >= count, { limitMs: 15_000 });

for (const order of [
  ['first', 'second'],
  ['second', 'first'],
] as const) {
  test(`two bridges with two homes answer each question once: ${order.join(' before ')}`, async () => {
    const agent = await worker();
    const [owner, other] = await startBoth();
    await owner.line('it watches the worker', found);
    await other.line(
      'it says whose the worker is',
      isSaid(new RegExp(`worker %\\d+ is watched by the bridge of .*/${order[0]} `)),
    );
    for (const number of [1, 2, 3]) {
      await ask(agent, `Question ${number}?`);
      await answerTo(agent, number);
      await waitFor('settled in the journal', () => owner.lines.filter(inState('delivered')).length >= number);
    }
    expect(agent.inputs()).toEqual(Array(3).fill(`Answer of ${order[0]}.`));
    expect(questions(owner)).toHaveLength(3);
    expect(requestIds(other)).toHaveLength(0);
    expect(other.lines.filter(found)).toEqual([]);
    expect(said(other, /is watched by/)).toBe(1);

    const listed = await run(tmux, ['list', '--home', homeOf(order[1]), '--json']);
    const [pane] = JSON.parse(listed.stdout) as { owner: unknown }[];
    expect(pane!.owner).toMatchObject({ pid: owner.child.pid, home: homeOf(order[0]), isOurs: false });
    expect((await run(tmux, ['list', '--home', homeOf(order[1])])).stdout).toContain(homeOf(order[0]));
    const checked = await run(tmux, ['doctor', '--home', homeOf(order[1])]);
    expect(checked.stdout).toMatch(
      new RegExp(`owners: worker %\\d+ is watched by the bridge of .*/${order[0]} \\(pid`),
    );
  });

  async function startBoth() {
    const owner = await bridge(makeHome(tmux, answering(order[0]), order[0]));
    return [owner, await bridge(makeHome(tmux, answering(order[1]), order[1]))] as const;
  }
}
const homeOf = (name: string) => makeHome(tmux, '', name);

test('two that start at the same moment answer each question once', async () => {
  const agents = [await worker('worker-1'), await worker('worker-2'), await worker('worker-3')];
  const homes = ['a', 'b', 'c'].map((name) => makeHome(tmux, answering(name), name));
  const all = await Promise.all(homes.map((home) => bridge(home)));
  await waitFor('each worker is watched', () => all.flatMap(({ lines }) => lines.filter(found)).length === 3);
  for (const agent of agents) await ask(agent, 'Which?');
  for (const agent of agents) await answerTo(agent, 1);
  await waitFor(
    'all of it is journaled',
    () => all.flatMap(({ lines }) => lines.filter(inState('delivered'))).length === 3,
  );
  for (const agent of agents) expect(agent.inputs()).toHaveLength(1);
});

test.each(['SIGKILL', 'SIGTERM'] as const)(
  'when the first ends by %s the second takes over and answers what is open there, once; what the first had held stays untyped',
  async (signal) => {
    const agent = await worker();
    const [one, two] = [makeHome(tmux, answering('one'), 'one'), makeHome(tmux, answering('two'), 'two')];
    const first = await bridge(one);
    const second = await bridge(two);
    await second.line('it says whose the worker is', isSaid(/is watched by/));
    await ask(agent, 'Which?');
    await answerTo(agent, 1);
    await waitFor(
      'the first turn is over',
      () => first.lines.some(inState('settled')) || first.lines.some(inState('delivered')),
    );

    // as one that dies between filling and pasting leaves it
    const buffers = () => tmux.run('list-buffers', '-F', '#{buffer_name}');
    const left = `bridge-${first.child.pid}-0123456789abcdef`;
    await tmux.run('set-buffer', '-b', left, 'half done');
    // a draft holds the first bridge's answer back
    await agent.perform({ play: [{ busy: 200 }, { request: 'And now?' }, { draft: 'hmm' }], input: 'go' });
    await first.line('its answer is held', (line) => line.type === 'delivery-changed' && line.state === 'held');
    await first.stop(signal);
    await second.line('it says that it takes over', isSaid(/is taken over from the bridge of .*\/one/));
    await second.line('it found the worker', found);
    await waitFor('what the first left half done is gone', async () => !(await buffers()).includes(left));
    await second.line(
      'its answer is held as well',
      (line) => line.type === 'delivery-changed' && line.state === 'held',
    );

    const again = await bridge(one);
    await again.line('it says whose the worker is now', isSaid(/is watched by the bridge of .*\/two/));
    await tmux.run('send-keys', '-t', agent.paneId, 'C-u');
    await answerTo(agent, 2);
    await second.line('delivered', inState('delivered'));
    // the first bridge has had its chance to type, too
    await agent.perform({ busy: false });
    const held = await run(tmux, ['requests', '--home', one, '--json']);
    expect(held.stdout).toMatch(/watches this pane and answers there/);
    expect(agent.inputs()).toEqual(['Answer of one.', 'Answer of two.']);
  },
);

test('a bridge that died while it typed leaves to the human what stands there then', async () => {
  const agent = await worker();
  const [one, two] = [makeHome(tmux, answering('one'), 'one'), makeHome(tmux, answering('two'), 'two')];
  const first = await bridge(one);
  const second = await bridge(two);
  await second.line('it says whose the worker is', isSaid(/is watched by/));
  // the agent takes the Enter and shows nothing of it
  await agent.perform({ set: { ignoreEnters: 1 } });
  await ask(agent, 'Which?');
  await agent.fact('the paste arrives', (fact) => fact.paste !== undefined);
  await first.stop('SIGKILL');
  await second.line(
    'the human is asked',
    (line) => line.type === 'human-needed' && /ended while it was typing there/.test(String(line.why)),
  );
  expect(agent.inputs().length).toBeLessThanOrEqual(1);
  expect(agent.facts().filter((fact) => fact.paste !== undefined)).toHaveLength(1);
});

/**
 * One question that two bridges have asked their humans about. The first has just typed its answer, and the agent shows
 * nothing of it yet.
 * @param held the answer that the second one has been given, and holds
 */
async function twoAnswers(agent: ScriptedAgent, held?: string) {
  const [one, two] = [makeHome(tmux, '', 'one'), makeHome(tmux, '', 'two')];
  const before = await bridge(two, '--mode', 'manual');
  await ask(agent, 'Which?');
  const { id } = await before.line('the second has asked', inState('asked'));
  await before.stop('SIGKILL');
  const first = await bridge(one, '--mode', 'manual');
  const asked = await first.line('the first has asked', inState('asked'));
  const second = await bridge(two, '--mode', 'manual');
  await second.line('it says whose the worker is', isSaid(/is watched by/));
  if (held) expect(await run(tmux, ['answer', '--home', two, String(id), held])).toMatchObject({ code: 2 });
  // far more than everything here takes
  await agent.perform({ set: { echoDelayMs: 12_000 } });
  const given = run(tmux, ['answer', '--home', one, String(asked.id), 'Theirs.']);
  const isTyped = async () => {
    const shown = await run(tmux, ['show', '--home', one, '--json', String(asked.id)]);
    return JSON.parse(shown.stdout).delivery?.state.is === 'typed';
  };
  await waitFor('it is typed', isTyped);
  return { first, second, two, id: String(id), given };
}
const pastes = (agent: ScriptedAgent) => agent.facts().flatMap(({ paste }) => (paste === undefined ? [] : [paste]));

test('an answer that was held goes to the human where the bridge before died typing: both are not typed', async () => {
  const agent = await worker();
  const { first, second, two, id, given } = await twoAnswers(agent, 'Mine.');
  await first.stop('SIGKILL');
  await given;
  await second.line('it takes over', isSaid(/is taken over from/));
  await second.line(
    'the human is asked',
    (line) => line.type === 'human-needed' && /ended while it was typing there/.test(String(line.why)),
  );
  const shown = await run(tmux, ['show', '--home', two, id]);
  expect(shown.stdout).toMatch(/in doubt: the answer of human:cli\s+Mine\./);
  expect(shown.stdout).toMatch(/it has not: type this answer/);
  // who gives the same answer once more, as a script does, is told what to say
  expect(await run(tmux, ['answer', '--home', two, id, 'Mine.'])).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('--again'),
  });
  await agent.fact('the text of the first comes at last', ({ paste }) => paste === 'Theirs.', 25_000);
  await agent.perform({ set: { echoDelayMs: 0 } });
  await agent.perform({ draft: '' });
  const again = await run(tmux, ['answer', '--home', two, id, '--again']);
  expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('submitted') });
  expect(pastes(agent)).toEqual(['Theirs.', 'Mine.']);
  expect(agent.inputs()).toEqual(['Mine.']);
});

test('a command without a daemon does not answer after a bridge that died typing', async () => {
  const agent = await worker();
  const { first, second, two, id, given } = await twoAnswers(agent, 'Mine.');
  await second.stop('SIGKILL');
  await first.stop('SIGKILL');
  await given;
  const late = await run(tmux, ['answer', '--home', two, id, 'Mine after all.']);
  expect(late).toMatchObject({ code: 2, stdout: expect.stringContaining('ended while it was typing there') });
  await agent.fact('the text of the first comes at last', ({ paste }) => paste === 'Theirs.', 25_000);
  expect(pastes(agent)).toEqual(['Theirs.']);
});

test('a command without a daemon answers only where no other bridge watches', async () => {
  const agent = await worker();
  const [one, two] = [makeHome(tmux, '', 'one'), makeHome(tmux, answering('two'), 'two')];
  const first = await bridge(one, '--mode', 'manual');
  await ask(agent, 'Which?');
  const asked = await first.line('asked', inState('asked'));
  await first.stop();
  const second = await bridge(two);
  await answerTo(agent, 1);
  const late = await run(tmux, ['answer', '--home', one, String(asked.id), 'Mine.']);
  expect(late).toMatchObject({ code: 2, stdout: expect.stringContaining('other-bridge') });
  // a text by hand is nobody's answer
  await second.line('delivered', inState('delivered'));
  const sent = await run(tmux, ['send', '--home', one, '--pane', agent.paneId, '--wait', '10', 'By hand.']);
  expect(sent.code).toBe(0);
  expect(agent.inputs()).toEqual(['Answer of two.', 'By hand.']);
});

test('without any other bridge a command without a daemon answers, and nothing of it stays', async () => {
  const agent = await worker();
  const one = makeHome(tmux, '', 'one');
  const first = await bridge(one, '--mode', 'manual');
  await agent.perform({ dialog: 'npm test' });
  const asked = await first.line('asked', inState('asked'));
  await first.stop();
  const given = await run(tmux, ['answer', '--home', one, String(asked.id), '--choose', 'Yes, proceed']);
  expect(given).toMatchObject({ code: 0, stdout: expect.stringContaining('submitted') });
  await agent.fact('the command ran', (fact) => fact.approved === 'npm test');
  const [pane] = JSON.parse((await run(tmux, ['list', '--home', one, '--json'])).stdout) as { owner: unknown }[];
  expect(pane!.owner).toBeNull();
  expect(existsSync(`${tmux.folder}/bridge`)).toBe(true);
  expect(readdirSync(`${tmux.folder}/bridge`).filter((name) => name.endsWith('.lock'))).toEqual([]);
});

test('a dry run takes no worker away, and is kept from none', async () => {
  const agent = await worker();
  const dry = await bridge(makeHome(tmux, answering('dry'), 'dry'), '--dry-run');
  await dry.line('it watches', found);
  const real = await bridge(makeHome(tmux, answering('real'), 'real'));
  await real.line('it watches, too', found);
  await ask(agent, 'Which?');
  await answerTo(agent, 1);
  await dry.line('it would have answered', (line) => line.type === 'would-send');
  expect(agent.inputs()).toEqual(['Answer of real.']);
});
