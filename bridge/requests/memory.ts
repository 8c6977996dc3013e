import type { Delivery } from '../core/envelope.ts';
import type { DeliveryId, RequestId } from '../core/ids.ts';
import type { NewJournalEvent } from '../core/journal-event.ts';
import type { Request, RequestFilter } from '../core/request.ts';

/** What open requests need of the journal: this, the deliveries of its answers, and transactions. */
export interface RequestMemory {
  saveRequest(request: Request, event: NewJournalEvent): void;
  request(id: RequestId): Request | null;
  requests(filter: RequestFilter): Request[];
}

export interface DeliveryLookup {
  delivery(id: DeliveryId): Delivery | null;
}

export interface Transactions {
  transact<T>(work: () => T): T;
}
