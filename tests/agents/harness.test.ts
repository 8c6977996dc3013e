import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type PrivateTmux, privateTmux } from '../fixtures/private-tmux.ts';
import { isWanted } from './installs.ts';
import { type ModelServer, modelServer } from './model-server.ts';
import { startAgent } from './real-agents.ts';

let server: ModelServer;
let tmux: PrivateTmux;
beforeAll(async () => {
  server = await modelServer();
});
afterAll(() => server.close());
beforeEach(() => {
  tmux = privateTmux();
});
afterEach(() => tmux.stop());

const asking = ['claude', 'codex', 'gemini', 'qwen', 'cline', 'continue', 'opencode'] as const;

test.each(asking.filter((name) => isWanted(name)))(
  'a real %s starts idle, answers one typed message, and asks before it runs a command',
  async (name) => {
    const agent = await startAgent(name, { tmux, server });
    await agent.type('SAY: four words of answer');
    await agent.waitForScreen(/^ *\S{0,2} *four words of answer *$/m);
    await agent.waitUntilIdle();
    expect(agent.messages()).toEqual(['SAY: four words of answer']);

    const proof = join(agent.workingFolder, 'proof');
    await agent.type(`RUN ESCALATE: touch ${proof}`);
    await agent.waitForScreen(agent.approval);
    expect(await agent.isIdle()).toBe(false);
    await agent.deny();
    await agent.waitUntilIdle();
    expect(existsSync(proof)).toBe(false);
  },
);

test.runIf(isWanted('pi'))('a real pi starts idle, answers one typed message, and runs a command unasked', async () => {
  const agent = await startAgent('pi', { tmux, server });
  const proof = join(agent.workingFolder, 'proof');
  await agent.type(`RUN: touch ${proof}`);
  await agent.waitForScreen(/The command is done/);
  await agent.waitUntilIdle();
  expect(existsSync(proof)).toBe(true);
});
