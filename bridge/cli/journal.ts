import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type BridgeError, usageError } from '../core/failure.ts';
import { call } from '../server/socket.ts';
import { socketPath } from '../server/socket-path.ts';

/** No bridge has run with this state directory, and none runs now: a mistyped one, perhaps. */
export async function hasNothing(home: string): Promise<boolean> {
  return !hasJournal(home) && (await call(socketPath(home), 'ping', {})) === null;
}

export function hasJournal(home: string): boolean {
  return existsSync(join(home, 'bridge.db'));
}

export function nothingKept(home: string, id: string): BridgeError {
  const next = '`bridge home` shows which one is used here; name another with --home';
  return usageError('request', id, `unknown: no bridge has run for ${home} yet`, next);
}
