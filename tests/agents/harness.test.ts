import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type PrivateTmux, privateTmux } from '../fixtures/private-tmux.ts';
import { type ModelServer, modelServer } from './model-server.ts';
import { startCodex, startGemini } from './real-agents.ts';

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

test.each([
  ['codex', startCodex],
  ['gemini', startGemini],
] as const)(
  'a real %s starts idle, answers one typed message, and asks before it runs a command',
  async (_name, start) => {
    const agent = await start({ tmux, server });
    await agent.type('SAY: four words of answer');
    await agent.waitForScreen(/^\S? *four words of answer$/m);
    await agent.waitUntilIdle();
    expect(agent.messages()).toEqual(['SAY: four words of answer']);

    const proof = join(agent.workingFolder, 'proof');
    await agent.type(`RUN ESCALATE: touch ${proof}`);
    await agent.waitForScreen(agent.approval);
    expect(await agent.isIdle()).toBe(false);
    await agent.press('Escape');
    await agent.waitUntilIdle();
    expect(existsSync(proof)).toBe(false);
  },
);
