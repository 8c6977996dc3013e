import { join } from 'node:path';
import { quoteCommand } from '../core/command-line.ts';
import type { AgentCommand } from './agent-command.ts';
import { packageRoot } from './package-root.ts';

/**
 * The argv of a pane that is made for an agent: it leaves a shell when the agent ends (see scripts/agent-pane).
 * @param inherited what the agent needs from the launcher's environment, because its tmux server may have another
 */
export function paneCommand(
  title: string,
  agent: AgentCommand,
  inherited: Readonly<Record<string, string>>,
): readonly string[] {
  const script = join(packageRoot, 'scripts', 'agent-pane');
  return ['/bin/sh', script, title, agent.name, ...withEnvironment({ ...inherited, ...agent.env }, agent.argv)];
}

/** The agent's command line as one line, for a shell or a reader. */
export function commandLine(agent: AgentCommand): string {
  return quoteCommand(withEnvironment(agent.env, agent.argv));
}

function withEnvironment(env: Readonly<Record<string, string>>, argv: readonly string[]): readonly string[] {
  const assignments = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return assignments.length === 0 ? argv : ['env', ...assignments, ...argv];
}
