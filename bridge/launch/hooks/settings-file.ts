import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { BridgeError, messageOf } from '../../core/failure.ts';
import { putInPlace } from '../files.ts';

const settingsBytes = 4 * 1024 * 1024;

/** A person's settings file: where it really lies, and its text; null where there is none. */
export interface SettingsFile {
  readonly path: string;
  /** the file behind a link, as dotfile managers keep them */
  readonly place: string;
  readonly text: string | null;
  readonly mode: number;
}

/** @throws BridgeError where it is no regular file of ours, or no text */
export function readSettings(path: string): SettingsFile {
  const fault = (reason: string, cause?: unknown) => new BridgeError({ what: 'settings', target: path, reason, cause });
  const place = placeOf(path, fault);
  let file: number;
  try {
    file = openSync(place, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return { path, place, text: null, mode: 0o600 };
    throw fault(messageOf(cause), cause);
  }
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) throw fault('is not a regular file');
    if (process.getuid && stat.uid !== process.getuid()) throw fault('belongs to another user');
    if (stat.size > settingsBytes) throw fault(`is larger than ${settingsBytes} bytes`);
    const bytes = readFileSync(file);
    const text = bytes.toString('utf8');
    if (!Buffer.from(text).equals(bytes)) throw fault('is not UTF-8');
    return { path, place, text, mode: stat.mode & 0o777 };
  } finally {
    closeSync(file);
  }
}

/**
 * Puts a text (or nothing: the file goes) in the place of the one that was read, in one step. A link stays, and what it
 * leads to is replaced; the file keeps its permissions.
 * @throws BridgeError where the file has changed since it was read, or cannot be written
 */
export function replaceSettings(before: SettingsFile, text: string | null): void {
  const fault = (reason: string, cause?: unknown) =>
    new BridgeError({
      what: 'settings',
      target: before.path,
      reason,
      nextStep: 'nothing was changed; run the command again, or edit the file as --dry-run shows',
      cause,
    });
  if (readSettings(before.path).text !== before.text) throw fault('was changed by somebody else meanwhile');
  const { place, mode } = before;
  try {
    if (text === null) {
      rmSync(place);
      return;
    }
    mkdirSync(dirname(place), { recursive: true, mode: 0o700 });
    putInPlace(place, text, mode, true);
  } catch (cause) {
    throw fault(`cannot be written (${messageOf(cause)})`, cause);
  }
}

/** A link to a file that is not there yet is one to write through as well. */
function placeOf(path: string, fault: (reason: string, cause?: unknown) => BridgeError): string {
  try {
    return realpathSync(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw fault(messageOf(cause), cause);
    const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
    return isLink ? resolve(dirname(path), readlinkSync(path)) : path;
  }
}
