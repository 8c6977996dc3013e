import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { prepare } from '../../bridge/delivery/text.ts';
import { profileFor } from '../../bridge/screen/profiles/index.ts';
import { type PrivateTmux, privateTmux, waitFor } from '../fixtures/private-tmux.ts';
import { inState, makeHome, run, startBridge } from '../live/bridge-process.ts';
import { type AgentName, isWanted } from './installs.ts';
import { type ModelServer, modelServer } from './model-server.ts';
import { type RealAgent, startAgent } from './real-agents.ts';

/**
 * What `bridge send` does to real agents, text by text: the model's log is the witness. BRIDGE_TEST_AGENTS names
 * those to run.
 */
const measured = ['pi', 'qwen', 'opencode', 'cline', 'continue'] as const satisfies readonly AgentName[];
const agents = measured.filter((name) => isWanted(name));

const sentence = 'The queue is drained by one worker that takes the oldest job first, and no lock is needed. ';
const lineOf = (index: number) => `${index}: ${sentence.repeat(2)}`.slice(0, 79);

const texts: Readonly<Record<string, string>> = {
  'one line': 'Use SQLite, one file, and keep its path configurable.',
  'five lines, one of them empty': 'First the table.\nThen its index.\n\n- keep the names\n- and the order',
  '2,000 characters in one line': sentence.repeat(30).slice(0, 2000),
  'accents, CJK and emoji with joiners': 'Grüße à Zoë: 日本語のテスト, 한국어, e\u0301 and 👩‍👩‍👧 with 👍🏽 🇩🇪 done',
  'a beginning of /help': '/help is no command here',
  'a beginning of !ls': '!ls is no command here',
  'a beginning of #note': '#note is no memory here',
  '$(x) and backticks': 'Keep $(touch proof), `touch proof` and $HOME as they are.',
  'a line that names a key': 'The first line.\nC-c\nEnter\nThe last line.',
  'a trailing backslash': 'The path is C:\\temp\\',
  tabs: 'one\ttwo\t\tthree\n\tindented\n\t\ttwice',
  'a trailing ;': 'echo done;',
  '10,000 characters in 125 lines': Array.from({ length: 125 }, (_, index) => lineOf(index + 1))
    .join('\n')
    .padEnd(10_000, '.'),
};

/** What each program itself does to a text that it was given, after whatever its profile puts before or behind it. */
const taken: Partial<Record<AgentName, (text: string) => readonly string[]>> = {
  // 0.24.4 trims what it submits
  qwen: (text) => [text.trim()],
  // 3.0.65 trims it too
  cline: (text) => [text.trim()],
  // 1.18.33 appends a blank to some pastes
  opencode: (text) => [text, `${text} `],
  // 0.73.1 trims what it submits, and makes four blanks of a tab
  pi: (text) => [text.trim().replaceAll('\t', '    ')],
};

describe.each(agents)('a real %s', (name) => {
  const profile = profileFor(null, { agent: name });
  let server: ModelServer;
  let tmux: PrivateTmux;
  let agent: RealAgent;
  let home: string;

  /** one agent for all the texts; what a failed one left in its composer must not fail the next */
  let isFresh = false;
  beforeEach(async ({ onTestFailed }) => {
    onTestFailed(() => {
      isFresh = false;
    });
    if (isFresh) return;
    await tmux?.stop();
    await server?.close();
    server = await modelServer();
    tmux = privateTmux();
    home = makeHome(tmux);
    agent = await startAgent(name, { tmux, server, name: 'worker' });
    await tmux.run('set-option', '-p', '-t', agent.paneId, '@label', 'worker');
    isFresh = true;
  });
  afterAll(async () => {
    await tmux?.stop();
    await server?.close();
  });

  const send = (text: string, ...more: string[]) =>
    run(tmux, ['send', '--home', home, '--pane', agent.paneId, ...more, '-'], { input: text });

  test.each(Object.entries(texts))('is told %s exactly once, or the text is refused', async (_, text) => {
    await agent.waitUntilIdle();
    const before = agent.messages().length;
    const callsBefore = agent.calls().length;
    const sent = await send(text, '--wait', '30');
    const prepared = prepare(text, profile.manner);
    if (prepared.is === 'refused') {
      expect(sent).toMatchObject({ code: 1, stderr: expect.stringContaining(prepared.reason) });
      expect(agent.calls()).toHaveLength(callsBefore);
      return;
    }
    expect(sent.code, `${sent.stderr}\n${await agent.screen()}`).toBe(0);
    await waitFor('the model is told', () => agent.messages().length > before, {
      limitMs: 20_000,
      describe: () => agent.screen(),
    });
    await agent.waitUntilIdle();
    const told = agent.messages().slice(before);
    const right = taken[name]?.(prepared.text) ?? [prepared.text];
    expect(told).toEqual([right.includes(told[0]!) ? told[0] : right[0]]);
    expect(agent.calls()).toHaveLength(callsBefore + 1);
    expect(existsSync(join(agent.workingFolder, 'proof'))).toBe(false);
  });

  test.runIf(name !== 'pi')('is typed nothing while it asks for an approval', async () => {
    await agent.waitUntilIdle();
    const before = agent.messages().length;
    const proof = join(agent.workingFolder, 'proof');
    await agent.type(`RUN ESCALATE: touch ${proof}`);
    await agent.waitForScreen(agent.approval);
    const status = await run(tmux, ['status', '--home', home, '--pane', agent.paneId, '--exit-code']);
    expect(status).toMatchObject({ code: 1, stdout: expect.stringMatching(/^dialog /) });
    for (const more of [[], ['--force']]) {
      const sent = await send('yes, go on', ...more);
      expect(sent).toMatchObject({ code: 2, stderr: expect.stringContaining('held: dialog') });
    }
    expect(await agent.screen()).toMatch(agent.approval);
    expect(await agent.screen()).not.toContain('yes, go on');
    await agent.press(name === 'cline' ? 'n' : 'Escape');
    await agent.waitUntilIdle();
    expect(existsSync(proof)).toBe(false);
    expect(agent.messages().slice(before)).toEqual([`RUN ESCALATE: touch ${proof}`]);
  });

  test('asks with a request block, and is told exactly the answer, once', async () => {
    await agent.waitUntilIdle();
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
      const right = taken[name]?.(answer) ?? [answer];
      const told = agent.messages().slice(before);
      expect(told).toEqual([right.includes(told[0]!) ? told[0] : right[0]]);
    } finally {
      await bridge.stop();
    }
  });
});
