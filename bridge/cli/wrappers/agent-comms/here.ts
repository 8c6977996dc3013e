import { ExecCommands } from '../../../tmux/exec.ts';
import type { TakenFlags } from './flags.ts';
import { oneLine } from './lines.ts';
import { type Place, registryIn } from './place.ts';

/** `--from`, else AGENT_COMMS_SELF, else the agent of this tmux session, else the session, else unknown. */
export async function senderOf({ from }: Pick<TakenFlags, 'from'>, place: Place): Promise<string> {
  const named = from ?? process.env.AGENT_COMMS_SELF;
  if (named) return oneLine(named);
  const session = await sessionHere(place);
  if (session === null) return 'unknown';
  return Object.entries(registryIn(place).agents).find(([, agent]) => agent.session === session)?.[0] ?? session;
}

/** Of the pane in which this is run: outside of tmux there is none, whatever sessions live. */
export async function sessionHere({ socketPath }: Place): Promise<string | null> {
  const paneId = process.env.TMUX_PANE;
  if (!paneId) return null;
  const tmux = new ExecCommands({ socketPath });
  const [name] = await tmux.run('display-message', '-p', '-t', paneId, '#{session_name}').catch(() => []);
  return name || null;
}

export function sessions({ socketPath }: Place): Promise<string[]> {
  return new ExecCommands({ socketPath }).run('list-sessions', '-F', '#{session_name}').catch(() => []);
}

export function status(living: readonly string[], session: string): string {
  return living.includes(session) ? 'up' : 'down';
}
