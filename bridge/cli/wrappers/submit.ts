import { setTimeout as delay } from 'node:timers/promises';
import { ExitCode } from '../../core/failure.ts';
import { asPaneId } from '../../core/ids.ts';
import { addressKey, type PaneFacts } from '../../core/pane.ts';
import type { Lock } from '../../host/locks.ts';
import { ExecCommands } from '../../tmux/exec.ts';
import { paneFacts } from '../../tmux/pane.ts';
import { contextOn } from './wrapper.ts';

/** How long an agent that is at work, a person who types there, or another writer is waited for. */
const waitMs = 30_000;
const lockEveryMs = 25;

export interface Submitted {
  readonly message: string;
  readonly exitCode: ExitCode;
}

/** The active pane of a session, by its exact name; null where there is no such session. */
export async function paneOfSession(session: string, socketPath: string): Promise<PaneFacts | null> {
  const tmux = new ExecCommands({ socketPath });
  const ask = ['list-panes', '-t', `=${session}:`, '-f', '#{pane_active}', '-F', '#{pane_id}'];
  const [paneId = ''] = await tmux.run(...ask).catch(() => []);
  const id = asPaneId(paneId);
  return id === null ? null : paneFacts(tmux, id);
}

/** One input, submitted once, one writer after another. */
export async function submit(pane: PaneFacts, text: string): Promise<Submitted> {
  const lock = await waitFor(`submit|${addressKey(pane)}`);
  if (lock === null) return { message: 'held: locked: others are typing into that pane', exitCode: ExitCode.held };
  try {
    // a command that types nowhere is done without them
    const [{ invoke }, { senderHere }, { addressOf }] = await Promise.all([
      import('../invoke.ts'),
      import('../mail-lines.ts'),
      import('../pane.ts'),
    ]);
    const order = { ...senderHere(undefined), pane: addressOf(pane), text, waitMs };
    return await invoke(await contextOn(pane.socketPath), 'input', order);
  } finally {
    lock.release();
  }
}

/** Held by one process at a time; null where it was not to be had for as long as an agent is waited for. */
export async function waitFor(key: string): Promise<Lock | null> {
  const { Locks } = await import('../../host/locks.ts');
  const locks = new Locks();
  const endAt = Date.now() + waitMs;
  for (;;) {
    const lock = locks.tryAcquire(key);
    if (lock !== null || Date.now() > endAt) return lock;
    await delay(lockEveryMs);
  }
}
