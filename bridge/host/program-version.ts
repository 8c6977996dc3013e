import { readFileSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { type ProcessSource, systemSource } from './process-source.ts';

/** A program's file lies at most so deep in its package. */
const depth = 6;

/**
 * The version of a running program of that name: the one of the package that its file lies in and that is its own, or in the
 * path itself, as an installer with a folder for each version leaves it (`…/versions/2.0.1`). Null where neither tells.
 */
export function versionOf(pid: number, program: string, source: ProcessSource = systemSource()): string | null {
  const process = source.read(pid);
  if (process === null) return null;
  const words = source.commandLine(process).slice(0, 3);
  // of a program that a shell found on PATH, its own name is all that the command line has
  const found = words[0] === program ? (source.executable?.(process) ?? null) : null;
  const files = [...words, ...(found === null ? [] : [found])].filter(isAbsolute).flatMap(realFile);
  for (const file of files) {
    const version = /\/versions\/(\d+\.\d+\.\d+[^/]*)(?:\/|$)/.exec(file)?.[1] ?? packageVersionAbove(file, program);
    if (version !== null) return version;
  }
  return null;
}

function realFile(path: string): string[] {
  try {
    return [realpathSync(path)];
  } catch {
    return []; // no file, or not to be seen by us
  }
}

interface Package {
  readonly name?: string;
  readonly version?: unknown;
  readonly bin?: unknown;
}

function packageVersionAbove(file: string, program: string): string | null {
  let folder = dirname(file);
  for (let level = 0; level < depth && folder !== dirname(folder); level++, folder = dirname(folder)) {
    try {
      const { name, version, bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Package;
      const isIts = name?.includes(program) || (typeof bin === 'object' && bin !== null && program in bin);
      if (isIts && typeof version === 'string') return version;
    } catch {
      // none there, or none that can be read: the next folder
    }
  }
  return null;
}
