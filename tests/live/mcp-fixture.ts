import { expect } from 'vitest';
import type { Called, ScriptedAgent } from '../fixtures/scripted-agent.ts';
import { runAsPerson } from './as-person.ts';
import { program } from './bridge-process.ts';
import { home, tmux } from './mail-fixture.ts';

export const clients = ['2.x', '2.x-2025', '1.x'] as const;
export type ClientKind = (typeof clients)[number];
export type Call = readonly [tool: string, args: Readonly<Record<string, unknown>>];
const fixture = new URL('../fixtures/mcp-calls.mjs', import.meta.url).pathname;

/** `bridge mcp` as a coding client starts it. @param env what is configured for it there */
export const stdioServer = (env: Readonly<Record<string, string>> = {}) => ({
  command: process.execPath,
  args: [program, 'mcp', '--home', home],
  env: { XDG_RUNTIME_DIR: tmux.folder, TMUX_SOCKET: tmux.socketPath, ...env },
});

/** Has tools do these things by an official client, in no pane and under no agent. */
export async function calls(
  kind: ClientKind,
  server: object,
  all: readonly Call[],
): Promise<{ tools: ReadonlyArray<{ name: string; annotations?: object; outputSchema?: object }>; said: Called[] }> {
  const argv = [process.execPath, fixture, kind, JSON.stringify(server), JSON.stringify(all)];
  const { code, stdout, stderr } = await runAsPerson(argv, {
    cwd: tmux.folder,
    env: { PATH: process.env.PATH, HOME: tmux.folder, LANG: 'C.UTF-8' },
  });
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
}

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
): Promise<Called> {
  const before = agent.facts().length;
  await agent.perform({ play: [{ call: tool, arguments: args }], input: `Use ${tool}.` });
  const fact = await agent.fact(
    `${tool} has answered`,
    (one) => one.called?.tool === tool && agent.facts().indexOf(one) >= before,
    60_000,
  );
  return fact.called!;
}
