import { join } from 'node:path';
import type { Bridge } from '../app/bridge.ts';
import { knownWorkers } from '../app/pausing.ts';
import { usageError } from '../core/failure.ts';
import type { Request } from '../core/request.ts';
import { readArchived } from '../journal/archive.ts';
import { type RequestView, viewOf } from './views.ts';

/** A request by its id, or by the last characters of it. @throws BridgeError where there is none, or several */
export function findRequest({ journal }: Pick<Bridge, 'journal'>, id: string): Request {
  const exact = journal.request(id);
  if (exact) return exact;
  const matching = journal.requests().filter((request) => request.id.endsWith(id));
  if (matching.length === 1) return matching[0]!;
  throw usageError(
    'request',
    id,
    matching.length === 0 ? 'unknown' : `names several: ${matching.map((request) => request.id).join(', ')}`,
    '`bridge requests --all` lists them',
  );
}

/** The member that asked; null where nobody knows. */
export function askerIn({ directory }: Pick<Bridge, 'directory'>, { member, pane }: Request): string | null {
  return member ?? directory.at(pane)?.name ?? null;
}

/** What a view of a request is made from. */
export type ForViews = Pick<Bridge, 'journal' | 'requests' | 'texts' | 'shown' | 'workerNames'>;

export function viewIn(
  bridge: ForViews,
  request: Request,
  known: Iterable<string> = knownWorkers(bridge),
): RequestView {
  const { state } = request;
  const deliveryId = 'deliveryId' in state ? state.deliveryId : null;
  return viewOf(
    { ...request, worker: bridge.shown(request.worker, known) },
    deliveryId === null ? bridge.texts.deliveryOf(request.id) : bridge.journal.delivery(deliveryId),
  );
}

/** A request that has left the journal, out of its archive. */
export function archivedView(bridge: ForViews & Pick<Bridge, 'config'>, id: string): RequestView | null {
  const place = bridge.journal.archived(id);
  const kept = place && readArchived(join(bridge.config.home, 'archive'), place);
  if (!kept) return null;
  const answering = kept.deliveries.findLast((delivery) => delivery.envelope.inReplyTo === kept.request.id);
  return viewOf(
    { ...kept.request, worker: bridge.shown(kept.request.worker, knownWorkers(bridge)) },
    answering ?? null,
  );
}
