import { usageError } from '../core/failure.ts';
import { addressKey, type PaneFacts } from '../core/pane.ts';
import type { Caller } from '../host/caller.ts';
import { nameOf } from '../panes/panes.ts';
import type { Asker } from './asker.ts';

/** What shows in which pane an agent is that joins. */
export interface OwnPaneEvidence {
  readonly caller: Caller;
  readonly asker: Asker;
  /** the pane that is named */
  readonly named: PaneFacts | null;
  readonly hasAgent: (pane: PaneFacts) => boolean;
}

export interface OwnPane {
  readonly pane: PaneFacts;
  readonly by: 'its processes' | 'its environment' | '--pane';
  /** its processes show it, or a person names it: it may take another name than it has */
  readonly isCertain: boolean;
}

const nextStep = 'name it: --pane %3, as `bridge list` shows it; or a person does: bridge add NAME %3 --group NAME';

/**
 * The pane of an agent that joins: the one in which its processes are; else the one that is named; else, where no agent program
 * can be seen above the command, the one that its environment names. What an agent that is elsewhere has in its environment
 * may be of whoever started it: it counts for nothing.
 * @throws BridgeError where there is none, or no agent sits in it
 */
export function ownPane({ caller, asker, named, hasAgent }: OwnPaneEvidence): OwnPane {
  const proven = asker.is === 'proven' && hasAgent(asker.pane) ? asker.pane : null;
  if (named !== null) {
    if (proven !== null && caller.is === 'agent' && addressKey(proven) !== addressKey(named))
      throw usageError('--pane', nameOf(named), `this command runs in ${nameOf(proven)}`);
    return withAgent({ pane: named, by: '--pane', isCertain: proven !== null || caller.is === 'nobody' }, hasAgent);
  }
  if (proven !== null) return { pane: proven, by: 'its processes', isCertain: true };
  if (asker.is === 'claimed' && asker.pane !== null && caller.is === 'nobody')
    return withAgent({ pane: asker.pane, by: 'its environment', isCertain: false }, hasAgent);
  if (asker.is === 'proven') throw noAgent(asker.pane);
  throw usageError('join', 'this agent', 'nothing shows in which pane it is', nextStep);
}

function withAgent(found: OwnPane, hasAgent: (pane: PaneFacts) => boolean): OwnPane {
  if (!hasAgent(found.pane)) throw noAgent(found.pane);
  return found;
}

function noAgent(pane: PaneFacts) {
  return usageError('join', nameOf(pane), 'no agent program runs in this pane', nextStep);
}
