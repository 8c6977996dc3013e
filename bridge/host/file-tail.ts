import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/**
 * The lines at the end of a regular file of this user's: whole ones, but for the last, which may be half written. Null where there is no
 * such file. Never waits: a FIFO or device is none.
 */
export function lastLines(file: string, mostBytes: number): string[] | null {
  let descriptor: number;
  try {
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return null;
  }
  try {
    const facts = fstatSync(descriptor);
    if (!facts.isFile() || facts.uid !== process.getuid?.()) return null;
    const from = Math.max(0, facts.size - mostBytes);
    const bytes = Buffer.alloc(Math.min(facts.size, mostBytes));
    const length = readSync(descriptor, bytes, 0, bytes.length, from);
    const lines = bytes.toString('utf8', 0, length).split('\n');
    return from === 0 ? lines : lines.slice(1);
  } catch {
    return null; // it cannot be read
  } finally {
    closeSync(descriptor);
  }
}
