import { closeSync, constants, fsyncSync, mkdirSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BridgeError } from '../core/failure.ts';

/** Where a sender that reaches no bridge leaves what it writes, a file for each message: `<id>.json`. */
export function mailOutbox(home: string): string {
  return join(home, 'mail-outbox');
}

/**
 * Leaves a letter there for the next bridge that runs.
 * @throws BridgeError where that folder cannot be written either
 */
export function leaveLetter(home: string, id: string, letter: unknown): void {
  const folder = mailOutbox(home);
  try {
    leaveWhole(folder, `${id}.json`, letter);
  } catch (cause) {
    throw new BridgeError({
      what: 'tell',
      target: folder,
      reason: `the bridge cannot be reached from here, and its outbox cannot be written (${(cause as NodeJS.ErrnoException).code}); nothing was sent`,
      nextStep: 'let the sandbox write there, or reach the socket of the state directory',
      cause,
    });
  }
}

/** A file of that name and value: seen whole or not at all, 0600, and on the disk when this returns. */
export function leaveWhole(folder: string, name: string, value: unknown): void {
  const temporary = join(folder, `.${name}.tmp`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const file = openSync(temporary, flags, 0o600);
  try {
    writeFileSync(file, JSON.stringify(value));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, join(folder, name));
}
