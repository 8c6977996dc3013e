import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { programOf } from '../../bridge/agent-programs/index.ts';
import { prepare } from '../../bridge/delivery/text.ts';
import { inState, makeHome, run, startBridge } from '../live/bridge-process.ts';
import { AgentHarness } from './agent-harness.ts';
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

const severalLines = /this program takes one line at a time, and the text has several/;
const longLine = /the line has \d+ bytes; this program takes 1000$/;

/** Texts that no way is known for to put into an agent unharmed, and why: docs/agents/grok.md, docs/measurements/agent-screens.md. */
const refused: Partial<Record<AgentName, Readonly<Record<string, RegExp>>>> = {
  continue: { 'a trailing backslash': /would not take Enter after the ending/ },
  grok: {
    'five lines, one of them empty': severalLines,
    '2,000 characters in one line': longLine,
    '10,000 characters in one line': longLine,
    '10,000 characters in 125 lines': severalLines,
    'a line that names a key': severalLines,
    tabs: severalLines,
  },
};

/** Texts that arrive, and throw the program's drawing off: what comes next is held, `unknown`, until it draws all anew (docs/agents/copilot.md). */
const throwsOff: Partial<Record<AgentName, readonly string[]>> = { copilot: ['accents, CJK and emoji with joiners'] };

describe.each(agents)('a real %s', (name) => {
  const { composer } = programOf(null, { agent: name });
  let harness: AgentHarness;
  beforeAll(async () => {
    harness = await AgentHarness.open(name);
  });
  afterAll(() => harness.close());

  /** one agent for all the texts; what a failed one left in its composer must not fail the next */
  beforeEach(async ({ onTestFailed }) => {
    onTestFailed(() => harness.end());
    if (!harness.isRunning) await harness.restart();
  });

  /** Nothing is typed while its screen cannot be read, and a resize makes it readable. */
  const drawAnew = async () => {
    const { agent, tmux } = harness;
    await agent.waitUntilIdle();
    const held = await harness.deliver(kindsOfText[0]!, 'bridge', 3_000);
    expect(held).toMatchObject({
      outcome: 'held',
      detail: expect.stringMatching(/held: unknown: there is no composer/),
    });
    await tmux.run('resize-window', '-t', agent.paneId, '-x', '119', '-y', '40');
    await delay(1_000);
    await tmux.run('resize-window', '-t', agent.paneId, '-x', '120', '-y', '40');
  };

  test.each(kindsOfText)('is told $name exactly once, or the text is refused', async (kind) => {
    const { outcome, detail } = await harness.deliver(kind);
    const why = refused[name]?.[kind.name];
    expect(why === undefined ? ['exact', 'declared'] : ['refused'], detail).toContain(outcome);
    if (why !== undefined) expect(detail).toMatch(why);
    if (throwsOff[name]?.includes(kind.name)) await drawAnew();
  });

  test.each(['scrolled', 'copy-mode'] as const)(
    'is told a line exactly once when it is in the state %s',
    async (state) => {
      const { agent } = harness;
      await states[state].ready(harness);
      const first = await harness.deliver(kindsOfText[0]!);
      if (first.outcome !== 'held') {
        expect(first, first.detail).toMatchObject({ outcome: 'exact' });
        return;
      }
      // where it took the PageUp (codex does at times), somebody reads there, and nothing is typed until he is back
      const { scrolledBack } = programs[name];
      expect(first.detail).toMatch(/held: unknown: somebody has scrolled the transcript back/);
      expect(await agent.screen()).toMatch(scrolledBack!.shows);
      for (const key of scrolledBack!.back) await agent.press(key);
      expect(await harness.deliver(kindsOfText[0]!)).toMatchObject({ outcome: 'exact' });
    },
  );

  test.each(['interrupted', 'denied', 'error'] as const)(
    'is told a line exactly once in the state %s, or it is held for a reason that a person can see',
    async (state) => {
      if (state === 'denied' && programs[name].approval === null) return;
      await states[state].ready(harness);
      // a text of its own: of one that stands on the screen already nobody can tell, where inputs look like answers
      const { outcome, detail } = await harness.deliver({
        name: state,
        text: () => `Go on with SQLite, after ${state}.`,
      });
      if (outcome === 'held') {
        // some try for ever, and some put the prompt back into the composer
        expect(detail).toMatch(/^\w+: held: (?:busy|draft): /);
        await harness.end();
      } else expect(['exact', 'declared'], detail).toContain(outcome);
      // Kimi puts the words that failed before what comes next, and fails again
      if (state === 'error') await harness.end();
    },
  );

  test('is told a line only after the answer that it is giving, and gives that to its end', async () => {
    await states.busy.ready(harness);
    const answering = harness.agent.calls().at(-1)!;
    const { outcome, detail } = await harness.deliver(kindsOfText[0]!);
    expect(['exact', 'declared'], detail).toContain(outcome);
    expect(answering.ended).toBe('whole');
  });

  test('is typed nothing behind what a person has begun to write', async () => {
    await states.draft.ready(harness);
    expect(await harness.deliver(kindsOfText[0]!, 'bridge', 5_000)).toMatchObject({
      outcome: 'held',
      detail: expect.stringMatching(/^\w+: held: draft: /),
    });
    expect(await harness.agent.screen()).toMatch(new RegExp(`${draft}[ \\u200b]*(?:[│┃].*)?$`, 'm'));
    await harness.end();
  });

  // bridge.test.ts has the same of codex and gemini; pi asks for no approval
  test.skipIf(['codex', 'gemini', 'pi'].includes(name))('is typed nothing while it asks for an approval', async () => {
    const { agent, tmux } = harness;
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
    const { agent, tmux } = harness;
    const home = makeHome(tmux, '', 'asking');
    await agent.waitUntilIdle();
    await tmux.run('set-option', '-p', '-t', agent.paneId, '@label', 'worker');
    const ofSeveralLines = 'Use SQLite; one file.\n\nKeep `$(path)` configurable, and tabs\tas they are. 日本語 👩‍👩‍👧';
    const bridge = await startBridge(tmux, home, ['--mode', 'manual']);
    try {
      await agent.type('BLOCK: Which database should the service use?');
      const asked = await bridge.line('asked', inState('asked'), 60_000);
      const before = agent.messages().length;
      let answer = ofSeveralLines;
      if (prepare(answer, composer).is === 'refused') {
        // the human is told why it did not go out, and answers again
        await run(tmux, ['answer', '--home', home, String(asked.id), answer]);
        await bridge.line(
          'refused',
          ({ type, why }) => type === 'human-needed' && severalLines.test(String(why)),
          60_000,
        );
        expect(agent.messages().length).toBe(before);
        answer = ofSeveralLines.replace(/\s+/g, ' ');
      }
      const answered = await run(tmux, ['answer', '--home', home, String(asked.id), answer]);
      // 2: held, as long as the screen still moves
      expect([0, 2], answered.stderr).toContain(answered.code);
      await bridge.line('delivered', inState('delivered'), 60_000);
      await agent.waitUntilIdle();
      const prepared = prepare(answer, composer);
      const told = agent.messages().slice(before);
      expect(told).toHaveLength(1);
      expect(prepared.is === 'text' ? asTaken(prepared.text, composer) : []).toContain(unwrapped(told[0]!, composer));
    } finally {
      await bridge.stop();
    }
  });
});
