import { createHash } from 'node:crypto';
import { lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BridgeError } from '../core/failure.ts';
import { prepareFolder, runtimeFolder } from '../host/runtime-folder.ts';

/** Unix sockets have short names: 108 bytes on Linux, 104 on macOS. */
const longestPath = 100;

/**
 * Where the bridge of this home listens: in the home, which is closed to others. Where that name is too long it is in the
 * user's runtime folder, which is checked as well, and the home says where: another shell may have another runtime folder.
 */
export function socketPath(home: string): string {
  const path = join(home, 'bridge.sock');
  if (fits(path)) return path;
  try {
    return readFileSync(noteIn(home), 'utf8').trim();
  } catch {
    return shortPath(home); // no bridge has listened here yet
  }
}

/** The same for the bridge itself, which is about to listen there. @throws BridgeError where no place is safe */
export function listeningPath(home: string): string {
  const path = join(home, 'bridge.sock');
  if (fits(path)) return path;
  const short = shortPath(home);
  if (!fits(short)) {
    throw new BridgeError({
      what: 'socket',
      target: short,
      reason: `has more than ${longestPath} bytes, as has ${path}`,
      nextStep: 'choose a shorter --home, or a shorter XDG_RUNTIME_DIR',
    });
  }
  prepareFolder(dirname(short), 'socket');
  writeFileSync(noteIn(home), `${short}\n`, { mode: 0o600 });
  return short;
}

/** Why nobody should speak to what listens there: somebody else may have put it there. Null where it is ours, or absent. */
export function strangerAt(path: string): string | null {
  const uid = process.getuid?.();
  const socket = lstatSync(path, { throwIfNoEntry: false });
  if (socket === undefined || uid === undefined) return null;
  if (!socket.isSocket()) return 'is not a socket';
  if (socket.uid !== uid) return 'belongs to another user';
  const folder = lstatSync(dirname(path));
  if (folder.uid !== uid) return 'lies in a folder of another user';
  return (folder.mode & 0o022) === 0 ? null : 'lies in a folder that others may write to';
}

export function notOurs(path: string, reason: string): BridgeError {
  return new BridgeError({
    what: 'socket',
    target: path,
    reason: `${reason}: nothing is said to it`,
    nextStep: 'remove it, or choose another --home',
  });
}

function shortPath(home: string): string {
  const name = createHash('sha256').update(home).digest('hex').slice(0, 16);
  return join(runtimeFolder(process.env), `${name}.sock`);
}

function noteIn(home: string): string {
  return join(home, 'bridge.sock.path');
}

function fits(path: string): boolean {
  return Buffer.byteLength(path) <= longestPath;
}
