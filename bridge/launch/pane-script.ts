import type { AgentCommand } from './agent-command.ts';
import { quoteCommand, quoteWord } from './command-line.ts';

/**
 * The pane's own command: the agent in a process group of its own (`set -m`), so that tmux names the agent and not `sh`
 * as the foreground program, and a shell when it ends. The title is set before the agent can set its own, which is a
 * signal and is never written over. A suspended agent (Ctrl-Z) waits for Enter; whatever is typed there is read and dropped.
 */
export function paneScript(title: string, agent: AgentCommand): string {
  return [
    'set -m',
    `printf '\\033]2;%s\\033\\\\' ${quoteWord(title)}`,
    commandLine(agent),
    's=$?',
    'while [ "$s" -gt 128 ] && case "$(kill -l "$s" 2>/dev/null)" in *TSTP|*STOP|*TTIN|*TTOU) true;; *) false;; esac; do',
    `  printf '\\n[%s is suspended: Enter resumes it]\\n' ${quoteWord(agent.name)}; read -r s || break; fg >/dev/null; s=$?`,
    'done',
    'stty sane 2>/dev/null',
    `printf '\\n[%s ended with %s]\\n' ${quoteWord(agent.name)} "$s"`,
    'exec "${SHELL:-/bin/sh}"',
  ].join('\n');
}

/** The agent's command line as one line for a shell. */
export function commandLine(agent: AgentCommand): string {
  const assignments = Object.entries(agent.env).map(([name, value]) => `${name}=${value}`);
  return quoteCommand([...(assignments.length > 0 ? ['env', ...assignments] : []), ...agent.argv]);
}
