import { existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { usageError } from '../core/failure.ts';
import { liesWithin } from '../host/home.ts';
import { packageVersion } from '../host/package-version.ts';
import { copiedFolders, isPassing, stateFiles, stateFolders } from '../host/state-files.ts';
import { type BackupEntry, copyDatabase, writeBackup } from '../journal/backup-file.ts';

export interface Backup {
  readonly file: string;
  readonly home: string;
  readonly files: number;
  readonly bytes: number;
  /** what lies in the state directory and is not bridge's, or is a link */
  readonly leftOut: readonly string[];
}

/**
 * Copies a state directory into one file. A bridge may go on with its work meanwhile: the mailbox is read before the journal,
 * and the archives after it, so that what moves on is there twice rather than not at all.
 * @throws BridgeError where there is nothing to copy, or the file is there already, lies in the state directory or cannot be written
 */
export function backUp(home: string, file: string, now: number): Backup {
  const path = resolve(file);
  const journal = join(home, 'bridge.db');
  if (!existsSync(journal))
    throw usageError('backup', home, 'no bridge has run for it yet', 'name another with --home');
  if (existsSync(dirname(path)) && liesWithin(dirname(path), home)) {
    throw usageError('backup', path, 'lies in the state directory that is copied', 'name a file elsewhere');
  }
  const leftOut: string[] = [];
  const written = writeBackup(path, { madeAt: now, version: packageVersion, home }, entries());
  return { file: path, home, files: written.files, bytes: lstatSync(path).size, leftOut };

  function* entries(): Generator<BackupEntry> {
    // beside the file that is written: there is room, and nobody else looks
    const scratch = mkdtempSync(`${path}.`);
    try {
      const names = readdirSync(home).sort();
      const isKnown = (name: string) => [...stateFiles, ...stateFolders].includes(name) || isPassing(name);
      leftOut.push(...names.filter((name) => !isKnown(name) && !/^bridge\.db(?:-wal|-shm)?$/.test(name)));
      for (const name of stateFiles) yield* entryOf(name);
      for (const name of copiedFolders.filter((folder) => folder !== 'archive')) yield* below(name);
      yield database('bridge.db', scratch);
      yield* below('archive', scratch);
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }

  function* below(folder: string, scratch?: string): Generator<BackupEntry> {
    const facts = lstatSync(join(home, folder), { throwIfNoEntry: false });
    if (facts === undefined) return;
    if (!facts.isDirectory()) {
      leftOut.push(folder);
      return;
    }
    for (const name of readdirSync(join(home, folder)).sort()) {
      const inner = `${folder}/${name}`;
      if (lstatSync(join(home, inner), { throwIfNoEntry: false })?.isDirectory()) yield* below(inner, scratch);
      else if (scratch !== undefined && /\.db$/.test(name)) yield database(inner, scratch);
      else if (!/\.db-(?:wal|shm|journal)$/.test(name)) yield* entryOf(inner);
    }
  }

  function* entryOf(name: string): Generator<BackupEntry> {
    const facts = lstatSync(join(home, name), { throwIfNoEntry: false });
    if (facts === undefined) return;
    if (!facts.isFile()) {
      leftOut.push(name);
      return;
    }
    try {
      const content = readFileSync(join(home, name));
      yield { path: name, content };
    } catch (cause) {
      // a page that was put away just now is in archive/, which is read later
      if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    }
  }

  function database(name: string, scratch: string): BackupEntry {
    const copy = join(scratch, 'copy.db');
    copyDatabase(join(home, name), copy);
    const content = readFileSync(copy);
    rmSync(copy);
    return { path: name, content };
  }
}
