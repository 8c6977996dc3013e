import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import type { Clock } from '../core/clock.ts';
import type { MessageDoor, Posted } from '../core/door.ts';
import { messageOf } from '../core/failure.ts';
import { argumentOf } from './arguments.ts';
import type { Member } from './ground.ts';

/** How long qwen is given beyond its own pause between two looks at the file. */
const graceMs = 1_000;
const askEveryMs = 25;
/** Every reader reads the whole file at each change of it. */
const fileLimitBytes = 16 * 1024 * 1024;
const lineFeed = 10;

/**
 * The file that qwen was told to take inputs from (`--input-file`), one JSON object a line. Seen with 0.24.4: it looks
 * every half second, takes whole lines behind what it has read, runs a `/command`, and holds an input back while it is busy or a
 * dialog is open. A file that shrinks or changes is read again from its beginning, so that nothing is ever taken out of
 * it: it is only appended to, whole lines at once.
 */
export function qwenInputFile(
  program: readonly Member[],
  others: ReadonlyArray<Pick<Member, 'pid' | 'argv' | 'cwd'>>,
  time: { looksEveryMs: number; clock: Clock },
): MessageDoor | { readonly refused: string } {
  const path = program.map(inputFileOf).find((one) => one !== null);
  if (path === undefined || path === null)
    return { refused: 'qwen takes no inputs from a file; it does when started with --input-file' };
  const own = new Set(program.map(({ pid }) => pid));
  const stranger = others.find((other) => !own.has(other.pid) && inputFileOf(other) === path);
  if (stranger !== undefined) return { refused: `process ${stranger.pid} takes its inputs from the same file` };
  return { is: 'message', post: (text) => append(path, `${JSON.stringify({ type: 'submit', text })}\n`, time) };
}

function inputFileOf({ argv, cwd }: Pick<Member, 'argv' | 'cwd'>): string | null {
  const path = argumentOf(argv, '--input-file');
  if (path === null || path === '') return null;
  if (isAbsolute(path)) return resolve(path);
  return cwd === null ? null : resolve(cwd, path);
}

async function append(path: string, line: string, time: { looksEveryMs: number; clock: Clock }): Promise<Posted> {
  let file: FileHandle;
  try {
    file = await open(path, constants.O_RDWR | constants.O_APPEND | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (fault) {
    return { is: 'refused', reason: `its input file cannot be opened: ${messageOf(fault)}` };
  }
  try {
    const reason = await objection(file);
    if (reason !== null) return { is: 'refused', reason };
    const bytes = Buffer.from(line);
    const readBefore = await readAt(file);
    const { bytesWritten } = await file.write(bytes);
    if (bytesWritten < bytes.length) {
      return { is: 'unknown', reason: `${bytesWritten} of ${bytes.length} bytes were written to its input file` };
    }
    return { is: (await wasReadSince(file, readBefore, time)) ? 'taken' : 'left' };
  } catch (fault) {
    return { is: 'unknown', reason: `its input file: ${messageOf(fault)}` };
  } finally {
    await file.close();
  }
}

/**
 * Whether the file is read, by the system's own time of its last reading. Qwen opens it at each change, and nobody else
 * has a reason to read it in that instant. Never true where the file system keeps no such time.
 */
async function wasReadSince(
  file: FileHandle,
  before: bigint,
  { looksEveryMs, clock }: { looksEveryMs: number; clock: Clock },
): Promise<boolean> {
  const endAt = clock.now() + looksEveryMs + graceMs;
  for (;;) {
    if ((await readAt(file)) !== before) return true;
    if (clock.now() >= endAt) return false;
    await new Promise<void>((resolve) => void clock.after(askEveryMs, resolve));
  }
}

async function readAt(file: FileHandle): Promise<bigint> {
  return (await file.stat({ bigint: true })).atimeNs;
}

/** Why nothing is written there; null when nothing speaks against it. */
async function objection(file: FileHandle): Promise<string | null> {
  const stat = await file.stat();
  if (!stat.isFile()) return 'its input file is no regular file';
  if (stat.uid !== process.getuid?.()) return 'its input file belongs to another user';
  if (stat.nlink !== 1) return 'its input file has several names';
  if (stat.size > fileLimitBytes) return `its input file has grown to ${stat.size} bytes`;
  if (stat.size === 0) return null;
  const last = Buffer.alloc(1);
  await file.read(last, 0, 1, stat.size - 1);
  // what follows half a line is read with it, and lost
  return last[0] === lineFeed ? null : 'its input file ends in half a line';
}
