import type { TmuxCommands } from '../../../tmux/commands.ts';
import { ExecCommands } from '../../../tmux/exec.ts';
import type { TakenFlags } from './flags.ts';
import { oneLine } from './lines.ts';
import { membersIn, type Place, registryIn } from './place.ts';

/** `--from`, else AGENT_COMMS_SELF, else the agent or member of this tmux session, else the session, else unknown. */
export async function senderOf({ from }: Pick<TakenFlags, 'from'>, place: Place): Promise<string> {
  const named = from ?? place.run.env.AGENT_COMMS_SELF;
  if (named) return oneLine(named);
  const session = await sessionHere(place);
  if (session === null) return 'unknown';
  const isHere = ([, one]: readonly [string, { readonly session: string }]) => one.session === session;
  return (Object.entries(registryIn(place).agents).find(isHere) ?? membersIn(place).find(isHere))?.[0] ?? session;
}

/** Of the pane in which this is run: outside of tmux there is none, whatever sessions live. */
export async function sessionHere(place: Place): Promise<string | null> {
  const paneId = place.run.env.TMUX_PANE;
  if (!paneId) return null;
  const [name] = await tmuxOf(place)
    .run('display-message', '-p', '-t', paneId, '#{session_name}')
    .catch(() => []);
  return name || null;
}

/** Of the tmux server; null where it cannot be reached: none runs, or this is a sandbox. */
export function sessions(place: Place): Promise<string[] | null> {
  return tmuxOf(place)
    .run('list-sessions', '-F', '#{session_name}')
    .catch(() => null);
}

export function status(living: readonly string[] | null, session: string): 'up' | 'down' {
  return living?.includes(session) ? 'up' : 'down';
}

function tmuxOf({ socketPath, run }: Place): TmuxCommands {
  const tmux = run.env.AGENT_COMMS_TMUX;
  return tmux ? new ExecCommands({ socketPath, tmux }) : run.tmux(socketPath);
}
