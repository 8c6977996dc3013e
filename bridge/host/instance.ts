import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { BridgeError } from '../core/failure.ts';
import { closeKept, keepOpen } from './kept-open.ts';

export interface Holder {
  readonly pid: number;
  readonly session: string | null;
  readonly since: string;
}

/**
 * One daemon per home. The lock is an open exclusive transaction on a tiny SQLite file: the system frees it when the
 * holder dies, however it dies.
 * @throws BridgeError naming the holder
 */
export function claimHome(home: string, holder: Holder): { release(): void } {
  const lockFile = join(home, 'daemon.lock');
  const holderFile = join(home, 'daemon.json');
  const database = new DatabaseSync(lockFile);
  chmodSync(lockFile, 0o600);
  try {
    database.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    if (!/locked|busy/i.test(String(cause))) {
      throw new BridgeError({
        what: 'home',
        target: lockFile,
        reason: String(cause),
        nextStep: 'free some space or choose another --home',
        cause,
      });
    }
    const other = readHolder(holderFile);
    throw new BridgeError({
      what: 'bridge',
      target: home,
      reason: other
        ? `is already in use by another bridge (pid ${other.pid}${other.session ? `, session ${other.session}` : ''}) since ${other.since}`
        : 'is already in use by another bridge',
      nextStep: 'stop that one, add its workers there with --worker, or choose another --home',
      cause,
    });
  }
  keepOpen(database);
  writeFileSync(holderFile, `${JSON.stringify(holder)}\n`, { mode: 0o600 });
  return {
    release() {
      rmSync(holderFile, { force: true });
      database.exec('ROLLBACK');
      closeKept(database);
    },
  };
}

function readHolder(file: string): Holder | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder;
  } catch {
    return null; // the holder is just starting: it has the lock but has not said its name yet
  }
}
