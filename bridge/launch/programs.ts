import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';

/** The file a program name stands for, as a shell would find it; null when there is none that can be run. */
export function findProgram(name: string, path: string | undefined, cwd: string): string | null {
  if (name.includes('/')) return canRun(resolve(cwd, name)) ? resolve(cwd, name) : null;
  for (const folder of (path ?? '').split(delimiter)) {
    if (!isAbsolute(folder)) continue;
    if (canRun(join(folder, name))) return join(folder, name);
  }
  return null;
}

function canRun(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    // absent or not ours to run: for the caller the same answer
    return false;
  }
}
