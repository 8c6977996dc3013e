import { closeSync, constants, fstatSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/** More is no secret. */
const mostBytes = 4_096;

/** Puts a file of ours there, 0600, whole at once: in place of whatever has that name, and never through a link. */
export function writePrivately(path: string, text: string): void {
  const draft = `${path}.${process.pid}.tmp`;
  rmSync(draft, { force: true });
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const file = openSync(draft, flags, 0o600);
  try {
    writeFileSync(file, text);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
}

/** What such a file says, without the blanks around it; null where it is not there, or not ours alone. */
export function readPrivately(path: string): string | null {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return null;
  }
  try {
    const facts = fstatSync(file);
    const isOurs = facts.uid === (process.getuid?.() ?? facts.uid) && (facts.mode & 0o077) === 0;
    return facts.isFile() && isOurs && facts.size <= mostBytes ? readFileSync(file, 'utf8').trim() : null;
  } finally {
    closeSync(file);
  }
}
