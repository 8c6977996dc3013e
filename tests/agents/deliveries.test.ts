import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { programOf } from '../../bridge/agent-programs/index.ts';
import { prepare } from '../../bridge/delivery/text.ts';
import { inState, makeHome, run, startBridge } from '../live/bridge-process.ts';
import { Field } from './field.ts';
import { isWanted } from './installs.ts';
import { type AgentName, agentNames, programs } from './programs/index.ts';
import { draft, states } from './states.ts';
import { asTaken, unwrapped } from './taken.ts';
import { kindsOfText } from './texts.ts';

/**
 * What real agents are told of each kind of text, the model's log being the witness: `npm run deliveries` does the same
 * many times. BRIDGE_TEST_AGENTS names those to run.
 */
const agents = agentNames.filter((name) => isWanted(name));

/** Texts that no way is known for to put into an agent unharmed. */
const refused: Partial<Record<AgentName, readonly string[]>> = { continue: ['a trailing backslash'] };

describe.each(agents)('a real %s', (name) => {
  const { composer: manner } = programOf(null, { agent: name });
  let field: Field;
  beforeAll(async () => {
    field = await Field.open(name);
  });
  afterAll(() => field.close());

  /** one agent for all the texts; what a failed one left in its composer must not fail the next */
  beforeEach(async ({ onTestFailed }) => {
    onTestFailed(() => field.end());
    if (!field.isRunning) await field.restart();
  });

  test.each(kindsOfText)('is told $name exactly once, or the text is refused', async (kind) => {
    const { outcome, detail } = await field.deliver(kind);
    const isRefused = refused[name]?.includes(kind.name) === true;
    expect(isRefused ? ['refused'] : ['exact', 'declared'], detail).toContain(outcome);
  });

  test.each(['scrolled', 'copy-mode'] as const)(
    'is told a line exactly once when it is in the state %s',
    async (state) => {
      const { agent, tmux } = field;
      await states[state].ready(field);
      const first = await field.deliver(kindsOfText[0]!);
      if (first.outcome !== 'held') {
        expect(first).toMatchObject({ outcome: 'exact' });
        return;
      }
      // codex takes a PageUp only at times; where it did, somebody reads there, and nothing is typed until he is back
      expect(await tmux.run('capture-pane', '-p', '-t', agent.paneId)).toContain('Back to bottom');
      await agent.press('End');
      await agent.press('Escape');
      expect(await field.deliver(kindsOfText[0]!)).toMatchObject({ outcome: 'exact' });
    },
  );

  test.each(['interrupted', 'denied', 'error'] as const)(
    'is told a line exactly once in the state %s, or it is held for a reason that a person can see',
    async (state) => {
      if (state === 'denied' && programs[name].approval === null) return;
      await states[state].ready(field);
      // a text of its own: of one that stands on the screen already nobody can tell, where inputs look like answers
      const { outcome, detail } = await field.deliver({
        name: state,
        text: () => `Go on with SQLite, after ${state}.`,
      });
      if (outcome === 'held') {
        // some try for ever, and some put the prompt back into the composer
        expect(detail).toMatch(/^\w+: held: (?:busy|draft): /);
        await field.end();
      } else expect(['exact', 'declared'], detail).toContain(outcome);
    },
  );

  test('is told a line only after the answer that it is giving, and gives that to its end', async () => {
    await states.busy.ready(field);
    const answering = field.agent.calls().at(-1)!;
    const { outcome, detail } = await field.deliver(kindsOfText[0]!);
    expect(['exact', 'declared'], detail).toContain(outcome);
    expect(answering.ended).toBe('whole');
  });

  test('is typed nothing behind what a person has begun to write', async () => {
    await states.draft.ready(field);
    expect(await field.deliver(kindsOfText[0]!, 'bridge', 5_000)).toMatchObject({
      outcome: 'held',
      detail: expect.stringMatching(/^\w+: held: draft: /),
    });
    expect(await field.agent.screen()).toMatch(new RegExp(`${draft} *(?:[│┃].*)?$`, 'm'));
    await field.end();
  });

  // bridge.test.ts has the same of codex and gemini; pi asks for no approval
  test.skipIf(['codex', 'gemini', 'pi'].includes(name))('is typed nothing while it asks for an approval', async () => {
    const { agent, tmux } = field;
    const home = makeHome(tmux, '', 'approval');
    await agent.waitUntilIdle();
    const proof = join(agent.workingFolder, 'proof');
    const asked = `RUN ESCALATE: touch ${proof}`;
    await agent.type(asked);
    await agent.waitForScreen(agent.approval);
    const status = await run(tmux, ['status', '--home', home, '--pane', agent.paneId, '--exit-code']);
    expect(status).toMatchObject({ code: 1, stdout: expect.stringMatching(/^dialog /) });
    for (const more of [[], ['--force']]) {
      const sent = await run(tmux, ['send', '--home', home, '--pane', agent.paneId, ...more, 'yes, go on']);
      expect(sent).toMatchObject({ code: 2, stderr: expect.stringContaining('held: dialog') });
    }
    expect(await agent.screen()).toMatch(agent.approval);
    expect(await agent.screen()).not.toContain('yes, go on');
    await agent.deny();
    await agent.waitUntilIdle();
    expect(existsSync(proof)).toBe(false);
    expect(agent.messages().slice(agent.messages().indexOf(asked))).toEqual([asked]);
  });

  // of codex bridge.test.ts tells more
  test.skipIf(name === 'codex')('asks with a request block, and is told exactly the answer, once', async () => {
    const { agent, tmux } = field;
    const home = makeHome(tmux, '', 'asking');
    await agent.waitUntilIdle();
    await tmux.run('set-option', '-p', '-t', agent.paneId, '@label', 'worker');
    const answer = 'Use SQLite; one file.\n\nKeep `$(path)` configurable, and tabs\tas they are. 日本語 👩‍👩‍👧';
    const bridge = await startBridge(tmux, home, ['--mode', 'manual']);
    try {
      await agent.type('BLOCK: Which database should the service use?');
      const asked = await bridge.line('asked', inState('asked'), 60_000);
      const before = agent.messages().length;
      const answered = await run(tmux, ['answer', '--home', home, String(asked.id), answer]);
      // 2: held, as long as the screen still moves
      expect([0, 2], answered.stderr).toContain(answered.code);
      await bridge.line('delivered', inState('delivered'), 60_000);
      await agent.waitUntilIdle();
      const prepared = prepare(answer, manner);
      const told = agent.messages().slice(before);
      expect(told).toHaveLength(1);
      expect(prepared.is === 'text' ? asTaken(prepared.text, manner) : []).toContain(unwrapped(told[0]!, manner));
    } finally {
      await bridge.stop();
    }
  });
});
