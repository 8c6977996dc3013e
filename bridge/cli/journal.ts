import { join } from 'node:path';
import { call, socketPath } from '../host/socket.ts';
import { Journal } from '../journal/journal.ts';

/** The journal of a state directory. @throws BridgeError where a bridge of another version has it open: it would be changed under its feet */
export async function openJournal(home: string): Promise<Journal> {
  await call(socketPath(home), 'ping', {});
  return Journal.open(join(home, 'bridge.db'), { now: Date.now() }).journal;
}
