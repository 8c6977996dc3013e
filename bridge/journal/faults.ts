import { BridgeError } from '../core/failure.ts';

/** SQLite's primary result codes that mean something to a person (sqlite.org/rescode.html). */
export const Code = {
  error: 1,
  busy: 5,
  locked: 6,
  readonly: 8,
  io: 10,
  corrupt: 11,
  full: 13,
  cantOpen: 14,
  notADatabase: 26,
} as const;

/** The primary result code of an error thrown by the database, or null for any other error. */
export function codeOf(error: unknown): number | null {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return null;
  return error.errcode & 0xff;
}

export function isCorruption(error: unknown): boolean {
  const code = codeOf(error);
  return code === Code.corrupt || code === Code.notADatabase;
}

/** What a database or file-system error means for the journal at `path`, with the next step. A BridgeError stays as it is. */
export function journalFault(path: string, error: unknown): BridgeError {
  if (error instanceof BridgeError) return error;
  const { reason, nextStep } = explain(error);
  return new BridgeError({ what: 'journal', target: path, reason, nextStep, cause: error });
}

function explain(error: unknown): { reason: string; nextStep: string } {
  const said = error instanceof Error ? error.message : String(error);
  switch (codeOf(error)) {
    case Code.full:
      return { reason: 'the disk is full; nothing was written', nextStep: 'free some space and try again' };
    case Code.busy:
    case Code.locked:
      return {
        reason: 'another process has been writing to it for more than five seconds',
        nextStep: 'try again; `bridge doctor` names the processes that use this home',
      };
    case Code.readonly:
      return {
        reason: 'it cannot be written to',
        nextStep: 'make the file and its folder writable, or choose another --home',
      };
    case Code.cantOpen:
      return {
        reason: 'it cannot be opened',
        nextStep: 'make the folder yours and writable, or choose another --home',
      };
    case Code.io:
      return {
        reason: `the disk refused (${said}); nothing was written`,
        nextStep: 'look at the free space and the health of the disk, then try again',
      };
    case Code.corrupt:
    case Code.notADatabase:
      return {
        reason: 'it was damaged while in use',
        nextStep: 'start bridge again: the damaged file is set aside, not deleted, and a fresh one is made',
      };
    default:
      return explainFileSystem(error, said);
  }
}

function explainFileSystem(error: unknown, said: string): { reason: string; nextStep: string } {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return { reason: 'the disk is full; nothing was written', nextStep: 'free some space and try again' };
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return {
        reason: 'the folder cannot be written to',
        nextStep: 'make it yours and writable, or choose another --home',
      };
    case 'ELOOP':
      return { reason: 'it is a symbolic link', nextStep: 'put a regular file there, or choose another --home' };
    case 'ENOTDIR':
    case 'EEXIST':
      return { reason: 'its folder is not a folder', nextStep: 'choose another --home' };
    default:
      return { reason: said, nextStep: 'choose another --home, or report this' };
  }
}
