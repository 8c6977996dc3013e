import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { usageError } from '../core/failure.ts';
import { asPaneId, asServerId } from '../core/ids.ts';
import type { PaneAddress } from '../core/pane.ts';
import { path, word } from './arguments.ts';

/** Which pane is meant, with the way to its server for a bridge that has not been there yet. */
export const paneArgs = z.object({ host: word(), server: word(64), paneId: word(32), socketPath: path });

/** The pane's address, once its server is connected. @throws BridgeError where that server is not there any more */
export async function reachPane(
  { servers }: Pick<Bridge, 'servers'>,
  { host, server, paneId, socketPath }: z.infer<typeof paneArgs>,
): Promise<PaneAddress> {
  const id = asPaneId(paneId);
  if (id === null) throw usageError('pane', paneId, 'is not a pane id');
  const serverId = asServerId(server);
  if (serverId === null) throw usageError('tmux server', server, 'is not the id of a server');
  const address = { host, server: serverId, paneId: id };
  await servers.reach(address, socketPath);
  return address;
}
