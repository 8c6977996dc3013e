import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PrivateTmux, waitFor } from '../fixtures/private-tmux.ts';
import type { BridgeHarness } from './bridge-harness.ts';

/** What is still there when a bridge has ended, and in the end its tmux server; each list should be empty. */
export interface LeftOver {
  readonly clients: readonly string[];
  readonly buffers: readonly string[];
  readonly claims: readonly string[];
  readonly locks: readonly string[];
  readonly files: readonly string[];
  readonly processes: readonly string[];
}

export function words(left: LeftOver): string[] {
  return Object.entries(left).flatMap(([kind, all]) => all.map((one: string) => `left over: ${kind}: ${one}`));
}

/** Counts, and ends the tmux servers for it. */
export async function leftOver(
  servers: readonly PrivateTmux[],
  harnesses: readonly BridgeHarness[],
): Promise<LeftOver> {
  const rows = async (...args: string[]) => {
    const said = await Promise.all(servers.map((tmux) => tmux.run(...args).catch(() => '')));
    return said.join('\n').split('\n').filter(Boolean);
  };
  const buffers = await rows('list-buffers', '-F', '#{buffer_name}');
  const locks = join(servers[0]!.folder, 'bridge');
  const temporary = harnesses.flatMap(({ bridge }) => readdirSync(bridge.temporaryFolder));
  return {
    clients: await rows('list-clients', '-F', '#{client_pid} #{client_control_mode}'),
    buffers: buffers.filter((name) => name.startsWith('bridge-')),
    claims: (await rows('list-panes', '-a', '-F', '#{@bridge-owner}\n#{@bridge-writer}')).filter(isOfLast(harnesses)),
    // the table of owners is one small file, and the folder's name another: both stay
    locks: existsSync(locks) ? readdirSync(locks).filter((name) => !['owners.db', 'folder-id'].includes(name)) : [],
    files: [...harnesses.flatMap(({ home }) => oddFilesIn(home)), ...temporary],
    processes: (await Promise.all(servers.map(processesLeft))).flat(),
  };
}

/**
 * A claim of a bridge that was killed is void, and whoever comes next takes it away once it has stood without its client for a
 * second: it may end before that. One that ends in order leaves none of its own.
 */
function isOfLast(harnesses: readonly BridgeHarness[]): (claim: string) => boolean {
  const pids = harnesses.map(({ bridge }) => `${bridge.pid}`);
  return (claim) => pids.includes(claim.split(':')[4] ?? '');
}

function oddFilesIn(home: string): string[] {
  return readdirSync(home).filter((name) => /^tmux-clients-|\.(new|tmp|json|sock)$/.test(name));
}

/** What still runs once the server and all its panes are gone. */
async function processesLeft(tmux: PrivateTmux): Promise<string[]> {
  await tmux.run('kill-server').catch(() => '');
  let left: string[] = [];
  const areGone = () => {
    left = processesOf(tmux.folder);
    return left.length === 0;
  };
  await waitFor('every process is gone', areGone, { limitMs: 30_000 }).catch(() => {});
  return left;
}

/** Pid and command line of each living process that was started with this folder in its environment. */
function processesOf(folder: string): string[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && isRunning(Number(entry)))
    .flatMap((pid) => {
      try {
        if (!readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`=${folder}/`)) return [];
        return [`${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')}`];
      } catch {
        return []; // it ended meanwhile, or is another user's
      }
    });
}

export function isRunning(pid: number): boolean {
  try {
    // what is left of a process that nobody has waited for yet does not run
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
