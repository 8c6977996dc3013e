import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { waitFor } from '../fixtures/private-tmux.ts';
import { AgentHarness } from './agent-harness.ts';
import { isWanted } from './installs.ts';
import { kindsOfText } from './texts.ts';

/**
 * Claude Code looks the same at rest and at work but for its footer, which a person's keys hide. A text waits until the
 * turn has ended and the footer says so; after whatever ended the turn it arrives.
 */
const line = kindsOfText[0]!;
/** in its composer, not among its echoes */
const typed = /^❯\u00a0Use SQLite/m;
const words = 'The queue is drained by one worker that takes the oldest job first, and no lock is needed. '.repeat(6);

describe.runIf(isWanted('claude'))('a real claude', () => {
  let harness: AgentHarness;
  beforeAll(async () => {
    harness = await AgentHarness.open('claude');
  });
  afterAll(() => harness.close());
  beforeEach(async ({ onTestFailed }) => {
    onTestFailed(() => harness.end());
    if (!harness.isRunning) await harness.restart();
    await harness.agent.waitUntilIdle();
  });

  const press = async (keys: readonly string[]) => {
    for (const key of keys) await harness.agent.press(key);
  };

  test.each<[what: string, keys: readonly string[], undone: readonly string[]]>([
    ['a paragraph streams', [], []],
    ['a paragraph streams and its shortcuts are open', ['?'], ['Escape']],
    ['a paragraph streams and its list of commands is open', ['/'], ['C-u']],
    ['a paragraph streams, edits are accepted and a blank was typed', ['BTab', 'Space'], ['C-u']],
  ])('is typed nothing while %s, and the text once the turn has ended', async (_what, keys, undone) => {
    const { agent } = harness;
    await agent.type(`SLOW 8: ${words}`);
    await agent.waitForScreen(/● The queue is drained/);
    const turn = agent.calls().at(-1)!;
    const isAnswering = () => turn.ended === 'open';
    await press(keys);
    harness.disregard();
    const delivered = harness.deliver(line);
    let seen = false;
    await waitFor(
      'the turn ends',
      async () => {
        const screen = await agent.screen();
        seen ||= isAnswering() && typed.test(screen);
        return !isAnswering();
      },
      { limitMs: 40_000, everyMs: 50 },
    );
    await press(undone);
    expect(await delivered).toMatchObject({ outcome: 'exact' });
    expect(seen).toBe(false);
    // another mode asks otherwise
    if (keys.includes('BTab')) await harness.end();
  });

  test('is told a line exactly once after an interrupt, a denial and an error', async () => {
    const { agent } = harness;
    await agent.type(`SLOW 20: ${words}`);
    await agent.waitForScreen(/● The queue is drained/);
    await agent.press('Escape');
    await agent.waitForScreen(/Interrupted/);
    harness.disregard();
    expect(await harness.deliver(line)).toMatchObject({ outcome: 'exact' });

    await agent.type('RUN ESCALATE: touch proof');
    await agent.waitForScreen(agent.approval);
    await agent.deny();
    harness.disregard();
    expect(await harness.deliver(line)).toMatchObject({ outcome: 'exact' });

    await agent.type('ERROR 400:');
    await agent.waitForScreen(/API Error/);
    harness.disregard();
    expect(await harness.deliver(line)).toMatchObject({ outcome: 'exact' });
  });

  test('is typed nothing over what a person has begun to write', async () => {
    await harness.tmux.run('send-keys', '-l', '-t', harness.agent.paneId, 'half a thought');
    await harness.agent.waitForScreen(/half a thought/);
    expect(await harness.deliver(line)).toMatchObject({ outcome: 'held', detail: expect.stringContaining('draft') });
    expect(await harness.agent.screen()).toMatch(/^❯\u00a0half a thought$/m);
    await harness.agent.press('C-u');
  });
});
