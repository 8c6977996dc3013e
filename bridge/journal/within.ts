import type { NewJournalEvent } from '../core/journal-event.ts';

/** What the journal does for its tables: one event with each change, in its transaction, and its faults. */
export interface Within {
  record(event: NewJournalEvent): number;
  transact<T>(work: () => T): T;
  run<T>(action: () => T): T;
}
