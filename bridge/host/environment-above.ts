import { readOrNull } from './process-source.ts';

/**
 * A variable as the nearest process has it that has it at all, of those that are given in order. A process may hide it, and systems
 * without /proc show none: null. It says where to look, and proves nothing.
 */
export function environmentAbove(name: string, pids: readonly number[], root = '/proc'): string | null {
  const head = `${name}=`;
  for (const pid of pids) {
    const found = (readOrNull(`${root}/${pid}/environ`) ?? '').split('\0').find((one) => one.startsWith(head));
    if (found !== undefined && found !== head) return found.slice(head.length);
  }
  return null;
}
