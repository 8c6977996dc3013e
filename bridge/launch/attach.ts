import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { quoteCommand } from '../core/command-line.ts';
import { enclosingSocket, type LaunchEnvironment } from './environment.ts';

/** The command that shows a session in this terminal, if it is wanted and possible, and in words for another terminal. */
export async function attachment(
  to: { readonly socketPath: string; readonly session: string; readonly windowId: string },
  how: { readonly wanted: boolean; readonly terminal: boolean },
  environment: LaunchEnvironment,
): Promise<{ attach: readonly string[] | null; hint: string; notes: readonly string[] }> {
  const target = `=${to.session}:${to.windowId}`;
  const attach = ['tmux', '-S', to.socketPath, 'attach-session', '-t', target];
  const hint = quoteCommand(['tmux', '-S', to.socketPath, 'attach-session', '-t', `=${to.session}`]);
  if (!how.wanted) return { attach: null, hint, notes: [] };
  if (!how.terminal) return { attach: null, hint, notes: ['not attached: this is not a terminal'] };
  const here = await insideServer(environment);
  if (here === null) return { attach, hint, notes: [] };
  if (here === (await real(to.socketPath))) {
    return { attach: ['tmux', '-S', to.socketPath, 'switch-client', '-t', target], hint, notes: [] };
  }
  return { attach: null, hint, notes: ['not attached: this terminal is inside another tmux server'] };
}

/** The socket of the tmux server this terminal is in, or null. */
export async function insideServer(environment: LaunchEnvironment): Promise<string | null> {
  const socket = enclosingSocket(environment.env);
  return socket ? real(resolve(environment.cwd, socket)) : null;
}

export async function real(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}
