import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type BridgeError, wrongUse } from '../core/failure.ts';
import { Journal } from '../journal/journal.ts';
import { call } from '../server/socket.ts';
import { socketPath } from '../server/socket-path.ts';

/** The journal of a state directory. @throws BridgeError where a bridge of another version has it open: it would be changed under its feet */
export async function openJournal(home: string): Promise<Journal> {
  await call(socketPath(home), 'ping', {});
  return Journal.open(join(home, 'bridge.db'), { now: Date.now() }).journal;
}

/** No bridge has run with this state directory, and none runs now: a mistyped one, perhaps. */
export async function hasNothing(home: string): Promise<boolean> {
  return !existsSync(join(home, 'bridge.db')) && (await call(socketPath(home), 'ping', {})) === null;
}

export function nothingKept(home: string, id: string): BridgeError {
  const next = '`bridge home` shows which one is used here; name another with --home';
  return wrongUse('request', id, `is not known: no bridge has run for ${home} yet`, next);
}
