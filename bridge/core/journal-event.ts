/** One line of the append-only journal, before it has its number. */
export interface NewJournalEvent {
  readonly at: number;
  /** past tense: `request-opened`, `delivery-held` */
  readonly kind: string;
  /** the id of what it happened to: a request, a delivery, a pane, or `bridge` */
  readonly subject: string;
  /** facts that can be written as JSON */
  readonly data: unknown;
}

export interface JournalEvent extends NewJournalEvent {
  /** grows by time of writing; never used twice */
  readonly seq: number;
}
