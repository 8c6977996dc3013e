import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { resolve } from 'node:path';

/**
 * The sockets that tmux servers of this user were started with (`tmux -S PATH`): those that lie where tmux puts none itself.
 * Where the system does not show its processes as files, none.
 */
export function namedTmuxSockets(root = '/proc'): string[] {
  const uid = process.getuid?.() ?? -1;
  const found = new Set<string>();
  for (const pid of entriesOf(root).filter((name) => /^\d+$/.test(name))) {
    try {
      if (readFileSync(`${root}/${pid}/comm`, 'utf8').trim() !== 'tmux: server') continue;
      if (statSync(`${root}/${pid}`).uid !== uid) continue;
      const path = socketIn(readFileSync(`${root}/${pid}/cmdline`, 'utf8').split('\0'));
      if (path !== null) found.add(resolve(readlinkSync(`${root}/${pid}/cwd`), path));
    } catch {
      // gone meanwhile, or not ours to read
    }
  }
  return [...found].sort();
}

/** tmux takes the last one, and its options end with the first word that is none. */
function socketIn([, ...words]: readonly string[]): string | null {
  let path: string | null = null;
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (!/^-./.test(word)) break;
    const [, value] = /^-[2CDNuvV]*S(.*)$/.exec(word) ?? [];
    if (value !== undefined) path = value || words[++at] || null;
    else if (/^-[2CDNuvV]*[cfLT]$/.test(word)) at++;
  }
  return path;
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
