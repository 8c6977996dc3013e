import { addressKey, type PaneAddress } from '../core/pane.ts';
import { isHere } from '../core/way.ts';
import type { Caller, ProcessId } from '../host/caller.ts';
import { type Act, type Authority, authorityOf, refuse } from './authority.ts';
import type { Bridge } from './bridge.ts';

/** What the live controller of a worker is found in. */
export type ForPermit = Pick<Bridge, 'controllers' | 'panes'>;

/**
 * Lets a person through, and the live controller of the worker that it is about; it is the one place where that is
 * decided, for the daemon and for a command without one.
 * @param about the worker's pane; null where it is about all workers
 * @returns in whose name it is done: a controller's answer is no person's, and what is the human's stays theirs
 * @throws BridgeError with the reason of the refusal
 */
export async function permit(
  bridge: ForPermit,
  order: {
    readonly act: Act;
    readonly target: string;
    readonly caller: Caller | null;
    readonly about: PaneAddress | null;
    readonly by: string;
  },
): Promise<string> {
  const { act, target, by } = order;
  const authority = await authorityIn(bridge, order);
  if (authority.is === 'nobody') return refuse(act, target, authority);
  return authority.is === 'person' ? by : `controller:${authority.program}`;
}

/** What `permit` goes by. */
export async function authorityIn(
  bridge: ForPermit,
  { act, caller, about }: { readonly act: Act; readonly caller: Caller | null; readonly about: PaneAddress | null },
): Promise<Authority> {
  const controller = caller?.is === 'agent' && about !== null ? await controllerOf(bridge, about) : null;
  return authorityOf({ act, caller, controller });
}

/** The agent in the live controller's pane; null where that is the worker's own pane: it does not answer itself either. */
async function controllerOf(bridge: ForPermit, worker: PaneAddress): Promise<ProcessId | null> {
  const pane = await bridge.controllers.at(worker).catch(() => null);
  if (pane === null || !isHere(pane) || addressKey(pane) === addressKey(worker)) return null;
  const { agentPid, agentStartedAt } = bridge.panes.identify(pane).identity;
  return agentPid === null ? null : { pid: agentPid, startedAt: agentStartedAt ?? '' };
}
