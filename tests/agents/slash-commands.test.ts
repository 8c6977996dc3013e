import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type PrivateTmux, privateTmux, waitFor } from '../fixtures/private-tmux.ts';
import { makeHome, run } from '../live/bridge-process.ts';
import { isWanted } from './installs.ts';
import { type ModelServer, modelServer } from './model-server.ts';
import type { AgentName } from './programs/index.ts';
import { type RealAgent, startAgent } from './real-agents.ts';

/** What `bridge send --command` makes real agents do; the model's log tells what they took for prose. */
interface Commands {
  /** prints something */
  readonly prints: readonly [command: string, shows: RegExp];
  /** opens a list of its own */
  readonly opens: readonly [command: string, shows: RegExp, exitCode: 0 | 3];
  /** the beginning of a command, which its list would complete: 1 where no Enter was pressed, 0 where what was prose is not told from a command */
  readonly begins: readonly [text: string, hides: RegExp, exitCodes: readonly (0 | 1 | 3)[]];
}
const known: Partial<Record<AgentName, Commands>> = {
  codex: {
    prints: ['/status', /Token usage:/],
    opens: ['/model', /Select Model/, 0],
    begins: ['/statu', /Token usage:/, [3]],
  },
  gemini: {
    prints: ['/about', /About Gemini CLI/],
    opens: ['/model', /Select Model/, 0],
    begins: ['/abo', /About Gemini CLI/, [1]],
  },
  pi: {
    prints: ['/session', /Session Info/],
    opens: ['/model', /Only showing models/, 0],
    begins: ['/sess', /Session Info/, [0, 3]],
  },
};

let server: ModelServer;
let tmux: PrivateTmux;
let home: string;
let agent: RealAgent;
beforeAll(async () => {
  server = await modelServer();
});
afterAll(() => server.close());
beforeEach(() => {
  tmux = privateTmux();
  home = makeHome(tmux);
});
afterEach(() => tmux.stop());

const command = (text: string) =>
  run(tmux, ['send', '--home', home, '--pane', agent.paneId, '--wait', '20', '--command', text]);

describe.each(Object.entries(known).filter(([name]) => isWanted(name as AgentName)))('a real %s', (name, commands) => {
  beforeEach(async () => {
    agent = await startAgent(name as AgentName, { tmux, server });
  });

  test('runs a command, and the model is not asked', async () => {
    const [text, shows] = commands.prints;
    expect(await command(text)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('submitted (composer-emptied)'),
    });
    await agent.waitForScreen(shows);
    expect(agent.calls()).toEqual([]);
  });

  test('opens its list of models, and nothing is chosen there', async () => {
    const [text, shows, exitCode] = commands.opens;
    expect(await command(text)).toMatchObject({ code: exitCode });
    await agent.waitForScreen(shows);
    expect(agent.calls()).toEqual([]);
  });

  test('does not run another command that begins so, and what it refuses does not stay in its composer', async () => {
    const [text, hides, exitCodes] = commands.begins;
    const { code, stderr } = await command(text);
    expect(exitCodes).toContain(code);
    expect(await agent.screen()).not.toMatch(hides);
    const status = () => run(tmux, ['status', '--home', home, '--pane', agent.paneId, '--json']);
    // what it does not give back is said to stand there
    if (stderr.includes('it still stands in the composer')) return;
    await waitFor('its composer is empty', async () => JSON.parse((await status()).stdout).composer.is === 'empty');
  });
});
