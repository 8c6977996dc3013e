import { lstatSync, readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { ancestorsOf } from '../../host/caller.ts';
import { systemSource } from '../../host/process-source.ts';
import { listPanes } from '../../tmux/pane.ts';
import { socketPathOf } from '../../tmux/socket.ts';
import { Refusal } from './refusal.ts';
import type { Run } from './run.ts';

export interface FoundServer {
  readonly socketPath: string;
  /** in words, for `doctor` */
  readonly how: string;
}

/**
 * The tmux server as tmux-bridge finds it: TMUX_BRIDGE_SOCKET, else that of `$TMUX` where it lives, else the one that
 * owns `$TMUX_PANE` for certain (this command runs in that pane), else the default.
 */
export async function findServer(run: Pick<Run, 'env' | 'parent' | 'tmux'>): Promise<FoundServer> {
  const { env } = run;
  const named = env.TMUX_BRIDGE_SOCKET;
  if (named) {
    if (await answers(named)) return { socketPath: named, how: 'TMUX_BRIDGE_SOCKET' };
    throw new Refusal(`TMUX_BRIDGE_SOCKET=${named} is not a valid socket`);
  }
  const inside = /^(.+),\d+,\d+$/.exec(env.TMUX ?? '')?.[1];
  if (inside !== undefined && (await answers(inside))) return { socketPath: inside, how: '$TMUX' };
  const owner = env.TMUX_PANE ? await ownerOf(env.TMUX_PANE, run) : null;
  if (owner !== null) return { socketPath: owner, how: '$TMUX_PANE' };
  const { TMUX: _unusable, TMUX_SOCKET: _other, ...rest } = env;
  return { socketPath: socketPathOf({ env: rest }), how: 'default' };
}

/** A server listens there. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const end = (is: boolean) => {
      socket.destroy();
      resolve(is);
    };
    socket.once('connect', () => end(true)).once('error', () => end(false));
  });
}

/** The one server of this user in one of whose panes of that id this command runs. */
async function ownerOf(paneId: string, { parent, tmux }: Pick<Run, 'parent' | 'tmux'>): Promise<string | null> {
  const above = new Set(ancestorsOf(systemSource(), parent).map(({ pid }) => pid));
  for (const path of ownSockets()) {
    const panes = await listPanes(tmux(path)).catch(() => []);
    if (panes.some((pane) => pane.paneId === paneId && above.has(pane.panePid))) return path;
  }
  return null;
}

function ownSockets(): string[] {
  const uid = process.getuid?.() ?? 0;
  return ['/tmp', '/private/tmp'].flatMap((root) => {
    const folder = join(root, `tmux-${uid}`);
    const facts = lstatSync(folder, { throwIfNoEntry: false });
    const isOurs = facts?.isDirectory() === true && facts.uid === uid;
    return isOurs ? readdirSync(folder).map((name) => join(folder, name)) : [];
  });
}
