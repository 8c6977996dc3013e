import { execFile } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { PrivateTmux } from '../tests/fixtures/private-tmux.ts';

const execute = promisify(execFile);

/** The pause of those who type with `send-keys` and hope. */
const enterAfterMs = 400;

export const sendKeysName = `send-keys, ${enterAfterMs} ms, Enter`;

/** What the predecessors do: a process for the text, a pause, a process for Enter. @returns when Enter was sent */
export async function typeBySendKeys(tmux: PrivateTmux, paneId: string, text: string): Promise<number> {
  const type = (...args: string[]) => execute('tmux', ['-S', tmux.socketPath, 'send-keys', '-t', paneId, ...args]);
  await type('-l', text);
  await pause(enterAfterMs);
  const enterAt = Date.now();
  await type('Enter');
  return enterAt;
}
