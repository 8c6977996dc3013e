import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { prepareFolder } from './runtime-folder.ts';

/**
 * A name for a runtime folder: that of whoever came first, kept in it. Two that read the same one share the folder's locks,
 * whatever path each of them calls it by.
 */
export function folderId(folder: string): string {
  const file = join(folder, 'folder-id');
  const known = read(file);
  if (known !== null) return known;
  prepareFolder(folder);
  const own = `${file}.${randomBytes(8).toString('hex')}`;
  writeFileSync(own, randomBytes(8).toString('hex'), { mode: 0o600 });
  try {
    // whole at once, and only where there is none
    linkSync(own, file);
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code !== 'EEXIST') throw fault;
    // what is there is no name: somebody else's, or cut off by a full disk
    if (read(file) === null) renameSync(own, file);
  } finally {
    rmSync(own, { force: true });
  }
  return read(file) ?? '';
}

function read(file: string): string | null {
  try {
    const text = readFileSync(file, 'utf8');
    return /^[0-9a-f]{16}$/.test(text) ? text : null;
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw fault;
  }
}
