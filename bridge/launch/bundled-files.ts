import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { BridgeError, messageOf } from '../core/failure.ts';
import { replaceFile } from './files.ts';

export interface FilesReport {
  readonly created: readonly string[];
  /** was there with other words, and stays: --force replaces it */
  readonly kept: readonly string[];
  readonly replaced: readonly string[];
  /** was there with the same words, or is the source itself */
  readonly same: readonly string[];
}

/**
 * Copies a file, or a folder's files, to `into`. What is there already stays, unless `force`. Nothing is ever removed,
 * and a target that is the source, lies in the source or reaches it through a link is never written.
 */
export async function installBundledFiles(wish: {
  readonly from: string;
  readonly into: string;
  readonly force: boolean;
}): Promise<FilesReport> {
  const report = { created: [] as string[], kept: [] as string[], replaced: [] as string[], same: [] as string[] };
  const source = await realpath(wish.from).catch((cause: unknown) => {
    throw new BridgeError({ what: 'install', target: wish.from, reason: messageOf(cause), cause });
  });
  for (const file of await filesBelow(source)) {
    const target = join(wish.into, relative(source, file));
    const place = await realFuture(target);
    if (place === file || isBelow(place, source)) {
      report.same.push(target);
      continue;
    }
    const content = await readFile(file);
    const present = await readFile(place).catch((fault: NodeJS.ErrnoException) => {
      if (fault.code === 'ENOENT') return null;
      throw new BridgeError({ what: 'install', target, reason: fault.message, cause: fault });
    });
    if (present?.equals(content)) {
      report.same.push(target);
    } else if (present === null || wish.force) {
      replaceFile(target, content, (await stat(file)).mode & 0o755);
      (present === null ? report.created : report.replaced).push(target);
    } else {
      report.kept.push(target);
    }
  }
  return report;
}

/** Regular files, none of them hidden, none reached through a link. */
async function filesBelow(folder: string): Promise<string[]> {
  if ((await stat(folder)).isFile()) return [folder];
  const files: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.name.startsWith('.')) continue;
    if (entry.isDirectory()) files.push(...(await filesBelow(path)));
    else if (entry.isFile()) files.push(path);
  }
  return files.sort();
}

/** Where a path that may not exist yet really lies: the nearest existing folder resolved, the rest as written. */
async function realFuture(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code !== 'ENOENT') throw fault;
    if (dirname(path) === path) return path;
    return join(await realFuture(dirname(path)), basename(path));
  }
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
