import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { programOf } from '../../bridge/agent-programs/index.ts';
import { type PrivateTmux, privateTmux, waitFor } from '../fixtures/private-tmux.ts';
import type { ModelStep } from './directives.ts';
import { changeFile } from './first-dialogs.ts';
import { isWanted } from './installs.ts';
import { type ModelServer, modelServer } from './model-server.ts';
import { type RealAgent, startAgent } from './real-agents.ts';

/** `start worker` has nothing but a variable to make Kilo ask: without it, it acts at once. */
const { guardedEnv } = programOf(null, { agent: 'kilo' }).launch!;
const page = 'http://127.0.0.1:9/page';

let server: ModelServer;
let tmux: PrivateTmux;
let agent: RealAgent;

beforeEach(async () => {
  tmux = privateTmux();
  server = await modelServer(({ message, toolResult }): readonly ModelStep[] => {
    if (toolResult !== null) return [{ say: 'So be it.' }];
    if (message.startsWith('Run')) return [{ run: 'touch one', escalate: false }];
    if (message.startsWith('Write')) return [{ write: join(agent.workingFolder, 'two'), content: 'two\n' }];
    return [{ call: 'webfetch', args: { url: page, format: 'text' } }];
  });
});
afterEach(async () => {
  await tmux.stop();
  await server.close();
});

async function start(environment: Readonly<Record<string, string>>): Promise<void> {
  agent = await startAgent('kilo', {
    tmux,
    server,
    name: 'worker',
    environment,
    beforeStart: ({ home }) =>
      changeFile(join(home, '.config/kilo/kilo.json'), (text) =>
        JSON.stringify({ ...(JSON.parse(text) as object), permission: undefined }),
      ),
  });
}

describe.runIf(isWanted('kilo'))('a real kilo', () => {
  test('asks before it runs, writes and fetches, by the variable alone', async () => {
    await start(guardedEnv!);
    for (const [prompt, shows] of [
      ['Run it', /\$ touch one/],
      ['Write it', /two/],
      ['Fetch it', /127\.0\.0\.1:9/],
    ] as const) {
      await agent.type(prompt);
      await agent.waitForScreen(agent.approval, 60_000);
      expect(await agent.screen()).toMatch(shows);
      await agent.press('Escape');
      await agent.waitForScreen(/Reject permission/);
      await agent.press('Enter');
      await agent.waitUntilIdle(60_000);
    }
    for (const file of ['one', 'two']) expect(existsSync(join(agent.workingFolder, file))).toBe(false);
  });

  test('runs a command unasked without it', async () => {
    await start({});
    await agent.type('Run it');
    await waitFor('it has run', () => existsSync(join(agent.workingFolder, 'one')), {
      limitMs: 60_000,
      describe: agent.screen,
    });
  });
});
