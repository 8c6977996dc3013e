import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';

/** After so many processes others get their turn. */
const atOnce = 16;

/**
 * Who has not finished with a file, in words; null where nobody is seen to hold it. A program that has it open for
 * writing is seen on Linux, and only if it is ours; an editor by what it lays beside the file.
 * @param beside all names in the file's folder
 */
export async function holderOf(file: string, beside: readonly string[]): Promise<string | null> {
  const name = basename(file);
  const left = beside.find((other) => isEditorsOf(name, other));
  if (left !== undefined) return `an editor has it open (${left} lies beside it)`;
  const pid = await writerOf(file);
  return pid === null ? null : `process ${pid} has it open for writing`;
}

/** Swap, lock and autosave files: vim and nano `.x.swp`, emacs `.#x` and `#x#`, LibreOffice `.~lock.x#`, kate `.x.kate-swp`. */
function isEditorsOf(name: string, other: string): boolean {
  if ([`.#${name}`, `#${name}#`, `.~lock.${name}#`, `.${name}.kate-swp`].includes(other)) return true;
  return other.startsWith(`.${name}.sw`) && other.length === name.length + 5;
}

async function writerOf(file: string): Promise<number | null> {
  const path = await realpath(dirname(file)).then(
    (folder) => join(folder, basename(file)),
    () => file,
  );
  for (const [index, pid] of processes().entries()) {
    if (index % atOnce === atOnce - 1) await setImmediate();
    if (Number(pid) !== process.pid && isWriting(pid, path)) return Number(pid);
  }
  return null;
}

function isWriting(pid: string, path: string): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some(
      (number) => readlinkSync(`/proc/${pid}/fd/${number}`) === path && isForWriting(pid, number),
    );
  } catch {
    return false; // it ended meanwhile, or is another user's
  }
}

/** The flags of `open`, octal: the last two bits are 0 where it may only be read. */
function isForWriting(pid: string, number: string): boolean {
  const flags = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/${pid}/fdinfo/${number}`, 'utf8'))?.[1] ?? '0';
  return (Number.parseInt(flags, 8) & 3) !== 0;
}

function processes(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return []; // a system without /proc
  }
}
