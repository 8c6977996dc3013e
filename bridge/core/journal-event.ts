import type { JournaledKind } from './events.ts';

/** One line of the append-only journal, before it has its number. */
export interface NewJournalEvent {
  readonly at: number;
  readonly kind: JournaledKind;
  /** the id of what it happened to: a request, a delivery, a pane, or `bridge` */
  readonly subject: string;
  /** facts that can be written as JSON */
  readonly data: unknown;
}

/** As it is read: an older bridge may have written kinds that are not written any more. */
export interface JournalEvent extends Omit<NewJournalEvent, 'kind'> {
  readonly kind: string;
  /** grows by time of writing; never used twice */
  readonly seq: number;
}
