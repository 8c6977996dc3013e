import { join } from 'node:path';

/**
 * `~` and `~/x` in a path that no shell has seen (bridge.yaml, `--home='~/x'`): the user's own folder. `~name` is left as it is.
 */
export function inUserFolder(path: string, userFolder: string): string {
  return path === '~' || path.startsWith('~/') ? join(userFolder, path.slice(1)) : path;
}
