import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  constants,
  fsync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { chmod, open, readdir, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BridgeError } from '../core/failure.ts';
import { isMintedId } from '../core/ids.ts';
import { factsOf, refusal } from './answer-file.ts';

/**
 * Makes the folder if it is missing, and sees that it is a folder of ours that nobody else may enter. Done at once, like the
 * writing of a page: a person waits for it, and each step that is waited for takes longer than the step.
 * @returns whether it had to be made
 */
export function ensureFolder(folder: string): boolean {
  try {
    const made = !isThere(folder) && mkdirSync(folder, { recursive: true, mode: 0o700 }) !== undefined;
    const facts = lstatSync(folder, { throwIfNoEntry: false });
    if (facts === undefined) throw folderFault(folder, 'vanished while it was made');
    if (facts.isSymbolicLink()) throw folderFault(folder, 'is a symbolic link', 'replace it by a folder');
    if (!facts.isDirectory()) throw folderFault(folder, 'is not a folder', 'move it away');
    if (facts.uid !== process.geteuid?.())
      throw folderFault(folder, 'belongs to another user', 'use a home of your own');
    if ((facts.mode & 0o077) !== 0) chmodSync(folder, 0o700);
    return made;
  } catch (fault) {
    throw fault instanceof BridgeError ? fault : systemFault(folder, fault);
  }
}

/** True where anything stands at the path itself. */
export function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

const synced = promisify(fsync);

/**
 * Writes a file so that it is seen whole or not at all; 0600. What stood there under this name is replaced. It is there when
 * this returns, and on the disk when the promise resolves: a power cut in between may leave an empty file.
 */
export async function writeWhole(folder: string, name: string, text: string): Promise<void> {
  const temporary = join(folder, `.${name}.${randomBytes(4).toString('hex')}.tmp`);
  const path = join(folder, name);
  try {
    const file = openSync(
      temporary,
      constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
      0o600,
    );
    try {
      writeFileSync(file, text);
      renameSync(temporary, path);
      await synced(file);
    } finally {
      closeSync(file);
    }
  } catch (fault) {
    await removeIfThere(temporary);
    throw systemFault(path, fault);
  }
}

/**
 * Moves a plain file of ours, under a name that is free: `x.request.md`, then `x.2.request.md`, … Others stay. What an
 * editor wrote for everybody to read is ours alone from here on.
 * @returns where it lies now; null where nothing was moved
 */
export async function moveAside(from: string, folder: string, name: string): Promise<string | null> {
  try {
    const facts = await factsOf(from);
    if (facts === null || refusal(facts) !== null) return null;
    if ((facts.mode & 0o077) !== 0) await chmod(from, facts.mode & 0o700);
    const place = await reserve(folder, name);
    await rename(from, place);
    return place;
  } catch (fault) {
    throw systemFault(from, fault);
  }
}

/** Removes half-written files that a crash left behind. */
export async function reapHalfWritten(folder: string): Promise<void> {
  for (const name of await readdir(folder)) if (isHalfWritten(name)) await removeIfThere(join(folder, name));
}

/** A name under which `writeWhole` begins a file. */
export function isHalfWritten(name: string): boolean {
  return /^\..+\.(?:request|message)\.md\.[0-9a-f]{8}\.tmp$/.test(name);
}

/**
 * Moves the settled pairs of archived requests out of the human's `archive/`, into one folder a month.
 * @param monthOf the month of an archived request's id; null for one that is not archived
 * @returns how many files
 */
export async function sortAway(archive: string, monthOf: (id: string) => string | null): Promise<number> {
  let count = 0;
  const entries = await readdir(archive, { withFileTypes: true }).catch((fault: NodeJS.ErrnoException) => {
    if (fault.code === 'ENOENT') return [];
    throw systemFault(archive, fault);
  });
  for (const entry of entries) {
    const id = /^(.+?)(?:\.\d+)?\.(?:request|response|message)\.(?:md|txt)$/.exec(entry.name)?.[1] ?? '';
    const month = entry.isFile() && isMintedId(id) ? monthOf(id) : null;
    if (month === null) continue;
    ensureFolder(join(archive, month));
    await moveAside(join(archive, entry.name), join(archive, month), entry.name);
    count += 1;
  }
  return count;
}

/** Takes a name by creating an empty file of it, which the rename then replaces: nothing is ever overwritten. */
async function reserve(folder: string, name: string): Promise<string> {
  for (let copy = 1; ; copy += 1) {
    const path = join(folder, copy === 1 ? name : name.replace(/\.(request|response|message)\./, `.${copy}.$1.`));
    try {
      await (await open(path, 'wx', 0o600)).close();
      return path;
    } catch (fault) {
      if ((fault as NodeJS.ErrnoException).code !== 'EEXIST') throw fault;
    }
  }
}

export async function removeIfThere(path: string): Promise<void> {
  await unlink(path).catch((fault: NodeJS.ErrnoException) => {
    if (fault.code !== 'ENOENT') throw fault;
  });
}

function folderFault(folder: string, reason: string, nextStep?: string): BridgeError {
  return new BridgeError({ what: 'mailbox', target: folder, reason, ...(nextStep === undefined ? {} : { nextStep }) });
}

function systemFault(path: string, cause: unknown): BridgeError {
  const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
  const reason = code === 'ENOSPC' ? 'the disk is full' : `cannot be written (${code})`;
  const nextStep = remedies[code];
  return new BridgeError({ what: 'mailbox', target: path, reason, cause, ...(nextStep && { nextStep }) });
}

const again = 'it is tried again';
const remedies: Readonly<Record<string, string>> = {
  ENOSPC: `make room on that disk; ${again}`,
  EDQUOT: `make room: this user may not store more there; ${again}`,
  EACCES: `give yourself the right to write there (chmod u+rwx); ${again}`,
  EPERM: `give yourself the right to write there; ${again}`,
  EROFS: 'that disk is read-only: name another state directory with --home',
};
