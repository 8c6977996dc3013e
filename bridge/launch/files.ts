import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { BridgeError, messageOf } from '../core/failure.ts';

const smallBytes = 64 * 1024;

/**
 * A small regular file's text; null when there is none. A FIFO or a large file is a fault, not an answer, and so is a
 * link, except in the user's own folders, where people keep links to their settings.
 */
export async function readSmallFile(path: string, links: 'refused' | 'followed' = 'refused'): Promise<string | null> {
  const fault = (reason: string, cause?: unknown) =>
    new BridgeError({ what: 'read', target: path, reason, ...(cause === undefined ? {} : { cause }) });
  let handle: Awaited<ReturnType<typeof open>>;
  try {
    handle = await open(
      path,
      constants.O_RDONLY | constants.O_NONBLOCK | (links === 'refused' ? constants.O_NOFOLLOW : 0),
    );
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    if (code === 'ELOOP') throw fault('is a symbolic link; a regular file is wanted', cause);
    throw fault(messageOf(cause), cause);
  }
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw fault('is not a regular file');
    if (stat.size > smallBytes) throw fault(`is larger than ${smallBytes} bytes`);
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

/** Puts `content` at `path` in one step: a reader sees the old file or the new one. A link at `path` is replaced, never written through. */
export async function replaceFile(path: string, content: string | Buffer, mode = 0o644): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    await mkdir(dirname(path), { recursive: true });
    const handle = await open(temporary, 'wx', mode);
    try {
      await handle.writeFile(content);
      await handle.chmod(mode);
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw new BridgeError({ what: 'write', target: path, reason: messageOf(cause), cause });
  }
}
