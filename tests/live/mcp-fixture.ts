import { expect } from 'vitest';
import type { Called, ScriptedAgent } from '../fixtures/scripted-agent.ts';
import { program } from './bridge-process.ts';
import { home, tmux } from './mail-fixture.ts';

/** `bridge mcp` as a coding client starts it. @param env what is configured for it there */
export const stdioServer = (env: Readonly<Record<string, string>> = {}) => ({
  command: process.execPath,
  args: [program, 'mcp', '--home', home],
  env: { XDG_RUNTIME_DIR: tmux.folder, TMUX_SOCKET: tmux.socketPath, ...env },
});

/** Connects an agent in a pane to `bridge mcp`. */
export async function connect(agent: ScriptedAgent, env: Readonly<Record<string, string>> = {}): Promise<void> {
  const before = agent.facts().length;
  await agent.perform({ mcp: stdioServer(env) });
  const { mcp } = await agent.fact(
    'it is connected',
    (fact) => fact.mcp !== undefined && agent.facts().indexOf(fact) >= before,
  );
  expect(mcp).toMatchObject({ protocol: '2026-07-28' });
}

/** Has a tool do something, and gives what it said. */
export async function called(
  agent: ScriptedAgent,
  tool: string,
  args: Readonly<Record<string, unknown>> = {},
  more: { readonly cancelAfterMs?: number } = {},
): Promise<Called> {
  const before = agent.facts().length;
  await agent.perform({ play: [{ call: tool, arguments: args, ...more }], input: `Use ${tool}.` });
  const fact = await agent.fact(
    `${tool} has answered`,
    (one) => one.called?.tool === tool && agent.facts().indexOf(one) >= before,
    60_000,
  );
  return fact.called!;
}
