import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { BridgeError, messageOf } from '../core/failure.ts';

const smallBytes = 64 * 1024;

/**
 * A small regular file's text; null when there is none. A FIFO or a large file is a fault, not an answer, and so is a
 * link, except in the user's own folders, where people keep links to their settings.
 */
export function readSmallFile(path: string, links: 'refused' | 'followed' = 'refused'): string | null {
  const fault = (reason: string, cause?: unknown) => new BridgeError({ what: 'read', target: path, reason, cause });
  let file: number;
  try {
    const noLink = links === 'refused' ? constants.O_NOFOLLOW : 0;
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | noLink);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    if (code === 'ELOOP') throw fault('is a symbolic link; a regular file is wanted', cause);
    throw fault(messageOf(cause), cause);
  }
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) throw fault('is not a regular file');
    if (stat.size > smallBytes) throw fault(`is larger than ${smallBytes} bytes`);
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}

/** Puts `content` at `path` in one step: a reader sees the old file or the new one. A link at `path` is replaced, never written through. */
export function replaceFile(path: string, content: string | Buffer, mode = 0o644): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    putInPlace(path, content, mode);
  } catch (cause) {
    throw new BridgeError({ what: 'write', target: path, reason: messageOf(cause), cause });
  }
}

/** The same for a folder that is there. @param isKept the content is on the disk before it is in place */
export function putInPlace(path: string, content: string | Buffer, mode: number, isKept = false): void {
  const draft = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const file = openSync(draft, 'wx', mode);
    try {
      writeFileSync(file, content);
      fchmodSync(file, mode);
      if (isKept) fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, path);
  } catch (cause) {
    rmSync(draft, { force: true });
    throw cause;
  }
}
