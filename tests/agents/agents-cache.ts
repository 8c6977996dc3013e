import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where agent programs are kept: outside the source tree, shared by all clones of one user. */
export function agentsCache(environment: NodeJS.ProcessEnv = process.env): string {
  const base = environment.XDG_CACHE_HOME || join(homedir(), '.cache');
  return environment.BRIDGE_AGENTS_CACHE || join(base, 'bridge-agents');
}
