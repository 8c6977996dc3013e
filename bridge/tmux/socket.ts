import { type Stats, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BridgeError, messageOf } from '../core/failure.ts';

export interface SocketChoice {
  /** `--socket` */
  readonly socket?: string | null | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The tmux server's socket: `socketPathOf`, and a look whether it can be used. @throws BridgeError with the next step */
export function resolveSocket(choice: SocketChoice): string {
  const { path, from } = locate(choice);
  const fault = (reason: string, nextStep: string, cause?: unknown) =>
    new BridgeError({ what: 'tmux socket', target: path, reason: `${reason} (${from})`, nextStep, cause });
  let stats: Stats;
  try {
    stats = statSync(path);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw fault(
        'no tmux server is running there',
        'start one (tmux new-session), or name its socket with --socket PATH',
        cause,
      );
    }
    throw fault(`cannot be looked at: ${messageOf(cause)}`, 'run as the user who started tmux', cause);
  }
  if (!stats.isSocket())
    throw fault('is not a socket', 'name the socket itself: tmux display-message -p "#{socket_path}"');
  const uid = process.getuid?.();
  if (uid !== undefined && uid !== 0 && stats.uid !== uid) {
    throw fault(
      `belongs to user ${stats.uid}`,
      'run as the user who started tmux, or name your own with --socket PATH',
    );
  }
  return path;
}

/** `--socket`, else TMUX_SOCKET, else the server this process runs in, else tmux's default for this user. Nothing is looked at. */
export function socketPathOf(choice: SocketChoice): string {
  return locate(choice).path;
}

function locate({ socket, env }: SocketChoice): { path: string; from: string } {
  if (socket) return { path: resolve(socket), from: 'from --socket' };
  if (env.TMUX_SOCKET) return { path: resolve(env.TMUX_SOCKET), from: 'from TMUX_SOCKET' };
  // $TMUX is `socket,server pid,session`; the path may hold commas of its own
  const inside = /^(.+),\d+,\d+$/.exec(env.TMUX ?? '')?.[1];
  if (inside) return { path: inside, from: 'from $TMUX' };
  const path = join(env.TMUX_TMPDIR || '/tmp', `tmux-${process.getuid?.() ?? 0}`, 'default');
  return { path, from: "tmux's default" };
}
