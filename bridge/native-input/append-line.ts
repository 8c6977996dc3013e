import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Clock } from '../core/clock.ts';
import { messageOf } from '../core/failure.ts';
import type { HandOver } from '../core/native-input.ts';

const askEveryMs = 25;
/** Every reader reads the whole file at each change of it. */
const fileLimitBytes = 16 * 1024 * 1024;
const lineFeed = 10;

/**
 * Appends one whole line to a file that a program takes its inputs from. Nothing is written unless it is a regular file of
 * this user's, with one name, not too large, and ending in a whole line.
 */
export async function appendLine(path: string, line: string, readWithinMs: number, clock: Clock): Promise<HandOver> {
  let file: FileHandle;
  try {
    file = await open(path, constants.O_RDWR | constants.O_APPEND | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (fault) {
    return { is: 'refused', reason: `its input file cannot be opened: ${messageOf(fault)}` };
  }
  try {
    const reason = await objection(file);
    if (reason !== null) return { is: 'refused', reason };
    const bytes = Buffer.from(`${line}\n`);
    const readBefore = await readAt(file);
    const { bytesWritten } = await file.write(bytes);
    if (bytesWritten < bytes.length) {
      return { is: 'unknown', reason: `${bytesWritten} of ${bytes.length} bytes were written to its input file` };
    }
    return { is: (await wasReadSince(file, readBefore, readWithinMs, clock)) ? 'taken' : 'left' };
  } catch (fault) {
    return { is: 'unknown', reason: `its input file: ${messageOf(fault)}` };
  } finally {
    await file.close();
  }
}

/**
 * Whether the file is read, by the system's own time of its last reading. Its program opens it at each change, and nobody else
 * has a reason to read it in that instant. Never true where the file system keeps no such time.
 */
async function wasReadSince(file: FileHandle, before: bigint, withinMs: number, clock: Clock): Promise<boolean> {
  const endAt = clock.now() + withinMs;
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
