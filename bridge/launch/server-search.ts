import { lstat, readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { BridgeError, ExitCode, messageOf } from '../core/failure.ts';
import { real } from './attach.ts';
import { enclosingSocket, type LaunchEnvironment, setting } from './environment.ts';
import { listSessions } from './role-pane.ts';
import { readState } from './state-folder.ts';
import type { TmuxAt } from './tmux.ts';

export interface FoundServer {
  readonly socketPath: string;
  /** null when the server has several sessions and none was named */
  readonly session: string | null;
  readonly because: string;
}

/**
 * The tmux server a controller works with. What was named settles it: the flag, `$TMUX_SOCKET`, the repository's
 * tmux-socket.txt and its private socket, `$TMUX`. Only then this user's own socket folders are looked through, and
 * there only a server that holds the session is taken: a server is never adopted for being reachable.
 */
export async function findServer(
  wish: { readonly socket: string | null; readonly session: string | null; readonly folder: string },
  tmuxAt: TmuxAt,
  environment: LaunchEnvironment,
): Promise<FoundServer> {
  const recorded = readState(wish.folder, 'tmux-session.txt');
  const session = wish.session ?? recorded;
  if (wish.socket !== null) {
    const socketPath = resolve(environment.cwd, wish.socket);
    const sessions = await sessionsAt(socketPath, tmuxAt);
    if (typeof sessions === 'string') throw noServer(`--tmux-socket ${socketPath}: ${sessions}`);
    return choose(socketPath, sessions, session, wish.session !== null, '--tmux-socket');
  }
  const tried: string[] = [];
  for (const { socketPath, because } of await namedSockets(wish.folder, environment)) {
    const sessions = await sessionsAt(socketPath, tmuxAt);
    if (typeof sessions === 'string') {
      tried.push(`${because} ${socketPath}: ${sessions}`);
      continue;
    }
    if (session !== null && !sessions.includes(session) && because !== '$TMUX_SOCKET') {
      tried.push(`${because} ${socketPath}: holds no session ${session}`);
      continue;
    }
    return choose(socketPath, sessions, session, wish.session !== null, because);
  }
  const holding: string[] = [];
  const sought = session ?? 'macs';
  for (const socketPath of await ownSockets(environment)) {
    const sessions = await sessionsAt(socketPath, tmuxAt);
    if (typeof sessions !== 'string' && sessions.includes(sought)) holding.push(socketPath);
  }
  const [only, ...more] = holding;
  if (only !== undefined && more.length === 0)
    return { socketPath: only, session: sought, because: `it holds session ${sought}` };
  if (only !== undefined) throw noServer(`several servers hold a session ${sought}: ${holding.join(', ')}`);
  throw noServer([`no server holds a session ${sought}`, ...tried].join('; '));
}

function choose(
  socketPath: string,
  sessions: readonly string[],
  session: string | null,
  named: boolean,
  because: string,
): FoundServer {
  if (session !== null && sessions.includes(session)) return { socketPath, session, because };
  if (named) throw noServer(`${socketPath} holds no session ${session}; it has ${sessions.join(', ') || 'none'}`);
  if (sessions.includes('macs')) return { socketPath, session: 'macs', because };
  return { socketPath, session: sessions.length === 1 ? sessions[0]! : null, because };
}

/** Session names, or in words why they cannot be had. Another user's socket is not asked. */
async function sessionsAt(socketPath: string, tmuxAt: TmuxAt): Promise<readonly string[] | string> {
  try {
    const found = await lstat(await real(socketPath));
    if (!found.isSocket()) return 'is not a socket';
    if (process.getuid && found.uid !== process.getuid()) return 'belongs to another user';
    const sessions = await listSessions(tmuxAt(socketPath));
    return sessions.length > 0 ? sessions.map((session) => session.name) : 'no server is running';
  } catch (fault) {
    return (fault as NodeJS.ErrnoException).code === 'ENOENT' ? 'no server is running' : messageOf(fault);
  }
}

async function namedSockets(
  folder: string,
  environment: LaunchEnvironment,
): Promise<Array<{ socketPath: string; because: string }>> {
  const named = [
    { path: setting(environment.env, 'TMUX_SOCKET'), because: '$TMUX_SOCKET' },
    { path: readState(folder, 'tmux-socket.txt'), because: 'tmux-socket.txt' },
    { path: join(folder, 'tmux.sock'), because: "the repository's own socket" },
    { path: enclosingSocket(environment.env), because: '$TMUX' },
  ];
  return named.flatMap(({ path, because }) => (path ? [{ socketPath: resolve(environment.cwd, path), because }] : []));
}

/** Sockets in the folders that tmux itself makes for this user. */
export async function ownSockets(environment: LaunchEnvironment): Promise<string[]> {
  const uid = process.getuid?.() ?? 0;
  const roots = [
    setting(environment.env, 'TMUX_TMPDIR'),
    setting(environment.env, 'XDG_RUNTIME_DIR'),
    '/tmp',
    '/private/tmp',
  ];
  const sockets = new Set<string>();
  for (const root of roots) {
    if (root === null) continue;
    const folder = join(await real(root), `tmux-${uid}`);
    const stat = await lstat(folder).catch(() => null);
    if (stat === null || !stat.isDirectory() || stat.uid !== uid) continue;
    for (const name of await readdir(folder)) sockets.add(join(folder, name));
  }
  return [...sockets].sort((a, b) => dirname(a).localeCompare(dirname(b)) || a.localeCompare(b));
}

function noServer(reason: string): BridgeError {
  return new BridgeError({
    what: 'start controller',
    target: 'tmux server',
    reason,
    nextStep:
      'start the worker first (`bridge start worker`), or name the server: --tmux-session NAME, --tmux-socket PATH; --no-tmux-detect starts without one',
    exitCode: ExitCode.held,
  });
}
