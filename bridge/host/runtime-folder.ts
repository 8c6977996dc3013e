import { chmodSync, lstatSync, mkdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { BridgeError, messageOf } from '../core/failure.ts';

/** `$XDG_RUNTIME_DIR/bridge`, the place that variable would name, else `bridge-<uid>` in the temporary folder. */
export function runtimeFolder(env: NodeJS.ProcessEnv): string {
  const uid = process.getuid?.() ?? 0;
  for (const folder of [env.XDG_RUNTIME_DIR, `/run/user/${uid}`]) {
    if (folder && isAbsolute(folder) && statSync(folder, { throwIfNoEntry: false })?.uid === uid) {
      return join(folder, 'bridge');
    }
  }
  return join(tmpdir(), `bridge-${uid}`);
}

/** The temporary folder is everybody's: another user could have made ours before us, or put a link in its place. */
export function prepareFolder(folder: string, what = 'lock'): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw fault(what, folder, messageOf(cause), cause);
  }
  const facts = lstatSync(folder);
  if (!facts.isDirectory()) throw fault(what, folder, 'is not a folder of its own');
  if (process.getuid && facts.uid !== process.getuid()) throw fault(what, folder, 'belongs to another user');
  if ((facts.mode & 0o077) !== 0) chmodSync(folder, 0o700);
}

export function fault(what: string, target: string, reason: string, cause?: unknown): BridgeError {
  return new BridgeError({
    what,
    target,
    reason,
    nextStep: 'remove it, or set XDG_RUNTIME_DIR to a folder of your own',
    cause,
  });
}
