import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The repository a folder lies in: the nearest folder upward that holds a `.git`, links resolved. Null where there is none. */
export function repositoryOf(folder: string): string | null {
  let at: string;
  try {
    at = realpathSync(folder);
  } catch {
    return null; // the folder was removed under the program that works in it, or is another machine's
  }
  for (;;) {
    if (existsSync(join(at, '.git'))) return at;
    const above = dirname(at);
    if (above === at) return null;
    at = above;
  }
}
