import { basename } from 'node:path';
import { z } from 'zod';
import type { HeldThread, ThreadRecord } from '../thread-record.ts';

/**
 * Codex 0.171.0 runs the threads of all its panes in one app-server, unless it is started with `--no-daemon`. Each thread has MCP servers of its
 * own, below that server, and is named in every call: `_meta.threadId`, the same in `_meta["x-codex-turn-metadata"].thread_id`. `session_index.jsonl`
 * in its home has the name of each thread, and the pane's title shows it from the first turn on.
 */
export const codexThreads: ThreadRecord = {
  named(meta) {
    const { threadId, 'x-codex-turn-metadata': turn } = meta;
    const found = uuid.safeParse(threadId ?? (turn as { thread_id?: unknown } | null | undefined)?.thread_id);
    return found.data ?? null;
  },
  isItsOwn: ({ executable }) => executable !== null && basename(executable) === 'codex',
  isServer: ({ argv }) => argv.includes('app-server'),
  held: heldThread,
  namesFile: 'session_index.jsonl',
  names(lines) {
    const rows = lines.flatMap((line) => row.safeParse(parsed(line)).data ?? []);
    return new Map(rows.map(({ id, thread_name: name }) => [id, name]));
  },
  isShown(name, { title, currentPath }) {
    const tail = ` | ${basename(currentPath)}`;
    if (!title.endsWith(tail)) return false;
    const shown = title.slice(0, -tail.length);
    // a thread may be named by words that look like codex's own sign before it
    return [shown, shown.replace(ownSign, '')].some((one) => isNamed(one, name));
  },
};

/** A lock that a process holds open for as long as it alone writes the thread. */
export function heldThread(path: string): HeldThread | null {
  const [, folder, thread] = lock.exec(path) ?? [];
  return folder === undefined || thread === undefined ? null : { folder, thread };
}

const lock = /^(\/.+)\/thread-writer-locks\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.lock$/;
const uuid = z.string().regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const row = z.object({ id: z.string(), thread_name: z.string().min(1) });

/** It works, or asks. */
const ownSign = /^(?:[⠀-⣿] |\[ [!.] \] Action Required \| )/;

/** The title cuts a name after 45 characters. */
function isNamed(shown: string, name: string): boolean {
  const cut = /^(.{20,}?)(?:…|\.\.\.)$/.exec(shown)?.[1];
  return shown === name || (cut !== undefined && name.startsWith(cut));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the last line may be half written
  }
}
