import { constants, type Stats } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import { isBlank } from '../core/cleaning.ts';

/** More than any answer; read whole into memory. */
const sizeLimit = 256 * 1024;

export type AnswerFile =
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'refused'; readonly reason: string }
  /** it changed or went away while it was read: look again */
  | { readonly is: 'moving' };

/**
 * Reads a file that anybody may have put there. It is opened without following a link and without waiting for a pipe,
 * and everything is asked of the opened file, so that nothing can be exchanged between the look and the reading.
 */
export async function readAnswerFile(path: string): Promise<AnswerFile> {
  let file: Awaited<ReturnType<typeof open>>;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (fault) {
    return openFault((fault as NodeJS.ErrnoException).code ?? 'unknown');
  }
  try {
    const before = await file.stat();
    const reason = refusal(before);
    if (reason !== null) return { is: 'refused', reason };
    const bytes = Buffer.alloc(before.size + 1);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    const after = await file.stat();
    if (bytesRead !== before.size || identityOf(after) !== identityOf(before)) return { is: 'moving' };
    return decode(bytes.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

/** What tells whether a file is still the same one with the same content. */
export function identityOf(facts: Stats): string {
  return [facts.dev, facts.ino, facts.size, facts.mtimeMs, facts.ctimeMs].join(':');
}

/** The facts of what stands at a path itself, or null when nothing does. */
export async function factsOf(path: string): Promise<Stats | null> {
  return lstat(path).catch((fault: NodeJS.ErrnoException) => {
    if (fault.code === 'ENOENT') return null;
    throw fault;
  });
}

/** Why an existing file is none of ours to read or move, or null. */
export function refusal(facts: Stats): string | null {
  if (facts.isSymbolicLink()) return 'it is a symbolic link';
  if (!facts.isFile()) return 'it is not a regular file';
  if (facts.uid !== process.geteuid?.()) return 'it belongs to another user';
  if (facts.nlink !== 1) return 'it is a hard link to a file elsewhere';
  if (facts.size > sizeLimit) return `it is larger than ${sizeLimit / 1024} KB`;
  return null;
}

function decode(bytes: Buffer): AnswerFile {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes); // takes a byte order mark off
  } catch {
    return { is: 'refused', reason: 'it is not UTF-8 text' };
  }
  if (text.includes('\0')) return { is: 'refused', reason: 'it holds NUL characters' };
  if (isBlank(text))
    return { is: 'refused', reason: text === '' ? 'it is empty' : 'it is empty: nothing in it is visible' };
  return { is: 'text', text };
}

function openFault(code: string): AnswerFile {
  switch (code) {
    case 'ENOENT':
      return { is: 'moving' };
    case 'ELOOP':
    case 'EMLINK': // what FreeBSD says of a link under O_NOFOLLOW
      return { is: 'refused', reason: 'it is a symbolic link' };
    case 'ENXIO':
      return { is: 'refused', reason: 'it is not a regular file' };
    case 'EACCES':
    case 'EPERM':
      return { is: 'refused', reason: 'it may not be read' };
    default:
      return { is: 'refused', reason: `it cannot be opened (${code})` };
  }
}
