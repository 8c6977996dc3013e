import { BridgeError, ExitCode, isAway } from '../../core/failure.ts';
import { asPaneId } from '../../core/ids.ts';
import { addressKey, type PaneFacts } from '../../core/pane.ts';
import { isHere } from '../../core/way.ts';
import type { TmuxCommands } from '../../tmux/commands.ts';
import { paneFacts } from '../../tmux/pane.ts';
import { socketPathOf } from '../../tmux/socket.ts';
import type { Run, Sender } from './run.ts';
import { waitFor } from './turns.ts';

/** How long an agent that is at work, a person who types there, or another writer is waited for. */
const waitMs = 30_000;
/** Each writer before may take that long, and ten may write at once. */
const lockWaitMs = 10 * waitMs;

/** One line that a tool types: what it puts before the text stands apart, for it is the tool's own word. */
export interface Line {
  readonly head: string | null;
  readonly text: string;
  /** the tmux session in whose name it is written; null: in nobody else's */
  readonly session: string | null;
  /** who wrote it, where that was before and elsewhere */
  readonly writer?: Omit<Sender, 'token'>;
  /** left out: as long as an agent is waited for */
  readonly waitMs?: number;
}

export interface Submitted {
  readonly message: string;
  readonly exitCode: ExitCode;
}

/**
 * The active pane of a session, by its exact name; null where there is no such session.
 * @throws TmuxError where the server's machine is not reached
 */
export async function paneOfSession(session: string, tmux: TmuxCommands): Promise<PaneFacts | null> {
  const ask = ['list-panes', '-t', `=${session}:`, '-f', '#{pane_active}', '-F', '#{pane_id}'];
  const [paneId = ''] = await tmux.run(...ask).catch((fault: unknown) => {
    if (isAway(fault)) throw fault;
    return [];
  });
  const id = asPaneId(paneId);
  return id === null ? null : paneFacts(tmux, id);
}

/** One input, submitted once, one writer after another. */
export async function submit(pane: PaneFacts, { writer, ...line }: Line, run: Run): Promise<Submitted> {
  const lock = await waitFor(`submit|${addressKey(pane)}`, { limitMs: lockWaitMs, closed: run.closed });
  if (lock === null) return { message: 'held: locked: others are typing into that pane', exitCode: ExitCode.held };
  try {
    // a command that types nowhere is done without them
    const { addressOf } = await import('../pane.ts');
    const order = { waitMs, ...(writer ?? (await run.sender())), ...line, pane: addressOf(pane) };
    const socket = isHere(pane) ? pane.socketPath : socketPathOf({ env: run.env });
    return await run.ask(socket, 'input', order, run.closed);
  } finally {
    lock.release();
  }
}

/** The line would go into the pane in which its writer sits. */
export function isOwnPane(fault: unknown): boolean {
  return fault instanceof BridgeError && fault.reason === 'is your own pane';
}
